import type { DrivenRows, ProgrammedSegment } from "./column-sums";
import { drivenRows, programSegment, visitColumnSums } from "./column-sums";
import type { ConversionTally } from "./converter";
import { convertBits, emptyTally, inputBits, raellaConverterBits, signedConverter } from "./converter";
import type { InputPass, SignedInputs } from "./input-passes";
import { inputPasses } from "./input-passes";
import type { IntegerLayer } from "./integer-layer";
import { accumulatorCount, subtractWeightZeros, weightOffset } from "./integer-layer";
import type { Segment } from "./segments";
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

/** Part of a layer in a crossbar: a segment of a group's filters, and the inputs of a block of samples. */
interface LayerPart {
  readonly programmed: ProgrammedSegment;
  readonly segment: Segment;
  readonly group: number;
  /** What is applied for each code of an input. */
  readonly applied: Uint8Array;
  /** The block's first sample, and how many there are. */
  readonly first: number;
  readonly count: number;
  /** Where the accumulators of the block's first sample are. */
  readonly start: number;
  /** Number of the pass, and the sign with which it counts. */
  readonly pass: number;
  readonly sign: 1 | -1;
}

/** Goes through a layer as crossbars hold it, one segment of one group after the other. */
function visitParts(
  layer: IntegerLayer,
  { slicing, rows = raellaRows }: CrossbarOptions,
  passes: readonly InputPass[],
  program: (programmed: ProgrammedSegment, segment: number, group: number) => void,
  visit: (part: LayerPart) => void,
): void {
  const { groups, filters, samples } = layer;
  segmentsOf(layer.rows, rows).forEach((segment, segmentIndex) => {
    for (let group = 0; group < groups; group++) {
      const programmed = programSegment(layer, group, segment, slicing);
      program(programmed, segmentIndex, group);
      passes.forEach(({ applied, sign }, pass) => {
        for (let first = 0; first < samples; first += sampleBlock) {
          const count = Math.min(sampleBlock, samples - first);
          const start = (group * samples + first) * filters;
          visit({ programmed, segment, group, applied, first, count, start, pass, sign });
        }
      });
    }
  });
}

/** The rows that the inputs of a part drive. */
function drivenIn(layer: IntegerLayer, { group, segment, applied, first, count }: LayerPart): DrivenRows {
  return drivenRows(layer, group, segment, applied, first, count);
}

/** Adds the digital part of a pass, that of the centers: (center - 128) · Σ inputs. */
function addCenters(
  accumulators: Float64Array,
  { programmed, start, sign }: LayerPart,
  driven: DrivenRows,
): void {
  const { filters, centers } = programmed;
  for (let sample = 0; sample < driven.samples; sample++) {
    const sum = sign * driven.inputSums[sample];
    const at = start + sample * filters;
    for (let filter = 0; filter < filters; filter++)
      accumulators[at + filter] += (centers[filter] - weightOffset) * sum;
  }
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
  const segments = segmentsOf(layer.rows, rows).length;
  const accumulators = new Float64Array(accumulatorCount(layer));
  const accumulatorsSpeculation = new Float64Array(accumulatorCount(layer));
  const centers = Array.from({ length: segments }, () => new Uint8Array(groups * filters));
  const tallies = passes.map(emptyTally);
  let absoluteOffsets = 0;
  visitParts(
    layer,
    options,
    passes,
    (programmed, segment, group) => {
      centers[segment].set(programmed.centers, group * filters);
      absoluteOffsets += programmed.absoluteOffsets;
    },
    (part) => {
      const { start, sign } = part;
      const tally = tallies[part.pass];
      const driven = drivenIn(layer, part);
      visitColumnSums(part.programmed, driven, (sample, filter, slice, sums, at) => {
        const weight = sign * placeValues[slice];
        const to = start + sample * filters + filter;
        accumulators[to] += weight * convertBits(sums, at, converter, tally);
        accumulatorsSpeculation[to] += weight * convertSpeculatively(sums, at, converter, tally);
      });
      addCenters(accumulators, part, driven);
      addCenters(accumulatorsSpeculation, part, driven);
    },
  );
  for (const sums of [accumulators, accumulatorsSpeculation]) finishSums(sums, layer, passes);
  const columns = segments * groups * filters * slicing.length;
  return {
    accumulators,
    accumulatorsSpeculation,
    centers,
    meanOffset: absoluteOffsets / (groups * filters * layer.rows * slicing.length),
    passes: tallies.map((tally) => passCounts(tally, columns * samples)),
  };
}

/** Accumulators of a layer, [group][sample][filter], and what they took. */
export interface ConvertedSums {
  readonly accumulators: Float64Array;
  readonly conversions: number;
  readonly saturated: number;
}

/** What no column can saturate for is exact: sums of products of applied inputs and weights. */
function addProducts(accumulators: Float64Array, layer: IntegerLayer, part: LayerPart): void {
  const { rows, filters, samples, weights, inputs } = layer;
  const { segment, group, applied, first, count, start, sign } = part;
  for (let sample = 0; sample < count; sample++) {
    const from = (group * samples + first + sample) * rows;
    const to = start + sample * filters;
    for (let row = segment.from; row < segment.to; row++) {
      const input = sign * applied[inputs[from + row]];
      if (input === 0) continue;
      const at = (group * rows + row) * filters;
      for (let filter = 0; filter < filters; filter++)
        accumulators[to + filter] += input * weights[at + filter];
    }
  }
}

/** The same accumulators as `computeInCrossbars` gives, either without or with speculation. */
export function convertInCrossbars(
  layer: IntegerLayer,
  options: CrossbarOptions & { readonly speculation: boolean },
): ConvertedSums {
  const { slicing, rows = raellaRows, converterBits = raellaConverterBits, speculation } = options;
  const { groups, filters, samples } = layer;
  const placeValues = slicesOf(slicing).map(({ low }) => 2 ** low);
  const converter = signedConverter(converterBits);
  const passes = inputPasses(layer.inputZero, options.signedInputs ?? "recorded");
  const accumulators = new Float64Array(accumulatorCount(layer));
  const tally = emptyTally();
  visitParts(
    layer,
    options,
    passes,
    () => undefined,
    (part) => {
      const { start, sign, programmed } = part;
      const { leastSum, greatestSum } = programmed;
      if (!speculation && leastSum >= converter.lowest && greatestSum <= converter.highest)
        return addProducts(accumulators, layer, part);
      const driven = drivenIn(layer, part);
      visitColumnSums(
        programmed,
        driven,
        speculation
          ? (sample, filter, slice, sums, at) => {
              accumulators[start + sample * filters + filter] +=
                sign * placeValues[slice] * convertSpeculatively(sums, at, converter, tally);
            }
          : (sample, filter, slice, sums, at) => {
              accumulators[start + sample * filters + filter] +=
                sign * placeValues[slice] * convertBits(sums, at, converter, tally);
            },
      );
      addCenters(accumulators, part, driven);
    },
  );
  finishSums(accumulators, layer, passes);
  const columns =
    segmentsOf(layer.rows, rows).length * groups * filters * slicing.length * samples * passes.length;
  return speculation
    ? {
        accumulators,
        conversions: conversionsWithSpeculation(columns, tally.failed),
        saturated: tally.saturatedSpeculation,
      }
    : { accumulators, conversions: inputBits * columns, saturated: tally.saturated };
}

/** The constants that are subtracted digitally. */
function finishSums(accumulators: Float64Array, layer: IntegerLayer, passes: readonly InputPass[]): void {
  if (passes.length === 1) subtractInputZero(accumulators, layer);
  subtractWeightZeros(accumulators, layer);
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
