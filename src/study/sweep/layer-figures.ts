import { RaellaError, type ErrorDetails } from "../../errors";
import { estimate } from "../../estimation/estimate";
import { describeHardware, type Hardware } from "../../mapping/hardware";
import { buildMapSpace } from "../../mapping/map-space";
import {
  metricValue,
  parseMetrics,
  rankingMetrics,
  type MappingFigures,
  type Metric,
} from "../../mapping/metrics";
import { describeCosts, type AccessCosts } from "../../model/access-costs";
import { levelTiming } from "../../model/bandwidth";
import { getSpec } from "../../spec/get-spec";
import type { Specification } from "../../spec/specification";
import { totalKey } from "../component-groups";
import { mapSpecification } from "../run-layer";
import type { LayerOptions } from "../study-options";
import { summarizeLayer } from "../summarize-layer";
import { findMappingFront, type MappingFront } from "./mapping-front";
import { SignatureMemo } from "./signature-memo";
import { spaceSignature } from "./space-signature";

/** What a sweep needs to know of a layer. */
export interface LayerFigures {
  /** By level, with `total`; one batch. */
  readonly energyPj: Readonly<Record<string, number>>;
  readonly cycles: number;
  readonly macs: number;
  /** One chip. */
  readonly areaUm2: number;
}

/** Memory for fronts of map spaces, in numbers of eight bytes: 64 MB. */
const frontMemory = 8_000_000;

/** What is known of a map space: its front, why nothing fits, or that it has to be searched anew every time. */
type KnownSpace =
  | { readonly kind: "front"; readonly front: MappingFront }
  | { readonly kind: "misfit"; readonly reason: ErrorDetails }
  | { readonly kind: "search" };

const spaces = new SignatureMemo<KnownSpace>(frontMemory, (known) =>
  known.kind === "front" ? 200 + known.front.numbers.length * (1 + known.front.length) : 100,
);

/**
 * Maps a layer and returns the figures that a sweep sums up, equal to those of `runLayer` bit for bit. Where only
 * prices differ from a design before (another converter, another cell), nothing is searched again: the mappings that
 * can be best at any prices are remembered with their counts.
 * @throws RaellaError if the layer does not fit on the design, or the design cannot be built.
 */
export function layerFigures(request: LayerOptions): LayerFigures {
  const specification = getSpec(request);
  const tables = estimate(specification);
  const hardware = describeHardware(specification);
  const costs = describeCosts(hardware, tables.energy);
  const metrics = parseMetrics(specification.mapper.optimizationMetrics);
  const signature = spaceSignature(specification, hardware, costs);
  const known = spaces.get(signature, () => examineSpace(specification, costs, metrics));
  if (known.kind === "misfit") throw new RaellaError(known.reason);
  if (known.kind === "search") return searchedFigures(specification);
  return {
    ...bestOfFront(known.front, hardware, costs, metrics),
    macs: multiplyAccumulates(specification, known.front.computes),
    areaUm2: chipArea(specification, tables.area.areaUm2),
  };
}

function examineSpace(
  specification: Specification,
  costs: AccessCosts,
  metrics: readonly Metric[],
): KnownSpace {
  try {
    const front = findMappingFront(buildMapSpace(specification), costs, metrics);
    if (front !== null) return { kind: "front", front };
    // Only to learn why nothing fits, if that is so.
    searchedFigures(specification);
    return { kind: "search" };
  } catch (error) {
    if (error instanceof RaellaError) return { kind: "misfit", reason: error.toJSON() };
    throw error;
  }
}

/** The plain way: a search for this specification alone. Also says why nothing fits. */
export function searchedFigures(specification: Specification): LayerFigures {
  const { energyPj, cycles, macs, areaUm2 } = summarizeLayer(mapSpecification(specification));
  return { energyPj, cycles, macs, areaUm2: areaUm2.total };
}

