import * as v from "valibot";
import { dataWith, hasParts, isListOf, isNumber, isObject, isTableOf } from "../arguments";
import { conversionsPerAction } from "../components/level-estimates";
import { pricingOf } from "../components/pricing";
import { RaellaError } from "../errors";
import { Derived, freeze, publish } from "../memory";
import { isEvaluation } from "../model/evaluation";
import type { Evaluation } from "../model/evaluation";
import { isMapping } from "../model/mapping";
import type { Mapping } from "../model/mapping";
import type { FullSearchObjective } from "../search/full/objective";
import type { SearchCertificate } from "../search/full/search-full-map-space";
import { extremeValues } from "../spec/computable";
import type { UnmetCheck } from "../spec/design-checks";
import { examine, remarksOn } from "../spec/design-checks";
import { Scope, scopeOf } from "../spec/expression";
import type { ReferenceTables } from "../spec/reference-tables";
import { areReferenceTables } from "../spec/reference-tables";
import type { Level, Specification, SpecificationIdentity, Value, Warning } from "../spec/specification";
import { specificationSchema } from "../spec/specification";
import { addUp, leakageKey, totalKey } from "./component-groups";
import type { Manifest } from "./manifest";

/** Area of a level: one instance, how many there are, and all of them. */
export interface LevelArea {
  readonly each: number;
  readonly count: number;
  readonly total: number;
}

/** Words moved at one level for one data space, per instance. */
export interface AccessCounts {
  readonly reads: number;
  readonly fills: number;
  readonly updates: number;
  readonly instances: number;
}

/** A block of loops of the mapping, outermost first. */
export interface MappingBlock {
  readonly level: string;
  readonly kind: "temporal" | "spatial";
  readonly loops: readonly { readonly dimension: string; readonly factor: number }[];
}

/** How many mappings of a layer there are. */
export interface MapSpaceSummary {
  /** Mappings that the constraints allow. */
  readonly size: number;
  /** Those that pass the fan-out and capacity checks; null where they were not counted (a full search). */
  readonly valid: number | null;
  /** Those whose energy and cycles were computed. */
  readonly evaluated: number;
}

/** The random walk of Timeloop's mapper, and what it misses. */
export interface TimeloopWalk {
  /** Mappings tried, revisits and those that do not fit included. */
  readonly visited: number;
  readonly threads: readonly {
    readonly thread: number;
    /** The rule that ended it. */
    readonly stop: string;
    readonly visited: number;
    readonly valid: number;
  }[];
  /** The best mapping of the space. */
  readonly optimum: { readonly edp: number; readonly energyPj: number; readonly cycles: number };
  /** EDP of the reported mapping divided by that of the best one; 1 if the walk found it. */
  readonly edpOverOptimum: number;
}

/** Another mapping of the same layer, for comparison. */
export interface ComparedMapping {
  readonly edp: number;
  readonly energyPj: number;
  readonly cycles: number;
  /** Its EDP divided by that of the best mapping. */
  readonly edpOverBest: number;
  /** The same for what was minimised: 1 or more. */
  readonly objectiveOverBest: number;
}

/** Whether a mapping is as good as the best one, up to rounding. */
export function isBest({ objectiveOverBest }: ComparedMapping): boolean {
  return objectiveOverBest <= 1 + 1e-12;
}

/** The proof that no mapping of the full map space is better, and what the greedy heuristics would have cost. */
export interface FullSearchSummary {
  readonly objective: FullSearchObjective;
  readonly certificate: SearchCertificate;
  /**
   * The best mapping for the same objective that the greedy steps leave (for a weighted product, the one of the
   * lowest EDP); null where they leave none or are not asked for.
   */
  readonly heuristic: ComparedMapping | null;
}

/**
 * Everything about one DNN layer on one architecture, as plain data: what `raella layer --json` prints.
 * Energies are pJ, areas um^2, `edp` J x cycles; levels stand outermost first.
 */
export interface LayerResult extends Pick<
  SpecificationIdentity,
  "architecture" | "dnn" | "layer" | "layerName" | "nTiles" | "batchSize"
