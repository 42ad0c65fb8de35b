import { RaellaError } from "../errors";
import { toValue, type RuntimeValue } from "../spec/expression";
import type { Value } from "../spec/specification";
import type { Estimate, EstimationContext, Estimator, EstimatorQuery } from "./estimator";
import { misspeltParameter } from "./parameters";
import { unknownClass, type EstimatorRegistry } from "./registry";

/** An estimate and who gave it. */
export interface PrimitiveEstimate extends Estimate {
  readonly estimator: string;
  readonly accuracyPercent: number;
}

/** A primitive component: its answers are computed when first asked for. */
export interface Primitive {
  readonly className: string;
  /** Attributes that can influence the answers. */
  readonly attributes: ReadonlyMap<string, Value>;
  area(): PrimitiveEstimate;
  energy(action: string): PrimitiveEstimate;
  leakagePowerW(): number;
}

/** Most primitives of a class that are remembered. */
const rememberedPrimitives = 5000;

/** Everything known about one primitive class. */
interface PrimitiveClass {
  readonly estimators: readonly Estimator[];
  readonly isRelevant: Map<string, boolean>;
  readonly primitives: Map<string, Primitive>;
}

/** Answers of the estimators, remembered by class and by the values of the attributes that matter to it. */
export class PrimitiveEstimates {
  private readonly classes = new Map<string, PrimitiveClass>();

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

  /**
   * The primitive of a class with the given attributes (in order; empty ones do not count).
   * @param attributes is gone through twice if the primitive is new
   * @param otherClassNames names that may have been meant, for the error
   * @throws RaellaError (`component`) for a class that no estimator knows
   */
  find(
    className: string,
    attributes: Iterable<readonly [string, RuntimeValue]>,
    otherClassNames: Iterable<string> = [],
  ): Primitive {
    const known = this.classOf(className, otherClassNames);
    let key = "";
    for (const [name, value] of attributes) {
      if (value !== null && this.matters(known, name)) key += `${name}=${textOf(value)};`;
    }
    let primitive = known.primitives.get(key);
    if (!primitive) {
      if (known.primitives.size >= rememberedPrimitives) known.primitives.clear();
      primitive = this.create(className, known, attributes);
      known.primitives.set(key, primitive);
    }
    return primitive;
  }

  private classOf(className: string, otherClassNames: Iterable<string>): PrimitiveClass {
    let known = this.classes.get(className);
    if (!known) {
      const estimators = this.registry.estimatorsOf(className);
      if (estimators.length === 0)
        throw unknownClass(className, [
          ...this.registry.estimators.flatMap(({ classNames }) => classNames),
          ...otherClassNames,
        ]);
      known = { estimators, isRelevant: new Map(), primitives: new Map() };
      this.classes.set(className, known);
    }
    return known;
  }

  private matters(known: PrimitiveClass, attribute: string): boolean {
    let relevant = known.isRelevant.get(attribute);
    if (relevant === undefined) {
      relevant = known.estimators.some((estimator) => isRelevantTo(estimator, attribute));
      known.isRelevant.set(attribute, relevant);
    }
    return relevant;
  }

  private create(
    className: string,
    known: PrimitiveClass,
    attributes: Iterable<readonly [string, RuntimeValue]>,
  ): Primitive {
    const relevant = new Map<string, Value>();
    for (const [name, value] of attributes)
      if (value !== null && this.matters(known, name)) relevant.set(name, toValue(value));
    const query: EstimatorQuery = { className, attributes: relevant, context: this.context };
    const energies = new Map<string, PrimitiveEstimate>();
    let area: PrimitiveEstimate | undefined;
    return {
      className,
      attributes: relevant,
      area: () => (area ??= ask(known.estimators, query, (estimator) => estimator.estimateArea(query))),
      energy: (action) => {
        let energy = energies.get(action);
        if (!energy) {
          energy = ask(known.estimators, query, (estimator) => estimator.estimateEnergy(query, action));
          energies.set(action, energy);
        }
        return energy;
      },
      leakagePowerW: () => leakage(known.estimators, query),
    };
  }
}

/** Names that the estimators of a class do not know but that look like a parameter which is not given. */
export function misspeltAttributes(
  estimators: readonly Estimator[],
  given: ReadonlyMap<string, unknown>,
): { readonly attribute: string; readonly parameter: string }[] {
  const missing = estimators.flatMap(({ parameters }) =>
    Object.keys(parameters).filter((parameter) => !given.has(parameter)),
  );
  if (missing.length === 0) return [];
  return [...given.keys()]
    .filter((attribute) => !estimators.some((estimator) => isRelevantTo(estimator, attribute)))
    .flatMap((attribute) => {
      const parameter = misspeltParameter(attribute, missing);
      return parameter === undefined ? [] : [{ attribute, parameter }];
    });
}

function isRelevantTo({ isRelevant, parameters }: Estimator, attribute: string): boolean {
  if (isRelevant) return isRelevant(attribute);
  return (
    attribute in parameters ||
    Object.values(parameters).some(({ synonyms }) => synonyms?.includes(attribute) === true)
  );
}

/** The answer of the most accurate estimator that gives one. */
function ask(
  estimators: readonly Estimator[],
  query: EstimatorQuery,
  question: (estimator: Estimator) => Estimate,
): PrimitiveEstimate {
  const refusals: RaellaError[] = [];
  for (const estimator of estimators) {
    try {
      const estimate = question(estimator);
      if (!(Number.isFinite(estimate.value) && estimate.value >= 0))
        throw unusable(estimator, query, estimate.value);
      return { ...estimate, estimator: estimator.name, accuracyPercent: estimator.accuracyPercent };
    } catch (error) {
      refusals.push(error instanceof RaellaError ? error : failed(estimator, query, error));
    }
  }
  throw refusals.length === 1 ? refusals[0] : allRefused(query, estimators, refusals);
}

function leakage(estimators: readonly Estimator[], query: EstimatorQuery): number {
  for (const estimator of estimators) {
    try {
      estimator.estimateArea(query);
      return estimator.leakagePowerW?.(query) ?? 0;
    } catch (error) {
      if (!(error instanceof RaellaError)) throw error;
    }
  }
  return 0;
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
  return new RaellaError({
    code: "component",
    message: `The estimator "${name}" failed on ${className}: ${error instanceof Error ? error.message : String(error)}`,
  });
}

function allRefused(
  { className, attributes }: EstimatorQuery,
  estimators: readonly Estimator[],
  refusals: readonly RaellaError[],
): RaellaError {
  return new RaellaError({
    code: refusals[0].code,
    message: `No estimator could answer for ${className}.`,
    value: Object.fromEntries(attributes),
    details: refusals.map((refusal, index) => `${estimators[index].name}: ${refusal.message}`),
  });
}

function textOf(value: RuntimeValue): string {
  return typeof value === "number"
    ? String(value)
    : typeof value === "string"
      ? `"${value}"`
      : JSON.stringify(value);
}
