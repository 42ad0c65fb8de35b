import { createPointTable, type PointTable } from "../../mapping/full-search/point-table";
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
  /** For space choices: how the ratios follow from the factors. */
  readonly prepared: readonly ChoiceRatio[];
  /** Per dimension: the factor chosen in a space slot. */
  readonly factors: Float64Array;
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
    prepared: planStage.choice?.kind === "space" ? prepareRatios(plan, planStage.choice, factors) : [],
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
