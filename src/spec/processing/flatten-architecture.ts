import { RaellaError } from "../../errors";
import type { RuntimeValue } from "../expression/runtime-value";
import { toValue } from "../expression/runtime-value";
import type { Factor, Level, LevelConstraints, LevelKind, SpatialConstraint, Value } from "../specification";
import type { EvaluatedLeaf } from "./evaluate-leaf";
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

/** Own attributes, defaults, mesh, then what containers hand down. */
function levelAttributes(
  own: ReadonlyMap<string, RuntimeValue>,
  hasStorageDefaults: boolean,
  mesh: Mesh,
  inherited: ReadonlyMap<string, RuntimeValue>,
): Record<string, Value> {
  const attributes: Record<string, Value> = {};
  for (const [name, value] of own) if (!isEmptyValue(value)) attributes[name] = toValue(value);
  if (hasStorageDefaults)
    for (const [name, value] of storageDefaults) if (!own.has(name)) attributes[name] = value;
  attributes.meshX = mesh.x;
  attributes.meshY = mesh.y;
  for (const [name, value] of inherited) if (!(name in attributes)) attributes[name] = toValue(value);
  return attributes;
}

function spatialConstraint(leaf: EvaluatedLeaf): SpatialConstraint {
  const { noMulticastNoReduction, noLinkTransfer } = leaf.compiled.constraints.spatial;
  return {
    factors: leaf.spatialFactors,
    permutation: leaf.spatialPermutation,
    split: leaf.split,
    noMulticastNoReduction,
    noLinkTransfer,
    defaultMaxFactor: leaf.spatialDefaultMaxFactor,
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
    leaf.temporalDefaultMaxFactor !== null;
  if (hasTemporal)
    constraints.temporal = {
      factors: leaf.temporalFactors,
      permutation: leaf.temporalPermutation,
      noTemporalReuse: temporal.noTemporalReuse,
      rmwOnFirstWriteback: temporal.rmwOnFirstWriteback,
      defaultMaxFactor: leaf.temporalDefaultMaxFactor,
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

function makeLevel(
  level: Pick<
    Level,
    "name" | "class" | "subclass" | "areaShare" | "requiredActions" | "attributes" | "constraints"
  >,
  kind: LevelKind,
  mesh: Mesh,
): Level {
  return { ...level, kind, instances: mesh.x * mesh.y, meshX: mesh.x, meshY: mesh.y };
}

function multiply(mesh: Mesh, leaf: EvaluatedLeaf): Mesh {
  const result = { x: mesh.x * leaf.meshX, y: mesh.y * leaf.meshY };
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
  const inherited = new Map<string, RuntimeValue>();
  const shared = placeholderConstraints(problem);
  let mesh: Mesh = { x: 1, y: 1 };
  for (const leaf of leaves) {
    const { compiled, attributes } = leaf;
    const { kind, document } = compiled;
    if (kind === "nothing") continue;
    if (kind === "container")
      for (const [name, value] of attributes) if (!isEmptyValue(value)) inherited.set(name, value);
    if (leaf.fanout !== 1) {
      const placeholder = {
        name: `inter_${compiled.name}_spatial_dummy`,
        class: "dummy_storage",
        subclass: null,
        areaShare: null,
        requiredActions: [],
        attributes: levelAttributes(placeholderAttributes, true, mesh, inherited),
        constraints: { spatial: spatialConstraint(leaf), ...shared },
      };
      levels.push(makeLevel(placeholder, "storage", mesh));
    }
    mesh = multiply(mesh, leaf);
    if (kind === "container") continue;
    const element = {
      name: compiled.name,
      class: document.class,
      subclass: document.subclass,
      areaShare: leaf.areaShare,
      requiredActions: compiled.requiredActions,
      attributes: levelAttributes(attributes, kind === "storage", mesh, inherited),
      constraints: elementConstraints(leaf),
    };
    levels.push(makeLevel(element, kind, mesh));
  }
  checkLevels(levels);
  return levels;
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
