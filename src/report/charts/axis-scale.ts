import { flag, oneOf, optional, optionsOf, text } from "../../arguments";
import { chooseUnit, quantities, type Quantity } from "../theme/display-unit";
import { formatNumber } from "../theme/format-number";
import type { ChartPart } from "./chart-specification";

/** What an axis measures. */
export interface AxisOptions {
  readonly title: string;
  /** Chooses the unit by the largest figure; without it, figures are shown as they are. */
  readonly quantity?: Quantity;
  /** Unit of figures without a quantity, e.g. `bits`. */
  readonly unit?: string;
  /** Word in front of `per second`, e.g. `batches`. */
  readonly noun?: string;
  readonly scale?: "linear" | "log";
  /** Start the axis at zero (default: for linear axes of a quantity). */
  readonly zero?: boolean;
}

export const axisSchema = optionsOf({
  title: text,
  quantity: optional(oneOf(quantities)),
  unit: optional(text),
  noun: optional(text),
  scale: optional(oneOf(["linear", "log"])),
  zero: optional(flag),
});

/** An axis with its unit chosen: how figures are scaled and written, and the parts of an encoding. */
export interface AxisScale {
  readonly title: string;
  readonly scaled: (figure: number) => number;
  /** A figure with its unit, for tooltips. */
  readonly text: (figure: number) => string;
  readonly scale: ChartPart;
}

/** Chooses the unit of an axis for the given figures. */
export function scaleAxis(options: AxisOptions, figures: readonly number[]): AxisScale {
  const largest = Math.max(0, ...figures.filter(Number.isFinite).map(Math.abs));
  const chosen = options.quantity
    ? chooseUnit(options.quantity, largest)
    : { symbol: options.unit ?? "", divisor: 1 };
  const symbol = chosen.symbol.replace("per second", `${options.noun ?? "runs"}/s`);
  const scaled = (figure: number): number => figure / chosen.divisor;
  const scale = options.scale ?? "linear";
  return {
    title: symbol === "" ? options.title : `${options.title} (${symbol})`,
    scaled,
    text: (figure) => `${formatNumber(scaled(figure), 4)} ${symbol}`.trim(),
    scale:
      scale === "log"
        ? { type: "log" }
        : largest === 0
          ? { domain: [0, 1] }
          : { zero: options.zero ?? options.quantity !== undefined, nice: true },
  };
}
