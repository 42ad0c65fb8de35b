import fc from "fast-check";
import type { HardwareLevel } from "../../src/model/hardware";
import type { LoopBlock, Nest, NestLevel } from "../../src/model/nest";
import { describeProblem } from "../../src/model/problem";
import type { Problem } from "../../src/model/problem";
import type { Rank } from "../../src/spec/specification";

/** A small problem with a loop nest for it. */
export interface RandomNest {
  readonly problem: Problem;
  readonly nest: Nest;
}

const names = ["A", "B", "C", "D"];

/** Where the factors of one dimension go: level and kind for each. */
interface Placement {
  readonly factors: readonly { readonly factor: number; readonly level: number; readonly isSpace: boolean }[];
}

/**
 * Loop nests of a few dozen operations over up to four dimensions, with any directives.
 * @param tensors - per tensor its axes; given a coefficient, axes may be sums of two dimensions
 */
export function randomNests(options: {
  readonly levels: number;
  readonly shapes: fc.Arbitrary<readonly Rank[][]>;
  readonly linkTransfers?: boolean;
  readonly largestFactor?: number;
  /** Per dimension: the fewest and most loops it may have; 0 to 3 by default. */
  readonly loops?: readonly (readonly [number, number])[];
  readonly operations?: number;
}): fc.Arbitrary<RandomNest> {
  const { levels, shapes, linkTransfers = false, largestFactor = 4, loops, operations: most = 32 } = options;
  const factor = fc.record({
    factor: fc.integer({ min: 2, max: largestFactor }),
    level: fc.nat(levels - 1),
    isSpace: fc.boolean(),
  });
  const placements: fc.Arbitrary<Placement[]> = fc.tuple(
    ...names.map((_, dimension) => fc.record({ factors: fc.array(factor, loopCounts(loops?.[dimension])) })),
  );
  const flags = fc.array(fc.boolean(), { minLength: 3, maxLength: 3 });
  const none = fc.constant([false, false, false]);
  const directives = fc.record({
    keep: flags,
    passthrough: flags,
    noTemporalReuse: fc.oneof(none, flags),
    rmwOnFirstWriteback: flags,
    noMulticast: fc.oneof(none, flags),
    noLinkTransfer: linkTransfers ? fc.oneof(none, flags) : fc.constant([true, true, true]),
  });
  return fc
    .record({
      shape: shapes,
      placements,
      directives: fc.array(directives, { minLength: levels, maxLength: levels }),
      orderSeeds: fc.array(fc.nat(), { minLength: levels * 2, maxLength: levels * 2 }),
    })
    .map(({ shape, placements: placed, directives: rules, orderSeeds }) => {
      const kept = new Set<string>();
      const bounds: Record<string, number> = {};
      const blocks = Array.from({ length: levels }, () => ({
        space: { dimensions: [] as number[], factors: [] as number[] },
        time: { dimensions: [] as number[], factors: [] as number[] },
      }));
      let operations = 1;
      placed.forEach(({ factors }, dimension) => {
        bounds[names[dimension]] = 1;
        for (const { factor: value, level, isSpace } of factors) {
          const key = `${dimension} ${level} ${isSpace}`;
          // A dimension has one loop per slot, and the walk must stay short.
          if (kept.has(key) || operations * value > most) continue;
          kept.add(key);
          operations *= value;
          bounds[names[dimension]] *= value;
          const block: LoopBlock = blocks[level][isSpace ? "space" : "time"];
          block.dimensions.push(dimension);
          block.factors.push(value);
        }
      });
      const problem = describeProblem({
        name: "random",
        dimensions: names,
        bounds,
        coefficients: {},
        dataSpaces: shape.map((ranks, index) => ({
          name: ["W", "I", "O"][index],
          readWrite: index === 2,
          ranks,
        })),
        bitDimensions: [],
        instance: {},
      });
      const nest = rules.map((rule, level): NestLevel => {
        const keep = rule.keep.map((flag) => flag || level === levels - 1);
        return {
          ...rule,
          keep,
          passthrough: rule.passthrough.map((flag, tensor) => flag && keep[tensor] && level < levels - 1),
          space: shuffle(blocks[level].space, orderSeeds[level * 2]),
          time: shuffle(blocks[level].time, orderSeeds[level * 2 + 1]),
        };
      });
      return { problem, nest };
    });
}

function loopCounts([minLength, maxLength]: readonly [number, number] = [0, 3]): {
  readonly minLength: number;
  readonly maxLength: number;
} {
  return { minLength, maxLength };
}

/** One of the orders of a block's loops. */
function shuffle({ dimensions, factors }: LoopBlock, seed: number): LoopBlock {
  const left = dimensions.map((dimension, index) => ({ dimension, factor: factors[index] }));
  const shuffled: LoopBlock = { dimensions: [], factors: [] };
  let rest = seed;
  while (left.length > 0) {
    const [loop] = left.splice(rest % left.length, 1);
    rest = Math.floor(rest / 7);
    shuffled.dimensions.push(loop.dimension);
    shuffled.factors.push(loop.factor);
  }
  return shuffled;
}

/** An axis along one dimension. */
export function plainAxis(dimension: number): Rank {
  return [{ dimension: names[dimension], coefficient: 1 }];
}

/** A matrix product with a batch: no tensor has overlapping tiles. */
export const plainShapes: fc.Arbitrary<readonly Rank[][]> = fc
  .array(fc.array(fc.boolean(), { minLength: names.length, maxLength: names.length }), {
    minLength: 3,
    maxLength: 3,
  })
  .map((uses) =>
    uses.map((flags) => flags.flatMap((flag, dimension) => (flag ? [plainAxis(dimension)] : []))),
  );

/** A convolution: one axis of the inputs is a sum of two dimensions, with stride and dilation. */
export const slidingShapes: fc.Arbitrary<readonly Rank[][]> = fc
  .record({ stride: fc.integer({ min: 1, max: 3 }), dilation: fc.integer({ min: 1, max: 3 }) })
  .map(({ stride, dilation }) => [
    [plainAxis(0), plainAxis(1)],
    [
      plainAxis(0),
      [
        { dimension: names[1], coefficient: dilation },
        { dimension: names[2], coefficient: stride },
      ],
      plainAxis(3),
    ],
    [plainAxis(2), plainAxis(3)],
  ]);

/** Hardware with enough room for any random nest. */
export function roomyHardware(levels: number, fanX: number): readonly HardwareLevel[] {
  return Array.from({ length: levels }, (_, level) => ({
    name: `level${level}`,
    instances: 1,
    meshX: 1,
    meshY: 1,
    fanX,
    fanY: 1000,
    wordBits: 8,
    blockWords: 1,
    words: Infinity,
    capacityWords: Infinity,
    minUtilization: 0,
    readBandwidth: null,
    writeBandwidth: null,
    sharedBandwidth: null,
    reductionSupported: true,
  }));
}
