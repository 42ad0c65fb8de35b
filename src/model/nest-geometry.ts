import type { Problem } from "../mapping/problem";
import type { Nest } from "./nest";

/** Spans, strides and instances of a nest. Matrices are `[level * dimensions + dimension]`. */
export interface NestGeometry {
  readonly dimensions: number;
  /** Consecutive values that a tile of the level spans. */
  readonly spans: Float64Array;
  /** Values that all children of one instance span together. */
  readonly childrenSpans: Float64Array;
  /** Product of all time factors. */
  readonly steps: number;
  readonly computeUnits: number;
  /** Per level: instances in use, and children in use of one instance. */
  readonly instances: Float64Array;
  readonly fans: Float64Array;
  /** All time loops, innermost first. */
  readonly timeDimensions: readonly number[];
  readonly timeFactors: readonly number[];
  readonly timeStrides: readonly number[];
  /** Per level (and one more): the first time loop at this level or further out. */
  readonly firstTimeLoop: Int32Array;
}

export function describeGeometry(problem: Problem, nest: Nest): NestGeometry {
  const dimensions = problem.bounds.length;
  const levels = nest.length;
  const current = new Float64Array(dimensions).fill(1);
  const spans = new Float64Array(levels * dimensions);
  const childrenSpans = new Float64Array(levels * dimensions);
  const fans = new Float64Array(levels).fill(1);
  const instances = new Float64Array(levels);
  const firstTimeLoop = new Int32Array(levels + 1);
  const timeDimensions: number[] = [];
  const timeFactors: number[] = [];
  const timeStrides: number[] = [];
  let steps = 1;
  for (let level = 0; level < levels; level += 1) {
    const { space, time } = nest[level];
    for (let loop = 0; loop < space.factors.length; loop += 1) {
      current[space.dimensions[loop]] *= space.factors[loop];
      fans[level] *= space.factors[loop];
    }
    childrenSpans.set(current, level * dimensions);
    firstTimeLoop[level] = timeFactors.length;
    for (let loop = 0; loop < time.factors.length; loop += 1) {
      timeDimensions.push(time.dimensions[loop]);
      timeFactors.push(time.factors[loop]);
      timeStrides.push(current[time.dimensions[loop]]);
      current[time.dimensions[loop]] *= time.factors[loop];
      steps *= time.factors[loop];
    }
    spans.set(current, level * dimensions);
  }
  firstTimeLoop[levels] = timeFactors.length;
  let used = 1;
  for (let level = levels - 1; level >= 0; level -= 1) {
    instances[level] = used;
    used *= fans[level];
  }
  return {
    dimensions,
    spans,
    childrenSpans,
    steps,
    computeUnits: used,
    instances,
    fans,
    timeDimensions,
    timeFactors,
    timeStrides,
    firstTimeLoop,
  };
}
