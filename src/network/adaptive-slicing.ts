import type { CenterFinder } from "./center";
import { createCenterFinder } from "./center";
import type { CrossbarResult } from "./crossbar";
import { computeInCrossbars, computeWithConverters, convertInCrossbars } from "./crossbar";
import type { IntegerLayer, OutputQuantization, SignedInputs } from "./integer-layer";
import { compareOutputs, exactAccumulators, outputCodes, sumOfErrors } from "./integer-layer";
import { allSlicings, commonSlicings, mostCellBits, oneBitSlicing, raellaRows, slicingName } from "./slicing";
import type { Slicing } from "./slicing";

/** Mean error of the non-zero outputs, in output steps, from which on a slicing is too coarse. */
export const errorBound = 0.09;

/** `common`: 4-4, then 4-2-2, and all others only if both fail. `full`: all slicings, fewest slices first. */
export type SlicingSearch = "common" | "full";

/** How a slicing is looked for, and the crossbar that it is looked for. */
export interface SlicingOptions {
  readonly search?: SlicingSearch;
  readonly rows?: number;
  readonly converterBits?: number;
  readonly signedInputs?: SignedInputs;
  /** Bits that a memory cell holds, and so a slice at most. Default: 4. */
  readonly cellBits?: number;
  /** What the layer computes without analog circuits, and its centers, where they are known. */
  readonly exact?: Float64Array;
  readonly centers?: CenterFinder;
}

/** The slicing that a layer gets, with what the crossbars make of the layer then. */
export interface ChosenSlicing {
  readonly slicing: Slicing;
  /** Null where there was no choice. */
  readonly error: number | null;
  /** Errors of all slicings tried, by name, in the order of trying. */
  readonly errors: Readonly<Record<string, number>>;
  readonly result: CrossbarResult;
}

/**
 * RAELLA's Adaptive Weight Slicing: the fewest slices whose error, with the arithmetic without speculation, is below
 * {@link errorBound}; among these the least error, and among equal ones the order of {@link allSlicings}. If none is good
 * enough, eight slices of one bit.
 */
export function chooseSlicing(
  layer: IntegerLayer,
  output: OutputQuantization,
  options: SlicingOptions = {},
): ChosenSlicing {
  const accumulators = options.exact ?? exactAccumulators(layer);
  const exact = outputCodes(accumulators, layer, output);
  const centers = options.centers ?? createCenterFinder(layer, options.rows ?? raellaRows);
  const errors: Record<string, number> = {};
  const results = new Map<string, CrossbarResult>();
  const compute = (slicing: Slicing): CrossbarResult =>
    computeInCrossbars(layer, { ...options, slicing, centers, exact: accumulators });
  const tryOut = (slicing: Slicing, together: readonly Slicing[]): number => {
    const name = slicingName(slicing);
    if (name in errors) return errors[name];
    centers.of(slicing, together);
    const crossbar = { ...options, slicing, centers, exact: accumulators, speculation: false };
    // One that is tried alone is likely to be chosen; of many, most are not.
    const result = together.length === 1 ? compute(slicing) : undefined;
    const sums = result ?? convertInCrossbars(layer, crossbar);
    errors[name] = compareOutputs(outputCodes(sums.accumulators, layer, output), exact, output.zero).error;
    if (result !== undefined) results.set(name, result);
    return errors[name];
  };
  const [slicing] = selectSlicings(1, (each, together) => [tryOut(each, together)], options);
  const name = slicingName(slicing);
  return { slicing, error: errors[name], errors, result: results.get(name) ?? compute(slicing) };
}

/**
 * The order in which slicings are tried, for several converters together.
 * @param tryOut The errors of a slicing with those converters that have none yet, in their order; which others of as many
 *   slices may be tried after it.
 */