> {
  readonly cycles: number;
  /** Operations of the problem (one combination of an input, a weight and an output bit each). */
  readonly computes: number;
  /** Multiply-accumulates of whole operands. */
  readonly macs: number;
  /** Energy of one multiply-accumulate of whole operands. */
  readonly energyPerMacPj: number;
  /** Operations per joule, two for each multiply-accumulate, as in every published figure; speed plays no part. */
  readonly topsPerWatt: number;
  /** Analog-to-digital conversions that are done; null where no level has converters. */
  readonly conversions: number | null;
  readonly conversionsPerMac: number | null;
  /** Share of the operations that the compute units could do in these cycles with one each per cycle. */
  readonly utilization: number;
  /** Share of the compute units that work at the same time; of crossbars, the share of their cells in use. */
  readonly spatialUtilization: number;
  /** Per level, and `total`; where leakage counts, that of all levels is an entry `leakage` of its own. */
  readonly energyPj: Readonly<Record<string, number>>;
  /** Leakage per level; only where it counts. */
  readonly leakagePj?: Readonly<Record<string, number>>;
  readonly edp: number;
  /** Per level, and the sum `total`. */
  readonly areaUm2: { readonly [level: string]: LevelArea | number; readonly total: number };
  readonly energyPerActionPj: Readonly<Record<string, Readonly<Record<string, number>>>>;
  /** How far the areas and energies per action may be off; only where components are interpolated. */
  readonly errorPercent?: ReferenceTables["errorPercent"];
  readonly accesses: Readonly<Record<string, Readonly<Record<string, AccessCounts>>>>;
  readonly mapSpace: MapSpaceSummary;
  readonly mapping: readonly MappingBlock[];
  /** Only with `search: "timeloop"`. */
  readonly walk?: TimeloopWalk;
  /** Only with `search: "full"`. */
  readonly fullSearch?: FullSearchSummary;
  /** Things that were probably not meant. */
  readonly warnings: readonly Warning[];
  /** Worth knowing, although published designs do the same; left out where there is nothing to tell. */
  readonly notes?: readonly Warning[];
  /** What the result was computed from; the layers of a DNN share that of the DNN. */
  readonly manifest?: Manifest;
}

const isArea = (value: unknown): boolean =>
  isNumber(value) || hasParts(value, { each: isNumber, count: isNumber, total: isNumber });

/** A number of tiles or samples; null where the model has none. */
export const isCount = (value: unknown): boolean => value === null || isNumber(value);

const layerParts = {
  nTiles: isCount,
  batchSize: isCount,
  cycles: isNumber,
  computes: isNumber,
  macs: isNumber,
  utilization: isNumber,
  energyPj: isTableOf(isNumber),
  edp: isNumber,
  areaUm2: isTableOf(isArea),
  energyPerActionPj: isTableOf(isTableOf(isNumber)),
  accesses: isTableOf(isTableOf(isObject)),
  mapSpace: isObject,
  mapping: isListOf((value) => hasParts(value, { loops: isListOf(isObject) })),
  warnings: isListOf(isObject),
};

export const isLayerResult = (value: unknown): boolean => hasParts(value, layerParts);

export const layerResultSchema = dataWith("the result of a layer, as runLayer returns it", layerParts);

/** A layer with the mapping found (or given) for it, and everything that a report may want to show of it. Frozen. */
export interface MappedLayer {
  readonly specification: Specification;
  readonly tables: ReferenceTables;
  readonly mapping: Mapping;
  readonly evaluation: Evaluation;
  readonly mapSpace: MapSpaceSummary;
  /** How Timeloop's own search came to the mapping, if it was re-enacted. */
  readonly walk?: TimeloopWalk;
  /** Proof and comparison of a full search. */
  readonly fullSearch?: FullSearchSummary;
}

/** Finishes a layer that leaves the package. */
export function publishLayer(layer: MappedLayer): MappedLayer {
  publish(layer.specification);
  return freeze(layer);
}

/**
 * @throws RaellaError `out-of-range` for a figure that no number can hold, naming the levels and the values that it comes
 *   from.
 */
