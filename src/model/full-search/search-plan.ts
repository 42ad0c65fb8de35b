import { createDivisorLattice, type DivisorLattice } from "../../mapping/full-search/divisor-lattice";
import type { HardwareLevel } from "../../mapping/hardware";
import type { MapSpace } from "../../mapping/map-space";
import type { Tensor } from "../../mapping/problem";
import type { Slot } from "../../mapping/slots";
import type { AccessCosts } from "../access-costs";
import { createStages, type PlanStage } from "./plan-stages";

/** Energy of one row access, pJ. */
export interface RowCost {
  readonly readPj: number;
  readonly fillPj: number;
  readonly updatePj: number;
}

/** What a search has to know of one tensor. */
export interface PlanTensor {
  readonly tensor: Tensor;
  /**
   * `simple`: no axis adds up two dimensions, so that tiles never overlap and every count is a product.
   * `windowed`: some axis does (a sliding window), but every dimension moves along one axis only.
   * `tangled`: everything else.
   */
  readonly shape: "simple" | "windowed" | "tangled";
  /** Tiles are equal parts of the tensor: every dimension counts words along one axis of its own. */
  readonly dividesEvenly: boolean;
}

/** A map space as a sequence of choices from the outermost slot inwards. */
export interface SearchPlan {
  readonly space: MapSpace;
  /** Energy of one row access per level (from the inside), pJ; 0 where the table has no such action. */
  readonly rowCosts: readonly RowCost[];
  /** Per level (from the inside): energy that one instance loses in a cycle, pJ; null where leakage does not count. */
  readonly leaks: readonly number[] | null;
  /** Energy of all operations, pJ; the same for every mapping. */
  readonly computeEnergyPj: number;
  readonly tensors: readonly PlanTensor[];
  /** What is left of every dimension for the free slots. */
  readonly lattice: DivisorLattice;
  readonly stages: readonly PlanStage[];
  /** Levels (from the inside) with a limited bandwidth. */
  readonly limitedLevels: readonly number[];
  /** Per level and tensor: whether accesses cost anything (or use up bandwidth) if the level holds the tensor. */
  readonly matters: readonly (readonly { readonly content: boolean; readonly fills: boolean }[])[];
  /**
   * Per level and tensor: whether the bound on what the level gets from outside grows with every repetition that
   * loops outside add (see {@link RepetitionRules}); it does not where the bound counts all repetitions already.
   */
  readonly repeats: readonly (readonly boolean[])[];
  /** The same for the bound on what the level exchanges with its inside. */
  readonly contentRepeats: readonly (readonly boolean[])[];
  /** Per level and tensor: whether neighbours below that level may pass words of the tensor on. */
  readonly forwards: readonly (readonly boolean[])[];
  /** Per level and dimension: whether a free time slot outside the level may take a part of the dimension. */
  readonly freeTimeOutside: readonly (readonly boolean[])[];
  /** Per level and dimension: product of the fixed time factors outside the level. */
  readonly fixedTimeOutside: readonly (readonly number[])[];
}

export function createSearchPlan(space: MapSpace, costs: AccessCosts): SearchPlan {
  const { problem, choices, rules } = space;
  const quotients = choices.map(({ quotient }) => quotient);
  const isFree = (slot: Slot, dimension: number): boolean =>
    slot.factors[dimension] === 0 && quotients[dimension] > 1 && (slot.limits?.[dimension] ?? Infinity) > 1;
  const mayLoop = (slot: Slot, dimension: number): boolean =>
    slot.factors[dimension] > 1 || isFree(slot, dimension);
  const timeSlots = space.slots.filter(({ kind }) => kind === "time");
  const freeTimeOutside = rules.map((_, level) =>
    problem.bounds.map((_bound, dimension) =>
      timeSlots.some((slot) => slot.level > level && isFree(slot, dimension)),
    ),
  );
  const fixedTimeOutside = rules.map((_, level) =>
    problem.bounds.map((_bound, dimension) =>
      timeSlots.reduce(
        (product, slot) => (slot.level > level ? product * Math.max(1, slot.factors[dimension]) : product),
        1,
      ),
    ),
  );
  const tensors = problem.tensors.map((tensor) => describeTensor(tensor, problem.bounds));
  const forwards = rules.map((_, level) =>
    tensors.map((tensor, index) => mayForward(space, mayLoop, tensor, index, level)),
  );
  const repeats = rules.map(({ noTemporalReuse }, level) =>
    tensors.map(
      ({ shape }, index) =>
        shape !== "tangled" && !noTemporalReuse[index] && forwards[level + 1]?.[index] !== true,
    ),
  );
  const rowCosts = costs.levels.map(({ readPj = 0, fillPj = 0, updatePj = 0 }) => ({
    readPj,
    fillPj,
    updatePj,
  }));
  const lattice = createDivisorLattice(quotients);
  return {
    space,
    rowCosts,
    leaks: costs.levels.some(({ leakPj }) => leakPj !== undefined)
      ? costs.levels.map(({ leakPj = 0 }) => leakPj)
      : null,
    computeEnergyPj: problem.bounds.reduce((product, bound) => product * bound, 1) * costs.computePj,
    tensors,
    lattice,
    stages: createStages(space, lattice, isFree),
    matters: rules.map((_, level) =>
      tensors.map(({ tensor }) => {
        const { readPj, fillPj, updatePj } = rowCosts[level];
        const isLimited = isLimitedLevel(space.hardware.levels[level]);
        const fills = fillPj > 0 || isLimited;
        return { fills, content: readPj > 0 || isLimited || (tensor.readWrite && (updatePj > 0 || fills)) };
      }),
    ),
    limitedLevels: rules.flatMap((_, level) => (isLimitedLevel(space.hardware.levels[level]) ? [level] : [])),
    forwards,
    repeats,
    contentRepeats: rules.map((_, level) =>
      tensors.map((_tensor, index) => sourceRepeats(space, repeats, level, index)),
    ),
    freeTimeOutside,
    fixedTimeOutside,
  };
}

