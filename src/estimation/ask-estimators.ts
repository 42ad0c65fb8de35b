import { shown } from "../arguments";
import { extremeValues } from "../spec/extreme-values";
import { frozenCopy } from "../memory";
import { RaellaError } from "../errors";
import type { Estimate, Estimator, EstimatorQuery } from "./estimator";

/** An estimate and who gave it. */
export interface PrimitiveEstimate extends Estimate {
  readonly estimator: string;
  readonly accuracyPercent: number;
}

/**
 * The answer of the first estimator that gives one.
 * @param action null asks for the area
 * @throws RaellaError with the refusals of all estimators
 */
export function askEstimators(
  estimators: readonly Estimator[],
  query: EstimatorQuery,
  action: string | null,
): PrimitiveEstimate {
  const refusals: RaellaError[] = [];
  const passedOver: string[] = [];
  let failure: RaellaError | undefined;
  for (const estimator of estimators) {
    const answer = answerOf(estimator, query, () =>
      action === null ? estimator.estimateArea(query) : estimator.estimateEnergy(query, action),
    );
    if (answer instanceof RaellaError) {
      refusals.push(answer);
      if (answer instanceof EstimatorFailure) failure ??= answer;
      else if (estimator.isRegistered) passedOver.push(notAsked(estimator, query, action, answer));
      continue;
    }
    if (failure !== undefined) throw failure;
    const { value, source, steps, errorBar, warnings = [] } = answer;
    const { name, accuracyPercent } = estimator;
    return {
      ...{ value, source, steps, estimator: name, accuracyPercent },
      errorBar: frozenCopy(errorBar),
      warnings: frozenCopy(passedOver.length === 0 ? answer.warnings : [...passedOver, ...warnings]),
    };
  }
  throw refusals.length === 1 ? refusals[0] : allRefused(query, estimators, refusals);
}

/** Leakage power according to the estimator that prices the area, W; undefined where nobody models it. */
export function leakageOf(estimators: readonly Estimator[], query: EstimatorQuery): number | undefined {
  for (const estimator of estimators) {
    // What does not price the area is passed over; the next one may.
    if (answerOf(estimator, query, () => estimator.estimateArea(query)) instanceof RaellaError) continue;
    if (estimator.leakagePowerW === undefined) return undefined;
    const leakage = answerOf(estimator, query, () => ({
      value: estimator.leakagePowerW?.(query) as number,
      source: estimator.name,
    }));
    if (leakage instanceof EstimatorFailure) throw leakage;
    if (leakage instanceof RaellaError) continue;
    return leakage.value;
  }
  return undefined;
}

/** A mistake in an estimator: nobody answers in its place. */
class EstimatorFailure extends RaellaError {}

/**
 * What an estimator answers, or the RaellaError with which it refuses. To fail in any other way, or to answer with
 * anything but a figure, is a mistake in the estimator.
 */
function answerOf(estimator: Estimator, query: EstimatorQuery, ask: () => Estimate): Estimate | RaellaError {
  let answer: unknown;
  try {
    answer = ask();
  } catch (error) {
    if (error instanceof RaellaError) return error;
    return failed(estimator, query, error);
  }
  const { value } = { ...(answer as Partial<Estimate> | null | undefined) };
  if (typeof value === "number" && Number.isFinite(value) && value >= 0) return answer as Estimate;
  return unusable(estimator, query, isPromise(answer) ? answer : typeof answer === "object" ? value : answer);
}

function isPromise(value: unknown): boolean {
  return typeof (value as { then?: unknown } | null | undefined)?.then === "function";
}

/** A model of the user's that another one stands in for. */
function notAsked(
  { name }: Estimator,
  { className }: EstimatorQuery,
  action: string | null,
  { summary }: RaellaError,
): string {
  const what = action === null ? "the area" : `the action "${action}"`;
  return `The registered estimator "${name}" refuses ${what} of ${className}, another one answers: ${summary}`;
}

function unusable(
  { name }: Estimator,
  { className, attributes }: EstimatorQuery,
  value: unknown,
): EstimatorFailure {
  const isLate = isPromise(value) || isPromise((value as { value?: unknown } | null | undefined)?.value);
  const extremes = extremeValues(attributes);
  return new EstimatorFailure({
    code: "component",
    message: `The estimator "${name}" gave ${isLate ? "a promise" : value === undefined ? "nothing" : shown(value)} for ${className}${extremes === undefined ? "" : `, where ${extremes}`}.`,
    value: isLate ? undefined : value,
    expected: "a finite number of 0 or more, at once",
  });
}

function failed({ name }: Estimator, { className }: EstimatorQuery, error: unknown): EstimatorFailure {
  const reason = error instanceof Error ? error.message : String(error);
  return new EstimatorFailure({
    code: "component",
    message: `The estimator "${name}" failed on ${className}: ${reason}`,
  });
}

function allRefused(
  { className, attributes }: EstimatorQuery,
  estimators: readonly Estimator[],
  refusals: readonly RaellaError[],
): RaellaError {
  const reasons = refusals.map(({ summary }, index) => `${estimators[index].name}: ${summary}`);
  return new RaellaError({
    code: refusals[0].code,
    message: `No estimator could answer for ${className}. ${reasons.join(" ")}`,
    value: Object.fromEntries(attributes),
    details: refusals.flatMap(({ expected }, index) =>
      expected === undefined ? [] : [`Expected by ${estimators[index].name}: ${expected}`],
    ),
  });
}
