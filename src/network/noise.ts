import { threefry } from "../random";
import { errorFunction } from "../spec/expression/mathematics";
import { inputBits } from "./converter";
import { inputSlices } from "./speculation";

/** Gaussian noise of what converters read: it is added to the sum of a column before the converter rounds and clamps it. */
export interface ColumnNoise {
  /** Standard deviation in steps of the converter: one is what an input bit and a cell's least state add to a sum. */
  readonly deviation: number;
  /** Default: 1. Another seed is other noise of the same deviation. */
  readonly seed?: number;
  /** Which layer of a network it is, and how many positions of it come before the first. Default: 0. */
  readonly layer?: number;
  readonly firstPosition?: number;
}

/**
 * The noise of a design in a layer; undefined if it has none.
 * @param firstPosition Positions of the layer that come before the first.
 */
export function noiseOf(
  { noise: deviation = 0 }: { readonly noise?: ColumnNoise["deviation"] },
  { seed, layer, firstPosition }: Omit<ColumnNoise, "deviation">,
): ColumnNoise | undefined {
  return deviation === 0 ? undefined : { deviation, seed, layer, firstPosition };
}

/** Greatest deviation that can be asked for. */
export const greatestDeviation = 1000;

/** Draws the noise of conversions. */
export interface NoiseSource {
  /**
   * What the converter sees of a column's one-bit sums at a position.
   * @param column A number that is the column's own.
   */
  readBits(sums: Int32Array, column: number, position: number): Int32Array;
  /** The noise of the three speculative steps of the column that `readBits` was last asked for. */
  readonly steps: Int32Array;
}

/** Conversions of a column at one position: its one-bit steps, then the speculative ones. */
const conversions = inputBits + inputSlices.length;
const conversionsTogether = 2 ** Math.ceil(Math.log2(conversions));

/**
 * The noise of a layer. Every conversion has its own number, from which its noise follows alone: it depends neither on the
 * order nor on which other columns, positions, layers or designs are computed. Sums are whole steps, so that a converter
 * reads round(S + ε) = S + round(ε): whole steps are drawn, of the probability that ε rounds to them.
 */
export function createNoise({ deviation, seed = 1, layer = 0, firstPosition = 0 }: ColumnNoise): NoiseSource {
  const thresholds = magnitudeThresholds(deviation);
  const firsts = firstMagnitudes(thresholds);
  const words = new Int32Array(2);
  const read = new Int32Array(inputBits);
  const steps = new Int32Array(inputSlices.length);
  const stepsOf = (word: number): number => {
    const draw = word >>> 1;
    let magnitude = firsts[draw >>> 23];
    while (draw >= thresholds[magnitude]) magnitude++;
    return (word & 1) === 0 ? magnitude : -magnitude;
  };
  return {
    steps,
    readBits(sums, column, position) {
      const from = column * conversionsTogether;
      for (let pair = 0; pair < conversionsTogether / 2; pair++) {
        const first = 2 * pair;
        if (first >= conversions) break;
        threefry(seed, layer, firstPosition + position, from + first, words);
        for (let place = first; place < first + 2; place++) {
          const noise = stepsOf(words[place - first]);
          if (place < inputBits) read[place] = sums[place] + noise;
          else if (place < conversions) steps[place - inputBits] = noise;
        }
      }
      return read;
    },
  };
}

/** For each magnitude m, how many of the 2^31 draws give at most m: 2^31 · P(|ε| < m + 1/2). */
function magnitudeThresholds(deviation: number): Float64Array {
  const draws = 2 ** 31;
  const thresholds: number[] = [];
  do {
    const bound = (thresholds.length + 0.5) / (deviation * Math.SQRT2);
    thresholds.push(Math.round(draws * errorFunction(bound)));
  } while (thresholds[thresholds.length - 1] < draws);
  return Float64Array.from(thresholds);
}

/** For each of 256 equal parts of the draws, the least magnitude that they give. */
function firstMagnitudes(thresholds: Float64Array): Uint16Array {
  let magnitude = 0;
  return Uint16Array.from({ length: 256 }, (_, part) => {
    while (part * 2 ** 23 >= thresholds[magnitude]) magnitude++;
    return magnitude;
  });
}

/** A number for each column of a layer: of which segment and filter, of which slice, in which pass. */
export function columnNumber(unitOfSegment: number, placeValue: number, pass: number): number {
  const low = 31 - Math.clz32(Math.abs(placeValue));
  return (unitOfSegment * 8 + low) * 2 + pass;
}