export function requireFiniteFigures(
  { levels, variableValues }: Specification,
  figures: { readonly energyPj: number; readonly cycles: number; readonly areaUm2: number },
  energyOfLevels: () => Iterable<readonly [string, number]>,
): void {
  const product = figures.energyPj * figures.cycles;
  // Infinity times 0 is no number either: neither is infinite where the product is one.
  if (Number.isFinite(product) && Number.isFinite(figures.areaUm2)) return;
  for (const [what, value] of [
    ["energy (pJ)", figures.energyPj],
    ["number of cycles", figures.cycles],
    ["area (um^2)", figures.areaUm2],
    ["product of energy and cycles", product],
  ] as const) {
    if (Number.isFinite(value)) continue;
    const guilty = new Set([...energyOfLevels()].flatMap(([name, energy]) => (energy < 1e100 ? [] : [name])));
    const attributes = levels
      .filter(({ name }) => guilty.size === 0 || guilty.has(name))
      .flatMap((level) =>
        Object.entries(level.attributes).map(([name, own]) => [`${level.name}.${name}`, own] as const),
      );
    const extremes = extremeValues([...Object.entries(variableValues), ...attributes]);
    throw new RaellaError({
      code: "out-of-range",
      message: `The ${what} of the layer is ${value}${extremes === undefined ? "" : `: ${extremes}`}.`,
      value,
      expected: "a finite number",
    });
  }
}

/** The layer, if all of its figures are numbers. Errors as {@link requireFiniteFigures}. */
export function requireFinite(layer: MappedLayer): MappedLayer {
  const { specification, tables, evaluation } = layer;
  requireFiniteFigures(
    specification,
    { ...evaluation, areaUm2: chipArea(specification, tables.area.areaUm2) },
    () => evaluation.levels.map(({ level, energyPj }) => [level, energyPj] as const),
  );
  return layer;
}

/** Area of all instances of all levels. */
export function chipArea({ levels }: Specification, areaUm2: Readonly<Record<string, number>>): number {
  let sum = 0;
  for (const { name, instances } of levels)
    if (Object.hasOwn(areaUm2, name)) sum += areaUm2[name] * instances;
  return sum;
}

export function withWarnings(specification: Specification, warnings: readonly Warning[]): Specification {
  return warnings.length === 0
    ? specification
    : { ...specification, warnings: [...specification.warnings, ...warnings] };
}

export const mappedLayerSchema = dataWith("a mapped layer, as mapLayer returns it", {
  specification: (value) => v.is(specificationSchema, value),
  tables: areReferenceTables,
  mapping: isMapping,
  evaluation: isEvaluation,
  mapSpace: isObject,
  counts: (value) => value === undefined || isObject(value),
});

/**
 * The checks of levels that a run does not meet. Such a check sees the variables, the level's attributes, the `cycles`
 * of the run, and of one instance of the level in use the rows that it reads, fills and updates, all data spaces together:
 * `rows_read`, `rows_filled`, `rows_updated`.
 * @throws RaellaError for an expression that cannot be evaluated
 */
function examineRun(specification: Specification, evaluation: Evaluation): UnmetCheck[] {
  const { checks = [], levels, variableValues } = specification;
  if (checks.length === 0) return [];
  const variables = scopeOf(variableValues);
  return checks.flatMap((check) => {
    const level = levels.find(({ name }) => name === check.level);
    if (level === undefined) return [];
    const counts = new Map<string, Value>(Object.entries(countsOf(level.name, evaluation)));
    const scope = new Scope(counts, scopeOf(level.attributes, variables));
    return examine(check, scope, { workingDirectory: "" }) ?? [];
  });
}

function countsOf(level: string, { levels, cycles }: Evaluation): Record<string, number> {
  const accesses = Object.values(levels.find((known) => known.level === level)?.accesses ?? {});
  const sum = (count: "rowReads" | "rowFills" | "rowUpdates"): number =>
    accesses.reduce((total, access) => total + access[count], 0);
  return {
    cycles,
    rows_read: sum("rowReads"),
    rows_filled: sum("rowFills"),
    rows_updated: sum("rowUpdates"),
  };
}

/**
 * The result of a layer as plain data, with a manifest if there is one.
 * @throws RaellaError `check` where the run does not meet a check of its model and is to be refused for it.
 */
