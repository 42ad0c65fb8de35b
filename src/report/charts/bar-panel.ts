import {
  colorsOfGroups,
  levelTitle,
  neutralColor,
  quietTextColor,
  sortGroups,
  textColor,
} from "../theme/chart-style";
import { chooseUnit, formatAligned, formatNumber, formatShare } from "../theme/numbers";
import type { DisplayQuantity } from "../theme/numbers";
import type { ChartPart } from "./chart-specification";
import { outlinedText } from "./chart-specification";
import { textWidth } from "./text-width";

/** Longest line of a label under a bar, in characters. */
const longestLine = 11;

/**
 * Label of a bar in lines short enough to stand level under it, e.g. `raella_no_speculation` as `raella no`,
 * `speculation`; a long word may break behind a plus, a slash or a hyphen. `names` gives the text to show for a key; line breaks in it are kept.
 */
function barLabelLines(key: string, names: Readonly<Record<string, string>> = {}): readonly string[] {
  const text = names[key] ?? key.replaceAll("_", " ");
  return text.split("\n").flatMap(wrapLine);
}

function wrapLine(text: string): readonly string[] {
  const lines: string[] = [];
  for (const word of text.split(/(?<!^\+|\s\+) /).flatMap(breakWord)) {
    const last = lines.at(-1);
    if (last === undefined || `${last} ${word}`.length > longestLine) lines.push(word);
    else lines[lines.length - 1] = `${last} ${word}`;
  }
  return lines;
}

function breakWord(word: string): readonly string[] {
  return word.length <= longestLine ? [word] : word.split(/(?<=[^+/-][+/-])(?=.)/);
}

/** Figures of one bar by component group, e.g. `{ ADC: 12.5, Crossbar: 3 }`. */
export type GroupValues = Readonly<Record<string, number>>;

interface BarPanelOptions {
  readonly title: string;
  readonly quantity: DisplayQuantity;
  /** One bar per key, in this order; a number is a bar without groups. */
  readonly bars: Readonly<Record<string, GroupValues | number>>;
  /** Text under a bar instead of its key. */
  readonly names?: Readonly<Record<string, string>>;
  /** Word behind the unit on the axis, e.g. `batches` for `thousand batches per second`. */
  readonly noun?: string;
  /** Show each total as a multiple of the first bar's. */
  readonly relative: boolean;
  /** Colours and legend for all of these groups, so that several panels can share one legend. */
  readonly groups: readonly string[];
  /** Where the legend of component groups stands. */
  readonly legend: "right" | "bottom";
  /** Name of the selection that brings out a component, if the chart has one. */
  readonly selection?: string;
  /** Name of the view, for the selection. */
  readonly name: string;
}

const narrowestStep = 50;
const panelHeight = 230;
const labelSize = 10;
const labelGap = 7;
/** Room above the highest bar for its total. */
const headroom = 1.18;

/** All groups in any of the bars that are not zero everywhere, in stacking order. */
export function groupsOfBars(bars: Iterable<GroupValues | number>): readonly string[] {
  const present = [...bars].flatMap((bar) =>
    typeof bar === "number" ? [] : Object.keys(bar).filter((group) => bar[group] !== 0),
  );
  return sortGroups(present);
}

