import { RaellaError, suggestName } from "../errors";
import type { Hardware } from "../mapping/hardware";
import type { LevelMapping, Loop, Mapping } from "../mapping/mapping";
import type { Problem } from "../mapping/problem";

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
