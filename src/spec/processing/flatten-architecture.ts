import { RaellaError } from "../../errors";
import type { RuntimeValue } from "../expression/runtime-value";
import { toValue } from "../expression/runtime-value";
import type {
  Factor,
  Level,
  LevelConstraints,
  LevelKind,
  SpatialConstraint,
  Value,
  ValueTable,
} from "../specification";
import type { EvaluatedLeaf } from "./evaluate-leaf";
import { moveToFront } from "./move-to-front";
import { storageDefaults } from "./storage-attributes";

/** Dimensions and data spaces of the problem, which placeholders close and bypass. */
export interface ProblemNames {
  readonly dimensions: readonly string[];
  readonly dataSpaces: readonly string[];
}

/** Number of instances along both axes at a point of the architecture. */
interface Mesh {
  readonly x: number;
  readonly y: number;
}

function isEmptyValue(value: RuntimeValue): boolean {
  return value === null || value === "" || (Array.isArray(value) && value.length === 0);
}

/** What containers hand down to the levels behind them. */
type Inherited = ReadonlyMap<string, RuntimeValue>;

const nothingInherited: Inherited = new Map();

/** What a container's attributes make of what is handed down so far; the same object for the same pair. */
const extensions = new WeakMap<ReadonlyMap<string, RuntimeValue>, { parent: Inherited; result: Inherited }>();

function extendInherited(parent: Inherited, attributes: ReadonlyMap<string, RuntimeValue>): Inherited {
  if (attributes.size === 0) return parent;
  const known = extensions.get(attributes);
  if (known?.parent === parent) return known.result;
  const result = new Map(parent);
  for (const [name, value] of attributes) if (!isEmptyValue(value)) result.set(name, value);
  extensions.set(attributes, { parent, result });
  return result;
}

interface AttributesKey {
  readonly own: ReadonlyMap<string, RuntimeValue>;
  readonly hasStorageDefaults: boolean;
  readonly mesh: Mesh;
  readonly inherited: Inherited;
}

/** Own attributes, defaults, mesh, then what containers hand down. */
function buildAttributes({ own, hasStorageDefaults, mesh, inherited }: AttributesKey): ValueTable {
  const attributes: Record<string, Value> = {};
  for (const [name, value] of own) if (!isEmptyValue(value)) attributes[name] = toValue(value);
  if (hasStorageDefaults)
    for (const [name, value] of storageDefaults) if (!own.has(name)) attributes[name] = value;
  attributes.meshX = mesh.x;
  attributes.meshY = mesh.y;
  for (const [name, value] of inherited) if (!(name in attributes)) attributes[name] = toValue(value);
  return attributes;
}

/** The last tables of the same own attributes; tables are shared between specifications, so they never change. */
const tables = new WeakMap<ReadonlyMap<string, RuntimeValue>, (AttributesKey & { table: ValueTable })[]>();
const tablesKept = 32;

function levelAttributes(key: AttributesKey): ValueTable {
  let kept = tables.get(key.own);
  if (kept === undefined) tables.set(key.own, (kept = []));
  for (let index = 0; index < kept.length; index++) {
    const known = kept[index];
    const isSame =
      known.mesh.x === key.mesh.x &&
      known.mesh.y === key.mesh.y &&
      known.inherited === key.inherited &&
      known.hasStorageDefaults === key.hasStorageDefaults;
    if (!isSame) continue;
    moveToFront(kept, index);
    return known.table;
  }
  const table = buildAttributes(key);
  if (kept.length >= tablesKept) kept.pop();
  kept.unshift({ ...key, table });
  return table;
}

function spatialConstraint(leaf: EvaluatedLeaf): SpatialConstraint {
  const { noMulticastNoReduction, noLinkTransfer } = leaf.compiled.constraints.spatial;
  return {
    factors: leaf.spatialFactors,
    permutation: leaf.spatialPermutation,
    split: leaf.values.split,
    noMulticastNoReduction,
    noLinkTransfer,
    defaultMaxFactor: leaf.values.spatialDefaultMaxFactor,
  };
}

function isEmptySpatial(constraint: SpatialConstraint): boolean {
  return (
    constraint.split === null &&
    constraint.defaultMaxFactor === null &&
    [
      constraint.factors,
      constraint.permutation,
      constraint.noMulticastNoReduction,
      constraint.noLinkTransfer,
    ].every((list) => list.length === 0)
  );
}

