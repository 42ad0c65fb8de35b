import { sramQuantities, type SramFigures, type SramGrid } from "./sram-grid";

/** Position on an axis of a grid. */
interface AxisPosition {
  /** Lower end of the interval. */
  readonly index: number;
  /** Share of the interval in the logarithm; below 0 or above 1 outside the axis. */
  readonly share: number;
}

/** Whether a size lies beyond the sizes of a grid. */
export function isOutsideGrid(grid: SramGrid, width: number, depth: number): boolean {
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
  const column = locate(grid.widths, width);
  const row = locate(grid.depths, depth);
  const corner = (right: 0 | 1, down: 0 | 1): SramFigures =>
    grid.figures[column.index + right][row.index + down];
  if (isEnd(column) && isEnd(row)) return corner(column.share === 1 ? 1 : 0, row.share === 1 ? 1 : 0);
  return mapFigures((quantity) => {
    const log = (right: 0 | 1, down: 0 | 1): number => Math.log(corner(right, down)[quantity]);
    const left = log(0, 0) + (log(0, 1) - log(0, 0)) * row.share;
    const right = log(1, 0) + (log(1, 1) - log(1, 0)) * row.share;
    return Math.exp(left + (right - left) * column.share);
  });
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
  const figures: Partial<Record<keyof SramFigures, number>> = {};
  for (const quantity of sramQuantities) figures[quantity] = figure(quantity);
  return figures as SramFigures;
}

const isEnd = ({ share }: AxisPosition): boolean => share === 0 || share === 1;

function locate(axis: readonly number[], value: number): AxisPosition {
  let index = axis.length - 2;
  while (index > 0 && axis[index] > value) index--;
  const [low, high] = [axis[index], axis[index + 1]];
  if (value === high) return { index, share: 1 };
  return { index, share: Math.log(value / low) / Math.log(high / low) };
}
