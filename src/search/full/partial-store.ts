import type { TimeLoop } from "../../model/nest";
import type { PartialMapping } from "./partial-mapping";
import { orderSensitivities } from "./place-loops";
import type { SearchPlan } from "./search-plan";

/** How many partial mappings another one makes superfluous. */
export type MergeRule =
  /** Those whose future and price are the same to the last bit. */
  | "equal"
  /** Those that can never become better than the other: everything that still matters is as good or worse. */
  | "dominated";

/** The partial mappings of a search by what is left to decide. */
interface PartialStore {
  /** False where an earlier one makes `partial` superfluous; drops earlier ones that `partial` makes superfluous. */
  admit(partial: PartialMapping): boolean;
  readonly merged: number;
}

export function createPartialStore(plan: SearchPlan, rule: MergeRule): PartialStore {
  const keyOf = createKey(plan);
  const replaces = rule === "equal" ? isEqual : isAsGood;
  const maps = plan.stages.map(() => new Map<string, PartialMapping[]>());
  let merged = 0;
  return {
    get merged() {
      return merged;
    },
    admit(partial) {
      // Within a time slot, what is chosen so far tells all apart.
      if (partial.slotFactors.length > 0) return true;
      const key = keyOf(partial);
      const known = maps[partial.stage].get(key) ?? [];
      if (known.some((other) => replaces(other, partial))) {
        merged += 1;
        return false;
      }
      for (const other of known) other.isDropped = replaces(partial, other);
      const left = known.filter(({ isDropped }) => !isDropped);
      merged += known.length - left.length;
      left.push(partial);
      maps[partial.stage].set(key, left);
      return true;
    },
  };
}

/** Partial mappings with the same key have the same completions, with the same numbers of instances and steps. */
function createKey(plan: SearchPlan): (partial: PartialMapping) => string {
  const { space, tensors, stages } = plan;
  const divided = tensors.flatMap(({ tensor, dividesEvenly }, index) =>
    tensor.readWrite && !dividesEvenly ? [index] : [],
  );
  const feelsAllLoops = stages.map(
    ({ choice }) => choice !== undefined && orderSensitivities(plan, choice.level).includes("all"),
  );
  return (partial) => {
    let key = `${partial.point} ${partial.steps} ${partial.heldOutside}`;
    if (space.mostTimeLoops !== null) key += ` ${partial.timeLoops}`;
    for (const index of divided) key += ` ${partial.partitions[index]}`;
    return feelsAllLoops[partial.stage] ? key + loopText(partial.loops) : key;
  };
}

/** All loops, from the innermost outwards. */
function loopText(loops: TimeLoop | null): string {
  let text = "|";
  for (let loop = loops; loop !== null; loop = loop.outer)
    text += `${loop.dimension},${loop.factor},${loop.stride};`;
  return text;
}

function isEqual(left: PartialMapping, right: PartialMapping): boolean {
  return (
    left.energyPj === right.energyPj &&
    left.fingerprint === right.fingerprint &&
    isAsGood(left, right) &&
    isAsGood(right, left)
  );
}

/** Whether, of two partial mappings with the same key, no completion of `right` is better than that of `left`. */
function isAsGood(left: PartialMapping, right: PartialMapping): boolean {
  if (left.energyPj > right.energyPj || left.leakPj > right.leakPj) return false;
  if (left.pending.length !== right.pending.length) return false;
  for (let tensor = 0; tensor < left.refetches.length; tensor += 1) {
    if (left.refetches[tensor] > right.refetches[tensor]) return false;
    if (left.movingSteps[tensor] < right.movingSteps[tensor]) return false;
  }
  for (let index = 0; index < left.accesses.length; index += 1)
    if (left.accesses[index] > right.accesses[index]) return false;
  for (let index = 0; index < left.pending.length; index += 1) {
    const one = left.pending[index];
    const other = right.pending[index];
    if (one.level !== other.level || one.tensor !== other.tensor || one.instances > other.instances)
      return false;
    if (one.ratio > other.ratio || one.peer > other.peer || one.partition < other.partition) return false;
  }
  return true;
}
