import { dataWith, hasParts, isListOf, isNumber, isObject, isTableOf, isText } from "../arguments";
import type { RaellaError, SourceLocation } from "../errors";

/** One product of a rank: `coefficient * dimension`, e.g. `Wstride * P`. */
export interface RankTerm {
  readonly dimension: string;
  readonly coefficient: number;
  /** Whose product the coefficient is, as the problem names them. */
  readonly coefficientNames?: readonly string[];
}

/** One axis of a tensor: a sum of loop indices with non-negative integer coefficients. */
export type Rank = readonly RankTerm[];

/** A tensor of the workload. */
export interface DataSpace {
  readonly name: string;
  /** Partial sums are written and read back. */
  readonly readWrite: boolean;
  readonly ranks: readonly Rank[];
}

/** A DNN layer as a nest of loops over tensors. */
export interface Workload {
  readonly name: string;
  /** In declared order, which is the order of the map space's digits. */
  readonly dimensions: readonly string[];
  readonly bounds: Readonly<Record<string, number>>;
  /** Strides and dilations. */
  readonly coefficients: Readonly<Record<string, number>>;
  readonly dataSpaces: readonly DataSpace[];
  /**
   * Dimensions that count bits of one operand, so that multiply-accumulates are the operations divided by their
   * bounds: those whose bound is given by a variable of bits (INPUT_BITS, WEIGHT_BITS, OUTPUT_BITS).
   */
  readonly bitDimensions: readonly string[];
  /** Everything under `problem.instance`, evaluated. */
  readonly instance: Readonly<Record<string, Value>>;
}

/** A part of a compound component. Its name may end in a range, `shift_add[1..n_components]`. */
export interface Subcomponent {
  readonly name: string;
  readonly class: string;
  readonly attributes: Readonly<Record<string, WrittenValue>>;
  /** Own key, else the attribute of that name, else 1: absent here means "look further". */
  readonly areaShare?: WrittenValue;
  /** What the energies of the part are multiplied by; absent: 1. */
  readonly energyShare?: WrittenValue;
}

/** What an action of a compound component has one of its parts do, and how often. */
export interface SubcomponentAction {
  readonly name: string;
  readonly actionShare: WrittenValue;
  /** What else an estimator is told of the action, in the convention of 2024; left out where there is nothing. */
  readonly arguments?: Readonly<Record<string, WrittenValue>>;
}

/** An action of a compound component: what each of its parts does then. */
export interface CompoundAction {
  readonly name: string;
  /** In written order; a repeated name is kept here as written. */
  readonly subcomponents: readonly {
    readonly name: string;
    readonly actions: readonly SubcomponentAction[];
  }[];
}

/** A compound component: which parts it has and which of their actions each of its actions performs. */
export interface ComponentClass {
  readonly name: string;
  /** Defaults; the literal `must_specify` demands a value. */
  readonly attributes: Readonly<Record<string, WrittenValue>>;
  readonly subcomponents: readonly Subcomponent[];
  readonly actions: readonly CompoundAction[];
  readonly location?: SourceLocation;
}

/** Where models, layers and statistics are read from; absolute paths. */
export interface Workspace {
  /** Holds architectures.yaml, the model folders, common_components/ and mapper.yaml. `getcwd()` in expressions. */
  readonly modelsDirectory: string;
  /** Holds a folder for each DNN with a file for each layer: resnet18/010.yaml. */
  readonly layersDirectory: string;
  /** Holds torch_values/ and typical_values/. */
  readonly statisticsDirectory: string;
  /** Whether the folders lie over the package's: what they lack is read there. Left out: they stand alone. */
  readonly overPackage?: true;
}

/** What the folders of a workspace are told apart by. */
export type FolderKey = Exclude<keyof Workspace, "overPackage">;

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
 * figures with every bit, as the original does; `survey` asks a model fitted to the ADC survey. With `survey-all` that model
 * answers for converters of every resolution.
 */
export type AdcBeyondLibrary = "scale" | "survey" | "survey-all";

/**
 * Which generation of the original tools a specification is written for: those of August 2023, with which the figures of
 * RAELLA were published, or those of May 2024, which name and price some things in other ways (docs/timeloop.md).
 */
export type Convention = "2023" | "2024";

/** What happens to sparse optimizations: they are refused, or left out to compute the dense counterpart. */
export type SparseHandling = "refuse" | "dense";

/**
 * How the component library scales to a technology between two that are tabulated: `linear` in the node, or as the
 * `original` does, backwards: just below a tabulated node it takes nearly the figures of the next smaller one.
 */
export type TechnologyInterpolation = "linear" | "original";

/** What may be chosen about the component library besides the fidelity. */
export interface EstimationChoices {
  /** Default `scale`. */
  readonly adcBeyondLibrary?: AdcBeyondLibrary;
  /** Default `linear`. */
  readonly technologyInterpolation?: TechnologyInterpolation;
}

