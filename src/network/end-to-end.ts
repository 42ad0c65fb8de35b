import { RaellaError } from "../errors";
import type { EngineTensor } from "./float-engine";

/** A share of decisions with the interval in which the true share lies with 95 % confidence (Wilson's). */
export interface Share {
  readonly share: number;
  readonly low: number;
  readonly high: number;
}

/** How a design changes what the whole network says. */
export interface EndToEndAccuracy {
  /** dB that the arithmetic costs on top of 8 bits: SQNR of the ideal 8-bit network less that of the design, both to float. */
  readonly loss: number | null;
  /** Signal to noise of the results, dB, relative to the ideal 8-bit and to the float network; null if nothing differs. */
  readonly sqnrToIdeal: number | null;
  readonly sqnrToFloat: number | null;
  /** Decisions that are those of the ideal network; null where the result is no choice among classes. */
  readonly top1Agreement: Share | null;
  /** Right decisions; null without labels. */
  readonly accuracy: Share | null;
  readonly saturatedShare: number;
}

/** What the float network and the ideal 8-bit network say. */
export interface ReferenceAccuracy {
  /** Signal to noise of the ideal network's results relative to the float network's, dB; null if they are equal. */
  readonly idealSqnrToFloat: number | null;
  readonly floatAccuracy: Share | null;
  readonly idealAccuracy: Share | null;
  /** Decisions that were compared: samples, or tokens of samples. */
  readonly decisions: number;
}

/** Results with a longer last axis are no choice among classes. */
const mostClasses = 10_000;

/** Below it the 8-bit network is another network than the one that was trained, dB. */
export const poorQuantization = 10;

/** 10 · log10(Σ reference² / Σ (value - reference)²), dB; null if all are equal. */
export function signalToNoise(
  values: readonly EngineTensor[],
  reference: readonly EngineTensor[],
): number | null {
  let signal = 0;
  let noise = 0;
  reference.forEach(({ data }, sample) => {
    const other = values[sample].data;
    for (let index = 0; index < data.length; index++) {
      signal += data[index] * data[index];
      noise += (other[index] - data[index]) ** 2;
    }
  });
  return noise === 0 ? null : 10 * Math.log10(signal / noise);
}

/** The greatest entry along the last axis (the first one among equals), for each sample and row. */
export function decisionsOf(results: readonly EngineTensor[]): readonly number[] | null {
  const classes = results.at(0)?.dims.at(-1) ?? 1;
  if (classes < 2 || classes > mostClasses) return null;
  return results.flatMap(({ data }) => {
    const decisions: number[] = [];
    for (let from = 0; from < data.length; from += classes) {
      let best = 0;
      for (let index = 1; index < classes; index++) if (data[from + index] > data[from + best]) best = index;
      decisions.push(best);
    }
    return decisions;
  });
}

/** Share of decisions that are the expected ones. */
export function shareEqual(decisions: readonly number[], expected: ArrayLike<number>): Share {
  const count = decisions.length;
  const equal = decisions.reduce((sum, each, index) => sum + Number(each === expected[index]), 0);
  const share = equal / count;
  // Wilson's interval: the shares p with |share - p| ≤ z · √(p · (1 - p) / count).
  const z = 1.959963984540054;
  const middle = (share + (z * z) / (2 * count)) / (1 + (z * z) / count);
  const half = ((z / (1 + (z * z) / count)) * Math.sqrt(count * share * (1 - share) + (z * z) / 4)) / count;
  return { share, low: Math.max(0, middle - half), high: Math.min(1, middle + half) };
}

/** @throws RaellaError `usage` where labels do not fit the results. */
export function checkLabels(labels: ArrayLike<number>, results: readonly EngineTensor[]): void {
  const decisions = decisionsOf(results);
  if (decisions === null)
    throw new RaellaError({
      code: "usage",
      message: "Labels were given, but the network's result is no choice among classes.",
      value: results.at(0)?.dims,
      expected: `a last axis of 2 to ${mostClasses} entries`,
      remedy: "Leave the labels out.",
    });
  if (labels.length !== decisions.length)
    throw new RaellaError({
      code: "usage",
      message: `There are ${labels.length} labels for ${decisions.length} decisions.`,
      value: labels.length,
      expected: "a label for each sample",
    });
  const classes = results.at(0)?.dims.at(-1) ?? 0;
  const wrong = Array.from(labels).find((label) => !Number.isInteger(label) || label < 0 || label >= classes);
  if (wrong !== undefined)
    throw new RaellaError({
      code: "out-of-range",
      message: `A label cannot be ${wrong}.`,
      value: wrong,
      expected: `a class from 0 to ${classes - 1}`,
    });
}

/** The ideal 8-bit network beside the float network. */
export function referenceAccuracy(
  ideal: readonly EngineTensor[],
  float: readonly EngineTensor[],
  labels: ArrayLike<number> | undefined,
): ReferenceAccuracy {
  const [ofFloat, ofIdeal] = [decisionsOf(float), decisionsOf(ideal)];
  return {
    idealSqnrToFloat: signalToNoise(ideal, float),
    floatAccuracy: labels && ofFloat ? shareEqual(ofFloat, labels) : null,
    idealAccuracy: labels && ofIdeal ? shareEqual(ofIdeal, labels) : null,
    decisions: ofFloat?.length ?? 0,
  };
}

/** A design beside both. */
export function endToEndAccuracy(
  results: readonly EngineTensor[],
  ideal: readonly EngineTensor[],
  float: readonly EngineTensor[],
  labels: ArrayLike<number> | undefined,
  saturatedShare: number,
): EndToEndAccuracy {
  const [own, ofIdeal] = [decisionsOf(results), decisionsOf(ideal)];
  const sqnrToIdeal = signalToNoise(results, ideal);
  const sqnrToFloat = signalToNoise(results, float);
  const idealToFloat = signalToNoise(ideal, float);
  return {
    // Equal results lose nothing, also where the ideal network is the float network.
    loss:
      sqnrToIdeal === null
        ? 0
        : idealToFloat === null || sqnrToFloat === null
          ? null
          : idealToFloat - sqnrToFloat,
    sqnrToIdeal,
    sqnrToFloat,
    top1Agreement: own && ofIdeal ? shareEqual(own, ofIdeal) : null,
    accuracy: labels && own ? shareEqual(own, labels) : null,
    saturatedShare,
  };
}
