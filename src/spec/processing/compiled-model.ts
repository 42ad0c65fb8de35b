import type { SourceLocation } from "../../errors";
import type { Memo } from "../../memory";
import type { UnmetCheck } from "../design-checks";
import type { CompiledValue } from "../expression/evaluate";
import type { RuntimeValue, Scope } from "../expression/runtime-value";
import type { LeafDocument, LeafKind } from "../schema/architecture-schema";
import type { ProblemShape } from "../schema/problem-schema";
import type { ModelDocument } from "../schema/read-document";
import type {
  Convention,
  DesignCheck,
  Level,
  SparseLevel,
  ValueTable,
  Warning,
  Workload,
  WrittenValue,
} from "../specification";
import type { CompiledConstraints, LeafConstraints } from "./compile-constraints";

/** What is calculated of a leaf besides its constraints. */
export interface LeafExpressions {
  readonly attributes: readonly (readonly [name: string, value: CompiledValue])[];
  readonly meshX: CompiledValue;
  readonly meshY: CompiledValue;
  readonly areaShare: CompiledValue;
  readonly energyShare: CompiledValue;
  /** Whether it is there at all. */
  readonly enabled: CompiledValue;
}

export function expressionsOfLeaf(leaf: LeafExpressions): readonly CompiledValue[] {
  const { attributes, meshX, meshY, areaShare, energyShare, enabled } = leaf;
  return [...attributes.map(([, value]) => value), meshX, meshY, areaShare, energyShare, enabled];
}

/** A leaf with macros resolved and expressions compiled; what is left depends on variables and sizes. */
export interface CompiledLeaf extends LeafExpressions {
  readonly document: LeafDocument;
  readonly kind: LeafKind;
  readonly name: string;
  readonly requiredActions: readonly string[];
  readonly constraints: CompiledConstraints;
  /**
   * Names of the variables that its values depend on, with the words of constraints, which may be names, too; null where
   * that shows only when they are evaluated.
   */
  readonly inputs: readonly string[] | null;
}

/** A product in a rank of a data space, by names. */
export interface RankTemplate {
  readonly dimension: string;
  readonly coefficients: readonly string[];
}

/** A data space with its ranks as products of names. */
export interface CompiledDataSpace {
  readonly name: string;
  readonly readWrite: boolean;
  readonly ranks: readonly (readonly RankTemplate[])[];
}

/**
 * The data spaces of a shape, known when variables are.
 * @param place Where the shape of the problem at hand is written.
 */
export type ShapeEvaluator = (variables: Scope, place: SourceLocation) => readonly CompiledDataSpace[];

/** A model for problems of one shape, with what it was evaluated to lately. */
export interface CompiledModel {
  readonly document: ModelDocument;
  readonly shape: ProblemShape;
  readonly convention: Convention;
  /** In the order of evaluation. */
  readonly variables: readonly (readonly [name: string, value: CompiledValue])[];
  readonly leaves: readonly CompiledLeaf[];
  readonly evaluateShape: ShapeEvaluator;
  /** Dimensions of the shape that count bits which the variables of the model set. */
  readonly bitDimensions: readonly string[];
  readonly hasParallelNodes: boolean;
  readonly warnings: readonly Warning[];
  /** Sparse optimizations that are not left out on purpose. */
  readonly sparse: readonly SparseLevel[];
  /** Names of the problem, which no variable may have. */
  readonly reservedNames: ReadonlySet<string>;
  readonly readers: ModelReaders;
  readonly settledMemo: Memo<SettledModel>;
  readonly workloadMemo: Memo<Workload>;
  readonly leafMemo: Memo<LeafValues>;
  readonly frameMemo: Memo<LevelFrames>;
  readonly levelMemo: Memo<Level>;
}

/**
 * Names that the nodes of a model and the component classes of its levels look up: perhaps a few too many, never too
 * few. Variables in small letters count as read where a level is a primitive, since they are attributes of it.
 */
