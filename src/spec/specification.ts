import { dataWith, hasParts, isListOf, isNumber, isObject, isTableOf, isText } from "../arguments";
import type { ComponentClass } from "./component-class";
import type { RaellaError, SourceLocation } from "../errors";
import type { Workload } from "./workload";

/** An evaluated value. A string is a literal, never an expression. */
export type Value = number | string | boolean | null | readonly Value[];

/** Names to values, in the order in which they were evaluated. */
export type ValueTable = Readonly<Record<string, Value>>;

/** Text of an input file that still has to be evaluated (written without quotes). */
export interface ExpressionText {
  readonly expression: string;
  /** Where it is written, for errors. */
  readonly location?: SourceLocation;
}

/** A value as written in a file: a literal, or an expression in plain text. */
export type WrittenValue = Value | ExpressionText;

/**
 * Which behaviour of the original tools to keep. `artifact` reproduces the published figures with all their
 * quirks; `corrected` repairs the quirks that are mistakes.
 */
export type Fidelity = "artifact" | "corrected";

/**
 * What happens to a converter whose resolution the component library does not have: `scale` doubles its first entry's
 * figures with every bit, as the original does; `survey` asks a model fitted to the ADC survey.
 */
export type AdcBeyondLibrary = "scale" | "survey";

/** A fixed factor (`=`) or an upper limit (`<=`) of a dimension. The value 0 means the full bound, -1 free. */
export interface Factor {
  readonly dimension: string;
  readonly operator: "=" | "<=";
  readonly value: number;
}

/** What the loops that spread a level's tile over its children must look like. */
export interface SpatialConstraint {
  readonly factors: readonly Factor[];
  /** Innermost first. */
  readonly permutation: readonly string[];
  /** How many of the innermost loops lie along the X axis; null leaves it to the search. */
  readonly split: number | null;
  readonly noMulticastNoReduction: readonly string[];
  readonly noLinkTransfer: readonly string[];
  /** Upper limit for dimensions without a factor of their own. */
  readonly defaultMaxFactor: number | null;
}

/** What the loops that a level's instance runs in time must look like. */
export interface TemporalConstraint {
  readonly factors: readonly Factor[];
  /** Innermost first. */
  readonly permutation: readonly string[];
  readonly noTemporalReuse: readonly string[];
  readonly rmwOnFirstWriteback: readonly string[];
  readonly defaultMaxFactor: number | null;
}

/** Which data spaces a level holds. Those in none of the lists are the mapper's choice. */
export interface DataSpaceConstraint {
  readonly keep: readonly string[];
  readonly bypass: readonly string[];
  /** Kept ones that only flow through: the parent sees the traffic as if they were bypassed. */
  readonly passthrough: readonly string[];
}

export interface LevelConstraints {
  readonly spatial?: SpatialConstraint;
  readonly temporal?: TemporalConstraint;
  readonly dataspace?: DataSpaceConstraint;
}

/** Storage levels take part in the loop nest, compute levels end it; networks only cost energy and area. */
export type LevelKind = "storage" | "compute" | "network";

/** One entry of the flat architecture: a storage level, a placeholder for a fan-out, or the compute units. */
export interface Level {
  /** Without the instance range. */
  readonly name: string;
  readonly kind: LevelKind;
  /** The class that says what the level is for the mapper. */
  readonly class: string;
  /** The component class that prices it, where it is not `class`. */
  readonly subclass: string | null;
  readonly areaShare: number | null;
  /** Hardware instances, `meshX * meshY`; 1 of a network, which has no count of its own. */
  readonly instances: number;
  readonly meshX: number;
  readonly meshY: number;
  /** Evaluated; own attributes first, then the mesh, then what containers hand down. */
  readonly attributes: ValueTable;
  readonly requiredActions: readonly string[];
  readonly constraints: LevelConstraints;
}

