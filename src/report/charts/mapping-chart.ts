import {
  dataWith,
  hasParts,
  isListOf,
  isNumber,
  isText,
  listOf,
  optional,
  optionsOf,
  requireArgument,
  requireOptions,
  tableOf,
  text,
} from "../../arguments";
import { gridColor, textColor } from "../theme/chart-style";
import { formatShare, formatWhole } from "../theme/numbers";
import { chart, heading, headingEntries } from "./chart-specification";
import type { ChartPart, ChartRowOptions, ChartSpecification } from "./chart-specification";

/** One loop, in time or over hardware. */
export interface MappingChartLoop {
  readonly dimension: string;
  readonly factor: number;
}

/** How much of something is used: `used` of `available`. */
export interface Occupancy {
  readonly used: number;
  readonly available: number;
}

/** One level of the memory hierarchy in the picture of a mapping. */
export interface MappingChartLevel {
  /** Name for people. */
  readonly level: string;
  /** Data spaces held here. */
  readonly holds: readonly string[];
  /** Loops in time, outermost first. */
  readonly temporal: readonly MappingChartLoop[];
  /** Loops over the children of this level, outermost first; they stand inside the temporal ones. */
  readonly spatial: readonly MappingChartLoop[];
  /** Instances of this level in use and built. */
  readonly instances?: Occupancy;
  /** Storage of one instance, in words. */
  readonly storage?: Occupancy;
}

/** What stands beside a {@link mappingChart}. */
export interface MappingChartOptions extends ChartRowOptions {
  /** Meaning of the dimensions, for tooltips: `{ P: "output width" }`. */
  readonly dimensionNames?: Readonly<Record<string, string>>;
}

export const mappingChartEntries = {
  ...headingEntries,
  dimensionNames: optional(tableOf(text, "meanings by dimension")),
};
const mappingChartSchema = optionsOf(mappingChartEntries);

const areLoops = isListOf((value) => hasParts(value, { dimension: isText, factor: isNumber }));
const isUsageIfGiven = (value: unknown): boolean =>
  value === undefined || hasParts(value, { used: isNumber, available: isNumber });
const levelsSchema = listOf(
  dataWith("a level {level, holds, temporal, spatial}", {
    level: isText,
    holds: isListOf(isText),
    temporal: areLoops,
    spatial: areLoops,
    instances: isUsageIfGiven,
    storage: isUsageIfGiven,
  }),
  "a list of levels",
);

const rowHeight = 26;
const indent = 11;
const gap = 4;
const boxText = 11;
const usageWidth = 92;

const kinds = {
  temporal: { name: "In time: one after another", fill: "#FFFFFF", ink: textColor },
  spatial: { name: "In space: at the same time", fill: "#0072B2", ink: "#FFFFFF" },
} as const;

type Kind = keyof typeof kinds;

/** A loop as a box: place in pixels and texts. */
interface Box {
  readonly level: string;
  readonly kind: string;
  readonly text: string;
  readonly left: number;
  readonly right: number;
  readonly middle: number;
  readonly dimension: string;
  readonly factor: string;
}

/**
 * A picture of a mapping: a row for every level of the hierarchy, outermost on top, with its loops as boxes from
 * outermost to innermost, so that the whole loop nest reads from the top left to the bottom right. Loops in time are
 * white, loops spread over hardware blue. Beside it how many of a level's instances work, and how full each is.
 * @example
 * ```ts
 * const chart = mappingChart([
 *   {
 *     level: "buffer",
 *     holds: ["Inputs"],
 *     temporal: [{ dimension: "P", factor: 7 }],
 *     spatial: [{ dimension: "M", factor: 16 }],
 *     storage: { used: 300, available: 1024 },
 *   },
 * ]);
 * ```
 */
export function mappingChart(
  levels: readonly MappingChartLevel[],
  options: MappingChartOptions = {},
): ChartSpecification {
  requireArgument(levelsSchema, levels, "the levels of mappingChart");
  requireOptions(mappingChartSchema, options, "mappingChart");
  const shown = levels.filter(isWorthShowing);
  const labels = uniqueLabels(shown);
  const boxes = placeBoxes(shown, labels, options.dimensionNames ?? {});
  const width = Math.max(200, ...boxes.map(({ right }) => right)) + gap;
  const y = {
    field: "level",
    type: "nominal",
    sort: labels,
    title: null,
    scale: { domain: labels, paddingInner: 0.3, paddingOuter: 0.15 },
  };
  const height = { step: rowHeight };
  const levelAxis = { domain: false, ticks: false, labelLimit: 280, grid: true, tickBand: "extent" };
  const panels = [
    loopPanel(boxes, { ...y, axis: levelAxis }, width, height),
    ...usagePanel(shown, labels, "instances", "Instances in use", y, height),
    ...usagePanel(shown, labels, "storage", "Storage filled", y, height),
  ];
  return chart({
    ...heading(options),
    hconcat: panels,
    spacing: 14,
  });
}

