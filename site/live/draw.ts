// Draws charts with Vega-Lite. Loaded when there is something to draw.
import * as vega from "vega";
import { compile } from "vega-lite";
import type { ChartSpecification } from "../../src/report/charts/chart-specification";

const views = new Map<HTMLElement, vega.View>();

/** How a chart meets little room: panels go on in a next row, bars get narrower, or people scroll. */
export type Fit = "wrap" | "shrink" | "scroll";

/** About the width of a panel of bars, and the least that bars of many layers need. */
const panelWidth = 280;
const narrow = 640;

/**
 * Draws a chart in place of what stands there.
 * @param label What it shows, for people who do not see it.
 */
export async function draw(
  place: HTMLElement,
  chart: ChartSpecification,
  label: string,
  fit: Fit,
): Promise<void> {
  const stage = document.createElement("div");
  const shown = fitted(chart, place.clientWidth, fit);
  // Vega gives the description to those who hear the page, and to every mark one of its own.
  const view = new vega.View(parsed({ ...shown, description: label }), {
    renderer: "svg",
    hover: true,
  }).initialize(stage);
  await view.runAsync();
  views.get(place)?.finalize();
  views.set(place, view);
  const svg = stage.querySelector("svg");
  // As wide as it is, but never wider than its place.
  svg?.setAttribute("style", `width: ${svg.getAttribute("width")}px`);
  svg?.removeAttribute("height");
  place.replaceChildren(stage);
}

/** A chart as a file: as a notebook shows it, whatever room there is here. */
export async function svgOf(chart: ChartSpecification): Promise<string> {
  const view = new vega.View(parsed(chart), { renderer: "none" });
  try {
    return await view.toSVG();
  } finally {
    view.finalize();
  }
}

function parsed(chart: ChartSpecification): vega.Runtime {
  return vega.parse(compile(chart as unknown as Parameters<typeof compile>[0]).spec);
}

function fitted(chart: ChartSpecification, width: number, fit: Fit): ChartSpecification {
  const { hconcat, title, ...rest } = chart;
  // What it warns of stands beside it.
  const heading = typeof title === "object" && title !== null && "text" in title ? { title: title.text } : {};
  if (fit === "scroll") return { ...chart, ...heading };
  if (fit === "shrink") {
    const own = { ...rest, ...heading };
    return width >= narrow ? own : { ...withLegendsBelow(own), width: Math.max(200, width - 60) };
  }
  if (!Array.isArray(hconcat)) return { ...rest, ...heading };
  const columns = Math.min(hconcat.length, Math.max(1, Math.floor(width / panelWidth)));
  const panels = { ...rest, ...heading, concat: hconcat as readonly unknown[], columns };
  return columns === 1 ? withLegendsBelow(panels) : panels;
}

/** The same with its legends at the bottom, in two columns. */
function withLegendsBelow<Spec>(spec: Spec): Spec {
  return JSON.parse(JSON.stringify(spec), (name, value: unknown) =>
    name === "legend" && typeof value === "object" && value !== null && "orient" in value
      ? { ...value, orient: "bottom", columns: 2 }
      : value,
  ) as Spec;
}
