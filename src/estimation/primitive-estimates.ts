import { contentOf, Memo } from "../memory";
import type { Value } from "../spec/specification";
import type { EstimationContext, Estimator, EstimatorQuery } from "./estimator";
import { askEstimators, leakageOf, type PrimitiveEstimate } from "./ask-estimators";
import { misspeltParameter, type ComponentAttributes } from "./parameters";
import { unknownClass, type EstimatorRegistry } from "./registry";

/** A primitive component: its answers are computed when first asked for. */
export interface Primitive {
  /** What it is, as a text that no other primitive of the same estimators has. */
  readonly key: string;
  readonly className: string;
  /** The attributes that can influence the answers. */
  readonly attributes: ComponentAttributes;
  /** Attributes that are probably misspelt parameters, in words. */
  readonly warnings: readonly string[];
  area(): PrimitiveEstimate;
  energy(action: string): PrimitiveEstimate;
  /** Undefined where it is not modelled. */
  leakagePowerW(): number | undefined;
}

/** Room for primitives with their answers, and about the size of one, in numbers of eight bytes. */
const primitiveRoom = 2_000_000;
const primitiveSize = 100;

/** Finds the primitives of a class by the values of certain attributes. */
export interface PrimitiveFinder {
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
    const described = [className, ...names, ...warnings].join("\n");
    return {
      names,
      find: (values) => {
        const key = `${described}\n${values.map(contentOf).join("\n")}`;
        return this.memo.get(key, () => {
          const attributes = new Map<string, Value>();
          names.forEach((name, index) => {
            const value = values[index];
            if (value !== undefined && value !== null) attributes.set(name, value);
          });
          return new RememberingPrimitive(
            estimators,
            { className, attributes, context: this.context },
            warnings,
            key,
          );
        });
      },
    };
  }
}

class RememberingPrimitive implements Primitive {
  private readonly energies = new Map<string, PrimitiveEstimate>();
  private knownArea: PrimitiveEstimate | undefined;

  constructor(
    private readonly estimators: readonly Estimator[],
    private readonly query: EstimatorQuery,
    readonly warnings: readonly string[],
    readonly key: string,
  ) {}

  get className(): string {
    return this.query.className;
  }

  get attributes(): ComponentAttributes {
    return this.query.attributes;
  }

  area(): PrimitiveEstimate {
    return (this.knownArea ??= askEstimators(this.estimators, this.query, null));
  }

  energy(action: string): PrimitiveEstimate {
    let energy = this.energies.get(action);
    if (!energy) this.energies.set(action, (energy = askEstimators(this.estimators, this.query, action)));
    return energy;
  }

  leakagePowerW(): number | undefined {
    return leakageOf(this.estimators, this.query);
  }
}

/** Names that no estimator of the class knows, and the parameter that each was probably meant to be. */
function misspeltAttributes(
  estimators: readonly Estimator[],
  given: readonly string[],
): ReadonlyMap<string, string> {
  const missing = estimators.flatMap(({ parameters }) =>
    Object.keys(parameters).filter((parameter) => !given.includes(parameter)),
  );
  const misspelt = new Map<string, string>();
  for (const attribute of given) {
    if (estimators.some((estimator) => knows(estimator, attribute))) continue;
    const parameter = misspeltParameter(attribute, missing);
    if (parameter !== undefined) misspelt.set(attribute, parameter);
  }
  return misspelt;
}

function isRelevantTo(estimator: Estimator, attribute: string): boolean {
  return estimator.isRelevant ? estimator.isRelevant(attribute) : knows(estimator, attribute);
}

function knows({ isRelevant, parameters }: Estimator, attribute: string): boolean {
  return (
    isRelevant?.(attribute) === true ||
    Object.hasOwn(parameters, attribute) ||
    Object.values(parameters).some(({ synonyms }) => synonyms?.includes(attribute) === true)
  );
}
