import type { Mapping } from "../mapping/mapping";
import type { Evaluation } from "../model/evaluation";
import type { Level, Specification } from "../spec/specification";
import { addUp, leakageKey, totalKey } from "./component-groups";
import type { AccessCounts, LayerResult, LevelArea, MappingBlock } from "./layer-result";
import type { Manifest } from "./manifest";
import { remarksOn } from "../spec/design-checks";
import { examineRun } from "./examine-run";
import type { MappedLayer } from "./mapped-layer";

/**
 * The result of a layer as plain data, with a manifest if there is one.
 * @throws RaellaError `check` where the run does not meet a check of its model and is to be refused for it.
 */
export function summarizeLayer(layer: MappedLayer, manifest?: Manifest, isStrict = false): LayerResult {
  const { specification, tables, mapping, evaluation, mapSpace } = layer;
  const { architecture, dnn, layer: number, layerName, tiles, batch } = specification.identity;
  const { cycles, computes, utilization, edpPjCycles } = evaluation;
  const remarks = remarksOn(examineRun(specification, evaluation), isStrict);
  const notes = [...(specification.notes ?? []), ...remarks.notes];
  return {
    architecture,
    dnn,
    layer: number,
    layerName,
    tiles,
    batch,
    cycles,
    computes,
    macs: multiplyAccumulates(specification, computes),
    utilization,
    spatialUtilization: evaluation.usedComputeUnits / computeUnitsOf(specification),
    energyPj: energyOfLevels(layer),
    ...(tables.energy.leakagePj ? { leakagePj: leakageOfLevels(evaluation) } : {}),
    edp: edpPjCycles / 1e12,
    areaUm2: areaOfLevels(specification.levels, tables.area.areaUm2),
    energyPerActionPj: tables.energy.energyPj,
    ...(tables.errorPercent ? { errorPercent: tables.errorPercent } : {}),
    accesses: accessesOfLevels(evaluation),
    mapSpace,
    mapping: mappingBlocks(mapping),
    ...(layer.walk ? { walk: layer.walk } : {}),
    ...(layer.fullSearch ? { fullSearch: layer.fullSearch } : {}),
    warnings: [...specification.warnings, ...remarks.warnings],
    ...(notes.length > 0 ? { notes } : {}),
    ...(manifest ? { manifest } : {}),
  };
}

function computeUnitsOf({ levels }: Specification): number {
  return levels.find(({ kind }) => kind === "compute")?.instances ?? Number.NaN;
}

/** Operations of whole operands: those of the problem pair single bits. */
export function multiplyAccumulates({ workload }: Specification, computes: number): number {
  return workload.bitDimensions.reduce((count, dimension) => count / workload.bounds[dimension], computes);
}

/** Accesses of every level, operations, leakage of all levels where it counts, and the total. */
function energyOfLevels({ specification, tables, evaluation }: MappedLayer): Record<string, number> {
  const energyPj: Record<string, number> = {};
  for (const { level, energyPj: energy, parts } of evaluation.levels)
    energyPj[level] = parts?.accessesPj ?? energy;
  const compute = specification.levels.find(({ kind }) => kind === "compute");
  if (compute) energyPj[compute.name] = evaluation.computeEnergyPj;
  if (tables.energy.leakagePj) energyPj[leakageKey] = addUp(Object.values(leakageOfLevels(evaluation)));
  energyPj[totalKey] = evaluation.energyPj;
  return energyPj;
}

/** By level, outermost first. */
function leakageOfLevels({ levels }: Evaluation): Record<string, number> {
  return Object.fromEntries(levels.map(({ level, parts }) => [level, parts?.leakagePj ?? 0]));
}

/** Areas in level order. */
function areaOfLevels(
  levels: readonly Level[],
  areaUm2: Readonly<Record<string, number>>,
): LayerResult["areaUm2"] {
  const areas: Record<string, LevelArea | number> = {};
  let sum = 0;
  for (const { name, instances: count } of levels) {
    const each = areaUm2[name];
    const total = each * count;
    areas[name] = { each, count, total };
    sum += total;
  }
  return { ...areas, [totalKey]: sum };
}

function accessesOfLevels(evaluation: Evaluation): Record<string, Record<string, AccessCounts>> {
  const accesses: Record<string, Record<string, AccessCounts>> = {};
  for (const level of evaluation.levels) {
    const counts: Record<string, AccessCounts> = {};
    for (const [dataSpace, { reads, fills, updates, instances }] of Object.entries(level.accesses)) {
      counts[dataSpace] = { reads, fills, updates, instances };
    }
    accesses[level.level] = counts;
  }
  return accesses;
}

/** The loops of every level that has any, in time before space, outermost first. */
export function mappingBlocks(mapping: Mapping): MappingBlock[] {
  return mapping.levels.flatMap(({ level, temporal, spatial }) => {
    const blocks: MappingBlock[] = [];
    const plain = ({ dimension, factor }: { dimension: string; factor: number }) => ({ dimension, factor });
    if (temporal.length > 0) blocks.push({ level, kind: "temporal", loops: temporal.map(plain) });
    if (spatial.length > 0) blocks.push({ level, kind: "spatial", loops: spatial.map(plain) });
    return blocks;
  });
}

/** Areas of all instances by level, with `total`: the flat view of `areaUm2`. */
export function totalAreas(areaUm2: LayerResult["areaUm2"]): Record<string, number> {
  return Object.fromEntries(
    Object.entries(areaUm2).map(([level, area]) => [level, typeof area === "number" ? area : area.total]),
  );
}
