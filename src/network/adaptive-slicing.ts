import type { CenterFinder } from "./center";
import { createCenterFinder } from "./center";
import type { CrossbarResult } from "./crossbar";
import { computeInCrossbars, convertInCrossbars } from "./crossbar";
import type { SignedInputs } from "./input-passes";
import type { IntegerLayer, OutputQuantization } from "./integer-layer";
import { exactAccumulators, outputCodes } from "./integer-layer";
import { compareOutputs, sumOfErrors } from "./output-error";
import { raellaRows } from "./segments";
import type { Slicing } from "./slicing";
import { allSlicings, commonSlicings, mostCellBits, oneBitSlicing, slicingName } from "./slicing";

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
  const slicing = selectSlicing(tryOut, options);
  const name = slicingName(slicing);
  return { slicing, error: errors[name], errors, result: results.get(name) ?? compute(slicing) };
}

/**
 * The order in which slicings are tried.
 * @param tryOut The error of a slicing; which others of as many slices may be tried after it.
 */
function selectSlicing(
  tryOut: (slicing: Slicing, together: readonly Slicing[]) => number,
  { search = "common", cellBits = mostCellBits }: SlicingOptions,
): Slicing {
  const fits = (slicing: Slicing): boolean => Math.max(...slicing) <= cellBits;
  if (search === "common")
    for (const slicing of commonSlicings)
      if (fits(slicing) && tryOut(slicing, [slicing]) < errorBound) return slicing;
  for (let slices = 2; slices <= 8; slices++) {
    let best: Slicing | undefined;
    let least = errorBound;
    const together = allSlicings.filter((slicing) => slicing.length === slices && fits(slicing));
    for (const slicing of together) {
      const error = tryOut(slicing, together);
      if (error < least) [best, least] = [slicing, error];
    }
    if (best !== undefined) return best;
  }
  return oneBitSlicing;
}

/** Samples after which a slicing is given up that is clearly too coarse. */
const firstSamples = [32, 128];

/**
 * The slicing that {@link chooseSlicing} chooses, found sooner: what is too coarse is given up as soon as that is certain,
 * and how coarse it is stays unknown. Errors only add up, so the choice is the same.
 */
export function findSlicing(
  layer: IntegerLayer,
  output: OutputQuantization,
  options: SlicingOptions = {},
): Slicing {
  const centers = options.centers ?? createCenterFinder(layer, options.rows ?? raellaRows);
  const parts = [...firstSamples.filter((count) => count < layer.samples), layer.samples].map((count) => {
    const part = firstSamplesOf(layer, count);
    const exact = exactAccumulators(part);
    return { part, exact, codes: outputCodes(exact, part, output) };
  });
  const { codes: all } = parts[parts.length - 1];
  const nonZero = all.reduce((count, code) => count + Number(code !== output.zero), 0);
  const errorOf = (slicing: Slicing): number => {
    for (const { part, exact, codes: right } of parts) {
      const crossbar = { ...options, slicing, centers, exact, speculation: false };
      const codes = outputCodes(convertInCrossbars(part, crossbar).accumulators, part, output);
      if (part.samples === layer.samples) return compareOutputs(codes, right, output.zero).error;
      if (sumOfErrors(codes, right, output.zero) / nonZero >= errorBound) return Infinity;
    }
    return Infinity;
  };
  const errors = new Map<Slicing, number>();
  const tryOut = (slicing: Slicing, together: readonly Slicing[]): number => {
    centers.of(slicing, together);
    const error = errors.get(slicing) ?? errorOf(slicing);
    errors.set(slicing, error);
    return error;
  };
  return selectSlicing(tryOut, options);
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
