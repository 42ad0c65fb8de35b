import { finite, requireArgument, tableOf, text } from "../arguments";
import { groupsSchema, type ComponentGroup } from "../spec/component-groups";

export type { ComponentGroup };

const figuresSchema = tableOf(finite, "figures by level");

/** Name of the sum in every table of energies or areas. */
export const totalKey = "total";
/** Name of the leakage of all levels, a line of its own beside what their accesses cost. */
export const leakageKey = "leakage";
/** The group that it is shown as. */
export const leakageGroup = "Leakage";

/**
 * The group that a level belongs to: the first one that names it, else the level's own name, so that no part of a
 * model that the groups do not know is ever lost. Leakage is a group of its own.
 */
export function groupOfLevel(level: string, groups: readonly ComponentGroup[]): string {
  requireArgument(text, level, "the level of groupOfLevel");
  requireArgument(groupsSchema, groups, "the groups of groupOfLevel");
  return groupNamed(level, groups);
}

/** {@link groupOfLevel} for arguments that have been checked. */
export function groupNamed(level: string, groups: readonly ComponentGroup[]): string {
  if (level === leakageKey) return leakageGroup;
  const group = groups.find(({ levels }) => levels.some((pattern) => matches(level, pattern)));
  return group?.name ?? level;
}

function matches(level: string, pattern: string): boolean {
  const parts = pattern.split("*");
  if (parts.length === 1) return level === pattern;
  const last = parts[parts.length - 1];
  if (!level.startsWith(parts[0]) || !level.endsWith(last)) return false;
  let at = parts[0].length;
  for (const part of parts.slice(1, -1)) {
    const found = level.indexOf(part, at);
    if (found < 0) return false;
    at = found + part.length;
  }
  return at <= level.length - last.length;
}

/**
 * Sums figures of levels by group. Groups stand in the order of `groups`, levels of no group behind them; groups
 * without a level in `perLevel` are left out. Added up in this order, the groups give `total` exactly: the last bit
 * that another order of summation may cost is put on the largest group of several levels.
 * @param perLevel Figures by level; an entry `total` is the sum of all of them and is carried over.
 */
export function sumByGroup(
  perLevel: Readonly<Record<string, number>>,
  groups: readonly ComponentGroup[],
): Record<string, number> {
  requireArgument(figuresSchema, perLevel, "the figures of sumByGroup");
  requireArgument(groupsSchema, groups, "the groups of sumByGroup");
  const sums = new Map<string, GroupSum>();
  for (const { name } of groups) sums.set(name, { sum: 0, levels: 0, isPresent: false });
  for (const [level, figure] of Object.entries(perLevel)) {
    if (level === totalKey) continue;
    const name = groupNamed(level, groups);
    const { sum, levels } = sums.get(name) ?? { sum: 0, levels: 0 };
    sums.set(name, { sum: sum + figure, levels: levels + (figure === 0 ? 0 : 1), isPresent: true });
  }
  const result: Record<string, number> = {};
  for (const [name, { sum, isPresent }] of sums) if (isPresent) result[name] = sum;
  const total = perLevel[totalKey] ?? addUp(Object.values(result));
  settleRounding(result, total, (name) => sums.get(name)?.levels ?? 0);
  return { ...result, [totalKey]: total };
}

interface GroupSum {
  readonly sum: number;
  /** Levels with a figure other than 0. */
  readonly levels: number;
  readonly isPresent: boolean;
}

/**
 * Moves the rounding difference (a few units in the last place) so that the sums add up to `total`: first choice is
 * the largest group of several levels, since the figure of a single level is to stay what it is elsewhere.
 */
function settleRounding(
  sums: Record<string, number>,
  total: number,
  levelsIn: (group: string) => number,
): void {
  const difference = total - addUp(Object.values(sums));
  // A larger difference is not rounding: it would hide a mistake.
  if (difference === 0 || Math.abs(difference) > Math.abs(total) * 1e-12) return;
  const rank = (name: string): number => (levelsIn(name) > 1 ? 1 : 0);
  const candidates = Object.keys(sums).sort((a, b) => rank(b) - rank(a) || sums[b] - sums[a]);
  for (const name of candidates) {
    const unsettled = sums[name];
    // Sums round, too: the difference itself may go too far or not far enough by half a unit.
    for (const share of [1, 0.5, 1.5, 0.75, 1.25, 2]) {
      sums[name] = unsettled + difference * share;
      if (addUp(Object.values(sums)) === total) return;
    }
    sums[name] = unsettled;
  }
}

/** Sum in the order given. */
export function addUp(figures: readonly number[]): number {
  let sum = 0;
  for (const figure of figures) sum += figure;
  return sum;
}