function loopPanel(boxes: readonly Box[], y: ChartPart, width: number, height: ChartPart): ChartPart {
  const x = { type: "quantitative", scale: { domain: [0, width], nice: false, zero: true }, axis: null };
  const all = Object.values(kinds);
  return {
    width,
    height,
    data: { values: boxes },
    encoding: { y },
    layer: [
      {
        mark: {
          type: "bar",
          stroke: kinds.spatial.fill,
          strokeWidth: 1.2,
          cornerRadius: 3,
          height: { band: 1 },
        },
        encoding: {
          x: { ...x, field: "left" },
          x2: { field: "right" },
          color: {
            field: "kind",
            type: "nominal",
            title: null,
            scale: { domain: all.map(({ name }) => name), range: all.map(({ fill }) => fill) },
            legend: {
              orient: "top",
              direction: "horizontal",
              symbolType: "square",
              symbolStrokeColor: kinds.spatial.fill,
              symbolStrokeWidth: 1.2,
              offset: 8,
            },
          },
          tooltip: [
            { field: "dimension", title: "loop over" },
            { field: "factor", title: "iterations" },
            { field: "kind", title: "runs" },
            { field: "level", title: "at" },
          ],
        },
      },
      {
        mark: { type: "text", fontSize: boxText, baseline: "middle" },
        encoding: {
          x: { ...x, field: "middle" },
          text: { field: "text" },
          color: {
            condition: { test: `datum.kind === '${kinds.spatial.name}'`, value: kinds.spatial.ink },
            value: kinds.temporal.ink,
          },
        },
      },
    ],
  };
}

/** Boxes side by side within a row; every row starts where the loops outside of it have led. */
function placeBoxes(
  levels: readonly MappingChartLevel[],
  labels: readonly string[],
  dimensionNames: Readonly<Record<string, string>>,
): readonly Box[] {
  const boxes: Box[] = [];
  let depth = 0;
  levels.forEach(({ temporal, spatial }, index) => {
    let left = depth * indent + gap;
    const place = (kind: Kind, { dimension, factor }: MappingChartLoop): void => {
      const text = `${dimension} ${kind === "spatial" ? "×" : ""}${formatWhole(factor)}`;
      const right = left + Math.ceil(text.length * boxText * 0.64) + 12;
      const name = dimensionNames[dimension];
      boxes.push({
        level: labels[index],
        kind: kinds[kind].name,
        text,
        left,
        right,
        middle: (left + right) / 2,
        dimension: name === undefined ? dimension : `${dimension} (${name})`,
        factor: formatWhole(factor),
      });
      left = right + gap;
      depth++;
    };
    for (const loop of temporal) place("temporal", loop);
    for (const loop of spatial) place("spatial", loop);
  });
  return boxes;
}

function usagePanel(
  levels: readonly MappingChartLevel[],
  labels: readonly string[],
  field: "instances" | "storage",
  title: string,
  y: ChartPart,
  height: ChartPart,
): readonly ChartPart[] {
  const values = levels.flatMap((level, index) => {
    const usage = level[field];
    if (usage === undefined || !(usage.available > 0)) return [];
    const share = usage.used / usage.available;
    return [
      {
        level: labels[index],
        share,
        full: 1,
        text: formatShare(share, share < 0.1 ? 2 : 3),
        amount: `${formatWhole(usage.used)} of ${formatWhole(usage.available)}`,
      },
    ];
  });
  if (values.length === 0) return [];
  const row = { ...y, axis: { labels: false, ticks: false, domain: false, grid: true, tickBand: "extent" } };
  const x = {
    type: "quantitative",
    scale: { domain: [0, 1], clamp: true },
    axis: {
      orient: "top",
      title,
      titleAnchor: "start",
      titlePadding: 4,
      labels: false,
      ticks: false,
      domain: false,
      grid: false,
    },
  };
  const tooltip = [
    { field: "level", title: "level" },
    { field: "amount", title },
  ];
  const bar = (property: string, color: string): ChartPart => ({
    mark: { type: "bar", color, cornerRadius: 2, height: { band: 0.8 } },
    encoding: { x: { ...x, field: property }, tooltip },
  });
  return [
    {
      width: usageWidth,
      height,
      data: { values },
      encoding: { y: row },
      layer: [
        bar("full", gridColor),
        bar("share", "#56B4E9"),
        {
          mark: { type: "text", align: "left", dx: 4, fontSize: 10, color: textColor, baseline: "middle" },
          encoding: { x: { datum: 0, type: "quantitative" }, text: { field: "text" }, tooltip },
        },
      ],
    },
  ];
}

/** A level without loops that holds nothing says nothing. */
function isWorthShowing({ temporal, spatial, holds }: MappingChartLevel): boolean {
  return temporal.length + spatial.length + holds.length > 0;
}

/** Name and contents of each level; a name that comes twice is told apart by its number. */
function uniqueLabels(levels: readonly MappingChartLevel[]): readonly string[] {
  const seen = new Map<string, number>();
  return levels.map(({ level, holds }) => {
    const count = (seen.get(level) ?? 0) + 1;
    seen.set(level, count);
    const name = count > 1 ? `${level} (${count})` : level;
    return holds.length > 0 ? `${name} · ${holds.join(", ")}` : name;
  });
}
