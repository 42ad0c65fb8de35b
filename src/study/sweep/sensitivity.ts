import * as v from "valibot";
import {
  columnsOf,
  count,
  finite,
  listOf,
  name,
  names,
  requireArgument,
  rowOf,
  tableOf,
} from "../../arguments";
import { RaellaError, suggestName } from "../../errors";
import type { Cell } from "./sweep-row";

/** How a figure answers to one variable. */
export interface Sensitivity {
  readonly variable: string;
  /** Value of the variable with the smallest figure, and that figure. */
  readonly lowestAt: Cell;
  readonly lowest: number;
  readonly highestAt: Cell;
  readonly highest: number;
  /** Figure with the variable at its baseline, or the mean of all points. */
  readonly baseline: number;
  /**
   * Share of the figure's variance over all points that the variable explains by itself, 0 to 1 (first-order Sobol
   * index); null where only one variable changes at a time.
   */
  readonly varianceShare: number | null;
}

export const recordsSchema = listOf(rowOf("a row {column: cell}"), "a list of rows {column: cell}");

const baselineSchema = tableOf(
  v.nullable(v.union([finite, v.string()], "a number or a text")),
  "numbers and texts by name",
);

function requireTable(rows: unknown, variables: unknown, figure: unknown, functionName: string): void {
  requireArgument(recordsSchema, rows, `the rows of ${functionName}`);
  requireArgument(names, variables, `the variables of ${functionName}`);
  requireArgument(name, figure, `the figure of ${functionName}`);
  requireColumns(rows as Table, [...(variables as readonly string[]), figure as string]);
}

/** @throws RaellaError `unknown-name` for columns that none of the rows has. */
export function requireColumns(rows: Table, columns: readonly string[]): void {
  for (const column of columns) {
    if (rows.length === 0 || rows.some((row) => columnsOf(row).includes(column))) continue;
    throw new RaellaError({
      code: "unknown-name",
      message: `The rows have no column "${column}".`,
      value: column,
      remedy: suggestName(column, columnsOf(rows[0])),
    });
  }
}

export type Table = readonly Readonly<Record<string, Cell>>[];

/**
 * What happens when one variable leaves the baseline and all others stay: the bars of a tornado chart, widest first.
 * Needs a grid, or at least points that differ from the baseline in one variable alone.
 * @param rows Points; those whose figure is null (infeasible) are left out.
 * @param variables What may differ between points: variables, and other columns such as `architecture`.
 */
export function oneAtATime(
  rows: Table,
  variables: readonly string[],
  figure: string,
  baseline: Readonly<Record<string, Cell>>,
): readonly Sensitivity[] {
  requireTable(rows, variables, figure, "oneAtATime");
  requireArgument(baselineSchema, baseline, "the baseline of oneAtATime");
  const open = variables.find((variable) => !Object.hasOwn(baseline, variable));
  if (open !== undefined)
    throw new RaellaError({
      code: "usage",
      message: `The baseline says nothing of the variable "${open}".`,
      value: open,
      expected: `a value for each of ${variables.join(", ")}`,
    });
  const start = rows.find(
    (row) => typeof row[figure] === "number" && variables.every((name) => row[name] === baseline[name]),
  );
  if (start === undefined) return [];
  const baselineFigure = start[figure] as number;
  const found = variables.map((variable) => {
    const neighbours = rows.filter(
      (row) =>
        typeof row[figure] === "number" &&
        variables.every((name) => name === variable || row[name] === baseline[name]),
    );
    const pairs = neighbours.map((row) => ({ at: row[variable], value: row[figure] as number }));
    return { variable, ...extremes(pairs), baseline: baselineFigure, varianceShare: null };
  });
  return found.sort(widestFirst);
}

/**
 * The effect of each variable averaged over everything else: the mean figure for each of its values, and the share of
 * the variance that these means explain. Works for grids and for random designs; variables with many values are cut
 * into `bins` intervals of equally many points. Widest first.
 * @example
 * ```ts
 * const { rows } = await sweep({
 *   architectures: "raella",
 *   dnns: "resnet18",
 *   variables: { ADC_RESOLUTION: [6, 7, 8], N_ADC_PER_BANK: [4, 8] },
 * });
 * console.log(mainEffects(rows, ["ADC_RESOLUTION", "N_ADC_PER_BANK"], "energyPj"));
 * ```
 */
export function mainEffects(
  rows: Table,
  variables: readonly string[],
  figure: string,
  bins = 10,
): readonly Sensitivity[] {
  requireTable(rows, variables, figure, "mainEffects");
  requireArgument(count, bins, "the bins of mainEffects");
  const evaluated = rows.filter((row) => typeof row[figure] === "number");
  if (evaluated.length === 0) return [];
  const overall = mean(evaluated.map((row) => row[figure] as number));
  const variance = mean(evaluated.map((row) => ((row[figure] as number) - overall) ** 2));
  const found = variables.map((variable) => {
    const groups = groupByValue(evaluated, variable, bins);
    const means = groups.map(({ at, members }) => ({
      at,
      value: mean(members.map((row) => row[figure] as number)),
      weight: members.length / evaluated.length,
    }));
    const explained = means.reduce((sum, { value, weight }) => sum + weight * (value - overall) ** 2, 0);
    const varianceShare = variance > 0 ? Math.min(explained / variance, 1) : 0;
    return { variable, ...extremes(means), baseline: overall, varianceShare };
  });
  return found.sort(widestFirst);
}

function extremes(
  pairs: readonly { readonly at: Cell; readonly value: number }[],
): Pick<Sensitivity, "lowest" | "lowestAt" | "highest" | "highestAt"> {
  const lowest = pairs.reduce((best, pair) => (pair.value < best.value ? pair : best));
  const highest = pairs.reduce((best, pair) => (pair.value > best.value ? pair : best));
  return { lowest: lowest.value, lowestAt: lowest.at, highest: highest.value, highestAt: highest.at };
}

function widestFirst(a: Sensitivity, b: Sensitivity): number {
  return b.highest - b.lowest - (a.highest - a.lowest);
}

function mean(figures: readonly number[]): number {
  return figures.reduce((sum, value) => sum + value, 0) / figures.length;
}

function groupByValue(
  rows: Table,
  variable: string,
  bins: number,
): { readonly at: Cell; readonly members: Table }[] {
  const byValue = new Map<Cell, Record<string, Cell>[]>();
  for (const row of rows) {
    const members = byValue.get(row[variable]);
    if (members) members.push(row);
    else byValue.set(row[variable], [row]);
  }
  const isNumeric = rows.every((row) => typeof row[variable] === "number");
  if (byValue.size <= 2 * bins || !isNumeric) return [...byValue].map(([at, members]) => ({ at, members }));
  const sorted = [...rows].sort((a, b) => (a[variable] as number) - (b[variable] as number));
  return Array.from({ length: bins }, (_, bin) => {
    const members = sorted.slice(
      Math.floor((bin * sorted.length) / bins),
      Math.floor(((bin + 1) * sorted.length) / bins),
    );
    return { at: members[Math.floor(members.length / 2)][variable], members };
  });
}
