import * as v from "valibot";
import { listOf, optionsOf, requireArgument } from "../../arguments";

/** What is to become small or large: a column or expression, or a function of what is compared. */
export type Objective<Of> = { readonly minimize: Of } | { readonly maximize: Of };

/** One of the figures that a front trades off; null or NaN leaves the item out. */
export type FrontObjective<Item> = Objective<(item: Item) => number | null>;

/** An objective of either kind, as `goal` and what it is about. */
export function partsOf<Of>(objective: Objective<Of>): readonly [goal: "minimize" | "maximize", of: Of] {
  return "minimize" in objective ? ["minimize", objective.minimize] : ["maximize", objective.maximize];
}

const figure = v.function("a function that gives the figure of an item");

export const frontSchema = listOf(
  v.union(
    [optionsOf({ minimize: figure }), optionsOf({ maximize: figure })],
    "an objective {minimize: FUNCTION} or {maximize: FUNCTION}",
  ),
  "a list of objectives {minimize: FUNCTION} or {maximize: FUNCTION}",
);

/**
 * The items that no other one beats: for every other item there is an objective in which it is worse, or it is equal
 * in all of them. Any number of objectives; items in the order given.
 *
 * Candidates are looked at in order of the first objective (then the second, …), so that only items already on the
 * front can beat one: n log n comparisons and n times the size of the front.
 * @example
 * ```ts
 * const designs = [
 *   { energy: 1, area: 3 },
 *   { energy: 2, area: 2 },
 *   { energy: 3, area: 3 },
 * ];
 * paretoFront(designs, [{ minimize: ({ energy }) => energy }, { minimize: ({ area }) => area }]); // the first two
 * ```
 */
export function paretoFront<Item>(
  items: readonly Item[],
  objectives: readonly FrontObjective<Item>[],
): readonly Item[] {
  requireArgument(v.array(v.unknown(), "a list"), items, "the items of paretoFront");
  requireArgument(frontSchema, objectives, "the objectives of paretoFront");
  const candidates: { readonly index: number; readonly costs: readonly number[] }[] = [];
  items.forEach((item, index) => {
    const costs = objectives.map((objective) => {
      const [goal, figureOf] = partsOf(objective);
      const figure = figureOf(item) ?? Number.NaN;
      return goal === "minimize" ? figure : -figure;
    });
    if (!costs.some(Number.isNaN)) candidates.push({ index, costs });
  });
  if (objectives.length === 0) return [];
  candidates.sort((a, b) => compareCosts(a.costs, b.costs) || a.index - b.index);
  const front: { readonly index: number; readonly costs: readonly number[] }[] = [];
  for (const candidate of candidates) {
    // The latest additions are the nearest in the first objective and beat most often.
    if (!front.some((_, at) => isBeaten(candidate.costs, front[front.length - 1 - at].costs)))
      front.push(candidate);
  }
  return front
    .map(({ index }) => index)
    .sort((a, b) => a - b)
    .map((index) => items[index]);
}

function compareCosts(a: readonly number[], b: readonly number[]): number {
  for (let at = 0; at < a.length; at += 1) {
    if (a[at] !== b[at]) return a[at] < b[at] ? -1 : 1;
  }
  return 0;
}

/** Nowhere better than `other`, and somewhere worse. */
function isBeaten(costs: readonly number[], other: readonly number[]): boolean {
  let worse = false;
  for (let at = 0; at < costs.length; at += 1) {
    if (costs[at] < other[at]) return false;
    worse ||= costs[at] > other[at];
  }
  return worse;
}
