import { priceLevels } from "../components/estimate";
import { describeCosts } from "../model/access-costs";
import { describeHardware } from "../model/hardware";
import type { Hardware } from "../model/hardware";
import { examineSpace } from "../search/exhaustive/examine-space";
import { bestOfFront } from "../search/exhaustive/mapping-front";
import type { PricedMapping } from "../search/exhaustive/mapping-front";
import { parseMetrics } from "../search/ranking";
import { withOneLook } from "../spec/file-memo";
import { assembleSpec } from "../spec/get-spec";
import type { Specification } from "../spec/specification";
import { addUp, leakageKey, totalKey } from "./component-groups";
import { noMapping } from "./find-mapping";
import { unlessTooLarge } from "./full-search";
import { chipArea, multiplyAccumulates, requireFiniteFigures, summarizeLayer } from "./layer-result";
import { mapAssembled } from "./run-layer";
import type { LayerRequest } from "./run-layer";

/** The figures of a layer that networks and sweeps sum up. */
export interface LayerFigures {
  /** By level, with `total`; one batch. */
  readonly energyPj: Readonly<Record<string, number>>;
  readonly cycles: number;
  readonly macs: number;
  /** One chip. */
  readonly areaUm2: number;
}

/**
 * Maps a layer without a full search and returns its figures, equal to those of `runLayer` bit for bit. Where only
 * prices differ from a design before (another converter, another cell), nothing is searched again: the mappings that
 * can be best at any prices are remembered with their counts.
 * @throws RaellaError if the layer does not fit on the design, or the design cannot be built.
 */
export function layerFigures(
  request: LayerRequest,
  specification: Specification = assembleSpec(request),
): LayerFigures {
  const tables = priceLevels(specification);
  const hardware = describeHardware(specification);
  const costs = describeCosts(hardware, tables.energy);
  const metrics = parseMetrics(specification.mapper.optimizationMetrics);
  // Checks of a level need the counts of the whole mapping.
  const isChecked = specification.checks?.some(({ severity }) => severity !== "note") ?? false;
  const mustMap = isChecked || request.search === "timeloop";
  const known = mustMap
    ? null
    : unlessTooLarge(() => examineSpace(specification, hardware, costs, metrics, false), "optimal");
  if (known === null) {
    const { energyPj, cycles, macs, areaUm2 } = summarizeLayer(
      mapAssembled(specification, request),
      undefined,
      request.strict,
    );
    return { energyPj, cycles, macs, areaUm2: areaUm2.total };
  }
  const best = bestOfFront(known.front, hardware, costs, metrics);
  if (best === null) throw noMapping(specification, known.size, "optimal");
  const energyPj = energiesByLevel(best, hardware);
  const areaUm2 = chipArea(specification, tables.area.areaUm2);
  const { cycles } = best;
  requireFiniteFigures(specification, { energyPj: energyPj[totalKey], cycles, areaUm2 }, () =>
    Object.entries(energyPj),
  );
  return { energyPj, cycles, macs: multiplyAccumulates(specification, known.front.computes), areaUm2 };
}

/** By name, outermost level first, with the total. */
function energiesByLevel(
  { levelsPj, leakagePj, computePj, energyPj: total }: PricedMapping,
  hardware: Hardware,
): Record<string, number> {
  const energyPj: Record<string, number> = {};
  for (let level = levelsPj.length - 1; level >= 0; level -= 1)
    energyPj[hardware.levels[level].name] = levelsPj[level];
  energyPj[hardware.compute.name] = computePj;
  if (leakagePj !== null) energyPj[leakageKey] = addUp([...leakagePj].reverse());
  energyPj[totalKey] = total;
  return energyPj;
}

/** The cycles that {@link layerFigures} gives. */
export function cyclesOfRequest(request: LayerRequest): number {
  return withOneLook(() => layerFigures(request).cycles);
}
