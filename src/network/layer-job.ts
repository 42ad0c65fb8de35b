import type { SlicesOfWeights } from "../spec/arithmetic";
import type { ChosenSlicing, SlicingSearch } from "./adaptive-slicing";
import { chooseSlicing, givenSlices } from "./adaptive-slicing";
import type { ArithmeticDesign } from "./arithmetic-design";
import { raellaConverterBits } from "./converter";
import type { IntegerLayer, OutputQuantization, SignedInputs } from "./integer-layer";
import { exactAccumulators, outputCodes } from "./integer-layer";
import type { LayerAccuracy } from "./layer-accuracy";
import { layerAccuracyOf } from "./layer-accuracy";
import type { JobKind } from "./run-network-jobs";
import { mostCellBits, oneBitSlicing, raellaRows } from "./slicing";
import type { LayerStatistics } from "./statistics";
import { averageWeight, statisticsOf } from "./statistics";

/** The integer part of one layer: everything that a thread needs. */
export interface LayerJob {
  readonly layer: IntegerLayer;
  readonly output: OutputQuantization;
  /** The architectures that statistics are for. */
  readonly designs: readonly ArithmeticDesign[];
  readonly slicingSearch: SlicingSearch;
  readonly signedInputs: SignedInputs;
  readonly symmetricInputs: boolean;
  /** The layer gets eight slices of one bit without a choice. */
  readonly isLast: boolean;
  /** Also say how accurate the architectures are. */
  readonly withAccuracy: boolean;
}

export interface LayerJobResult {
  readonly statistics: LayerStatistics;
  readonly ownStatistics?: Readonly<Record<string, LayerStatistics>>;
  readonly accuracy?: Readonly<Record<string, LayerAccuracy>>;
}

/** How the statistics of a layer are made where no architecture says otherwise: RAELLA's. */
const usualCrossbars = { rows: raellaRows, adcBits: raellaConverterBits, cellBits: mostCellBits };

/** Does the integer part of a layer. */
function runLayerJob(job: LayerJob): LayerJobResult {
  const { layer, output, signedInputs, designs } = job;
  const exact = exactAccumulators(layer);
  const chosen = new Map<string, ChosenSlicing>();
  type Crossbars = Pick<ArithmeticDesign, "rows" | "adcBits" | "cellBits">;
  const keyOf = (slices: SlicesOfWeights, { rows, adcBits, cellBits }: Crossbars): string =>
    [slices, rows, adcBits, ...(slices === "adaptive" ? [Math.min(cellBits, mostCellBits)] : [])].join(" ");
  const choose = (slices: SlicesOfWeights, crossbars: Crossbars): ChosenSlicing => {
    const key = keyOf(slices, crossbars);
    const known = chosen.get(key);
    if (known !== undefined) return known;
    const { rows, adcBits: converterBits, cellBits } = crossbars;
    const options = { signedInputs, search: job.slicingSearch, rows, converterBits, cellBits, exact };
    const found =
      slices !== "adaptive"
        ? givenSlices(layer, slices, options)
        : job.isLast
          ? givenSlices(layer, oneBitSlicing, options)
          : chooseSlicing(layer, output, options);
    chosen.set(key, found);
    return found;
  };
  const usual = designs.find(({ slices }) => slices === "adaptive") ?? usualCrossbars;
  const statistics = statisticsOf(layer, choose("adaptive", usual), job.symmetricInputs);
  const ownStatistics: Record<string, LayerStatistics> = {};
  for (const design of designs) {
    const { slices, averageWeightSlices: weightSlices } = design;
    if (design.encoding === "offset_invert") continue;
    // Without speculation nothing but the cells' states follows from slices that are fixed.
    const decisive = design.speculation || slices === "adaptive" ? slices : weightSlices;
    const usualKey = keyOf("adaptive", usual);
    if (keyOf(decisive, design) === usualKey && keyOf(weightSlices, design) === usualKey) continue;
    ownStatistics[design.architecture] = {
      ...statisticsOf(layer, choose(decisive, design), job.symmetricInputs),
      averageWeight: averageWeight(choose(weightSlices, design).result),
    };
  }
  return {
    statistics,
    ...(Object.keys(ownStatistics).length > 0 && { ownStatistics }),
    ...(job.withAccuracy && { accuracy: accuracyOf(job, exact, choose) }),
  };
}

function accuracyOf(
  { layer, output, designs }: LayerJob,
  accumulators: Float64Array,
  choose: (slices: SlicesOfWeights, design: ArithmeticDesign) => ChosenSlicing,
): Readonly<Record<string, LayerAccuracy>> {
  const exact = { layer, output, exact: outputCodes(accumulators, layer, output) };
  return Object.fromEntries(
    designs.map((design) => {
      const slicing = design.slices === "adaptive" ? choose("adaptive", design).slicing : design.slices;
      const result = design.encoding === "offset_invert" ? undefined : choose(design.slices, design).result;
      return [design.architecture, layerAccuracyOf(design, slicing, exact, result)];
    }),
  );
}

export const layerJobs: JobKind<LayerJob, LayerJobResult> = {
  kind: "layer",
  run: runLayerJob,
  work: ({ layer }) => layer.groups * layer.rows * layer.filters * layer.samples,
};
