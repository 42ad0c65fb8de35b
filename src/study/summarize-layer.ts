import type { Mapping } from "../mapping/mapping";
import type { NestCounts } from "../model/count-accesses";
import type { Evaluation } from "../model/evaluation";
import type { Level, Specification } from "../spec/specification";
import { totalKey } from "./component-groups";
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
  const { specification, tables, evaluation, mapSpace } = layer;
  const { architecture, dnn, layer: number, layerName, tiles, batch } = specification.identity;
  const { cycles, computes, utilization, edpPjCycles } = evaluation;
  const { accesses, mapping } = summaryOfMapping(layer);
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
    energyPj: energyOfLevels(specification, evaluation),
    edp: edpPjCycles / 1e12,
    areaUm2: areaOfLevels(specification.levels, tables.area.areaUm2),
    energyPerActionPj: tables.energy.energyPj,
    ...(tables.errorPercent ? { errorPercent: tables.errorPercent } : {}),
    accesses: { ...accesses },
    mapSpace,
    mapping: [...mapping],
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

type MappingSummary = Pick<LayerResult, "accesses" | "mapping">;

/** What follows from shared counts and their mapping. */
const summaries = new WeakMap<NestCounts, MappingSummary>();

function summaryOfMapping({ counts, mapping, evaluation }: MappedLayer): MappingSummary {
  const known = counts && summaries.get(counts);
  if (known) return known;
  const summary = { accesses: accessesOfLevels(evaluation), mapping: mappingBlocks(mapping) };
  if (counts) summaries.set(counts, summary);
  return summary;
}

/** Operations of whole operands: those of the problem pair single bits. */
export function multiplyAccumulates({ workload }: Specification, computes: number): number {
  return workload.bitDimensions.reduce((count, dimension) => count / workload.bounds[dimension], computes);
}

function energyOfLevels(specification: Specification, evaluation: Evaluation): Record<string, number> {
  const energyPj: Record<string, number> = {};
  for (const { level, energyPj: energy } of evaluation.levels) energyPj[level] = energy;
  const compute = specification.levels.find(({ kind }) => kind === "compute");
  if (compute) energyPj[compute.name] = evaluation.computeEnergyPj;
  energyPj[totalKey] = evaluation.energyPj;
  return energyPj;
}

/** The areas of the last layer: those of the next one are mostly the same, and then share their entries. */
let last: { readonly names: readonly string[]; readonly areas: LayerResult["areaUm2"] } | undefined;

/** Areas in level order. */
function areaOfLevels(
  levels: readonly Level[],
  areaUm2: Readonly<Record<string, number>>,
): LayerResult["areaUm2"] {
  if (!last || !areSameAreas(last, levels, areaUm2)) {
    const areas = levels.map(({ name, instances: count }): [string, LevelArea] => {
      const each = areaUm2[name];
      return [name, { each, count, total: each * count }];
    });
    const sum = areas.reduce((total, [, area]) => total + area.total, 0);
    last = {
      names: areas.map(([name]) => name),
      areas: { ...Object.fromEntries(areas), [totalKey]: sum },
    };
  }
  return { ...last.areas };
}

function areSameAreas(
  { names, areas }: NonNullable<typeof last>,
  levels: readonly Level[],
  areaUm2: Readonly<Record<string, number>>,
): boolean {
  if (levels.length !== names.length) return false;
  for (let index = 0; index < levels.length; index += 1) {
    const { name, instances } = levels[index];
    if (name !== names[index]) return false;
    const { each, count, total } = areas[name] as LevelArea;
    if (each !== areaUm2[name] || count !== instances || total !== each * count) return false;
  }
  return true;
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
