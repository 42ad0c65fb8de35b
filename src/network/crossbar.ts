import type { CenterFinder } from "./center";
import { createCenterFinder, offsetColumns } from "./center";
import type { PackedColumns, SumRange } from "./column-sums";
import { createScratch, drivenRows, noQuietSums, visitColumnSums } from "./column-sums";
import type { ConversionTally, Converter } from "./converter";
import { convertBits, emptyTally, inputBits, raellaConverterBits, signedConverter } from "./converter";
import type { InputPass, IntegerLayer, SignedInputs } from "./integer-layer";
import { exactAccumulators, inputPasses } from "./integer-layer";
import type { ColumnNoise, NoiseSource } from "./noise";
import { columnNumber, createNoise } from "./noise";
import type { Segment, Slicing } from "./slicing";
import { raellaRows, segmentsOf } from "./slicing";
import {
  conversionShare,
  conversionsWithSpeculation,
  convertSpeculatively,
  quietRange,
  silentSteps,
} from "./speculation";

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
  /** Default: none. */
  readonly noise?: ColumnNoise;
  /** What the layer computes without analog circuits, and its centers, where they are known. */
  readonly exact?: Float64Array;
  readonly centers?: CenterFinder;
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

/** Receives the one-bit sums of a column and what a converter reads of them: of which pass, and where its accumulator is. */
type SumsVisitor = (
  sums: Int32Array,
  read: Int32Array,
  pass: number,
  accumulator: number,
  worth: number,
) => void;

/**
 * Goes through the columns of a layer, one segment of one group after the other.
 *
 * @param columnsOf The columns of a segment (the first, second, …) of a group that are looked at.
 */
export function visitColumns(
  layer: IntegerLayer,
  segments: readonly Segment[],
  columnsOf: (group: number, segment: Segment, index: number) => PackedColumns,
  passes: readonly InputPass[],
  noise: NoiseSource | undefined,
  visit: SumsVisitor,
): void {
  const { groups, filters, samples } = layer;
  const scratch = createScratch();
  segments.forEach((segment, index) => {
    for (let group = 0; group < groups; group++) {
      const columns = columnsOf(group, segment, index);
      if (columns.filters.length === 0) continue;
      passes.forEach(({ applied, sign }, pass) => {
        for (let first = 0; first < samples; first += sampleBlock) {
          const count = Math.min(sampleBlock, samples - first);
          const driven = drivenRows(layer, group, segment, applied, first, count);
          const start = (group * samples + first) * filters;
          const unit = (index * groups + group) * filters;
          visitColumnSums(columns, driven, scratch, (sample, column, sums) => {
            const filter = columns.filters[column];
            const worth = columns.worths[column];
            const read =
              noise === undefined
                ? sums
                : noise.readBits(sums, columnNumber(unit + filter, worth, pass), first + sample);
            visit(sums, read, pass, start + sample * filters + filter, sign * worth);
          });
        }
      });
    }
  });
}

/**
 * Computes a layer with RAELLA's crossbars: the column sums of every segment, slice and input bit through the converter,
 * shifted and added, and digitally the part of the centers, (center - 128) · Σ inputs, and of zero points. Together that is
 * the exact result wherever no converter meets an end; what it misses there is taken off, and what noise adds is added.
 */
export function computeInCrossbars(layer: IntegerLayer, options: CrossbarOptions): CrossbarResult {
  return computeWithConverters(layer, options, [options.converterBits ?? raellaConverterBits])[0];
}

/**
 * The same with several converters, which read the same sums.
 *
 * @param given Which accumulators are needed, without or with speculation, default: both. The others are left as they would
 *   be exactly, with no conversion saturated or failed. Without speculation it is much less: sums beyond the converters' range are rare, while
 *   many of those within are enough for a speculative step to fail.
 */