/** Options of the top key `mapper`, as far as the searches use them; the rest passes through in `all`. */
export interface MapperOptions {
  readonly optimizationMetrics: readonly string[];
  readonly numThreads: number;
  /** Null: no limit. */
  readonly searchSize: number | null;
  readonly victoryCondition: number | null;
  readonly timeout: number | null;
  readonly maxPermutationsPerIfVisit: number;
  readonly all: ValueTable;
}

/** Who is modelled: what the figures of a result belong to. */
export interface SpecificationIdentity {
  readonly architecture: string;
  readonly dnn: string | null;
  /** Number of the layer in its DNN. */
  readonly layer: number | null;
  readonly layerName: string | null;
  readonly tiles: number | null;
  readonly batch: number | null;
  readonly typicalStatistics: boolean;
  readonly fidelity: Fidelity;
  /** Left out: `scale`. */
  readonly adcBeyondLibrary?: AdcBeyondLibrary;
}

/** Something that is probably not meant, but does not stop the work. */
export type Warning = Pick<RaellaError, "code" | "message" | "location">;

/** A reference table given by the user instead of the estimates, in Accelergy's form (level or level and action). */
export type GivenEnergyTable = Readonly<Record<string, Readonly<Record<string, number>>>>;
export type GivenAreaTable = Readonly<Record<string, number>>;

/**
 * One DNN layer on one architecture: fully evaluated, with the constraints of the map space.
 * Plain readonly data; the flat form of the architecture, outermost level first, compute last.
 */
export interface Specification {
  readonly identity: SpecificationIdentity;
  readonly levels: readonly Level[];
  readonly workload: Workload;
  /** Variables as written, after statistics and overrides. */
  readonly variables: Readonly<Record<string, WrittenValue>>;
  /** Variables as levels and constraints see them. */
  readonly variableValues: ValueTable;
  /**
   * Variables as component classes see them. With `artifact` fidelity the statistics are texts here, because
   * the original writes them in quotes on the way to its estimator.
   */
  readonly estimationVariables: ValueTable;
  readonly componentClasses: readonly ComponentClass[];
  readonly mapper: MapperOptions;
  readonly energyTable?: GivenEnergyTable;
  readonly areaTable?: GivenAreaTable;
  readonly warnings: readonly Warning[];
  /** Content hash of every file read, for the manifest of a result. */
  readonly sources: readonly { readonly file: string; readonly sha256: string }[];
}

const isLevel = (value: unknown): boolean =>
  hasParts(value, {
    name: isText,
    kind: isText,
    class: isText,
    instances: isNumber,
    meshX: isNumber,
    meshY: isNumber,
    attributes: isObject,
    requiredActions: isListOf(isText),
    constraints: isObject,
  });

const isDataSpace = (value: unknown): boolean =>
  hasParts(value, { name: isText, ranks: isListOf(isListOf(isObject)) });

const isWorkload = (value: unknown): boolean =>
  hasParts(value, {
    dimensions: isListOf(isText),
    bounds: isTableOf(isNumber),
    dataSpaces: isListOf(isDataSpace),
    bitDimensions: isListOf(isText),
    coefficients: isObject,
    instance: isObject,
  });

/** What functions look at that take a specification. */
export const specificationSchema = dataWith("a specification, as getSpec and loadSpecification return it", {
  identity: (value) =>
    hasParts(value, {
      architecture: isText,
      fidelity: (kind) => kind === "artifact" || kind === "corrected",
    }),
  levels: isListOf(isLevel),
  workload: isWorkload,
  variables: isObject,
  variableValues: isObject,
  estimationVariables: isObject,
  componentClasses: isListOf(isObject),
  mapper: (value) => hasParts(value, { optimizationMetrics: isListOf(isText) }),
  warnings: isListOf(isObject),
  sources: isListOf(isObject),
});

/** The parts of a specification that map spaces and mappings belong to. */
export const nestSchema = dataWith("a specification, as getSpec and loadSpecification return it", {
  levels: isListOf(isLevel),
  workload: isWorkload,
});
