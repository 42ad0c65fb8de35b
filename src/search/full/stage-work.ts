import { defaultOrder, firstFittingSplit, hasFreeOrder } from "../../mapspace/loop-orders";
import { agreement } from "../ranking";
import { fitsMeshSomehow, pointSize } from "./factor-steps";
import { childrenOf, spaceOnlyIn } from "./search-plan";
import type { PlanStage, SearchPlan } from "./search-plan";
import type { RepetitionRules } from "./repetitions";
import { firstWordsOf, prepareRatios, settledEnergy, sourceWords } from "./stage-bounds";
import type { ChoiceRatio, StageBounds } from "./stage-bounds";

/** Integers by integer keys of 0 or more. */
interface PointTable {
  /** The value of a key, or -1. */
  get(key: number): number;
  set(key: number, value: number): void;
}

/** Open addressing in typed arrays: several times as fast as a Map, and small while few keys are in use. */
export function createPointTable(): PointTable {
  let capacity = 64;
  let keys = new Float64Array(capacity).fill(-1);
  let values = new Int32Array(capacity);
  let used = 0;

  function place(key: number): number {
    const mask = capacity - 1;
    // The low and the high part both matter: keys are mixed-radix numbers.
    let slot = Math.imul(key ^ (key / 4294967296), 0x9e3779b1) >>> 7;
    for (slot &= mask; keys[slot] !== key && keys[slot] !== -1;) slot = (slot + 1) & mask;
    return slot;
  }

  function grow(): void {
    const oldKeys = keys;
    const oldValues = values;
    capacity *= 2;
    keys = new Float64Array(capacity).fill(-1);
    values = new Int32Array(capacity);
    for (let index = 0; index < oldKeys.length; index += 1) {
      if (oldKeys[index] === -1) continue;
      const slot = place(oldKeys[index]);
      keys[slot] = oldKeys[index];
      values[slot] = oldValues[index];
    }
  }

  return {
    get(key) {
      const slot = place(key);
      return keys[slot] === key ? values[slot] : -1;
    },
    set(key, value) {
      if (2 * used >= capacity) grow();
      const slot = place(key);
      if (keys[slot] !== key) {
        keys[slot] = key;
        used += 1;
      }
      values[slot] = value;
    },
  };
}

/** Collects pairs of time steps and energies and keeps, per number of steps, the least energies. */
interface Front {
  readonly size: number;
  clear(): void;
  /** @param inner - energy without, `whole` - with what the stage's own events cost, pJ */
  add(steps: number, inner: number, whole: number): void;
  /** Calls `keep` with rising steps and falling energies, each the least up to that many steps. */
  reduce(keep: (steps: number, inner: number, whole: number) => void): void;
}

function createFront(): Front {
  let steps = new Float64Array(4);
  let inner = new Float64Array(4);
  let whole = new Float64Array(4);
  let size = 0;

  function insert(at: number, stepCount: number, innerPj: number, wholePj: number): void {
    if (size === steps.length) {
      steps = doubled(steps);
      inner = doubled(inner);
      whole = doubled(whole);
    }
    for (let index = size; index > at; index -= 1) {
      steps[index] = steps[index - 1];
      inner[index] = inner[index - 1];
      whole[index] = whole[index - 1];
    }
    steps[at] = stepCount;
    inner[at] = innerPj;
    whole[at] = wholePj;
    size += 1;
  }

  return {
    get size() {
      return size;
    },
    clear() {
      size = 0;
    },
    add(stepCount, innerPj, wholePj) {
      let at = 0;
      while (at < size && steps[at] < stepCount) at += 1;
      if (at === size || steps[at] > stepCount) {
        insert(at, stepCount, innerPj, wholePj);
        return;
      }
      if (innerPj < inner[at]) inner[at] = innerPj;
      if (wholePj < whole[at]) whole[at] = wholePj;
    },
    reduce(keep) {
      let leastInner = Infinity;
      let leastWhole = Infinity;
      for (let index = 0; index < size; index += 1) {
        if (inner[index] >= leastInner && whole[index] >= leastWhole) continue;
        leastInner = Math.min(leastInner, inner[index]);
        leastWhole = Math.min(leastWhole, whole[index]);
        keep(steps[index], leastInner, leastWhole);
      }
    },
  };
}