function selectSlicings(
  converters: number,
  tryOut: (slicing: Slicing, together: readonly Slicing[], undecided: readonly number[]) => readonly number[],
  { search = "common", cellBits = mostCellBits }: SlicingOptions,
): readonly Slicing[] {
  const fits = (slicing: Slicing): boolean => Math.max(...slicing) <= cellBits;
  const chosen = new Map<number, Slicing>();
  // Of some slicings the best one that is good enough.
  const selectAmong = (together: readonly Slicing[]): void => {
    const undecided = Array.from({ length: converters }, (_, index) => index).filter((i) => !chosen.has(i));
    if (undecided.length === 0) return;
    const least = undecided.map(() => errorBound);
    for (const slicing of together)
      tryOut(slicing, together, undecided).forEach((error, place) => {
        if (error >= least[place]) return;
        chosen.set(undecided[place], slicing);
        least[place] = error;
      });
  };
  if (search === "common") for (const slicing of commonSlicings.filter(fits)) selectAmong([slicing]);
  for (let slices = 2; slices <= 8; slices++)
    selectAmong(allSlicings.filter((slicing) => slicing.length === slices && fits(slicing)));
  return Array.from({ length: converters }, (_, index) => chosen.get(index) ?? oneBitSlicing);
}

/** Samples after which a slicing is given up that is clearly too coarse. */
const firstSamples = [32, 128];

/**
 * The slicings that {@link chooseSlicing} chooses with several converters, found sooner: their sums are the same, and what
 * is too coarse is given up as soon as that is certain; how coarse it is stays unknown. Errors only add up, so the choice
 * is the same.
 */
export function findSlicings(
  layer: IntegerLayer,
  output: OutputQuantization,
  options: Omit<SlicingOptions, "converterBits">,
  converterBits: readonly number[],
): readonly Slicing[] {
  const centers = options.centers ?? createCenterFinder(layer, options.rows ?? raellaRows);
  const parts = [...firstSamples.filter((count) => count < layer.samples), layer.samples].map((count) => {
    const part = firstSamplesOf(layer, count);
    const exact = exactAccumulators(part);
    return { part, exact, codes: outputCodes(exact, part, output) };
  });
  const { codes: all } = parts[parts.length - 1];
  const nonZero = all.reduce((count, code) => count + Number(code !== output.zero), 0);
  const errors = new Map<Slicing, readonly number[]>();
  const errorsOf = (slicing: Slicing, undecided: readonly number[]): readonly number[] => {
    const found = converterBits.map(() => Infinity);
    let open = undecided;
    for (const { part, exact, codes: right } of parts) {
      if (open.length === 0) break;
      const crossbar = { ...options, slicing, centers, exact, speculation: false };
      const bits = open.map((converter) => converterBits[converter]);
      const results = computeWithConverters(part, crossbar, bits);
      open = open.filter((converter, place) => {
        const codes = outputCodes(results[place].accumulators, part, output);
        if (part.samples < layer.samples)
          return sumOfErrors(codes, right, output.zero) / nonZero < errorBound;
        found[converter] = compareOutputs(codes, right, output.zero).error;
        return false;
      });
    }
    return found;
  };
  const tryOut = (
    slicing: Slicing,
    together: readonly Slicing[],
    undecided: readonly number[],
  ): readonly number[] => {
    centers.of(slicing, together);
    const found = errors.get(slicing) ?? errorsOf(slicing, undecided);
    errors.set(slicing, found);
    return undecided.map((converter) => found[converter]);
  };
  return selectSlicings(converterBits.length, tryOut, options);
}

/** Some of the samples of a layer, from the first on. */
function firstSamplesOf(layer: IntegerLayer, samples: number): IntegerLayer {
  if (samples === layer.samples) return layer;
  const { groups, rows } = layer;
  const inputs = new Uint8Array(groups * samples * rows);
  for (let group = 0; group < groups; group++) {
    const from = group * layer.samples * rows;
    inputs.set(layer.inputs.subarray(from, from + samples * rows), group * samples * rows);
  }
  return { ...layer, samples, inputs };
}

/** Slices without a choice, as the last layer of a network gets them if it is fully connected: eight of one bit. */
export function givenSlices(
  layer: IntegerLayer,
  slicing: Slicing,
  options: SlicingOptions = {},
): ChosenSlicing {
  const result = computeInCrossbars(layer, { ...options, slicing });
  return { slicing, error: null, errors: {}, result };
}
