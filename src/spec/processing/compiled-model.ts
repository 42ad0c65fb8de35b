import type { Memo } from "../../memory";
import type { CompiledValue } from "../expression/evaluate";
import type { RuntimeValue } from "../expression/runtime-value";
import type { LeafDocument, LeafKind } from "../schema/architecture-schema";
import type { ProblemShape } from "../schema/problem-schema";
import type { ModelDocument } from "../schema/read-document";
import type { Convention, Level, SparseLevel, ValueTable, Warning, Workload } from "../specification";
import type { CompiledConstraints, LeafConstraints } from "./compile-constraints";
import type { SettledModel } from "./settle-model";
import type { ShapeEvaluator } from "./workload-from-problem";

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
}

/** All levels of an architecture without their attributes, outermost first. */
export interface LevelFrames {
  readonly levels: readonly LevelFrame[];
  /** The levels of which everything is settled, at their positions. */
  readonly settled: readonly (Level | undefined)[];
  /** Those of which only attributes of their own are open, with null in place of these. */
  readonly templates: readonly (Level | undefined)[];
  readonly warnings: readonly Warning[];
}
