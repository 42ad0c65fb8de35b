import { counted, RaellaError, suggestName } from "../errors";
import type { Hardware, HardwareLevel } from "./hardware";
import type { LevelMapping, Loop, Mapping } from "./mapping";
import { tensorSize } from "./problem";
import type { Problem } from "./problem";

/** How many words the tiles of an instance may take together. */
export interface TileRoom {
  readonly capacityWords: number;
  /** What `min_utilization` demands; 0 without it. */
  readonly minimumWords: number;
}

export function tileRoom({
  capacityWords,
  minUtilization,
}: Pick<HardwareLevel, "capacityWords" | "minUtilization">): TileRoom {
  // Unlimited memory without a demand would demand infinity times 0.
  return { capacityWords, minimumWords: minUtilization > 0 ? capacityWords * minUtilization : 0 };
}

/** Whether tiles of so many words exceed a level. */
export function exceeds({ capacityWords }: TileRoom, words: number): boolean {
  return words > capacityWords;
}

/** Whether tiles of so many words leave a level emptier than it may be. */
export function underfills({ minimumWords }: TileRoom, words: number): boolean {
  return words < minimumWords;
}

/** Whether tiles of so many words together fit a level, and fill it as far as they must. */
export function fitsRoom(room: TileRoom, words: number): boolean {
  return !exceeds(room, words) && !underfills(room, words);
}

/** Whether loops that spread a tile over so many children along X and along Y fit the mesh of a level. */
export function fitsFanOut(
  { fanX, fanY }: Pick<HardwareLevel, "fanX" | "fanY">,
  alongX: number,
  alongY: number,
): boolean {
  return alongX <= fanX && alongY <= fanY;
}

/** One reason why a mapping does not fit. */
export interface MappingProblem {
  readonly kind: "levels" | "loops" | "factors" | "fanout" | "capacity" | "utilization" | "bypass";
  /** The level, dimension or data space concerned. */
  readonly subject: string;
  readonly needed: number;
  readonly available: number;
  /** One sentence with the numbers. */
  readonly message: string;
}

/** Everything that keeps a mapping from running on the hardware; empty if it is valid. */
export function findMappingProblems(
  problem: Problem,
  hardware: Hardware,
  mapping: Mapping,
): MappingProblem[] {
  const structure = [...findLevelProblems(hardware, mapping), ...findLoopProblems(problem, mapping)];
  if (structure.length > 0) return structure;
  const innermostFirst = [...mapping.levels].reverse();
  return [
    ...findFactorProblems(problem, mapping),
    ...innermostFirst.flatMap((level, index) => findFanOutProblems(hardware.levels[index], level)),
    ...findCapacityProblems(problem, hardware, innermostFirst),
    ...findBypassProblems(problem, mapping),
  ];
}

/** @throws RaellaError `invalid-mapping` with every reason where a mapping does not fit. */
export function requireValidMapping(problem: Problem, hardware: Hardware, mapping: Mapping): void {
  const problems = findMappingProblems(problem, hardware, mapping);
  if (problems.length === 0) return;
  throw new RaellaError({
    code: "invalid-mapping",
    message:
      problems.length === 1
        ? problems[0].message
        : `The mapping does not fit, for ${problems.length} reasons.`,
    value: problems.map(({ subject }) => subject).join(", "),
    details: problems.length === 1 ? [] : problems.map(({ message }) => message),
  });
}

function findLevelProblems(hardware: Hardware, mapping: Mapping): MappingProblem[] {
  const expected = hardware.levels.map(({ name }) => name).reverse();
  const given = mapping.levels.map(({ level }) => level);
  const differs = given.length !== expected.length || given.some((name, index) => name !== expected[index]);
  if (!differs) return [];
  return [
    {
      kind: "levels",
      subject: given.find((name, index) => name !== expected[index]) ?? "levels",
      needed: expected.length,
      available: given.length,
      message: `The mapping has the levels ${given.join(", ")}, the architecture ${expected.join(", ")}.`,
    },
  ];
}

function findLoopProblems(problem: Problem, mapping: Mapping): MappingProblem[] {
  return mapping.levels.flatMap((level) =>
    [level.spatial, level.temporal].flatMap((loops) => findBlockProblems(problem, level.level, loops)),
  );
}

