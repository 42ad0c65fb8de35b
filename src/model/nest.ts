import { RaellaError, suggestName } from "../errors";
import type { Hardware } from "./hardware";
import type { LevelMapping, Loop, Mapping } from "./mapping";
import type { Problem } from "./problem";

/** Loops of one kind at one level, innermost first, without those of factor 1. */
export interface LoopBlock {
  readonly dimensions: number[];
  readonly factors: number[];
}

/** One level of a mapping in positions and numbers; flags are per tensor. */
export interface NestLevel {
  readonly space: LoopBlock;
  readonly time: LoopBlock;
  readonly keep: readonly boolean[];
  /** Only where kept. */
  readonly passthrough: readonly boolean[];
  readonly noTemporalReuse: readonly boolean[];
  readonly rmwOnFirstWriteback: readonly boolean[];
  readonly noMulticast: readonly boolean[];
  readonly noLinkTransfer: readonly boolean[];
}

/** A mapping as the model works on it: levels innermost first. */
export type Nest = readonly NestLevel[];

/**
 * The loop nest of a mapping.
 * @throws RaellaError `invalid-mapping` where the levels are not those of the architecture.
 */
export function nestOfMapping(problem: Problem, hardware: Hardware, mapping: Mapping): Nest {
  const { levels } = mapping;
  if (levels.length !== hardware.levels.length)
    throw new RaellaError({
      code: "invalid-mapping",
      message: `The mapping has ${levels.length} levels, the architecture ${hardware.levels.length} storage levels.`,
      value: levels.length,
      expected: hardware.levels
        .map(({ name }) => name)
        .reverse()
        .join(", "),
    });
  return hardware.levels.map(({ name }, index) => {
    const level = levels[levels.length - 1 - index];
    if (level.level !== name)
      throw new RaellaError({
        code: "invalid-mapping",
        message: `The mapping has the level ${level.level} where the architecture has ${name}.`,
        value: level.level,
        expected: name,
      });
    return nestLevel(problem, level);
  });
}

function nestLevel(problem: Problem, level: LevelMapping): NestLevel {
  const flags = (list: readonly string[]): boolean[] =>
    list.length === 0
      ? problem.tensors.map(() => false)
      : problem.tensors.map(({ name }) => list.includes(name));
  const keep = flags(level.keep);
  return {
    space: loopBlock(problem, level.spatial),
    time: loopBlock(problem, level.temporal),
    keep,
    passthrough: flags(level.passthrough).map((flag, tensor) => flag && keep[tensor]),
    noTemporalReuse: flags(level.noTemporalReuse),
    rmwOnFirstWriteback: flags(level.rmwOnFirstWriteback),
    noMulticast: flags(level.noMulticastNoReduction),
    noLinkTransfer: flags(level.noLinkTransfer),
  };
}

function loopBlock({ dimensions }: Problem, loops: readonly Loop[]): LoopBlock {
  const block: LoopBlock = { dimensions: [], factors: [] };
  for (let index = loops.length - 1; index >= 0; index -= 1) {
    const { dimension, factor } = loops[index];
    const position = dimensions.indexOf(dimension);
    if (position < 0)
      throw new RaellaError({
        code: "unknown-name",
        message: `The mapping has a loop over "${dimension}", which is no dimension of the problem.`,
        value: dimension,
        expected: `one of ${dimensions.join(", ")}`,
        remedy: suggestName(dimension, dimensions),
      });
    if (factor === 1) continue;
    block.dimensions.push(position);
    block.factors.push(factor);
  }
  return block;
}

/** A time loop with a factor above 1, and those outside it. */
export interface TimeLoop {
  readonly dimension: number;
  readonly factor: number;
  /** Values of the dimension from one iteration to the next: the product of its factors inside the loop. */
  readonly stride: number;
  readonly outer: TimeLoop | null;
}

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
  /** Per level (and one more): the innermost time loop at this level or further out; null where there is none. */
  readonly timeLoops: readonly (TimeLoop | null)[];
}

export function describeGeometry(problem: Problem, nest: Nest): NestGeometry {
  const dimensions = problem.bounds.length;
  const levels = nest.length;
  const current = new Float64Array(dimensions).fill(1);
  const spans = new Float64Array(levels * dimensions);
  const childrenSpans = new Float64Array(levels * dimensions);
  const fans = new Float64Array(levels).fill(1);
  const instances = new Float64Array(levels);
  let steps = 1;
  for (let level = 0; level < levels; level += 1) {
    const { space, time } = nest[level];
    for (let loop = 0; loop < space.factors.length; loop += 1) {
      current[space.dimensions[loop]] *= space.factors[loop];
      fans[level] *= space.factors[loop];
    }
    childrenSpans.set(current, level * dimensions);
    for (let loop = 0; loop < time.factors.length; loop += 1) {
      current[time.dimensions[loop]] *= time.factors[loop];
      steps *= time.factors[loop];
    }
    spans.set(current, level * dimensions);
  }
  const timeLoops = new Array<TimeLoop | null>(levels + 1).fill(null);
  let outer: TimeLoop | null = null;
  let used = 1;
  for (let level = levels - 1; level >= 0; level -= 1) {
    instances[level] = used;
    used *= fans[level];
    const { dimensions: looped, factors } = nest[level].time;
    // A level has one time loop per dimension: it strides over what the children span together.
    for (let loop = factors.length - 1; loop >= 0; loop -= 1) {
      const stride = childrenSpans[level * dimensions + looped[loop]];
      outer = { dimension: looped[loop], factor: factors[loop], stride, outer };
    }
    timeLoops[level] = outer;
  }
  return {
    dimensions,
    spans,
    childrenSpans,
    steps,
    computeUnits: used,
    instances,
    fans,
    timeLoops,
  };
}
