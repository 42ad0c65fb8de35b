import { RaellaError } from "../../errors";
import type { CsvRow, NumberedRow } from "../../spec/read-csv";
import { contradiction } from "../../spec/read-csv";

/** What is characterized of a memory; units in the names. */
export interface SramFigures {
  readonly readEnergyPj: number;
  readonly writeEnergyPj: number;
  readonly leakageW: number;
  readonly areaUm2: number;
  readonly accessTimeNs: number;
  readonly cycleTimeNs: number;
}

export const sramQuantities = [
  "readEnergyPj",
  "writeEnergyPj",
  "leakageW",
  "areaUm2",
  "accessTimeNs",
  "cycleTimeNs",
] as const satisfies readonly (keyof SramFigures)[];

const columns: Readonly<Record<keyof SramFigures, string>> = {
  readEnergyPj: "read_energy_pJ",
  writeEnergyPj: "write_energy_pJ",
  leakageW: "leakage_W",
  areaUm2: "area_um2",
  accessTimeNs: "access_time_ns",
  cycleTimeNs: "cycle_time_ns",
};

/** Characterized memories of one technology and number of ports: every width with every depth. */
export interface SramGrid {
  /** Bits, ascending. */
  readonly widths: readonly number[];
  /** Words, ascending. */
  readonly depths: readonly number[];
  /** Figures of width i and depth j at `[i][j]`. */
  readonly figures: readonly (readonly SramFigures[])[];
}

/**
 * A grid from the lines of a characterization file.
 * @throws RaellaError (`schema`) for an unreadable figure, a missing point and one with two figures
 */
export function sramGrid(rows: readonly NumberedRow[], file: string): SramGrid {
  const axis = (column: string): number[] =>
    [...new Set(rows.map(({ row }) => Number(row[column])))].sort((first, second) => first - second);
  const widths = axis("width_bits");
  const depths = axis("depth");
  const byPoint = new Map<string, CsvRow>();
  const lines = new Map<string, number>();
  for (const { row, line } of rows) {
    const point = `${Number(row.width_bits)}x${Number(row.depth)}`;
    const first = byPoint.get(point);
    if (first !== undefined && sramQuantities.some((quantity) => isOther(first, row, columns[quantity])))
      throw contradiction(`the memory ${point}`, { file, line: lines.get(point) ?? 0 }, { file, line });
    byPoint.set(point, row);
    lines.set(point, line);
  }
  const figures = widths.map((width) =>
    depths.map((depth) => {
      const row = byPoint.get(`${width}x${depth}`);
      if (!row) throw gridError(`the point ${width} bits x ${depth} words is missing`, file);
      return figuresOfRow(columns, row, file);
    }),
  );
  return { widths, depths, figures };
}

function isOther(first: CsvRow, second: CsvRow, column: string): boolean {
  return Number(first[column]) !== Number(second[column]);
}

/**
 * The figures of a line, each from its column.
 * @throws RaellaError `schema` for one that is not a number above 0
 */
export function figuresOfRow<Quantity extends string>(
  columnOf: Readonly<Record<Quantity, string>>,
  row: CsvRow,
  file: string,
): Record<Quantity, number> {
  return figuresBy(Object.keys(columnOf) as Quantity[], (quantity) => {
    const value = Number(row[columnOf[quantity]]);
    if (value > 0) return value;
    const point = `${Number(row.width_bits)} bits x ${Number(row.depth)} words`;
    throw gridError(`${columnOf[quantity]} of ${point} is not a number above 0`, file);
  });
}

function gridError(problem: string, file: string): RaellaError {
  return new RaellaError({
    code: "schema",
    message: `The SRAM characterization cannot be used: ${problem}.`,
    location: { file },
  });
}

/** Position on an axis of a grid. */
interface AxisPosition {
  /** Lower end of the interval. */
  readonly index: number;
  /** Share of the interval in the logarithm; below 0 or above 1 outside the axis. */
  readonly share: number;
}

/** Whether a size lies beyond the sizes of a grid. */
export function isOutsideGrid(
  grid: Pick<SramGrid, "widths" | "depths">,
  width: number,
  depth: number,
): boolean {
  return (
    width < grid.widths[0] ||
    width > grid.widths[grid.widths.length - 1] ||
    depth < grid.depths[0] ||
    depth > grid.depths[grid.depths.length - 1]
  );
}

/**
 * Figures at any size: those of the grid on its points, otherwise bilinear between the logarithms of the
 * four points around; beyond the grid its outermost slope goes on.
 */
export function interpolateSize(grid: SramGrid, width: number, depth: number): SramFigures {
  const figureAt = interpolator(grid, width, depth);
  return mapFigures((quantity) => figureAt((column, row) => grid.figures[column][row][quantity]));
}

/** A function that interpolates a figure to a size, given its values on the points of a grid. */
export function interpolator(
  axes: Pick<SramGrid, "widths" | "depths">,
  width: number,
  depth: number,
): (figure: (column: number, row: number) => number) => number {
  const column = locate(axes.widths, width);
  const row = locate(axes.depths, depth);
  const isOnPoint = isEnd(column) && isEnd(row);
  return (figure) => {
    const corner = (right: 0 | 1, down: 0 | 1): number => figure(column.index + right, row.index + down);
    if (isOnPoint) return corner(column.share === 1 ? 1 : 0, row.share === 1 ? 1 : 0);
    const log = (right: 0 | 1, down: 0 | 1): number => Math.log(corner(right, down));
    const left = log(0, 0) + (log(0, 1) - log(0, 0)) * row.share;
    const right = log(1, 0) + (log(1, 1) - log(1, 0)) * row.share;
    return Math.exp(left + (right - left) * column.share);
  };
}

/**
 * Figures between two technologies: linear between the logarithms, except for the leakage power, which does not
 * change monotonically with the node; what is interpolated there is leakage over node^1.5, linearly.
 */
export function interpolateTechnology(
  low: SramFigures,
  high: SramFigures,
  nodes: { readonly low: number; readonly high: number; readonly asked: number },
): SramFigures {
  const share = Math.log(nodes.asked / nodes.low) / Math.log(nodes.high / nodes.low);
  const linearShare = (nodes.asked - nodes.low) / (nodes.high - nodes.low);
  return mapFigures((quantity) => {
    if (quantity === "leakageW") {
      const lowPart = ((1 - linearShare) * low.leakageW) / nodes.low ** 1.5;
      const highPart = (linearShare * high.leakageW) / nodes.high ** 1.5;
      return nodes.asked ** 1.5 * (lowPart + highPart);
    }
    return Math.exp(Math.log(low[quantity]) * (1 - share) + Math.log(high[quantity]) * share);
  });
}

/** New figures, each computed from its name. */
export function mapFigures(figure: (quantity: keyof SramFigures) => number): SramFigures {
  return figuresBy(sramQuantities, figure);
}

/** Figures of any quantities, each computed from its name. */
export function figuresBy<Quantity extends string>(
  quantities: readonly Quantity[],
  figure: (quantity: Quantity) => number,
): Record<Quantity, number> {
  const figures = quantities.map((quantity) => [quantity, figure(quantity)] as const);
  return Object.fromEntries(figures) as Record<Quantity, number>;
}

const isEnd = ({ share }: AxisPosition): boolean => share === 0 || share === 1;

function locate(axis: readonly number[], value: number): AxisPosition {
  let index = axis.length - 2;
  while (index > 0 && axis[index] > value) index--;
  const [low, high] = [axis[index], axis[index + 1]];
  if (value === high) return { index, share: 1 };
  return { index, share: Math.log(value / low) / Math.log(high / low) };
}
