import { callback, index, names, optional, optionsOf, positive, requireOptions } from "../../arguments";
import { paretoFront } from "../../study/sweep/pareto-front";
import type { FrontObjective } from "../../study/sweep/pareto-front";
import { requireColumns } from "../../study/sweep/sensitivity";
import { levelTitle, neutralColor, quietTextColor, textColor } from "../theme/chart-style";
import { chart, heading, headingEntries, outlinedText } from "./chart-specification";
import type { ChartRowOptions, ChartSpecification } from "./chart-specification";
import {
  cellText,
  colorEncoding,
  colorSchema,
  designsSchema,
  figureAxisSchema,
  figureOf,
  plotted,
  scaleOf,
  thinOut,
} from "./exploration-axis";
import type { ColorColumn, DesignTable, FigureAxis } from "./exploration-axis";

/** What a {@link designScatter} shows. */
export interface DesignScatterOptions extends ChartRowOptions {
  readonly designs: DesignTable;
  /** With `goal`s on both axes the Pareto front is drawn. */
  readonly x: FigureAxis;
  readonly y: FigureAxis;
  readonly color?: ColorColumn;
  /** Columns shown when the pointer rests on a design. */
  readonly tooltip?: readonly string[];
  /** Designs that do not compete: drawn as small grey crosses. */
  readonly ruledOut?: (design: DesignTable[number]) => boolean;
  /** Text beside designs that are to be named; null for the others. */
  readonly label?: (design: DesignTable[number]) => string | null;
  readonly width?: number;
  readonly height?: number;
  /** Designs off the front that are drawn at most; the front is always complete. Default 3000. */
  readonly maxPoints?: number;
}

const scatterSchema = optionsOf({
  designs: designsSchema,
  x: figureAxisSchema,
  y: figureAxisSchema,
  color: optional(colorSchema),
  tooltip: optional(names),
  ruledOut: optional(callback),
  label: optional(callback),
  ...headingEntries,
  width: optional(positive),
  height: optional(positive),
  maxPoints: optional(index),
});

/**
 * Designs in the plane of two figures, with the Pareto front: designs that no other one beats in one figure without
 * losing in the other.
 */
export function designScatter(options: DesignScatterOptions): ChartSpecification {
  requireOptions(scatterSchema, options, "designScatter");
  const { designs, x, y, color, tooltip = [], label, width = 460, height = 320, maxPoints = 3000 } = options;
  requireColumns(designs, [x.column, y.column, ...(color ? [color.column] : []), ...tooltip]);
  const { ruledOut = () => false } = options;
  const drawn = designs.filter((row) => figureOf(row, x) !== null && figureOf(row, y) !== null);
  const shown = drawn.filter((row) => !ruledOut(row));
  const hasFront = x.goal !== undefined && y.goal !== undefined;
  const front = hasFront ? paretoFront(shown, [objectiveOf(x), objectiveOf(y)]) : [];
  const onFront = new Set(front);
  const others = thinOut(
    shown.filter((row) => !onFront.has(row)),
    maxPoints,
  );
  const crosses = thinOut(drawn.filter(ruledOut), maxPoints);
  const pointOf = (row: DesignTable[number]): Record<string, string | number | null> => ({
    x: plotted(figureOf(row, x)),
    y: plotted(figureOf(row, y)),
    ...(color ? { color: row[color.column] } : {}),
    ...Object.fromEntries(tooltip.map((column, index) => [`t${index}`, cellText(row[column])])),
  });
  const frontPoints = [...front].sort((a, b) => (figureOf(a, x) ?? 0) - (figureOf(b, x) ?? 0)).map(pointOf);
  const labelled = shown
    .map((row) => ({ ...pointOf(row), label: label?.(row) ?? null, onFront: onFront.has(row) }))
    .filter((point) => point.label !== null);

  const encoding = {
    x: { field: "x", type: "quantitative", title: x.title, scale: scaleOf(x, drawn), axis: { tickCount: 6 } },
    y: {
      field: "y",
      type: "quantitative",
      title: y.title,
      scale: scaleOf(y, drawn),
      axis: { tickCount: 6, ...levelTitle },
    },
  };
  const styled = {
    ...encoding,
    color: color ? colorEncoding(shown, color, "color") : { value: neutralColor },
    tooltip: [
      { field: "x", title: x.title, format: ".4~r" },
      { field: "y", title: y.title, format: ".4~r" },
      ...tooltip.map((column, index) => ({ field: `t${index}`, title: column })),
    ],
  };
  return chart({
    ...heading(options),
    width,
    height,
    layer: [
      ...(crosses.length > 0
        ? [
            {
              data: { values: crosses.map(pointOf) },
              mark: {
                type: "point",
                shape: "M-.5,-.5L.5,.5M-.5,.5L.5,-.5",
                size: 30,
                color: "#9AA5B1",
                opacity: 1,
                strokeWidth: 1,
              },
              encoding: { ...encoding, tooltip: styled.tooltip },
            },
          ]
        : []),
      {
        data: { values: others.map(pointOf) },
        mark: { type: "circle", size: 48, opacity: hasFront ? 0.5 : 0.8, clip: true },
        encoding: styled,
      },
      ...(hasFront
        ? [
            {
              data: { values: frontPoints },
              mark: {
                type: "line",
                // A design is reached by everything that is worse in both figures.
                interpolate: x.goal === "minimize" ? "step-after" : "step-before",
                color: quietTextColor,
                strokeWidth: 1.25,
                clip: true,
              },
              encoding,
            },
            {
              data: { values: frontPoints },
              mark: { type: "circle", size: 95, opacity: 1, stroke: textColor, strokeWidth: 1, clip: true },
              encoding: styled,
            },
          ]
        : []),
      ...labels(labelled, encoding, middleOf(shown, x)),
    ],
  });
}

/** The middle of a figure's range. */
function middleOf(rows: DesignTable, axis: FigureAxis): number {
  const figures = rows.map((row) => figureOf(row, axis) ?? 0);
  return (Math.min(...figures) + Math.max(...figures)) / 2;
}

interface LabelledPoint {
  readonly onFront: boolean;
  readonly x?: string | number | null;
}

/**
 * Names of designs beside them, on the side where there is room, with a white outline that keeps them clear of the
 * points; a ring around those off the front.
 */
function labels(points: readonly LabelledPoint[], encoding: object, middle: number): readonly object[] {
  if (points.length === 0) return [];
  const named = (align: "left" | "right"): readonly object[] => {
    const values = points.filter((point) => Number(point.x) > middle === (align === "right"));
    const style = { align, dx: align === "left" ? 8 : -8, dy: -7, fontSize: 10.5, color: textColor };
    return outlinedText(values, style, { ...encoding, text: { field: "label" } }, { strokeWidth: 3 });
  };
  return [
    {
      data: { values: points.filter(({ onFront }) => !onFront) },
      mark: { type: "point", filled: false, size: 130, color: textColor, strokeWidth: 1.5 },
      encoding,
    },
    ...named("left"),
    ...named("right"),
  ];
}

function objectiveOf(axis: FigureAxis): FrontObjective<DesignTable[number]> {
  const value = (row: DesignTable[number]): number | null => figureOf(row, axis);
  return axis.goal === "minimize" ? { minimize: value } : { maximize: value };
}
