import { callback, index, listOf, optional, optionsOf, positive, requireOptions } from "../../arguments";
import { requireColumns } from "../../study/sweep/sensitivity";
import { neutralColor, quietTextColor, textColor } from "../theme/chart-style";
import { chart, heading, headingEntries, outlinedText } from "./chart-specification";
import type { ChartRowOptions, ChartSpecification } from "./chart-specification";
import {
  cellText,
  colorEncoding,
  colorSchema,
  designsSchema,
  distinctValues,
  figureAxisSchema,
  figureOf,
  plotted,
  thinOut,
} from "./exploration-axis";
import type { ColorColumn, DesignCell, DesignTable, FigureAxis } from "./exploration-axis";

/** What {@link parallelCoordinates} show. */
export interface ParallelCoordinatesOptions extends ChartRowOptions {
  readonly designs: DesignTable;
  /** Axes from left to right. */
  readonly axes: readonly FigureAxis[];
  readonly color?: ColorColumn;
  /** Designs drawn strongly; the others stay in the background. */
  readonly highlight?: (design: DesignTable[number]) => boolean;
  readonly width?: number;
  readonly height?: number;
  /** Designs drawn in the background at most. Default 400. */
  readonly maxLines?: number;
}

const parallelSchema = optionsOf({
  designs: designsSchema,
  axes: listOf(figureAxisSchema, "a list of axes {column, title}"),
  color: optional(colorSchema),
  highlight: optional(callback),
  ...headingEntries,
  width: optional(positive),
  height: optional(positive),
  maxLines: optional(index),
});

/**
 * Every design as a line across parallel axes, one for each variable or figure; better is up where an axis has a
 * goal. Columns of few values have a tick for each.
 */
export function parallelCoordinates(options: ParallelCoordinatesOptions): ChartSpecification {
  requireOptions(parallelSchema, options, "parallelCoordinates");
  const { designs, axes, color, highlight = () => true, width = 640, height = 280, maxLines = 400 } = options;
  requireColumns(designs, [...axes.map(({ column }) => column), ...(color ? [color.column] : [])]);
  const shown = designs.filter((row) => axes.every((axis) => positionable(row, axis)));
  const scales = axes.map((axis) => axisScale(shown, axis));
  const strong = shown.filter(highlight);
  const weak = thinOut(
    shown.filter((row) => !highlight(row)),
    maxLines,
  );
  const valueOf = (row: DesignTable[number], index: number): string =>
    `${axes[index].title}: ${cellText(axes[index].scale ? figureOf(row, axes[index]) : row[axes[index].column])}`;
  /** A piece from each axis to where the labels of the next one begin; behind the last axis a short one. */
  const placesOf = (row: DesignTable[number], design: number): object[] =>
    axes.flatMap((_, axis) => {
      const next = Math.min(axis + 1, axes.length - 1);
      const end = next === axis ? axis + lastPiece : next - labelRoom;
      return [axis, next].map((at, side) => ({
        design: `${design} ${axis}`,
        axis: side === 0 ? axis : end,
        height: plotted(scales[at].heightOf(row)),
        of: at,
      }));
    });
  const named = (row: DesignTable[number], places: readonly object[]): object[] =>
    places.map((place) => ({
      ...place,
      ...(color ? { color: row[color.column] } : {}),
      value: valueOf(row, (place as { readonly of: number }).of),
    }));
  const x = {
    field: "axis",
    type: "quantitative",
    axis: null,
    scale: { domain: [-labelRoom, axes.length - 1 + 0.15], nice: false },
  };
  const y = { field: "height", type: "quantitative", axis: null, scale: { domain: [0, 1], nice: false } };
  const line = (values: readonly object[], style: object, encoding: object): object => ({
    data: { values },
    mark: { type: "line", strokeJoin: "round", ...style },
    encoding: { x, y, detail: { field: "design", type: "nominal" }, ...encoding },
  });
  const ticks = scales.flatMap(({ ticks }, axis) => ticks.map((tick) => ({ axis, ...tick })));
  const titles = axes.map(({ title }, axis) => ({ axis, height: 1, ...splitTitle(title) }));
  const columnHeading = (field: string, style: object): object => ({
    data: { values: titles },
    mark: { type: "text", baseline: "bottom", fontSize: 11, ...style },
    encoding: { x, y, text: { field } },
  });
  return chart({
    ...heading(options),
    width,
    height,
    layer: [
      line(
        weak.flatMap((row, index) => placesOf(row, strong.length + index)),
        { color: "#DDE2E7", opacity: 1, strokeWidth: 1 },
        {},
      ),
      line(
        strong.flatMap((row, index) => named(row, placesOf(row, index))),
        { opacity: 1, strokeWidth: 1.6 },
        {
          color: color
            ? colorEncoding(shown, color, "color", {
                values: distinctValues(strong, color.column),
                symbolType: "stroke",
                symbolStrokeWidth: 3,
              })
            : { value: neutralColor },
          tooltip: { field: "value" },
        },
      ),
      {
        data: { values: axes.map((_, axis) => ({ axis, bottom: 0, top: 1 })) },
        mark: { type: "rule", color: textColor, strokeWidth: 1 },
        encoding: { x, y: { ...y, field: "bottom" }, y2: { field: "top" } },
      },
      {
        data: { values: ticks },
        mark: { type: "tick", orient: "horizontal", size: 7, color: textColor, thickness: 1 },
        encoding: { x, y },
      },
      ...outlinedText(
        ticks,
        { color: textColor, align: "right", dx: -6, fontSize: 10 },
        { x, y, text: { field: "text" } },
        { strokeWidth: 3.5, opacity: 0.85 },
      ),
      columnHeading("title", { fontWeight: "bold", color: textColor, dy: -24 }),
      columnHeading("unit", { color: quietTextColor, dy: -10 }),
    ],
  });
}