function doubled(list: Float64Array): Float64Array<ArrayBuffer> {
  const longer = new Float64Array(list.length * 2);
  longer.set(list);
  return longer;
}

/** What is in work at one stage; deeper stages have their own. */
export interface StageWork {
  readonly stage: PlanStage;
  readonly bounds: StageBounds;
  /** Children that all space choices outside the stage can have together, and those from its own inwards. */
  readonly childrenOutside: number;
  readonly childrenInside: number;
  /** Dimensions that only space choices can take, from the stage's own inwards. */
  readonly spaceOnly: readonly number[];
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
  /** Least products that a space choice must take out of all dimensions, and of those that no time choice inside takes. */
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
    childrenOutside: childrenOf(stages.slice(0, stage)),
    childrenInside: childrenOf(stages.slice(stage)),
    spaceOnly: spaceOnlyIn(stages.slice(stage), lattice),
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

/** Prepares the work at another point, whose digits are set. */
export function beginPoint(work: StageWork): void {
  const { bounds, digits } = work;
  work.settledPj = settledEnergy(bounds, digits, work.settledRepeated);
  work.leastRepeated.fill(Infinity);
  work.innerRepeated.fill(Infinity);
  for (let index = 0; index < bounds.crossing.length; index += 1) {
    const cost = bounds.crossing[index];
    work.sources[index] = sourceWords(cost.arrival, digits);
    work.firstWords[index] = firstWordsOf(cost, digits);
  }
  work.front.clear();
  work.words.fill(Infinity);
}

/** How the chosen space factors repeat the traffic of every tensor inside. */
export function repeatInSpace(
  { repeated, ratios, factors }: StageWork,
  { repeatedInSpace, wordsRepeat }: RepetitionRules,
): void {
  for (let tensor = 0; tensor < repeated.length; tensor += 1) {
    let product = 1;
    for (const dimension of repeatedInSpace[tensor]) product *= factors[dimension];
    repeated[tensor] = product;
    if (wordsRepeat[tensor]) ratios[tensor] *= product;
  }
}

/** How the chosen time loop repeats the traffic of every tensor inside. */
export function repeatInTime(
  { repeated, ratios, mask }: StageWork,
  { repeatedInTime, wordsRepeat }: RepetitionRules,
  factor: number,
): void {
  for (let tensor = 0; tensor < repeated.length; tensor += 1) {
    const product = repeatedInTime[tensor] && ((mask >> tensor) & 1) === 1 ? factor : 1;
    repeated[tensor] = product;
    ratios[tensor] = wordsRepeat[tensor] ? product : 1;
  }
}

/** Limits are compared with quotients: what equals them must pass. */
export const limitTolerance = 1 + agreement;

/** Notes what a space choice has to take at least, so that the rest finds room inside in as many time steps as allowed. */
export function describeNeed({ lattice }: SearchPlan, work: StageWork, inside: StageWork): void {
  const { digits, leftFrom, spaceOnlyLeftFrom } = work;
  const { choice } = work.stage;
  if (choice === undefined) return;
  const leftOf = (dimension: number): number => lattice.divisors[dimension][digits[dimension]];
  const { dimensions, spaceOnlyCount } = choice;
  const room = inside.childrenInside * limitTolerance;
  work.leastProduct = pointSize(lattice, digits) / (room * work.stepLimit);
  work.leastSpaceOnly = inside.spaceOnly.reduce((left, dimension) => left * leftOf(dimension), 1) / room;
  leftFrom[dimensions.length] = 1;
  spaceOnlyLeftFrom[spaceOnlyCount] = 1;
  for (let index = dimensions.length - 1; index >= 0; index -= 1) {
    leftFrom[index] = leftFrom[index + 1] * leftOf(dimensions[index]);
    if (index < spaceOnlyCount)
      spaceOnlyLeftFrom[index] = spaceOnlyLeftFrom[index + 1] * leftOf(dimensions[index]);
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