/** An element's own constraints; its fan-out, if it has one, belongs to the placeholder above it. */
function elementConstraints(leaf: EvaluatedLeaf): LevelConstraints {
  const { dataspace, temporal } = leaf.compiled.constraints;
  const constraints: { -readonly [Part in keyof LevelConstraints]: LevelConstraints[Part] } = {};
  if (leaf.fanout === 1) {
    const spatial = spatialConstraint(leaf);
    if (!isEmptySpatial(spatial)) constraints.spatial = spatial;
  }
  const hasTemporal =
    leaf.temporalFactors.length + leaf.temporalPermutation.length > 0 ||
    temporal.noTemporalReuse.length + temporal.rmwOnFirstWriteback.length > 0 ||
    leaf.values.temporalDefaultMaxFactor !== null;
  if (hasTemporal)
    constraints.temporal = {
      factors: leaf.temporalFactors,
      permutation: leaf.temporalPermutation,
      noTemporalReuse: temporal.noTemporalReuse,
      rmwOnFirstWriteback: temporal.rmwOnFirstWriteback,
      defaultMaxFactor: leaf.values.temporalDefaultMaxFactor,
    };
  if (dataspace.keep.length + dataspace.bypass.length + dataspace.passthrough.length > 0)
    constraints.dataspace = dataspace;
  return constraints;
}

const placeholderAttributes: ReadonlyMap<string, RuntimeValue> = new Map([
  ["width", 1],
  ["depth", 1],
  ["datawidth", 1],
  ["technology", -1],
]);

/** What the loops and data of every placeholder of a problem look like. */
function placeholderConstraints({ dimensions, dataSpaces }: ProblemNames): Omit<LevelConstraints, "spatial"> {
  return {
    temporal: {
      factors: dimensions.map((dimension): Factor => ({ dimension, operator: "=", value: 1 })),
      permutation: dimensions,
      noTemporalReuse: [],
      rmwOnFirstWriteback: [],
      defaultMaxFactor: null,
    },
    dataspace: { keep: [], bypass: dataSpaces, passthrough: [] },
  };
}

function multiply(mesh: Mesh, leaf: EvaluatedLeaf): Mesh {
  const result = { x: mesh.x * leaf.values.meshX, y: mesh.y * leaf.values.meshY };
  if (result.x * result.y > Number.MAX_SAFE_INTEGER)
    throw new RaellaError({
      code: "out-of-range",
      message: `Down to "${leaf.compiled.name}" there are ${(result.x * result.y).toExponential(3)} instances.`,
      location: leaf.compiled.document.location,
      expected: `at most 2^53 = ${Number.MAX_SAFE_INTEGER + 1}`,
    });
  return result;
}

/**
 * The flat form: one ordered list of levels, outermost first. Every fan-out becomes a placeholder level with the
 * instance count outside it; containers hand their attributes to all levels behind them.
 */
export function flattenArchitecture(
  leaves: readonly EvaluatedLeaf[],
  problem: ProblemNames,
): readonly Level[] {
  const levels: Level[] = [];
  const shared = placeholderConstraints(problem);
  let inherited = nothingInherited;
  let mesh: Mesh = { x: 1, y: 1 };
  for (const leaf of leaves) {
    const { kind } = leaf.compiled;
    if (kind === "nothing") continue;
    if (kind === "container") inherited = extendInherited(inherited, leaf.values.attributes);
    if (leaf.fanout !== 1) {
      levels.push(placeholderLevel(leaf, mesh, inherited, shared));
      mesh = multiply(mesh, leaf);
    }
    if (kind !== "container") levels.push(elementLevel(leaf, kind, mesh, inherited));
  }
  checkLevels(levels);
  return levels;
}

function placeholderLevel(
  leaf: EvaluatedLeaf,
  mesh: Mesh,
  inherited: Inherited,
  shared: Omit<LevelConstraints, "spatial">,
): Level {
  const spatial = spatialConstraint(leaf);
  return {
    name: `inter_${leaf.compiled.name}_spatial_dummy`,
    kind: "storage",
    class: "dummy_storage",
    subclass: null,
    areaShare: null,
    instances: mesh.x * mesh.y,
    meshX: mesh.x,
    meshY: mesh.y,
    attributes: levelAttributes({ own: placeholderAttributes, hasStorageDefaults: true, mesh, inherited }),
    requiredActions: [],
    constraints: isEmptySpatial(spatial) ? shared : { spatial, ...shared },
  };
}

function elementLevel(leaf: EvaluatedLeaf, kind: LevelKind, mesh: Mesh, inherited: Inherited): Level {
  const { document, name, requiredActions } = leaf.compiled;
  const { attributes: own, areaShare } = leaf.values;
  return {
    name,
    kind,
    class: document.class,
    subclass: document.subclass,
    areaShare,
    // A network is one thing, however many instances it connects.
    instances: kind === "network" ? 1 : mesh.x * mesh.y,
    meshX: mesh.x,
    meshY: mesh.y,
    attributes: levelAttributes({ own, hasStorageDefaults: kind === "storage", mesh, inherited }),
    requiredActions,
    constraints: elementConstraints(leaf),
  };
}

/** The loop nest must end in compute units. */
function checkLevels(levels: readonly Level[]): void {
  const nested = levels.filter((level) => level.kind !== "network");
  const last = nested[nested.length - 1] as Level | undefined;
  if (last?.kind === "compute") return;
  throw new RaellaError({
    code: "schema",
    message:
      last === undefined
        ? "The architecture has no levels."
        : `The innermost level "${last.name}" has the class "${last.class}", which is not a compute unit.`,
    expected: "an element behind all others whose class contains mac or compute",
  });
}
