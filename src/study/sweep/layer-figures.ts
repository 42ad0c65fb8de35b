import { getSpec } from "../../spec/get-spec";
import { mapSpecification } from "../run-layer";
import type { LayerOptions } from "../study-options";
import { summarizeLayer } from "../summarize-layer";

/** What a sweep needs to know of a layer. */
export interface LayerFigures {
  /** By level, with `total`; one batch. */
  readonly energyPj: Readonly<Record<string, number>>;
  readonly cycles: number;
  readonly macs: number;
  /** One chip. */
  readonly areaUm2: number;
}

/**
 * Maps a layer and returns the figures that a sweep sums up, equal to those of `runLayer`.
 * @throws RaellaError if the layer does not fit on the design, or the design cannot be built.
 */
export function layerFigures(request: LayerOptions): LayerFigures {
  const { energyPj, cycles, macs, areaUm2 } = summarizeLayer(mapSpecification(getSpec(request)));
  return { energyPj, cycles, macs, areaUm2: areaUm2.total };
}
