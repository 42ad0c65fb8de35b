import type { Fidelity, TechnologyInterpolation } from "../spec/specification";
import type { CellDescription } from "./circuits/cell-description";
import type { ComponentAttributes, ParameterDescription } from "./parameters";

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
  /** Claimed accuracy; the estimator with the highest one is asked first. */
  readonly accuracyPercent: number;
  readonly classNames: readonly string[];
  readonly actions: readonly string[];
  /** Actions that a level of such a class has in the tables even if nothing requires them. */
  readonly listedActions?: readonly string[];
  readonly parameters: Readonly<Record<string, ParameterDescription>>;
  /** Whether an attribute can influence the answers; by default the parameters can. */
  readonly isRelevant?: (attribute: string) => boolean;
  estimateArea(query: EstimatorQuery): Estimate;
  estimateEnergy(query: EstimatorQuery, action: string): Estimate;
  /** A user has added it: where it refuses and another one answers, that is said. */
  readonly isRegistered?: boolean;
  /** Power of an instance at rest, W; absent where it is not modelled. */
  leakagePowerW?(query: EstimatorQuery): number;
}