export function computeWithConverters(
  layer: IntegerLayer,
  given: Omit<CrossbarOptions, "converterBits"> & {
    readonly plain?: boolean;
    readonly speculation?: boolean;
  },
  converterBits: readonly number[],
): readonly CrossbarResult[] {
  const { slicing, rows = raellaRows, exact = exactAccumulators(layer) } = given;
  const { plain = true, speculation = true } = given;
  const { groups, filters, samples } = layer;
  const centers = (given.centers ?? createCenterFinder(layer, rows)).of(slicing);
  const passes = inputPasses(layer.inputZero, given.signedInputs ?? "recorded");
  const runs = converterBits.map((bits) => ({
    converter: signedConverter(bits),
    accumulators: plain ? exact.slice() : exact,
    accumulatorsSpeculation: speculation ? exact.slice() : exact,
    tallies: passes.map(emptyTally),
  }));
  const noise = given.noise && createNoise(given.noise);
  const steps = noise?.steps ?? silentSteps;
  const visitors = runs.map(
    ({ converter, accumulators, accumulatorsSpeculation, tallies }): SumsVisitor =>
      (sums, read, pass, at, worth) => {
        const tally = tallies[pass];
        if (plain) accumulators[at] += worth * convertBits(sums, converter, tally, read);
        if (speculation)
          accumulatorsSpeculation[at] += worth * convertSpeculatively(sums, converter, tally, read, steps);
      },
  );
  const quiet = noise ? noQuietSums : quietSums(signedConverter(Math.min(...converterBits)), speculation);
  const segments = segmentsOf(layer.rows, rows);
  let absoluteOffsets = 0;
  visitColumns(
    layer,
    segments,
    (group, segment, index) => {
      const ofGroup = centers[index].subarray(group * filters, (group + 1) * filters);
      const held = offsetColumns(layer, group, segment, slicing, ofGroup, quiet);
      absoluteOffsets += held.absoluteOffsets;
      return held.columns;
    },
    passes,
    noise,
    visitors.length === 1
      ? visitors[0]
      : (sums, read, pass, at, worth) => {
          for (const visitor of visitors) visitor(sums, read, pass, at, worth);
        },
  );
  const columns = segments.length * groups * filters * slicing.length;
  return runs.map(({ accumulators, accumulatorsSpeculation, tallies }) => ({
    accumulators,
    accumulatorsSpeculation,
    centers,
    meanOffset: absoluteOffsets / (groups * filters * layer.rows * slicing.length),
    passes: tallies.map((tally) => passCounts(tally, columns * samples)),
  }));
}

/** Accumulators of a layer, [group][sample][filter], and what they took. */
export interface ConvertedSums {
  readonly accumulators: Float64Array;
  readonly conversions: number;
  readonly saturated: number;
}

/** What is of use of a result where conversions are made either without or with speculation. */
export function convertedSums(result: CrossbarResult, speculation: boolean): ConvertedSums {
  const total = (count: (pass: PassCounts) => number): number =>
    result.passes.reduce((sum, pass) => sum + count(pass), 0);
  return speculation
    ? {
        accumulators: result.accumulatorsSpeculation,
        conversions: total((pass) => pass.conversionsSpeculation),
        saturated: total((pass) => pass.saturatedSpeculation),
      }
    : {
        accumulators: result.accumulators,
        conversions: total((pass) => pass.conversions),
        saturated: total((pass) => pass.saturated),
      };
}

/** The same accumulators as `computeInCrossbars` gives, either without or with speculation. */
export function convertInCrossbars(
  layer: IntegerLayer,
  { converterBits = raellaConverterBits, ...options }: CrossbarOptions & { readonly speculation: boolean },
): ConvertedSums {
  const { speculation } = options;
  const [result] = computeWithConverters(layer, { ...options, plain: !speculation }, [converterBits]);
  return convertedSums(result, speculation);
}

/** Sums of columns that a converter reads exactly, and of which no speculative step fails. */
function quietSums(converter: Converter, speculation: boolean): SumRange {
  return speculation ? quietRange(converter) : { least: converter.lowest, greatest: converter.highest };
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
