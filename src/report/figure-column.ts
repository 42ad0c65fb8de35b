import { chooseUnit, type DisplayUnit, type Quantity } from "./theme/display-unit";
import { formatNumber } from "./theme/format-number";

/** Figures of one table column: all in one unit and with the same number of decimals, so that they line up. */
export interface FigureColumn {
  readonly unit: DisplayUnit;
  readonly cells: readonly string[];
}

/**
 * Formats a column of figures in the unit that suits the largest one.
 * @param figures In the base unit of `quantity`; null leaves a cell empty.
 * @param decimals Digits after the point.
 */
export function figureColumn(
  quantity: Quantity,
  figures: readonly (number | null)[],
  decimals = 2,
): FigureColumn {
  const largest = Math.max(0, ...figures.map((figure) => Math.abs(figure ?? 0)));
  const unit = chooseUnit(quantity, largest);
  return {
    unit,
    cells: figures.map((figure) => (figure === null ? "" : formatFixed(figure / unit.divisor, decimals))),
  };
}

/** Fixed decimals with commas between thousands; what would be shown as zero but is not becomes `<0.01`. */
export function formatFixed(value: number, decimals = 2): string {
  const text = value.toFixed(decimals);
  if (value !== 0 && Number(text) === 0) return `<${(10 ** -decimals).toFixed(decimals)}`;
  const [whole, fraction] = text.split(".");
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, ",");
  return fraction === undefined ? grouped : `${grouped}.${fraction}`;
}

/** A whole number with commas between thousands. */
export function formatCount(value: number): string {
  return formatFixed(value, 0);
}

/** A figure with the unit that suits it. */
export function formatFigure(quantity: Quantity, value: number): string {
  const { symbol, divisor } = chooseUnit(quantity, value);
  return `${formatNumber(value / divisor)} ${symbol}`.trimEnd();
}
