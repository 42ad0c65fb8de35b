import { counted } from "../../errors";
import { oneOf, optional, optionsOf, requireArgument, requireOptions } from "../../arguments";
import type { DesignAccuracy } from "../../network/analyze-accuracy";
import type { NetworkAccuracy } from "../../network/network-accuracy";
import { accuracySchema } from "../tidy-columns";
import { chart, heading, headingEntries } from "./chart-specification";
import type { ChartRowOptions, ChartSpecification } from "./chart-specification";

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
export interface AccuracyChartOptions extends ChartRowOptions {
  /** Default: the loss, or the error where nothing was run end to end. */
  readonly figure?: keyof typeof figures;
}

/** What an {@link accuracyByLayerChart} shows. */
export interface AccuracyByLayerChartOptions extends ChartRowOptions {
  /** Default: the error. */
  readonly figure?: keyof typeof layerFigures;
}

const chartSchema = optionsOf({
  figure: optional(oneOf(Object.keys(figures) as (keyof typeof figures)[])),
  ...headingEntries,
});
const byLayerSchema = optionsOf({
  figure: optional(oneOf(Object.keys(layerFigures) as (keyof typeof layerFigures)[])),
  ...headingEntries,
});

/** What accuracy may be drawn against. */
const axes = {
  bits: { title: "ADC bits", of: ({ adcBits }: DesignAccuracy) => adcBits },
  noise: { title: "Noise (steps of the converter)", of: ({ noise = 0 }: DesignAccuracy) => noise },
} as const;

const differIn = (designs: readonly DesignAccuracy[], figure: (design: DesignAccuracy) => unknown): boolean =>
  new Set(designs.map(figure)).size > 1;

/** What tells a design from the others, as far as they differ; without what is an axis. */
function designNames(designs: readonly DesignAccuracy[], axis?: keyof typeof axes): readonly string[] {
  const differ = (figure: (design: DesignAccuracy) => unknown): boolean => differIn(designs, figure);
  const parts: readonly (readonly [boolean, (design: DesignAccuracy) => string])[] = [
    [differ(({ architecture }) => architecture), ({ architecture }) => architecture.replaceAll("_", " ")],
    [axis !== "bits" && differ(axes.bits.of), ({ adcBits }) => counted(adcBits, "bit")],
    [differ(({ rows }) => rows), ({ rows }) => counted(rows, "row")],
    [differ(({ slicing }) => slicing), ({ slicing }) => `slices ${slicing}`],
    [axis !== "noise" && differ(axes.noise.of), ({ noise = 0 }) => `noise ${noise}`],
  ];
  const shown = parts.filter(([isShown]) => isShown);
  return designs.map((design) =>
    shown.length === 0
      ? design.architecture.replaceAll("_", " ")
      : shown.map(([, name]) => name(design)).join(", "),
  );
}

/**
 * A figure of designs against the bits of their converters: a line for every architecture, crossbar and slicing. Against the
 * noise where designs of one architecture differ in that and not in their converters.
 */
export function accuracyChart(
  accuracy: NetworkAccuracy,
  options: AccuracyChartOptions = {},
): ChartSpecification {
  requireArgument(accuracySchema, accuracy, "the accuracy of accuracyChart");
  requireOptions(chartSchema, options, "accuracyChart");
  const figure = options.figure ?? (accuracy.reference === null ? "error" : "loss");
  const { title, of } = figures[figure];
  const hasNoise = differIn(accuracy.designs, axes.noise.of);
  const converters = new Set(
    accuracy.designs.map(({ architecture, adcBits }) => `${architecture} ${adcBits}`),
  );
  const architectures = new Set(accuracy.designs.map(({ architecture }) => architecture));
  const axis = hasNoise && converters.size === architectures.size ? "noise" : "bits";
  const names = designNames(accuracy.designs, axis);
  const values = accuracy.designs.map((design, index) => ({
    [axis]: axes[axis].of(design),
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
      x:
        axis === "bits"
          ? { field: axis, type: "ordinal", title: axes.bits.title, axis: { labelAngle: 0 } }
          : { field: axis, type: "quantitative", title: axes.noise.title },
      y: { field: "value", type: "quantitative", title, ...(isShare && { axis: { format: "%" } }) },
      color: designColors(names),
      ...widths(values),
    },
  });
}

/** Lines that lie on one another are drawn the wider the deeper they lie, so that each can be seen. */
function widths(values: readonly { readonly design: string; readonly value: number | null }[]): object {
  const domain = [...new Set(values.map(({ design }) => design))];
  const lines = domain.map((name) =>
    values.flatMap(({ design, value }) => (design === name ? [String(value)] : [])).join(" "),
  );
  if (new Set(lines).size === lines.length) return {};
  const above = lines.map((line, index) => lines.slice(index + 1).filter((other) => other === line).length);
  const scale = { domain, range: above.map((count) => 2 + 4 * count) };
  return { strokeWidth: { field: "design", type: "nominal", scale, legend: null } };
}

/** A figure of every layer, for each design: where saturation sits, and what it does. */
export function accuracyByLayerChart(
  accuracy: NetworkAccuracy,
  options: AccuracyByLayerChartOptions = {},
): ChartSpecification {
  requireArgument(accuracySchema, accuracy, "the accuracy of accuracyByLayerChart");
  requireOptions(byLayerSchema, options, "accuracyByLayerChart");
  const { title, of } = layerFigures[options.figure ?? "error"];
  const names = designNames(accuracy.designs);
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
      color: designColors(names),
    },
  });
}

function designColors(names: readonly string[]): object {
  return { field: "design", type: "nominal", title: null, sort: [...new Set(names)] };
}
