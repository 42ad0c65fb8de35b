import type { ChoiceFigures, Feature, Term } from "./feature";
import { readFactors, type SearchLayout, type VaryingDimension } from "./search-layout";

/**
 * Features of the choices of the varying dimensions as numbers. The figures of a mapping are `base` times (for sums:
 * plus) one row per varying dimension. Rows are filled when they are first asked for: of long lists of choices few
 * pass the fan-out and capacity checks.
 */
export interface FeatureTables {
  readonly isSum: boolean;
  readonly width: number;
  readonly base: Float64Array;
  /** Per varying dimension. */
  readonly dimensions: readonly DimensionTable[];
}

interface DimensionTable {
  readonly dimension: VaryingDimension;
  readonly columns: readonly number[];
  readonly terms: readonly Term[];
  /** One row per choice, if filled. */
  readonly rows: Float64Array;
  readonly isFilled: Uint8Array;
  /** Scratch space. */
  readonly figures: ChoiceFigures;
}

export function createFeatureTables(
  layout: SearchLayout,
  features: readonly Feature[],
  combine: "products" | "sums",
): FeatureTables {
  return {
    isSum: combine === "sums",
    width: features.length,
    base: Float64Array.from(features, ({ base }) => base),
    dimensions: layout.varying.map((dimension, position) => createTable(dimension, position, features)),
  };
}

function createTable(
  dimension: VaryingDimension,
  position: number,
  features: readonly Feature[],
): DimensionTable {
  const columns: number[] = [];
  const terms: Term[] = [];
  features.forEach((feature, column) => {
    for (const term of feature.terms[position]) {
      columns.push(column);
      terms.push(term);
    }
  });
  const { count } = dimension.list;
  return {
    dimension,
    columns,
    terms,
    rows: new Float64Array(count * features.length),
    isFilled: new Uint8Array(count),
    figures: createChoiceFigures(dimension),
  };
}

/** The rows of a dimension, with that of `choice` filled. */
export function rowsWith(
  { dimensions, width, isSum }: FeatureTables,
  position: number,
  choice: number,
): Float64Array {
  const table = dimensions[position];
  if (table.isFilled[choice] === 0) fillRow(table, choice, width, isSum);
  return table.rows;
}

function fillRow(table: DimensionTable, choice: number, width: number, isSum: boolean): void {
  const { dimension, columns, terms, rows, isFilled, figures } = table;
  isFilled[choice] = 1;
  fillChoiceFigures(dimension, choice, figures);
  const row = choice * width;
  if (!isSum) for (let column = 0; column < width; column += 1) rows[row + column] = 1;
  for (let index = 0; index < terms.length; index += 1) {
    const value = evaluateTerm(terms[index], figures);
    if (isSum) rows[row + columns[index]] += value;
    else rows[row + columns[index]] *= value;
  }
}

function evaluateTerm(term: Term, figures: ChoiceFigures): number {
  switch (term.kind) {
    case "extent":
      return term.base + term.coefficient * (figures.spans[term.at] - 1);
    case "spaceOutside":
      return figures.spaceOutside[term.at];
    case "timeOutside":
      return figures.timeOutside[term.at];
    case "factor":
      return figures.factors[term.at];
    case "owned":
      return term.bound / figures.spaceOutside[term.at];
    case "custom":
      return term.evaluate(figures);
  }
}

function createChoiceFigures({ slots }: VaryingDimension): ChoiceFigures {
  return {
    factors: new Float64Array(slots.length),
    spans: new Float64Array(slots.length + 1),
    spaceOutside: new Float64Array(slots.length + 1),
    timeOutside: new Float64Array(slots.length + 1),
  };
}

function fillChoiceFigures(dimension: VaryingDimension, choice: number, figures: ChoiceFigures): void {
  const { factors, spans, spaceOutside, timeOutside } = figures;
  const { isSpace } = dimension;
  readFactors(dimension, choice, factors);
  const last = isSpace.length;
  spans[0] = 1;
  for (let index = 0; index < last; index += 1) spans[index + 1] = spans[index] * factors[index];
  spaceOutside[last] = 1;
  timeOutside[last] = 1;
  for (let index = last - 1; index >= 0; index -= 1) {
    spaceOutside[index] = isSpace[index] ? spaceOutside[index + 1] * factors[index] : spaceOutside[index + 1];
    timeOutside[index] = isSpace[index] ? timeOutside[index + 1] : timeOutside[index + 1] * factors[index];
  }
}

/** Extends the figures of the dimensions before `position` (at `from`) by one row (to `to`). */
export function extendFigures(
  tables: FeatureTables,
  position: number,
  choice: number,
  figures: Float64Array,
  from: number,
  to: number,
): void {
  const { width } = tables;
  if (width === 0) return;
  const rows = rowsWith(tables, position, choice);
  const row = choice * width;
  if (tables.isSum) {
    for (let column = 0; column < width; column += 1)
      figures[to + column] = figures[from + column] + rows[row + column];
  } else {
    for (let column = 0; column < width; column += 1)
      figures[to + column] = figures[from + column] * rows[row + column];
  }
}
