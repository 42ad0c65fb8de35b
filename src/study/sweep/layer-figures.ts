import { estimate } from "../../estimation/estimate";
import { describeHardware } from "../../mapping/hardware";
import { buildMapSpace } from "../../mapping/map-space";
import { metricValue, parseMetrics, rankingMetrics, type Metric } from "../../mapping/metrics";
import { costsOf, describeCosts, type AccessCosts } from "../../model/access-costs";
import { getSpec } from "../../spec/get-spec";
import type { Specification } from "../../spec/specification";
import { totalKey } from "../component-groups";
import { mapSpecification } from "../run-layer";
import type { LayerOptions } from "../study-options";
import { summarizeLayer } from "../summarize-layer";
import { findMappingFront, type FrontMapping, type MappingFront } from "./mapping-front";
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

const fronts = new SignatureMemo<MappingFront | null>(frontMemory, (front) =>
  front === null ? 1 : 1000 + front.mappings.length * (8 + 4 * front.terms.length),
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
  const front = fronts.get(signature, () =>
    findMappingFront(buildMapSpace(specification), costs, metrics),
  );
  if (front === null) return searchedFigures(specification);
  const { mapping, energyPj } = bestOfFront(front, costs, metrics);
  return {
    energyPj,
    cycles: mapping.cycles,
    macs: multiplyAccumulates(specification, front.computes),
    areaUm2: chipArea(specification, tables.area.areaUm2),
  };
}

/** The plain way: a search for this specification alone. Also says why nothing fits. */
export function searchedFigures(specification: Specification): LayerFigures {
  const { energyPj, cycles, macs, areaUm2 } = summarizeLayer(mapSpecification(specification));
  return { energyPj, cycles, macs, areaUm2: areaUm2.total };
}

interface PricedMapping {
  readonly mapping: FrontMapping;
  readonly energyPj: Readonly<Record<string, number>>;
}

/** The mapping that a search of the whole space would choose at these prices, by the same rule for ties. */
function bestOfFront(front: MappingFront, costs: AccessCosts, metrics: readonly Metric[]): PricedMapping {
  const prices = pricesOfTerms(front, costs);
  const computePj = front.computes * costs.computePj;
  const levels = new Float64Array(front.space.hardware.levels.length);
  const ranking = rankingMetrics(metrics);
  let best: FrontMapping | undefined;
  let bestFigures = { energyPj: Infinity, cycles: Infinity, lastLevelAccesses: 0 };
  for (const mapping of front.mappings) {
    const energyPj = priceMapping(front, mapping, prices, levels, computePj);
    const figures = { energyPj, cycles: mapping.cycles, lastLevelAccesses: 0 };
    if (best !== undefined && !isPreferred(ranking, mapping, figures, best, bestFigures)) continue;
    best = mapping;
    bestFigures = figures;
  }
  const mapping = best as FrontMapping;
  const total = priceMapping(front, mapping, prices, levels, computePj);
  return { mapping, energyPj: energiesByLevel(front, levels, computePj, total) };
}
