import type { SearchPlan } from "./search-plan";

/** How much of the dimensions the choices from a stage inwards can take, by space alone. */
export interface Reach {
  /** Per dimension: the most that the fan-outs can take; infinite where a time slot can take it. */
  readonly perDimension: Float64Array;
  /** Dimensions that no time slot inside can take; all of them together must fit `capacity`. */
  readonly spaceOnly: readonly number[];
  readonly capacity: number;
  /** The fan-outs of the choices outside the stage, together. */
  readonly capacityOutside: number;
}

export function describeReach({ stages, lattice }: SearchPlan, stage: number): Reach {
  const choices = stages.slice(stage).flatMap(({ choice }) => (choice === undefined ? [] : [choice]));
  const dimensions = lattice.divisors.map((_, dimension) => dimension);
  const inTime = (dimension: number): boolean =>
    choices.some(({ kind, dimensions: taken }) => kind === "time" && taken.includes(dimension));
  const spaces = choices.filter(({ kind }) => kind === "space");
  const room = (wanted: (taken: readonly number[]) => boolean): number =>
    spaces.reduce((product, choice) => (wanted(choice.dimensions) ? product * choice.capacity : product), 1);
  return {
    perDimension: Float64Array.from(dimensions, (dimension) =>
      inTime(dimension) ? Infinity : room((taken) => taken.includes(dimension)),
    ),
    spaceOnly: dimensions.filter((dimension) => !inTime(dimension)),
    capacity: room(() => true),
    capacityOutside: stages
      .slice(0, stage)
      .reduce((product, { choice }) => (choice?.kind === "space" ? product * choice.capacity : product), 1),
  };
}

/** The fewest time steps with which a point can be passed, outside and inside the stage; fixed ones not counted. */
export function leastStepsThrough(
  { lattice }: SearchPlan,
  { capacity, capacityOutside }: Reach,
  digits: Int32Array,
): { outside: number; inside: number } {
  let left = 1;
  let placed = 1;
  for (let dimension = 0; dimension < digits.length; dimension += 1) {
    const divisors = lattice.divisors[dimension];
    left *= divisors[digits[dimension]];
    placed *= divisors[divisors.length - 1] / divisors[digits[dimension]];
  }
  return { outside: Math.max(1, placed / capacityOutside), inside: Math.max(1, left / capacity) };
}

/** A necessary condition for what is left at a point to find room inside. */
export function mayFindRoom(
  { lattice }: SearchPlan,
  { perDimension, spaceOnly, capacity }: Reach,
  digits: Int32Array,
): boolean {
  let product = 1;
  for (const dimension of spaceOnly) {
    const left = lattice.divisors[dimension][digits[dimension]];
    if (left > perDimension[dimension]) return false;
    product *= left;
  }
  return product <= capacity;
}