/** One panel of upright bars, stacked by component group, with totals above the bars. */
export function barPanel(options: BarPanelOptions): ChartPart {
  const { bars, names = {}, groups } = options;
  const keys = Object.keys(bars);
  const totals = keys.map((key) => totalOf(bars[key]));
  const largest = Math.max(...totals.filter(Number.isFinite), 0);
  const unit = chooseUnit(options.quantity, largest);
  const labels = keys.map((key) => barLabelLines(key, names));
  const label = (index: number): string => labels[index].join("\n");
  const amount = (value: number): string => `${formatNumber(value / unit.divisor, 3)} ${unit.symbol}`.trim();

  const segments = keys.flatMap((key, index) => {
    const bar = bars[key];
    const parts: GroupValues = typeof bar === "number" ? { [options.title]: bar } : bar;
    return (typeof bar === "number" ? [options.title] : groups)
      .filter((group) => (parts[group] ?? 0) !== 0)
      .map((group) => ({
        bar: label(index),
        group,
        order: groups.indexOf(group),
        value: parts[group] / unit.divisor,
        amount: amount(parts[group]),
        share: formatShare(parts[group] / totals[index]),
      }));
  });
  const sums = keys.map((_, index) => ({
    bar: label(index),
    total: totals[index] / unit.divisor,
    text: formatAligned(totals[index] / unit.divisor),
    multiple: `${formatMultiple(totals[index] / totals[0])}×`,
  }));
  const stacked = keys.some((key) => typeof bars[key] !== "number");
  const relative = options.relative && keys.length > 1 && totals[0] > 0;

  const x = {
    field: "bar",
    type: "nominal",
    sort: keys.map((_, index) => label(index)),
    title: null,
    axis: {
      labelAngle: 0,
      labelExpr: "split(datum.label, '\\n')",
      labelFontSize: labelSize,
      labelPadding: 6,
      ticks: false,
    },
    scale: { paddingInner: 0.26, paddingOuter: 0.16 },
  };
  const y = {
    field: "value",
    type: "quantitative",
    stack: "zero",
    title: axisTitle(options, unit.symbol),
    scale: { domain: [0, largest > 0 ? (largest / unit.divisor) * headroom : 1], nice: false },
    axis: { tickCount: 5, domain: false, ticks: false, ...levelTitle },
  };
  const selectable = stacked && options.selection !== undefined;
  return {
    width: { step: stepFor(labels) },
    height: panelHeight,
    layer: [
      {
        name: options.name,
        data: { values: segments },
        mark: { type: "bar", stroke: "white", strokeWidth: stacked ? 0.75 : 0 },
        encoding: {
          x,
          y,
          order: { field: "order", type: "quantitative" },
          color: stacked ? groupColorEncoding(groups, options.legend) : { value: neutralColor },
          ...(selectable
            ? { opacity: { condition: { param: options.selection, value: 1 }, value: 0.15 } }
            : {}),
          tooltip: [
            { field: "bar", title: "design" },
            ...(stacked ? [{ field: "group", title: "component" }] : []),
            { field: "amount", title: options.title.toLowerCase() },
            ...(stacked ? [{ field: "share", title: "share of total" }] : []),
          ],
        },
      },
      ...totalText(sums, x, "text", relative ? -17 : -4, { fontWeight: "bold", color: textColor }),
      ...(relative ? totalText(sums, x, "multiple", -4, { color: quietTextColor, fontSize: 10 }) : []),
    ],
  };
}

/** Width that a bar takes with its gap, so that the labels of neighbours do not touch in any line. */
function stepFor(labels: readonly (readonly string[])[]): number {
  const widthOf = (label: readonly string[], line: number): number => textWidth(label[line] ?? "", labelSize);
  const distances = labels.slice(1).flatMap((label, index) => {
    const before = labels[index];
    return label.map((_, line) => (widthOf(before, line) + widthOf(label, line)) / 2 + labelGap);
  });
  const alone = labels.length === 1 ? labels[0].map((_, line) => widthOf(labels[0], line)) : [];
  return Math.ceil(Math.max(narrowestStep, ...distances, ...alone));
}

/** The legend lists the groups as they are stacked, the topmost first; beside the panels, or below wide ones. */
export function groupColorEncoding(groups: readonly string[], place: "right" | "bottom"): ChartPart {
  const domain = [...groups].reverse();
  const colors = colorsOfGroups(groups);
  return {
    field: "group",
    type: "nominal",
    title: place === "right" ? "component" : "component, the topmost first",
    scale: { domain, range: domain.map((group) => colors[group]) },
    legend:
      place === "right" ? { orient: place } : { orient: place, columns: 4, offset: 14, columnPadding: 18 },
  };
}

function totalText(
  values: readonly object[],
  x: ChartPart,
  field: string,
  dy: number,
  style: ChartPart,
): readonly ChartPart[] {
  const encoding = { x, y: { field: "total", type: "quantitative" }, text: { field } };
  return outlinedText(values, { dy, baseline: "bottom", fontSize: 11, ...style }, encoding, {});
}

function formatMultiple(multiple: number): string {
  return multiple >= 0.1 && multiple < 100 ? multiple.toFixed(2) : formatNumber(multiple, 2);
}

function totalOf(bar: GroupValues | number): number {
  return typeof bar === "number" ? bar : Object.values(bar).reduce((sum, value) => sum + value, 0);
}

function axisTitle({ title, quantity, noun = "runs" }: BarPanelOptions, symbol: string): string {
  const unit = quantity === "perSecond" ? symbol.replace("per second", `${noun}/s`) : symbol;
  return unit === "" ? title : `${title} (${unit})`;
}
