import { RaellaError, suggestName } from "../errors";
import type { Convention, Fidelity, TechnologyInterpolation } from "../spec/specification";
import type { CellDescription } from "./circuits/cell-description";
import type {
  ComponentAttributes,
  ParameterDescription,
  ParameterDescriptions,
  ParameterValues,
} from "./parameters";
import { readParameters } from "./parameters";

/** What holds for a whole estimation. */
export interface EstimationContext {
  readonly fidelity: Fidelity;
  /** Length of a model cycle, s: with corrected fidelity an idle action lasts one such cycle. */
  readonly cycleTimeS: number;
  /** Between the technologies of the component library. */
  readonly technologyInterpolation: TechnologyInterpolation;
  /** The memory cell described in a file. */
  readonly cellDescription: (file: string) => CellDescription;
}

/** A question to an estimator: what does a component of this class with these attributes cost? */
export interface EstimatorQuery {
  readonly className: string;
  readonly attributes: ComponentAttributes;
  readonly context: EstimationContext;
}

/** How far an estimate may be off, in percent of its value. */
export interface ErrorBar {
  readonly medianPercent: number;
  readonly ninetiethPercentilePercent: number;
  readonly largestPercent: number;
  /** What it was found against. */
  readonly basis: string;
}

/** Median, 90th percentile and largest error, percent. */
export type ErrorRow = readonly [median: number, ninetiethPercentile: number, largest: number];

export function errorBarOf(
  [medianPercent, ninetiethPercentilePercent, largestPercent]: ErrorRow,
  basis: string,
): ErrorBar {
  return { medianPercent, ninetiethPercentilePercent, largestPercent, basis };
}

/** One step on the way to an estimate: a factor, or a figure that entered. */
export interface EstimateStep {
  readonly description: string;
  /** What the value was multiplied by, where the step is a factor. */
  readonly factor?: number;
}

/** An answer: pJ for an energy, um^2 for an area. */
export interface Estimate {
  readonly value: number;
  /** Publication, table or equation that the value comes from. */
  readonly source: string;
  /** How it came about, in order. */
  readonly steps?: () => readonly EstimateStep[];
  /** Present where the value is interpolated or fitted. */
  readonly errorBar?: ErrorBar;
  /** What the user should know about this value. */
  readonly warnings?: readonly string[];
}

/**
 * A model of components. It answers for the classes it names (compared without regard to case); what it cannot
 * answer it refuses by throwing a RaellaError, and the next best estimator is asked.
 */
export interface Estimator {
  readonly name: string;
  /** Claimed accuracy; of several estimators for a class the one with the highest claim is asked first. */
  readonly accuracyPercent: number;
  /** Classes that it answers for, compared without regard to case. */
  readonly classNames: readonly string[];
  readonly actions: readonly string[];
  /** Actions that a level of such a class has in the tables even if nothing requires them. */
  readonly listedActions?: readonly string[];
  readonly parameters: Readonly<Record<string, ParameterDescription>>;
  /** Whether an attribute can influence the answers; by default the parameters can. */
  readonly isRelevant?: (attribute: string) => boolean;
  estimateArea(query: EstimatorQuery): Estimate;
  estimateEnergy(query: EstimatorQuery, action: string): Estimate;
  /** A user has added it, in these words: where it refuses and another one answers, that is said. */
  readonly registeredAs?: string;
  /** Power of an instance at rest, W; absent where it is not modelled. */
  leakagePowerW?(query: EstimatorQuery): number;
}

/** A component model in its shortest form: what it needs to know and how it computes. */
export interface EstimatorDefinition<Descriptions extends ParameterDescriptions> extends Pick<
  Estimator,
  "name" | "classNames" | "accuracyPercent" | "actions" | "listedActions"
> {
  readonly parameters: Descriptions;
  /** Publication, table or equation; used for answers that are plain numbers. */
  readonly source?: string;
  /** Area of an instance, um^2. */
  readonly areaUm2: (
    parameters: ParameterValues<Descriptions>,
    context: EstimationContext,
  ) => number | Estimate;
  /** `action` is in lower case and one of `actions`. */
  readonly energyPj: (
    action: string,
    parameters: ParameterValues<Descriptions>,
    context: EstimationContext,
  ) => number | Estimate;
  /** Power of an instance at rest, W; left out where it is not modelled. */
  readonly leakagePowerW?: (parameters: ParameterValues<Descriptions>, context: EstimationContext) => number;
}

/**
 * An estimator from its definition: reads and checks the parameters, refuses unknown actions.
 * Functions of the definition may throw a RaellaError to refuse a component.
 */