/** What may be chosen about how a design is modelled, besides the fidelity. Defaults are those of the published figures. */
export interface ModelChoices extends EstimationChoices {
  /**
   * What becomes of a design that a check of its model rules out: `warn` (default), or `adapt`: where the check says
   * how, variables are changed until the design can be built.
   */
  readonly unmetChecks?: "warn" | "adapt";
  /** What happens to sparse optimizations: `refuse` (default), or `dense` to leave them out on purpose. */
  readonly sparse?: SparseHandling;
  /** Count leakage, in energies and in what searches minimise. By default only in the convention of 2024. */
  readonly leakage?: boolean;
  /** Which convention counts; `auto` (default): the one that the files show. */
  readonly convention?: Convention | "auto";
  /** Statistics that nobody gives may keep the placeholders that stand in the model. By default they are refused. */
  readonly usePlaceholders?: boolean;
}

/** A fixed factor (`=`), an upper (`<=`) or a lower limit (`>=`) of a dimension. The value 0 means the full bound, -1 free. */
export interface Factor {
  readonly dimension: string;
  readonly operator: "=" | "<=" | ">=";
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
  /** Lower limit for dimensions without a factor of their own; left out where there is none. */
  readonly defaultMinFactor?: number;
}

/** What the loops that a level's instance runs in time must look like. */
export interface TemporalConstraint {
  readonly factors: readonly Factor[];
  /** Innermost first. */
  readonly permutation: readonly string[];
  readonly noTemporalReuse: readonly string[];
  readonly rmwOnFirstWriteback: readonly string[];
  readonly defaultMaxFactor: number | null;
  /** As for loops in space. */
  readonly defaultMinFactor?: number;
}

/** Which data spaces a level holds. Those in none of the lists are the mapper's choice. */
export interface DataSpaceConstraint {
  readonly keep: readonly string[];
  readonly bypass: readonly string[];
  /** Kept ones that only flow through: the parent sees the traffic as if they were bypassed. */
  readonly passthrough: readonly string[];
}

/** What a level's constraints say: of its loops in space, of those in time, and of the data that it holds. */
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
  /** What all energies of the level are multiplied by; left out where nothing is said of it. */
  readonly energyShare?: number;
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
  /** How Timeloop's mapper goes through the map space; only a re-enactment of its walk asks. */
  readonly algorithm: string;
  /** Time loops with a factor above 1 that a mapping may have in all; left out without a limit. */
  readonly mostTimeLoops?: number;
  readonly all: ValueTable;
}

/** Who is modelled: what the figures of a result belong to. */
export interface SpecificationIdentity extends ModelChoices {
  readonly architecture: string;
  readonly dnn: string | null;
  /** Number of the layer in its DNN. */
  readonly layer: number | null;
  readonly layerName: string | null;
  /** Of a layer that was given by its sizes. */
  readonly sizes?: Readonly<Record<string, number>>;
  readonly nTiles: number | null;
  readonly batchSize: number | null;
  readonly typicalStatistics: boolean;
  readonly fidelity: Fidelity;
}

/** Something that is probably not meant, but does not stop the work. */
export type Warning = Pick<RaellaError, "code" | "message" | "location">;

/** A sparse optimization of a level and the data spaces that it names. */
export interface SparseLevel {
  readonly level: string;
  readonly kind: "action_optimization" | "representation_format" | "compute_optimization";
  readonly dataSpaces: readonly string[];
}

/** What a model says about designs that cannot be built: true for one that can. */
export interface DesignCheck {
  readonly expression: WrittenValue;
  /** What is wrong where it is false; `{expression}` stands for a value. */
  readonly message: string;
  /** Where the limit comes from. */
  readonly source: string;
  /** A note tells something that published designs do as well; an error is of values that nothing can have. */
  readonly severity: "error" | "warning" | "note";
  /** Names for expression, message and changes, evaluated in order. */
  readonly where: Readonly<Record<string, WrittenValue>>;
  /** Variables to values with which the design can be built. */
  readonly adapt: Readonly<Record<string, WrittenValue>>;
  /** The level whose attributes and counts it sees; such a check waits for the mapping. Null: only variables. */
  readonly level: string | null;
  readonly location?: SourceLocation;
}

/** A reference table given by the user instead of the estimates, in Accelergy's form (level or level and action). */
export type GivenEnergyTable = Readonly<Record<string, Readonly<Record<string, number>>>>;
/** Areas by level, um^2, that a specification brings along instead of estimates. */
export type GivenAreaTable = Readonly<Record<string, number>>;

/**
 * One DNN layer on one architecture: fully evaluated, with the constraints of the map space.
 * Plain frozen data: a changed one is a new one, `{ ...specification, levels: … }`; the flat form of the architecture, outermost level first, compute last.
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
  /** Sparse optimizations, which no search and no evaluation models; left out where there are none. */
  readonly sparse?: readonly SparseLevel[];
  /** Statistics that are still placeholders of the model and not meant as such; left out where there are none. */
  readonly placeholders?: readonly string[];
  readonly warnings: readonly Warning[];
  /** Where it was read from: its component library, SRAM tables and cell files price it. */
  readonly workspace: Workspace;
  /** What is worth knowing about the design, although nothing is wrong. */
  readonly notes?: readonly Warning[];
  /** Checks that wait for a mapping. */
  readonly checks?: readonly DesignCheck[];
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
  workspace: (value) =>
    hasParts(value, { modelsDirectory: isText, layersDirectory: isText, statisticsDirectory: isText }),
  sources: isListOf(isObject),
});

/** The parts of a specification that map spaces and mappings belong to. */
export const nestSchema = dataWith("a specification, as getSpec and loadSpecification return it", {
  levels: isListOf(isLevel),
  workload: isWorkload,
});
