import { RaellaError } from "../../errors";
import type { SourceLocation } from "../../errors";
import { contentNumber, Derived, freeze } from "../../memory";
import { placeholderName } from "../convention";
import type { GreedyStep } from "../greedy";
import type { ProblemShape } from "../schema/problem-schema";
import type {
  Factor,
  LevelConstraints,
  LevelKind,
  SpatialConstraint,
  Warning,
  Workload,
} from "../specification";
import type { CompiledModel, LeafValues, LevelFrame, LevelFrames, SettledModel } from "./compiled-model";
import { settledLevels } from "./flatten-architecture";
import type { LeafDraft } from "./greedy-allocation";
import { applyGreedyStep, draftOf } from "./greedy-allocation";
import { markBranches, requireFlatBranches } from "./mark-branches";
import { maximizeDimensions } from "./maximize-dimensions";

/**
 * Puts loops that can only be 1 innermost, where their order has no effect: first the dimensions fixed at 1, then those
 * of bound 1. Unlisted dimensions stay the mapper's choice, and fewer of them are left.
 */
function completePermutation(
  factors: readonly Factor[],
  permutation: string[],
  unitDimensions: readonly string[],
): void {
  for (const { dimension, value } of factors)
    if (value === 1 && !permutation.includes(dimension)) permutation.unshift(dimension);
  for (const dimension of unitDimensions)
    if (!permutation.includes(dimension)) permutation.unshift(dimension);
}

/** Completes the temporal permutation of every storage element and the spatial one of every fan-out. */
function completePermutations(
  leaves: readonly LeafDraft[],
  dimensions: readonly string[],
  bounds: Readonly<Record<string, number>>,
): void {
  const unitDimensions = dimensions.filter((dimension) => bounds[dimension] === 1);
  for (const leaf of leaves) {
    if (leaf.compiled.kind === "storage")
      completePermutation(leaf.temporalFactors, leaf.temporalPermutation, unitDimensions);
    if (leaf.fanout > 1) completePermutation(leaf.spatialFactors, leaf.spatialPermutation, unitDimensions);
  }
}

/**
 * Completes the constraints of all leaves for a workload (permutations, greedy steps) and lays out the levels. Layers of
 * the same shape have the same frames, whatever their attributes.
 *
 * @throws RaellaError for constraints that contradict each other, too many instances, or a nest without compute units.
 */
export function frameLevels(
  model: CompiledModel,
  settled: SettledModel,
  values: readonly LeafValues[],
  workload: Workload,
  greedySteps: readonly GreedyStep[],
): LevelFrames {
  let key = `${contentNumber(greedySteps)}`;
  for (const dimension of workload.dimensions) key += ` ${workload.bounds[dimension]}`;
  values.forEach(({ loops }, index) => {
    if (settled.leaves[index] === undefined && settled.openLeaves[index] === undefined)
      key += ` ${contentNumber(loops)}`;
  });
  return model.frameMemo.get(`${key} ${settled.key}`, () => {
    const { frames, warnings } = completeFrames(model, values, workload, greedySteps);
    return freeze({ levels: settledLevels(model, settled, frames), warnings });
  });
}

function completeFrames(
  model: CompiledModel,
  values: readonly LeafValues[],
  { dimensions, bounds }: Workload,
  greedySteps: readonly GreedyStep[],
): { readonly frames: readonly LevelFrame[]; readonly warnings: readonly Warning[] } {
  const leaves = draftLeaves(model, values);
  const warnings = exceedingFactors(leaves, bounds);
  warnings.push(...maximizeDimensions(leaves, dimensions, bounds));
  completePermutations(leaves, dimensions, bounds);
  for (const step of greedySteps) applyGreedyStep(step, leaves, { dimensions, bounds });
  return { frames: layOut(leaves, model), warnings };
}

