import { writeFile } from "node:fs/promises";
import * as path from "node:path";
import { positive, requireArgument, text } from "../../arguments";
import { RaellaError } from "../../errors";
import { chartSchema } from "./chart-specification";
import type { ChartSpecification } from "./chart-specification";
import { indexedPng } from "./indexed-png";
import { fontDirectory, textWidth } from "./text-width";

/** A picture; width and height in the chart's own pixels, whatever the resolution of the image. */
export interface PngImage {
  readonly png: Uint8Array;
  readonly width: number;
  readonly height: number;
}

/**
 * Renders a chart as SVG text. The heavy libraries are loaded at the first call.
 * @example
 * ```ts
 * const svg = await renderSvg(ablationChart(await runAblation("resnet18")));
 * ```
 */
export async function renderSvg(chart: ChartSpecification): Promise<string> {
  requireArgument(chartSchema, chart, "the chart of renderSvg");
  const [vega, vegaLite] = await Promise.all([import("vega"), import("vega-lite")]);
  const { textMetrics } = vega as unknown as VegaInternals;
  textMetrics.width = measureItem;
  try {
    // Vega adds marks of its own to the data it is given.
    const own = structuredClone(chart) as unknown as Parameters<typeof vegaLite.compile>[0];
    const { spec } = vegaLite.compile(own);
    const view = new vega.View(vega.parse(spec), { renderer: "none" });
    try {
      return await view.toSVG();
    } finally {
      view.finalize();
    }
  } catch (error) {
    throw noChart(error);
  }
}

function jsonOf(chart: ChartSpecification): string {
  try {
    return JSON.stringify(chart, undefined, 2);
  } catch (error) {
    throw noChart(error);
  }
}

function noChart(error: unknown): RaellaError {
  return new RaellaError({
    code: "usage",
    message: `The chart cannot be drawn: ${error instanceof Error ? error.message : String(error)}`,
    expected: "a Vega-Lite specification, as the functions for charts return it",
  });
}

/**
 * Renders a chart as a PNG image with `scale` pixels per pixel of the chart (2: sharp on any screen).
 * @example
 * ```ts
 * const { png, width, height } = await renderPng(ablationChart(await runAblation("resnet18")));
 * ```
 */
export async function renderPng(chart: ChartSpecification, scale = 2): Promise<PngImage> {
  requireArgument(positive, scale, "the scale of renderPng");
  const svg = await renderSvg(chart);
  const { Resvg } = await import("@resvg/resvg-js");
  const image = new Resvg(svg, { fitTo: { mode: "zoom", value: scale }, font: fontOptions() }).render();
  return {
    png: indexedPng(image.pixels, image.width, image.height),
    width: Math.round(image.width / scale),
    height: Math.round(image.height / scale),
  };
}

/**
 * Writes a chart to a file; its ending says how: `.png`, `.svg`, or `.json` for the Vega-Lite specification.
 * @example
 * ```ts
 * await saveChart(ablationChart(await runAblation("resnet18")), "ablation.png");
 * ```
 */
export async function saveChart(chart: ChartSpecification, file: string): Promise<void> {
  requireArgument(chartSchema, chart, "the chart of saveChart");
  requireArgument(text, file, "the file of saveChart");
  const format = path.extname(file).toLowerCase();
  if (format === ".png") return writeFile(file, (await renderPng(chart)).png);
  if (format === ".svg") return writeFile(file, await renderSvg(chart));
  if (format === ".json") return writeFile(file, `${jsonOf(chart)}\n`);
  throw new RaellaError({
    code: "usage",
    message: `The chart cannot be written to "${file}".`,
    value: file,
    expected: "a file name that ends in .png, .svg or .json",
  });
}

/** Exported by vega, but missing from its types. */
interface VegaInternals {
  readonly textMetrics: { width: (item: TextItem, line?: string | number | null) => number };
}

interface TextItem {
  readonly text?: string | number | null;
  readonly fontSize?: number;
  readonly fontWeight?: string | number;
}

/** Bold letters of the font are wider by about this much. */
const boldStretch = 1.12;

/** Vega asks for the width of one line of an item, or of the item without saying which. */
function measureItem(item: TextItem, line?: string | number | null): number {
  const text = String(line ?? item.text ?? "");
  const bold = item.fontWeight === "bold" || Number(item.fontWeight) >= 600;
  return textWidth(text, item.fontSize ?? 11) * (bold ? boldStretch : 1);
}

/** Only fonts that ship with the package, so that a chart looks the same on every machine. */
function fontOptions(): {
  loadSystemFonts: boolean;
  fontFiles: string[];
  defaultFontFamily: string;
  sansSerifFamily: string;
} {
  const files = ["DejaVuSans.ttf", "DejaVuSans-Bold.ttf"].map((file) => path.join(fontDirectory(), file));
  return {
    loadSystemFonts: false,
    fontFiles: files,
    defaultFontFamily: "DejaVu Sans",
    sansSerifFamily: "DejaVu Sans",
  };
}
