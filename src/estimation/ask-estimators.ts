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
  for (const estimator of estimators) {
    try {
      const { value, source, steps, errorBar, warnings } =
        action === null ? estimator.estimateArea(query) : estimator.estimateEnergy(query, action);
      if (!(Number.isFinite(value) && value >= 0)) throw unusable(estimator, query, value);
      const { name, accuracyPercent } = estimator;
      return {
        ...{ value, source, steps, estimator: name, accuracyPercent },
        errorBar: frozenCopy(errorBar),
        warnings: frozenCopy(warnings),
      };
    } catch (error) {
      refusals.push(error instanceof RaellaError ? error : failed(estimator, query, error));
    }
  }
  throw refusals.length === 1 ? refusals[0] : allRefused(query, estimators, refusals);
}

/** Leakage power according to the estimator that prices the area, W; undefined where nobody models it. */
export function leakageOf(estimators: readonly Estimator[], query: EstimatorQuery): number | undefined {
  for (const estimator of estimators) {
    try {
      estimator.estimateArea(query);
      return estimator.leakagePowerW?.(query);
    } catch {
      // It does not price the area; the next one may.
    }
  }
  return undefined;
}

function unusable({ name }: Estimator, { className }: EstimatorQuery, value: number): RaellaError {
  return new RaellaError({
    code: "component",
    message: `The estimator "${name}" gave ${value} for ${className}.`,
    value,
    expected: "a finite number of 0 or more",
  });
}

function failed({ name }: Estimator, { className }: EstimatorQuery, error: unknown): RaellaError {
  const reason = error instanceof Error ? error.message : String(error);
  return new RaellaError({
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