/** The leaves with what they must look like, parallel branches kept apart. */
function draftLeaves(model: CompiledModel, values: readonly LeafValues[]): readonly LeafDraft[] {
  const given = values.map(({ loops }) => loops.constraints.dataspace);
  const dataSpaces = model.shape.dataSpaces.map(({ name }) => name);
  if (model.hasParallelNodes)
    requireFlatBranches(
      model.document.nodes,
      values.map(({ loops }) => loops.meshX * loops.meshY),
    );
  const stored = model.hasParallelNodes ? markBranches(model.document.nodes, given, dataSpaces) : given;
  return model.leaves.map((leaf, index) => draftOf(leaf, values[index].loops, stored[index]));
}

/** Number of instances along both axes at a point of the architecture. */
interface Mesh {
  readonly x: number;
  readonly y: number;
}

/** Every fan-out becomes a placeholder level with the instance count outside it. */
function layOut(leaves: readonly LeafDraft[], { shape, convention }: CompiledModel): readonly LevelFrame[] {
  const levels: LevelFrame[] = [];
  const shared = placeholderConstraints.of(shape);
  let mesh: Mesh = { x: 1, y: 1 };
  leaves.forEach((leaf, index) => {
    const { kind } = leaf.compiled;
    if (kind === "nothing" || leaf.loops.isEnabled === false) return;
    if (leaf.fanout !== 1) {
      const name = placeholderName(leaf.compiled.name, convention);
      levels.push(placeholderFrame(name, leaf, index, mesh, shared));
      mesh = multiply(mesh, leaf);
    }
    if (kind !== "container") levels.push(elementFrame(leaf, index, kind, mesh));
  });
  checkLevels(levels);
  return levels;
}

function placeholderFrame(
  name: string,
  leaf: LeafDraft,
  index: number,
  mesh: Mesh,
  shared: Omit<LevelConstraints, "spatial">,
): LevelFrame {
  const spatial = spatialConstraint(leaf);
  return {
    leaf: index,
    isPlaceholder: true,
    key: frameKey(index, mesh, leaf, "+"),
    name,
    kind: "storage",
    class: "dummy_storage",
    subclass: null,
    instances: mesh.x * mesh.y,
    meshX: mesh.x,
    meshY: mesh.y,
    requiredActions: [],
    constraints: isEmptySpatial(spatial) ? shared : { spatial, ...shared },
  };
}

function elementFrame(leaf: LeafDraft, index: number, kind: LevelKind, mesh: Mesh): LevelFrame {
  const { document, name, requiredActions } = leaf.compiled;
  return {
    leaf: index,
    isPlaceholder: false,
    key: frameKey(index, mesh, leaf, ""),
    name,
    kind,
    class: document.class,
    subclass: document.subclass,
    // A network is one thing, however many instances it connects.
    instances: kind === "network" ? 1 : mesh.x * mesh.y,
    meshX: mesh.x,
    meshY: mesh.y,
    requiredActions,
    constraints: elementConstraints(leaf),
  };
}

/** Layers have most frames in common: what was completed is cheaper to write down than the constraints that it becomes. */
function frameKey(index: number, { x, y }: Mesh, leaf: LeafDraft, kind: string): string {
  const { spatialFactors, spatialPermutation, temporalFactors, temporalPermutation, dataspace } = leaf;
  const loops = `${factorsText(spatialFactors)};${spatialPermutation.join()};${factorsText(temporalFactors)};${temporalPermutation.join()}`;
  return `${index}${kind} ${x} ${y} ${loops} ${contentNumber(dataspace)}`;
}

function factorsText(factors: readonly Factor[]): string {
  let text = "";
  for (const { dimension, operator, value } of factors) text += `${dimension}${operator}${value},`;
  return text;
}

function spatialConstraint(leaf: LeafDraft): SpatialConstraint {
  const { spatial } = leaf.loops.constraints;
  return { ...spatial, factors: leaf.spatialFactors, permutation: leaf.spatialPermutation };
}