export interface ModelReaders {
  readonly names: ReadonlySet<string>;
  readonly hasPrimitiveLevels: boolean;
}

/** What the loops and data at a leaf must look like, and how far it fans out. */
export interface LeafLoops {
  readonly meshX: number;
  readonly meshY: number;
  readonly constraints: LeafConstraints;
  /** False: there is nothing. Left out where there is. */
  readonly isEnabled?: false;
}

/** The values of a leaf. */
export interface LeafValues {
  /** Those with a value, as the outside sees them. */
  readonly attributes: ValueTable;
  /** Names of all attributes, also of those without a value. */
  readonly attributeNames: readonly string[];
  readonly areaShare: number | null;
  /** Left out where there is none. */
  readonly energyShare?: number;
  readonly loops: LeafLoops;
}

/** A leaf of which everything is settled but some attributes, which nothing else of the leaf reads. */
export interface OpenLeaf {
  /** With null in place of the open attributes. */
  readonly settled: LeafValues;
  /** All attributes in order; undefined for the open ones. */
  readonly attributes: ReadonlyMap<string, RuntimeValue | undefined>;
  readonly open: LeafExpressions["attributes"];
  /** Variables that the open attributes look up. */
  readonly names: readonly string[];
}

/** A level without its attributes. */
export interface LevelFrame extends Omit<Level, "areaShare" | "energyShare" | "attributes"> {
  /** Position of the leaf that it belongs to. */
  readonly leaf: number;
  /** Whether it stands for the leaf's fan-out. */
  readonly isPlaceholder: boolean;
  /** What no other frame has in a model whose leaf has the same values. */
  readonly key: string;
}

/** A level that is known when the values of its leaf are. */
export interface OpenLevel {
  readonly frame: LevelFrame;
  /** The level with null in place of open attributes, if nothing else is open. */
  readonly template: Level | undefined;
  /** Names of the open attributes. */
  readonly openNames: readonly string[];
}

/** All levels of an architecture, outermost first, as far as everything about them is settled. */
export interface LevelFrames {
  readonly levels: readonly (Level | OpenLevel)[];
  readonly warnings: readonly Warning[];
}

/** A variable of a model as it is read. */
export interface Variable {
  readonly name: string;
  readonly position: number;
  readonly written: WrittenValue;
  readonly value: CompiledValue;
}

/** The variables of a model, evaluated as far as they do not depend on what is given in a call. */
export interface SettledVariables {
  readonly positions: ReadonlyMap<string, number>;
  /** Undefined for what is open, in the tables null. */
  readonly numbers: readonly (RuntimeValue | undefined)[];
  readonly estimation: readonly (RuntimeValue | undefined)[];
  readonly numberTable: ValueTable;
  readonly estimationTable: ValueTable;
  /** As written. */
  readonly writtenTable: Readonly<Record<string, WrittenValue>>;
  /** Settled ones that component classes see otherwise. */
  readonly differing: readonly string[];
  /** What depends on what is given, and what cannot be evaluated; without a value where one is given. */
  readonly open: readonly (Pick<Variable, "name" | "position"> & { readonly own: Variable | undefined })[];
  readonly openNames: ReadonlySet<string>;
}

/**
 * A model with everything evaluated that does not depend on some variables: on those that statistics, the caller and
 * checks give. From one layer or design to the next only these change, so that most of the work is done once.
 */
export interface SettledModel {
  /** Its place among those of its model. */
  readonly key: string;
  readonly variables: SettledVariables;
  /** Undefined where something is open. */
  readonly leaves: readonly (LeafValues | undefined)[];
  /** Those of which only attributes are open; containers hand theirs down. */
  readonly openLeaves: readonly (OpenLeaf | undefined)[];
  /** Checks that see nothing that is open; null for those that are met. */
  readonly checks: ReadonlyMap<DesignCheck, UnmetCheck | null>;
}