export function defineEstimator<const Descriptions extends ParameterDescriptions>(
  definition: EstimatorDefinition<Descriptions>,
): Estimator {
  const { name, classNames, accuracyPercent, parameters, actions, source = name } = definition;
  const lowerCaseActions = new Set(actions.map((action) => action.toLowerCase()));
  const read = (query: EstimatorQuery): ParameterValues<Descriptions> =>
    readParameters(parameters, query.attributes, query.className);
  const asEstimate = (answer: number | Estimate): Estimate =>
    typeof answer === "object" ? answer : { value: answer, source };
  return {
    name,
    accuracyPercent,
    classNames,
    actions,
    listedActions: definition.listedActions,
    parameters,
    estimateArea: (query) => asEstimate(definition.areaUm2(read(query), query.context)),
    estimateEnergy: (query, action) => {
      const wanted = action.toLowerCase();
      if (!lowerCaseActions.has(wanted)) throw unknownAction(query.className, action, actions);
      return asEstimate(definition.energyPj(wanted, read(query), query.context));
    },
    ...(definition.leakagePowerW && {
      leakagePowerW: (query: EstimatorQuery) => definition.leakagePowerW?.(read(query), query.context) ?? 0,
    }),
  };
}

/** Whether an attribute can influence the answers of an estimator. */
export function isRelevantTo({ isRelevant, parameters }: Estimator, attribute: string): boolean {
  return isRelevant ? isRelevant(attribute) : isParameter(parameters, attribute);
}

/** Whether an attribute is one of the parameters, by its own name or another one. */
export function isParameter(parameters: ParameterDescriptions, attribute: string): boolean {
  return (
    Object.hasOwn(parameters, attribute) ||
    Object.values(parameters).some(({ synonyms }) => synonyms?.includes(attribute) === true)
  );
}

/** The error for an action that an estimator does not know. */
export function unknownAction(className: string, action: string, actions: readonly string[]): RaellaError {
  return new RaellaError({
    code: "component",
    message: `A component of class ${className} has no action "${action}".`,
    value: action,
    expected: `one of ${actions.join(", ")}`,
    remedy: suggestName(action, actions),
  });
}

const actions = ["read", "write", "update", "idle", "compute", "leak"];

/**
 * An estimator that also prices the action `leak`: the power of an instance at rest over a cycle. One that knows no such
 * power, or prices the action itself, stays as it is.
 */
export function leaking(estimator: Estimator): Estimator {
  const { actions: own } = estimator;
  const leakagePowerW = estimator.leakagePowerW?.bind(estimator);
  if (leakagePowerW === undefined || own.includes("leak")) return estimator;
  const isRelevant = (attribute: string): boolean =>
    attribute === "global_cycle_seconds" || isRelevantTo(estimator, attribute);
  return {
    ...estimator,
    actions: [...own, "leak"],
    isRelevant,
    estimateEnergy: (query, action) => {
      if (action.toLowerCase() !== "leak") return estimator.estimateEnergy(query, action);
      const cycleS = cycleSeconds(query);
      const powerW = leakagePowerW(query);
      return {
        value: powerW * cycleS * 1e12,
        source: `${estimator.name}: leakage power over a cycle`,
        steps: () => [{ description: `${Number(powerW.toPrecision(6))} W over ${cycleS} s` }],
      };
    },
  };
}

/** Length of a cycle as a component is told it, else that of the model, s. */
export function cycleSeconds({ attributes, className, context }: EstimatorQuery): number {
  const given = attributes.get("global_cycle_seconds");
  if (given === undefined) return context.cycleTimeS;
  const { global_cycle_seconds: cycleS } = readParameters(
    { global_cycle_seconds: cycleTime },
    attributes,
    className,
  );
  return cycleS;
}

/** The parameter with the length of a cycle. */
export const cycleTime = {
  kind: "number",
  unit: "s",
  description: "length of a cycle, over which a component leaks",
  minimum: 0,
  default: 1e-9,
} as const satisfies ParameterDescription;

/**
 * Components that only stand for a place in the hierarchy: they cost nothing, but have an area of 1 um^2 in the tables of
 * 2024. Defined classes come before.
 */
export function freeEstimator(convention: Convention): Estimator {
  return defineEstimator({
    name: "free components",
    classNames: ["dummy_storage", "dummy_compute", "dummy_network", "dummy"],
    accuracyPercent: 0,
    parameters: {},
    actions,
    source: "stands for a place in the hierarchy; costs nothing by definition",
    areaUm2: () => (convention === "2024" ? 1 : 0),
    energyPj: () => 0,
    leakagePowerW: () => 0,
  });
}
