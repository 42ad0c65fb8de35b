import { shown } from "../arguments";
import { RaellaError } from "../errors";
import { contentNumber, contentOf, frozenCopy, Memo } from "../memory";
import { extremeValues } from "../spec/computable";
import type { Value } from "../spec/specification";
import { isParameter, isRelevantTo } from "./estimator";
import type { Estimate, EstimationContext, Estimator, EstimatorQuery } from "./estimator";
import { misspeltParameter } from "./parameters";
import type { ComponentAttributes } from "./parameters";
import { unknownClass } from "./registry";
import type { EstimatorRegistry } from "./registry";

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
function askEstimators(
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
      else if (estimator.registeredAs !== undefined)
        passedOver.push(notAsked(estimator, query, action, answer));
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
function leakageOf(estimators: readonly Estimator[], query: EstimatorQuery): number | undefined {
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
    remedy: refusals.find(({ remedy }) => remedy !== undefined)?.remedy,
  });
}

/** What an action tells an estimator besides the attributes of the component. */
export type ActionArguments = ReadonlyMap<string, Value>;

/** Arguments of an action stand for attributes of the same name. */
function withArguments(query: EstimatorQuery, given: ActionArguments): EstimatorQuery {
  return { ...query, attributes: new Map([...query.attributes, ...given]) };
}

/** A primitive component: its answers are computed when first asked for. */
export interface Primitive {
  readonly className: string;
  /** The attributes that can influence the answers. */
  readonly attributes: ComponentAttributes;
  /** Attributes that are probably misspelt parameters, in words. */
  readonly warnings: readonly string[];
  area(): PrimitiveEstimate;
  /** @param given what else the estimator is told of the action */
  energy(action: string, given?: ActionArguments): PrimitiveEstimate;
  /** Undefined where it is not modelled. */
  leakagePowerW(): number | undefined;
}

/** Room for primitives with their answers, and about the size of one, in numbers of eight bytes. */
const primitiveRoom = 2_000_000;
const primitiveSize = 100;

/** Finds the primitives of a class by the values of certain attributes. */
export interface PrimitiveFinder {
  /** Stands for the class, the attributes that matter and those that are probably misspelt. */
  readonly number: number;
  /** Which attributes matter, in the order in which their values are given to `find`. */
  readonly names: readonly string[];
  /** @param values of the names; null or undefined for one that is not given */
  find(values: readonly (Value | undefined)[]): Primitive;
}

/** Answers of the estimators, remembered by class and by the values of the attributes that matter to it. */
export class PrimitiveEstimates {
  private readonly memo = new Memo<Primitive>(primitiveRoom, () => primitiveSize);

  constructor(
    private readonly registry: EstimatorRegistry,
    private readonly context: EstimationContext,
  ) {}

  /** Actions that tables list for a class even where nothing requires them. */
  listedActions(className: string): readonly string[] {
    return (
      this.registry.estimatorsOf(className).find(({ listedActions }) => listedActions)?.listedActions ?? []
    );
  }

  /** Whether an attribute can influence components of a class. */
  isRelevant(className: string, attribute: string): boolean {
    return this.registry.estimatorsOf(className).some((estimator) => isRelevantTo(estimator, attribute));
  }

  /** Whether an attribute of components of a class is a number; technologies may be texts such as `32nm`. */
  isNumber(className: string, attribute: string): boolean {
    return this.registry
      .estimatorsOf(className)
      .some(({ parameters }) =>
        Object.entries(parameters).some(
          ([name, { kind, unit, synonyms }]) =>
            (kind === "number" || kind === "integer") &&
            unit !== "nm" &&
            (name === attribute || synonyms?.includes(attribute) === true),
        ),
      );
  }

  /**
   * A finder for primitives of a class whose attributes have the given names, in this order.
   * @param otherClassNames names that may have been meant, for the error
   * @throws RaellaError (`component`) for a class that no estimator knows
   */
  finder(
    className: string,
    attributeNames: Iterable<string>,
    otherClassNames: Iterable<string> = [],
  ): PrimitiveFinder {
    const estimators = this.registry.estimatorsOf(className);
    if (estimators.length === 0)
      throw unknownClass(className, [
        ...this.registry.estimators.flatMap(({ classNames }) => classNames),
        ...otherClassNames,
      ]);
    const allNames = [...attributeNames];
    const misspelt = misspeltAttributes(estimators, allNames);
    // Misspelt names come along, so that the error for the missing parameter can name them.
    const names = allNames.filter(
      (name) => misspelt.has(name) || estimators.some((estimator) => isRelevantTo(estimator, name)),
    );
    const warnings = [...misspelt].map(
      ([name, parameter]) =>
        `${className} does not know the attribute "${name}". Did you mean "${parameter}"?`,
    );
    const number = contentNumber([className, names, warnings]);
    return {
      number,
      names,
      find: (values) => {
        let key = String(number);
        for (const value of values) key += ` ${contentOf(value)}`;
        return this.memo.get(key, () => {
          const attributes = new Map<string, Value>();
          names.forEach((name, index) => {
            const value = values[index];
            if (value !== undefined && value !== null) attributes.set(name, value);
          });
          return rememberingPrimitive(estimators, { className, attributes, context: this.context }, warnings);
        });
      },
    };
  }
}

function rememberingPrimitive(
  estimators: readonly Estimator[],
  query: EstimatorQuery,
  warnings: readonly string[],
): Primitive {
  const { className, attributes } = query;
  const known = new Map<string | null, PrimitiveEstimate>();
  const ask = (key: string | null, action: string | null, asked: EstimatorQuery): PrimitiveEstimate => {
    let estimate = known.get(key);
    if (estimate === undefined) known.set(key, (estimate = askEstimators(estimators, asked, action)));
    return estimate;
  };
  return {
    ...{ className, attributes, warnings },
    area: () => ask(null, null, query),
    energy: (action, given) =>
      given === undefined || given.size === 0
        ? ask(action, action, query)
        : ask(`${action}\n${contentOf([...given].map(String))}`, action, withArguments(query, given)),
    leakagePowerW: () => leakageOf(estimators, query),
  };
}

/** Names that no estimator of the class knows, and the parameter that each was probably meant to be. */
function misspeltAttributes(
  estimators: readonly Estimator[],
  given: readonly string[],
): ReadonlyMap<string, string> {
  const known = estimators.flatMap(({ parameters }) => Object.keys(parameters));
  const missing = known.filter((parameter) => !given.includes(parameter));
  const misspelt = new Map<string, string>();
  for (const attribute of given) {
    const isKnown = ({ isRelevant, parameters }: Estimator): boolean =>
      isRelevant?.(attribute) === true || isParameter(parameters, attribute);
    if (estimators.some(isKnown)) continue;
    const parameter = misspeltParameter(attribute, missing) ?? misspeltParameter(attribute, known, 1);
    if (parameter !== undefined) misspelt.set(attribute, parameter);
  }
  return misspelt;
}