function isEmptySpatial(constraint: SpatialConstraint): boolean {
  return (
    constraint.split === null &&
    constraint.defaultMaxFactor === null &&
    constraint.defaultMinFactor === undefined &&
    [
      constraint.factors,
      constraint.permutation,
      constraint.noMulticastNoReduction,
      constraint.noLinkTransfer,
    ].every((list) => list.length === 0)
  );
}

/** An element's own constraints; its fan-out, if it has one, belongs to the placeholder above it. */
function elementConstraints(leaf: LeafDraft): LevelConstraints {
  const { dataspace } = leaf;
  const { temporal } = leaf.loops.constraints;
  const constraints: { -readonly [Part in keyof LevelConstraints]: LevelConstraints[Part] } = {};
  if (leaf.fanout === 1) {
    const spatial = spatialConstraint(leaf);
    if (!isEmptySpatial(spatial)) constraints.spatial = spatial;
  }
  const hasTemporal =
    leaf.temporalFactors.length + leaf.temporalPermutation.length > 0 ||
    temporal.noTemporalReuse.length + temporal.rmwOnFirstWriteback.length > 0 ||
    temporal.defaultMaxFactor !== null ||
    temporal.defaultMinFactor !== undefined;
  if (hasTemporal)
    constraints.temporal = {
      ...temporal,
      factors: leaf.temporalFactors,
      permutation: leaf.temporalPermutation,
    };
  if (dataspace.keep.length + dataspace.bypass.length + dataspace.passthrough.length > 0)
    constraints.dataspace = dataspace;
  return constraints;
}

/** What the loops and data of every placeholder of a problem look like. */
const placeholderConstraints = new Derived<ProblemShape, Omit<LevelConstraints, "spatial">>(
  ({ dimensions, dataSpaces }) =>
    freeze({
      temporal: {
        factors: dimensions.map((dimension): Factor => ({ dimension, operator: "=", value: 1 })),
        permutation: dimensions,
        noTemporalReuse: [],
        rmwOnFirstWriteback: [],
        defaultMaxFactor: null,
      },
      dataspace: { keep: [], bypass: dataSpaces.map(({ name }) => name), passthrough: [] },
    }),
);

function multiply(mesh: Mesh, leaf: LeafDraft): Mesh {
  const result = { x: mesh.x * leaf.loops.meshX, y: mesh.y * leaf.loops.meshY };
  if (result.x * result.y > Number.MAX_SAFE_INTEGER)
    throw new RaellaError({
      code: "out-of-range",
      message: `Down to "${leaf.compiled.name}" there are ${(result.x * result.y).toExponential(3)} instances.`,
      location: leaf.compiled.document.location,
      expected: `at most 2^53 = ${Number.MAX_SAFE_INTEGER + 1}`,
    });
  return result;
}

/** The loop nest must end in compute units. */
function checkLevels(levels: readonly LevelFrame[]): void {
  const nested = levels.filter((level) => level.kind !== "network");
  const last = nested[nested.length - 1] as LevelFrame | undefined;
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

/** Factors larger than their dimension, which the mapper drops: the dimension is then free at that level. */
function exceedingFactors(leaves: readonly LeafDraft[], bounds: Workload["bounds"]): Warning[] {
  const warnings: Warning[] = [];
  for (const leaf of leaves)
    for (const { dimension, operator, value } of [...leaf.spatialFactors, ...leaf.temporalFactors])
      if (operator === "=" && value > 1 && value > bounds[dimension])
        warnings.push(exceedingFactor(leaf, dimension, value, bounds[dimension]));
  return warnings;
}

function exceedingFactor(leaf: LeafDraft, dimension: string, value: number, bound: number): Warning {
  const location: SourceLocation = leaf.compiled.document.location;
  const message = `The factor ${dimension}=${value} of "${leaf.compiled.name}" exceeds the dimension (${bound}) and is ignored: ${dimension} is free there.`;
  return { code: "constraint", message, location };
}
