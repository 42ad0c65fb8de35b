import type { CrossbarResult } from "./crossbar";
import { computeInCrossbars } from "./crossbar";
import type { SignedInputs } from "./input-passes";
import type { IntegerLayer, OutputQuantization } from "./integer-layer";
import { exactAccumulators, outputCodes } from "./integer-layer";
import { compareOutputs } from "./output-error";
import type { Slicing } from "./slicing";
import { allSlicings, commonSlicings, mostCellBits, oneBitSlicing, slicingName } from "./slicing";

/** Mean error of the non-zero outputs, in output steps, from which on a slicing is too coarse. */
export const errorBound = 0.09;

/** `common`: 4-4, then 4-2-2, and all others only if both fail. `full`: all slicings, fewest slices first. */
export type SlicingSearch = "common" | "full";

export interface SlicingOptions {
  readonly search?: SlicingSearch;
  readonly rows?: number;
  readonly converterBits?: number;
  readonly signedInputs?: SignedInputs;
  /** Bits that a memory cell holds, and so a slice at most. Default: 4. */
  readonly cellBits?: number;
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
  const exact = outputCodes(exactAccumulators(layer), layer, output);
  const errors: Record<string, number> = {};
  const results = new Map<string, CrossbarResult>();
  const tryOut = (slicing: Slicing): number => {
    const name = slicingName(slicing);
    if (name in errors) return errors[name];
    const result = computeInCrossbars(layer, { ...options, slicing });
    const codes = outputCodes(result.accumulators, layer, output);
    errors[name] = compareOutputs(codes, exact, output.zero).error;
    if (errors[name] < errorBound) results.set(name, result);
    return errors[name];
  };
  const choose = (slicing: Slicing): ChosenSlicing => {
    const name = slicingName(slicing);
    const result = results.get(name) ?? computeInCrossbars(layer, { ...options, slicing });
    return { slicing, error: errors[name], errors, result };
  };
  const fits = (slicing: Slicing): boolean => Math.max(...slicing) <= (options.cellBits ?? mostCellBits);
  if ((options.search ?? "common") === "common")
    for (const slicing of commonSlicings)
      if (fits(slicing) && tryOut(slicing) < errorBound) return choose(slicing);
  for (let slices = 2; slices <= 8; slices++) {
    let best: Slicing | undefined;
    for (const slicing of allSlicings) {
      if (slicing.length !== slices || !fits(slicing) || tryOut(slicing) >= errorBound) continue;
      if (best === undefined || tryOut(slicing) < tryOut(best)) {
        if (best !== undefined) results.delete(slicingName(best));
        best = slicing;
      } else results.delete(slicingName(slicing));
    }
    if (best !== undefined) return choose(best);
  }
  return choose(oneBitSlicing);
}

/** Eight slices of one bit without a choice: what the last layer of a network gets if it is fully connected. */
export function oneBitSlices(layer: IntegerLayer, options: SlicingOptions = {}): ChosenSlicing {
  const result = computeInCrossbars(layer, { ...options, slicing: oneBitSlicing });
  return { slicing: oneBitSlicing, error: null, errors: {}, result };
}