/** Room for the labels on the left of an axis, and what of a line is behind the last one, in distances between axes. */
const labelRoom = 0.3;
const lastPiece = 0.08;

interface CoordinateScale {
  readonly heightOf: (row: DesignTable[number]) => number;
  readonly ticks: readonly { readonly height: number; readonly text: string }[];
}

/** Columns of up to so many values are placed evenly, with a tick for each. */
const mostSteps = 9;

function positionable(row: DesignTable[number], axis: FigureAxis): boolean {
  const cell = row[axis.column];
  return typeof cell === "string" || figureOf(row, axis) !== null;
}

function axisScale(rows: DesignTable, axis: FigureAxis): CoordinateScale {
  const values = distinctValues(rows, axis.column);
  const isNumeric = values.every((value) => typeof value === "number");
  if (!isNumeric || values.length <= mostSteps) return steppedScale(values, axis);
  const transform = axis.logarithmic ? Math.log : (value: number): number => value;
  const figures = rows.map((row) => figureOf(row, axis) ?? 0);
  const low = transform(figures.reduce((least, value) => Math.min(least, value), Infinity));
  const high = transform(figures.reduce((most, value) => Math.max(most, value), -Infinity));
  const upright = axis.goal !== "minimize";
  const heightOf = (value: number): number => {
    const share = (transform(value) - low) / (high - low || 1);
    return upright ? share : 1 - share;
  };
  const inverse = axis.logarithmic ? Math.exp : (value: number): number => value;
  const ticks = [0, 0.25, 0.5, 0.75, 1].map((share) => inverse(low + share * (high - low)));
  return {
    heightOf: (row) => heightOf(figureOf(row, axis) ?? 0),
    ticks: ticks.map((value) => ({ height: heightOf(value), text: cellText(Number(value.toPrecision(3))) })),
  };
}

function steppedScale(values: readonly DesignCell[], axis: FigureAxis): CoordinateScale {
  const { column, goal, scale = 1 } = axis;
  const ordered = goal === "minimize" ? [...values].reverse() : values;
  const heightAt = (index: number): number => (ordered.length === 1 ? 0.5 : index / (ordered.length - 1));
  return {
    heightOf: (row) => heightAt(ordered.indexOf(row[column])),
    ticks: ordered.map((value, index) => ({
      height: heightAt(index),
      text: cellText(typeof value === "number" ? value * scale : value),
    })),
  };
}

/** The unit in brackets stands on a line of its own. */
function splitTitle(title: string): { readonly title: string; readonly unit: string } {
  const match = /^(.*) \((.*)\)$/.exec(title);
  return match ? { title: match[1], unit: match[2] } : { title, unit: "" };
}
