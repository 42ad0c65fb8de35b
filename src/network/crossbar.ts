import { drivenRows, programSegment, visitColumnSums } from "./column-sums";
import type { ConversionTally } from "./converter";
import { convertBits, emptyTally, inputBits, raellaConverterBits, signedConverter } from "./converter";
import type { SignedInputs } from "./input-passes";
import { inputPasses } from "./input-passes";
import type { IntegerLayer } from "./integer-layer";
import { accumulatorCount, subtractWeightZeros, weightOffset } from "./integer-layer";
import { raellaRows, segmentsOf } from "./segments";
import type { Slicing } from "./slicing";
import { slicesOf } from "./slicing";
import { conversionShare, conversionsWithSpeculation, convertSpeculatively } from "./speculation";

/** Samples whose driven rows are listed at a time. */
const sampleBlock = 256;

/** RAELLA's crossbar and how it is used. */
export interface CrossbarOptions {
  readonly slicing: Slicing;
  /** Rows of the crossbar. Default: 512. */
  readonly rows?: number;
  /** Bits of the converter. Default: 7. */
  readonly converterBits?: number;
  /** Default: `recorded`. */
  readonly signedInputs?: SignedInputs;
}

/** What one pass over the inputs took. Counts are integers. */
export interface PassCounts {
  /** Columns (one slice of one segment of one filter) times samples. */
  readonly columns: number;
  /** Speculative steps that failed, for each of the three input slices. */
  readonly failed: readonly [number, number, number];
  /** Conversions, and those of them that met an end of the converter, without and with speculation. */
  readonly conversions: number;
  readonly saturated: number;
  readonly conversionsSpeculation: number;
  readonly saturatedSpeculation: number;
  /** Conversions with speculation relative to one per column and input bit. */
  readonly adcShare: number;
}

/** What RAELLA's arithmetic makes of a layer. */
export interface CrossbarResult {
  /** Accumulators without and with speculation, [group][sample][filter]; exact where nothing saturates. */
  readonly accumulators: Float64Array;
  readonly accumulatorsSpeculation: Float64Array;
  /** Centers of the filters of all groups, for each segment. */
  readonly centers: readonly Uint8Array[];
  /** Mean of |offset| over all columns and rows; 15 is the greatest. */
  readonly meanOffset: number;
  /** One or two. */
  readonly passes: readonly PassCounts[];
}

/**
 * Computes a layer with RAELLA's crossbars: the column sums of every segment, slice and input bit through the converter,
 * shifted and added. To the columns' part, the sum of the products with offsets, the digital part adds that of the
 * centers: (center - 128) · Σ inputs.
 */
export function computeInCrossbars(layer: IntegerLayer, options: CrossbarOptions): CrossbarResult {
  const { slicing, rows = raellaRows, converterBits = raellaConverterBits } = options;
  const { groups, filters, samples } = layer;
  const placeValues = slicesOf(slicing).map(({ low }) => 2 ** low);
  const converter = signedConverter(converterBits);
  const passes = inputPasses(layer.inputZero, options.signedInputs ?? "recorded");
  const segments = segmentsOf(layer.rows, rows);
  const accumulators = new Float64Array(accumulatorCount(layer));
  const accumulatorsSpeculation = new Float64Array(accumulatorCount(layer));
  const centers = segments.map(() => new Uint8Array(groups * filters));
  const tallies = passes.map(emptyTally);
  let absoluteOffsets = 0;
  segments.forEach((segment, segmentIndex) => {
    for (let group = 0; group < groups; group++) {
      const programmed = programSegment(layer, group, segment, slicing);
      centers[segmentIndex].set(programmed.centers, group * filters);
      absoluteOffsets += programmed.absoluteOffsets;
      passes.forEach(({ applied, sign }, passIndex) => {
        const tally = tallies[passIndex];
        for (let first = 0; first < samples; first += sampleBlock) {
          const count = Math.min(sampleBlock, samples - first);
          const driven = drivenRows(layer, group, segment, applied, first, count);
          const start = (group * samples + first) * filters;
          visitColumnSums(programmed, driven, (sample, filter, slice, sums, at) => {
            const weight = sign * placeValues[slice];
            const to = start + sample * filters + filter;
            accumulators[to] += weight * convertBits(sums, at, converter, tally);
            accumulatorsSpeculation[to] += weight * convertSpeculatively(sums, at, converter, tally);
          });
          for (let sample = 0; sample < count; sample++) {
            for (let filter = 0; filter < filters; filter++) {
              const part = sign * (programmed.centers[filter] - weightOffset) * driven.inputSums[sample];
              accumulators[start + sample * filters + filter] += part;
              accumulatorsSpeculation[start + sample * filters + filter] += part;
            }
          }
        }
      });
    }
  });
  for (const sums of [accumulators, accumulatorsSpeculation]) {
    if (passes.length === 1) subtractInputZero(sums, layer);
    subtractWeightZeros(sums, layer);
  }
  const columns = segments.length * groups * filters * slicing.length;
  return {
    accumulators,
    accumulatorsSpeculation,
    centers,
    meanOffset: absoluteOffsets / (groups * filters * layer.rows * slicing.length),
    passes: tallies.map((tally) => passCounts(tally, columns * samples)),
  };
}

/** Where the codes of the inputs were applied as they are, their zero point times the sum of a filter's weights. */
function subtractInputZero(accumulators: Float64Array, layer: IntegerLayer): void {
  const { groups, rows, filters, samples, weights, inputZero } = layer;
  if (inputZero === 0) return;
  for (let group = 0; group < groups; group++) {
    const weightSums = new Float64Array(filters);
    for (let row = 0; row < rows; row++)
      for (let filter = 0; filter < filters; filter++)
        weightSums[filter] += weights[(group * rows + row) * filters + filter];
    for (let sample = 0; sample < samples; sample++)
      for (let filter = 0; filter < filters; filter++)
        accumulators[(group * samples + sample) * filters + filter] -= inputZero * weightSums[filter];
  }
}

function passCounts(
  { failed, saturated, saturatedSpeculation }: ConversionTally,
  columns: number,
): PassCounts {
  return {
    columns,
    failed,
    conversions: inputBits * columns,
    saturated,
    conversionsSpeculation: conversionsWithSpeculation(columns, failed),
    saturatedSpeculation,
    adcShare: conversionShare(columns, failed),
  };
}