function isLimitedLevel({ readBandwidth, writeBandwidth, sharedBandwidth }: HardwareLevel): boolean {
  return readBandwidth !== null || writeBandwidth !== null || sharedBandwidth !== null;
}

function describeTensor(tensor: Tensor, bounds: readonly number[]): PlanTensor {
  const axes = bounds.map(() => 0);
  let isSimple = true;
  for (const { dimensions } of tensor.ranks) {
    const moving = dimensions.filter((dimension) => bounds[dimension] > 1);
    if (moving.length > 1) isSimple = false;
    for (const dimension of moving) axes[dimension] += 1;
  }
  const shape = isSimple ? "simple" : axes.every((count) => count <= 1) ? "windowed" : "tangled";
  const isPlain = tensor.ranks.every(({ dimensions, coefficients }) =>
    dimensions.every((dimension, term) => bounds[dimension] === 1 || coefficients[term] === 1),
  );
  return { tensor, shape, dividesEvenly: isSimple && isPlain && axes.every((count) => count <= 1) };
}

/**
 * Whether transfers between neighbours are possible at all. They need a time loop that moves the tiles as the
 * children are displaced, or children that fetch their whole tile even where it stays. Where no axis of the tensor
 * has both a space loop in the slot and a time loop outside the children, and no two time loops share an axis, no
 * child ever needs what a neighbour needed before.
 */
function mayForward(
  space: MapSpace,
  mayLoop: (slot: Slot, dimension: number) => boolean,
  { tensor }: PlanTensor,
  index: number,
  level: number,
): boolean {
  const slot = space.slots.find((candidate) => candidate.level === level && candidate.kind === "space");
  if (slot === undefined || space.rules[level].noLinkTransfer[index]) return false;
  const timeSlots = space.slots.filter((candidate) => candidate.kind === "time" && candidate.level >= level);
  const inTime = (dimension: number): boolean => timeSlots.some((candidate) => mayLoop(candidate, dimension));
  const fetchesEverything = level === 0 || space.rules[level - 1].noTemporalReuse[index];
  if (fetchesEverything && space.problem.bounds.some((_, dimension) => inTime(dimension))) return true;
  const axesOf = new Map<number, number>();
  for (const { dimensions } of tensor.ranks) {
    const moving = dimensions.filter(inTime);
    if (moving.length === 0) continue;
    if (moving.length > 1 || dimensions.some((dimension) => mayLoop(slot, dimension))) return true;
    axesOf.set(moving[0], (axesOf.get(moving[0]) ?? 0) + 1);
  }
  return [...axesOf.values()].some((count) => count > 1);
}

/** Whether all levels inside that the words of a level may come from have bounds that grow with repetitions. */
function sourceRepeats(
  { rules }: MapSpace,
  repeats: readonly (readonly boolean[])[],
  level: number,
  tensor: number,
): boolean {
  for (let inner = level - 1; inner >= 0; inner -= 1) {
    const { keep, passthrough } = rules[inner];
    if (keep[tensor] === "bypass" || passthrough[tensor]) continue;
    if (!repeats[inner][tensor]) return false;
    if (keep[tensor] === "keep") return true;
  }
  return false;
}
