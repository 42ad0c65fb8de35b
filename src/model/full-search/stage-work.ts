import { fitsMeshSomehow } from "../../mapping/full-search/largest-product";
import { createPointTable, type PointTable } from "../../mapping/full-search/point-table";
import { hasFreeOrder } from "../../mapping/loop-orders";
import { defaultOrder, firstFittingSplit } from "../../mapping/slot-orders";
import type { PlanStage } from "./plan-stages";
import { describeReach, type Reach } from "./reach";
import { createFront, type Front } from "./relaxation-front";
import type { SearchPlan } from "./search-plan";
import { prepareRatios, type ChoiceRatio } from "./space-ratio";
import type { StageBounds } from "./stage-bounds";

/** What is in work at one stage; deeper stages have their own. */
export interface StageWork {
  readonly stage: PlanStage;
  readonly bounds: StageBounds;
  readonly reach: Reach;
  readonly table: PointTable;
  readonly digits: Int32Array;
  readonly front: Front;
  /** Per tensor: the least words that cross the choice. */
  readonly words: Float64Array;
  /** Per tensor: words that cross the choice over those that come from inside it. */
  readonly ratios: Float64Array;
  /** For space choices on a mesh in two directions: whether the loops may fit it. */
  readonly fits: ((factors: ArrayLike<number>) => boolean) | undefined;
  /** For space choices: how the ratios follow from the factors. */
  readonly prepared: readonly ChoiceRatio[];
  /** Per dimension: the factor chosen in a space slot. */
  readonly factors: Float64Array;
  /** See {@link RepetitionRules}. */
  mask: number;
  /** Per tensor: how often the choice repeats what lies inside. */
  readonly repeated: Float64Array;
  settledPj: number;
  /** Per tensor: the part of the settled energy that grows with repetitions; the least with what lies inside. */
  readonly settledRepeated: Float64Array;
  readonly leastRepeated: Float64Array;
  /** Per tensor: the same for what crosses the choice, in work. */
  readonly crossingRepeated: Float64Array;
  /** Per tensor: the least inside the choice. */
  readonly innerRepeated: Float64Array;
  /** Largest number of time steps inside. */
  stepLimit: number;
  /** Least products that a space choice must take out of all dimensions, and of those that no time slot inside takes. */
  leastProduct: number;
  leastSpaceOnly: number;
  /** Per position in the choice: what is left in this and the following dimensions, and in those of space only. */
  readonly leftFrom: Float64Array;
  readonly spaceOnlyLeftFrom: Float64Array;
  /** Per crossing cost: the least that a source within the stage would give, and what is elided. */
  readonly sources: Float64Array;
  readonly firstWords: Float64Array;
}

export function createStageWork(plan: SearchPlan, bounds: StageBounds, stage: number): StageWork {
  const { stages, lattice, tensors } = plan;
  const planStage = stages[stage];
  const factors = new Float64Array(lattice.divisors.length).fill(1);
  for (const [dimension, factor] of planStage.choice?.fixed ?? []) factors[dimension] = factor;
  return {
    stage: planStage,
    bounds,
    reach: describeReach(plan, stage),
    table: createPointTable(),
    digits: new Int32Array(lattice.divisors.length),
    front: createFront(),
    words: new Float64Array(tensors.length),
    ratios: new Float64Array(tensors.length).fill(1),
    factors,
    fits: meshCheck(plan, planStage),
    prepared: planStage.choice?.kind === "space" ? prepareRatios(plan, planStage.choice, factors) : [],
    mask: 0,
    repeated: new Float64Array(tensors.length).fill(1),
    settledPj: 0,
    settledRepeated: new Float64Array(tensors.length),
    leastRepeated: new Float64Array(tensors.length),
    crossingRepeated: new Float64Array(tensors.length),
    innerRepeated: new Float64Array(tensors.length),
    stepLimit: Infinity,
    leastProduct: 0,
    leastSpaceOnly: 0,
    leftFrom: new Float64Array(lattice.divisors.length + 1),
    spaceOnlyLeftFrom: new Float64Array(lattice.divisors.length + 1),
    sources: new Float64Array(bounds.crossing.length),
    firstWords: new Float64Array(bounds.crossing.length),
  };
}

/** Limits are compared with quotients: what equals them must pass. */
export const limitTolerance = 1 + 1e-9;

/** Notes what a space choice has to take at least, so that the rest finds room and time inside. */
export function describeNeed({ lattice }: SearchPlan, work: StageWork, inside: Reach): void {
  const { digits, leftFrom, spaceOnlyLeftFrom } = work;
  const { choice } = work.stage;
  if (choice === undefined) return;
  const leftOf = (dimension: number): number => lattice.divisors[dimension][digits[dimension]];
  let left = 1;
  for (let dimension = 0; dimension < digits.length; dimension += 1) left *= leftOf(dimension);
  let spaceOnly = 1;
  for (const dimension of inside.spaceOnly) spaceOnly *= leftOf(dimension);
  work.leastProduct = left / (inside.capacity * work.stepLimit * limitTolerance);
  work.leastSpaceOnly = spaceOnly / (inside.capacity * limitTolerance);
  const { dimensions, spaceOnlyCount } = choice;
  leftFrom[dimensions.length] = 1;
  spaceOnlyLeftFrom[spaceOnlyCount] = 1;
  for (let index = dimensions.length - 1; index >= 0; index -= 1) {
    const own = leftOf(dimensions[index]);
    leftFrom[index] = leftFrom[index + 1] * own;
    if (index < spaceOnlyCount) spaceOnlyLeftFrom[index] = spaceOnlyLeftFrom[index + 1] * own;
  }
}

/** Whether the loops of a space choice may fit its mesh; undefined where the product of the factors says it all. */
function meshCheck({ space }: SearchPlan, { choice }: PlanStage): StageWork["fits"] {
  if (choice?.kind !== "space") return undefined;
  const mesh = space.hardware.levels[choice.level];
  if (mesh.fanX === 1 || mesh.fanY === 1) return undefined;
  const slot = space.slots[choice.slot];
  if (hasFreeOrder(slot))
    return (factors) => {
      const loops = Array.from(factors).filter((factor) => factor > 1);
      return fitsMeshSomehow(loops, mesh.fanX, mesh.fanY);
    };
  const order = defaultOrder(slot);
  return (factors) => firstFittingSplit(slot, mesh, order, (dimension) => factors[dimension]) !== undefined;
}
