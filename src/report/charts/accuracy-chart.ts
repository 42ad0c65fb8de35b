import { oneOf, optional, optionsOf, requireArgument, requireOptions } from "../../arguments";
import type { DesignAccuracy } from "../../network/analyze-accuracy";
import type { NetworkAccuracy } from "../../network/network-accuracy";
import { accuracySchema } from "../accuracy-columns";
import { chart, headingEntries } from "./chart-specification";
import type { ChartSpecification } from "./chart-specification";

const figures = {
  loss: { title: "Loss (dB)", of: ({ endToEnd }: DesignAccuracy) => endToEnd?.loss ?? null },
  error: { title: "Mean error (output steps)", of: ({ meanError }: DesignAccuracy) => meanError },
  accuracy: {
    title: "Top-1 accuracy",
    of: ({ endToEnd }: DesignAccuracy) => endToEnd?.accuracy?.share ?? null,
  },
  agreement: {
    title: "Same top-1 as the ideal network",
    of: ({ endToEnd }: DesignAccuracy) => endToEnd?.top1Agreement?.share ?? null,
  },
  slices: { title: "Slices of a weight", of: ({ meanSlices }: DesignAccuracy) => meanSlices },
} as const;

const layerFigures = {
  error: { title: "Error (output steps)", of: ({ error }: DesignAccuracy["layers"][number]) => error },
  saturated: {
    title: "Saturated conversions",
    of: ({ saturatedShare }: DesignAccuracy["layers"][number]) => saturatedShare,
  },
} as const;

/** What an {@link accuracyChart} shows. */
export interface AccuracyChartOptions {
  /** Default: the loss, or the error where nothing was run end to end. */
  readonly figure?: keyof typeof figures;
  readonly title?: string;
  readonly subtitle?: string | readonly string[];
}

/** What an {@link accuracyByLayerChart} shows. */
export interface AccuracyByLayerChartOptions {
  /** Default: the error. */
  readonly figure?: keyof typeof layerFigures;
  readonly title?: string;
  readonly subtitle?: string | readonly string[];
}

const chartSchema = optionsOf({
  figure: optional(oneOf(Object.keys(figures) as (keyof typeof figures)[])),
  ...headingEntries,
});
const byLayerSchema = optionsOf({
  figure: optional(oneOf(Object.keys(layerFigures) as (keyof typeof layerFigures)[])),
  ...headingEntries,
});

/** What tells a design from the others, as far as they differ; without the bits if they are an axis. */
function designNames(designs: readonly DesignAccuracy[], withBits: boolean): readonly string[] {
  const differ = (figure: (design: DesignAccuracy) => unknown): boolean =>
    new Set(designs.map(figure)).size > 1;
  const parts: readonly (readonly [boolean, (design: DesignAccuracy) => string])[] = [
    [differ(({ architecture }) => architecture), ({ architecture }) => architecture.replaceAll("_", " ")],
    [withBits && differ(({ adcBits }) => adcBits), ({ adcBits }) => `${adcBits} bits`],
    [differ(({ rows }) => rows), ({ rows }) => `${rows} rows`],
    [differ(({ slicing }) => slicing), ({ slicing }) => `slices ${slicing}`],
  ];
  const shown = parts.filter(([isShown]) => isShown);
  return designs.map((design) =>
    shown.length === 0
      ? design.architecture.replaceAll("_", " ")
      : shown.map(([, name]) => name(design)).join(", "),
  );
}

const heading = ({ title, subtitle }: Pick<AccuracyChartOptions, "title" | "subtitle">): object =>
  title === undefined ? {} : { title: { text: title, subtitle: subtitle ?? "" } };

/** A figure of designs against the bits of their converters: a line for every architecture, crossbar and slicing. */
export function accuracyChart(
  accuracy: NetworkAccuracy,
  options: AccuracyChartOptions = {},
): ChartSpecification {
  requireArgument(accuracySchema, accuracy, "the accuracy of accuracyChart");
  requireOptions(chartSchema, options, "accuracyChart");
  const figure = options.figure ?? (accuracy.reference === null ? "error" : "loss");
  const { title, of } = figures[figure];
  const names = designNames(accuracy.designs, false);
  const values = accuracy.designs.map((design, index) => ({
    bits: design.adcBits,
    value: of(design),
    design: names[index],
  }));
  const isShare = figure === "accuracy" || figure === "agreement";
  return chart({
    ...heading(options),
    data: { values },
    width: 360,
    height: 240,
    mark: { type: "line", point: true, tooltip: true },
    encoding: {
      x: { field: "bits", type: "ordinal", title: "ADC bits", axis: { labelAngle: 0 } },
      y: { field: "value", type: "quantitative", title, ...(isShare && { axis: { format: "%" } }) },
      color: { field: "design", type: "nominal", title: null, sort: [...new Set(names)] },
    },
  });
}

/** A figure of every layer, for each design: where saturation sits, and what it does. */
export function accuracyByLayerChart(
  accuracy: NetworkAccuracy,
  options: AccuracyByLayerChartOptions = {},
): ChartSpecification {
  requireArgument(accuracySchema, accuracy, "the accuracy of accuracyByLayerChart");
  requireOptions(byLayerSchema, options, "accuracyByLayerChart");
  const { title, of } = layerFigures[options.figure ?? "error"];
  const names = designNames(accuracy.designs, true);
  const values = accuracy.designs.flatMap(({ layers }, index) =>
    layers.map((layer) => ({
      layer: layer.layer,
      name: layer.layerName,
      slicing: layer.slicing,
      value: of(layer),
      design: names[index],
    })),
  );
  const layers = accuracy.designs[0]?.layers.length ?? 1;
  return chart({
    ...heading(options),
    data: { values },
    width: Math.max(240, Math.min(760, 14 * layers)),
    height: 220,
    mark: { type: "bar", tooltip: true },
    encoding: {
      x: {
        field: "layer",
        type: "ordinal",
        title: "Layer",
        axis: { labelAngle: 0, labelOverlap: true },
      },
      ...(names.length > 1 && { xOffset: { field: "design", sort: names } }),
      y: {
        field: "value",
        type: "quantitative",
        title,
        ...(options.figure === "saturated" && { axis: { format: "%" } }),
      },
      color: { field: "design", type: "nominal", title: null, sort: [...new Set(names)] },
    },
  });
}