/** Figures of the mapping that a search of the whole space would choose, by the same rule for ties. */
function bestOfFront(
  front: MappingFront,
  hardware: Hardware,
  costs: AccessCosts,
  metrics: readonly Metric[],
): Pick<LayerFigures, "energyPj" | "cycles"> {
  const prices = pricesOfLevels(costs);
  const computePj = front.computes * costs.computePj;
  const levels = new Float64Array(costs.levels.length);
  const ranking = rankingMetrics(metrics);
  const figuresOf = (mapping: number): MappingFigures => ({
    energyPj: priceMapping(front, mapping, prices, levels, computePj),
    cycles: cyclesOf(front, hardware, mapping),
    lastLevelAccesses: 0,
  });
  const { numbers } = front;
  let best = 0;
  let bestFigures = figuresOf(best);
  for (let mapping = 1; mapping < numbers.length; mapping += 1) {
    const figures = figuresOf(mapping);
    const order = compareFigures(ranking, figures, bestFigures) || numbers[mapping] - numbers[best];
    if (order >= 0) continue;
    best = mapping;
    bestFigures = figures;
  }
  const total = priceMapping(front, best, prices, levels, computePj);
  const energyPj: Record<string, number> = {};
  for (let level = levels.length - 1; level >= 0; level -= 1)
    energyPj[hardware.levels[level].name] = levels[level];
  energyPj[hardware.compute.name] = computePj;
  energyPj[totalKey] = total;
  return { energyPj, cycles: bestFigures.cycles };
}

/** Negative if the first figures are better. */
function compareFigures(ranking: readonly Metric[], first: MappingFigures, second: MappingFigures): number {
  for (const metric of ranking) {
    const [value, other] = [metricValue(metric, first), metricValue(metric, second)];
    if (value !== other) return value < other ? -1 : 1;
  }
  return 0;
}

/** Time steps, or what the slowest level needs with its bandwidths. */
function cyclesOf({ timed, counts, length }: MappingFront, hardware: Hardware, mapping: number): number {
  const start = mapping * length;
  const steps = counts[start];
  let cycles = steps;
  for (const { level, at } of timed) {
    const [reads, writes] = [counts[start + at], counts[start + at + 1]];
    cycles = Math.max(cycles, levelTiming(hardware.levels[level], steps, reads, writes).cycles);
  }
  return cycles;
}

/** Price of a row read, filled and updated, for every level. The search has found those that a mapping needs. */
function pricesOfLevels({ levels }: AccessCosts): Float64Array {
  return Float64Array.from(
    levels.flatMap(({ readPj = 0, fillPj = 0, updatePj = 0 }) => [readPj, fillPj, updatePj]),
  );
}

/** Energy of all accesses, added up in the model's order so that the sums agree bit for bit; by level in `levels`. */
function priceMapping(
  { terms, counts, length }: MappingFront,
  mapping: number,
  prices: Float64Array,
  levels: Float64Array,
  computePj: number,
): number {
  levels.fill(0);
  for (let index = 0; index < terms.length; index += 1) {
    const { level } = terms[index];
    const at = mapping * length + terms[index].at;
    const price = 3 * level;
    const perInstance =
      counts[at] * prices[price] + counts[at + 1] * prices[price + 1] + counts[at + 2] * prices[price + 2];
    levels[level] += perInstance * counts[at + 3];
  }
  let total = computePj;
  for (let level = 0; level < levels.length; level += 1) total += levels[level];
  return total;
}

/** Operations of whole operands: those of the problem pair single bits. */
function multiplyAccumulates({ workload }: Specification, computes: number): number {
  return workload.bitDimensions.reduce((count, dimension) => count / workload.bounds[dimension], computes);
}

function chipArea({ levels }: Specification, areaUm2: Readonly<Record<string, number>>): number {
  let sum = 0;
  for (const { name, instances } of levels)
    if (Object.hasOwn(areaUm2, name)) sum += areaUm2[name] * instances;
  return sum;
}