function findBlockProblems({ dimensions }: Problem, level: string, loops: readonly Loop[]): MappingProblem[] {
  return loops.flatMap(({ dimension, factor }, index): MappingProblem[] => {
    const message = !dimensions.includes(dimension)
      ? `${level} has a loop over "${dimension}", which is no dimension of the problem. ${suggestName(dimension, dimensions)}`
      : !Number.isSafeInteger(factor) || factor < 1
        ? `${level} has the factor ${factor} for ${dimension}; factors are whole numbers from 1.`
        : loops.findIndex((loop) => loop.dimension === dimension) < index
          ? `${level} has two loops over ${dimension} of the same kind.`
          : undefined;
    if (message === undefined) return [];
    return [{ kind: "loops", subject: dimension, needed: 1, available: factor, message }];
  });
}

function findFactorProblems({ dimensions, bounds }: Problem, { levels }: Mapping): MappingProblem[] {
  const loops = levels.flatMap(({ spatial, temporal }) => [...temporal, ...spatial]);
  return dimensions.flatMap((dimension, index): MappingProblem[] => {
    const factors = loops.filter((loop) => loop.dimension === dimension).map(({ factor }) => factor);
    const product = factors.reduce((all, factor) => all * factor, 1);
    if (product === bounds[index]) return [];
    const written = factors.length > 0 ? factors.join(" x ") : "no factor";
    return [
      {
        kind: "factors",
        subject: dimension,
        needed: bounds[index],
        available: product,
        message: `The factors of ${dimension} do not reach its bound: ${written}${
          factors.length > 1 ? ` = ${product}` : ""
        }, but ${dimension} is ${bounds[index]}.`,
      },
    ];
  });
}

function findFanOutProblems(hardware: HardwareLevel, level: LevelMapping): MappingProblem[] {
  return (["X", "Y"] as const).flatMap((axis): MappingProblem[] => {
    const loops = level.spatial.filter((loop) => loop.axis === axis && loop.factor > 1);
    const needed = loops.reduce((product, { factor }) => product * factor, 1);
    const available = axis === "X" ? hardware.fanX : hardware.fanY;
    if (needed <= available) return [];
    const written = loops.map(({ dimension, factor }) => `${dimension} ${factor}`).join(" x ");
    return [
      {
        kind: "fanout",
        subject: level.level,
        needed,
        available,
        message: `${level.level} spreads its tile over ${needed} children along ${axis} (${written}), but has ${available}.`,
      },
    ];
  });
}

function findCapacityProblems(
  problem: Problem,
  hardware: Hardware,
  innermostFirst: readonly LevelMapping[],
): MappingProblem[] {
  const spans = problem.bounds.map(() => 1);
  return innermostFirst.flatMap((level, index): MappingProblem[] => {
    for (const { dimension, factor } of [...level.spatial, ...level.temporal])
      spans[problem.dimensions.indexOf(dimension)] *= factor;
    const room = tileRoom(hardware.levels[index]);
    const { capacityWords, minimumWords } = room;
    const held = problem.tensors.filter(({ name }) => level.keep.includes(name));
    const sizes = held.map((tensor) => tensorSize(tensor, spans));
    const needed = sizes.reduce((sum, size) => sum + size, 0);
    if (fitsRoom(room, needed)) return [];
    const written = held.map(({ name }, tensor) => `${name} ${sizes[tensor]}`).join(" + ");
    if (exceeds(room, needed))
      return [
        {
          kind: "capacity",
          subject: level.level,
          needed,
          available: capacityWords,
          message: `${level.level} holds tiles of ${counted(needed, "word")} (${written}), but has room for ${capacityWords}.`,
        },
      ];
    return [
      {
        kind: "utilization",
        subject: level.level,
        needed: minimumWords,
        available: needed,
        message: `${level.level} holds ${counted(needed, "word")}, less than its min_utilization of ${hardware.levels[index].minUtilization} demands (${minimumWords}).`,
      },
    ];
  });
}

function findBypassProblems({ tensors }: Problem, { levels }: Mapping): MappingProblem[] {
  return tensors
    .filter(({ name }) => !levels.some(({ keep }) => keep.includes(name)))
    .map(({ name }) => ({
      kind: "bypass" as const,
      subject: name,
      needed: 1,
      available: 0,
      message: `No level keeps ${name}.`,
    }));
}