export function summarizeLayer(layer: MappedLayer, manifest?: Manifest, isStrict = false): LayerResult {
  const { specification, tables, mapping, evaluation, mapSpace } = layer;
  const { architecture, dnn, layer: number, layerName, nTiles, batchSize } = specification.identity;
  const { cycles, computes, utilization, edpPjCycles } = evaluation;
  const remarks = remarksOn(examineRun(specification, evaluation), isStrict);
  const notes = [...(specification.notes ?? []), ...remarks.notes];
  const macs = multiplyAccumulates(specification, computes);
  return {
    architecture,
    dnn,
    layer: number,
    layerName,
    nTiles,
    batchSize,
    cycles,
    computes,
    macs,
    ...efficiency(evaluation.energyPj, macs, conversionsOf(specification, evaluation)),
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
    mapping: blocksOfMappings.of(mapping),
    ...(layer.walk ? { walk: layer.walk } : {}),
    ...(layer.fullSearch ? { fullSearch: layer.fullSearch } : {}),
    warnings: [...specification.warnings, ...remarks.warnings],
    ...(notes.length > 0 ? { notes } : {}),
    ...(manifest ? { manifest } : {}),
  };
}

const operationsPerMac = 2;

/** What energy and conversions come to for one multiply-accumulate. */
export function efficiency(
  energyPj: number,
  macs: number,
  conversions: number | null,
): Pick<LayerResult, "energyPerMacPj" | "topsPerWatt" | "conversions" | "conversionsPerMac"> {
  return {
    energyPerMacPj: energyPj / macs,
    topsPerWatt: (operationsPerMac * macs) / energyPj,
    conversions,
    conversionsPerMac: conversions === null ? null : conversions / macs,
  };
}

/** Conversions of all levels that have converters: rows moved, times what is converted for each. */
function conversionsOf(specification: Specification, evaluation: Evaluation): number | null {
  const converters = conversionsPerAction(
    specification,
    pricingOf(specification).forClasses(specification.componentClasses).levels,
  );
  if (converters.size === 0) return null;
  let sum = 0;
  for (const { level, accesses } of evaluation.levels) {
    const each = converters.get(level);
    if (each === undefined) continue;
    for (const { rowReads, rowFills, rowUpdates, clusters } of Object.values(accesses))
      sum += clusters * (rowReads * each.read + rowFills * each.write + rowUpdates * each.update);
  }
  return sum;
}

function computeUnitsOf({ levels }: Specification): number {
  return levels.find(({ kind }) => kind === "compute")?.instances ?? Number.NaN;
}

/** Operations of whole operands: those of the problem pair single bits. */
export function multiplyAccumulates({ workload }: Specification, computes: number): number {
  return workload.bitDimensions.reduce((count, dimension) => count / workload.bounds[dimension], computes);
}

// Tables filled name by name would take several times the room, and results are kept by the thousand.

/** Accesses of every level, operations, leakage of all levels where it counts, and the total. */
function energyOfLevels({ specification, tables, evaluation }: MappedLayer): Record<string, number> {
  const energies = evaluation.levels.map(({ level, energyPj, parts }): [string, number] => [
    level,
    parts?.accessesPj ?? energyPj,
  ]);
  const compute = specification.levels.find(({ kind }) => kind === "compute");
  if (compute) energies.push([compute.name, evaluation.computeEnergyPj]);
  if (tables.energy.leakagePj) energies.push([leakageKey, addUp(Object.values(leakageOfLevels(evaluation)))]);
  energies.push([totalKey, evaluation.energyPj]);
  return Object.fromEntries(energies);
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
  let sum = 0;
  const areas = levels.map(({ name, instances: count }): [string, LevelArea | number] => {
    const each = areaUm2[name];
    const total = each * count;
    sum += total;
    return [name, { each, count, total }];
  });
  areas.push([totalKey, sum]);
  return Object.fromEntries(areas) as LayerResult["areaUm2"];
}

function accessesOfLevels({ levels }: Evaluation): Record<string, Record<string, AccessCounts>> {
  return Object.fromEntries(
    levels.map(({ level, accesses }) => {
      const counts: Record<string, AccessCounts> = {};
      for (const dataSpace in accesses) {
        const { reads, fills, updates, instances } = accesses[dataSpace];
        counts[dataSpace] = { reads, fills, updates, instances };
      }
      return [level, counts];
    }),
  );
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

/** Layers that differ only in prices mostly share a mapping. */
const blocksOfMappings = new Derived<Mapping, readonly MappingBlock[]>((mapping) =>
  freeze(mappingBlocks(mapping)),
);

/** Areas of all instances by level, with `total`: the flat view of `areaUm2`. */
export function totalAreas(areaUm2: LayerResult["areaUm2"]): Record<string, number> {
  return Object.fromEntries(
    Object.entries(areaUm2).map(([level, area]) => [level, typeof area === "number" ? area : area.total]),
  );
}
