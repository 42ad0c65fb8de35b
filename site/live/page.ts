// The page: what is chosen stands in its address; the engine in a worker computes it; tables and charts show it.
import { addressOf, cellOf, commandOf, readAddress } from "./choice";
import type { Choice } from "./choice";
import { createControls } from "./controls";
import { byId, element, tell } from "./elements";
import { EngineClient, EngineError } from "./engine-client";
import type { Catalogue, Figures, LayerFigures, SavedFile } from "./messages";
import { ablationText, columnsTable, componentTables, levelTable, remarks, totalsTable } from "./results";
import { formatNumber } from "../../src/report/theme/numbers";

/** Started at the top of the page. */
const { engineWorker } = globalThis as unknown as {
  readonly engineWorker: Worker & { readonly fault?: string };
};
const engine = new EngineClient(engineWorker, ({ done, total }) =>
  tell("status", `Computing: ${done} of ${total} layers …`),
);
const drawing = import("./draw.js");

let catalogue: Catalogue;
let choice: Choice;
let showChoice: (choice: Choice) => void;

async function start(): Promise<void> {
  catalogue = await engine.ask("catalogue", null);
  showChoice = createControls(byId("controls"), catalogue, (change) => choose(change(choice)));
  window.addEventListener("hashchange", () => void readChoice());
  document.querySelector("[data-skip]")?.addEventListener("click", (event) => {
    event.preventDefault();
    byId("figures-heading").focus();
  });
  createLayerChoice();
  speedSelect.addEventListener("change", () =>
    choose({ ...choice, speed: speedSelect.value === "cycles" ? "cycles" : "throughput" }),
  );
  await readChoice();
}

/** Takes over what the address says. */
async function readChoice(): Promise<void> {
  const read = readAddress(location.hash);
  choice = read.choice;
  showChoice(choice);
  const { version } = catalogue;
  tell(
    "notice",
    read.version === null || read.version === version
      ? ""
      : `This address was made with version ${read.version}; version ${version} computes here. The figures may differ.`,
  );
  const problems = [...read.problems, ...unknownNames(choice)];
  if (problems.length === 0) await compute();
  else refuse(problems.join("\n"));
}

/** Names in an address that there are none of. */
function unknownNames({ dnn, architectures, on }: Choice): string[] {
  const known = catalogue.architectures.map(({ name }) => name);
  const wanted = [...(architectures ?? []), ...(on === null ? [] : [on])];
  return [
    ...(catalogue.dnns.some(({ name }) => name === dnn)
      ? []
      : [
          `There is no network "${dnn}" here. There are ${catalogue.dnns.map(({ name }) => name).join(", ")}.`,
        ]),
    ...[...new Set(wanted)]
      .filter((name) => !known.includes(name))
      .map((name) => `There is no architecture "${name}" here. There are ${known.join(", ")}.`),
    ...(architectures?.length === 0 ? ["The address names no architecture."] : []),
  ];
}

/** Somebody has chosen something else. */
function choose(next: Choice): void {
  const { version } = catalogue;
  if (addressOf(next, version) === addressOf(choice, version)) return;
  choice = next;
  showChoice(choice);
  tell("notice", "");
  history.replaceState(null, "", `#${addressOf(choice, version)}`);
  void compute();
}

/** No figures without a word: where something cannot be computed, none of another choice stay. */
function refuse(message: string): void {
  tell("trouble", message);
  tell("status", "Nothing is computed.");
  byId("computed").hidden = true;
  byId("results").setAttribute("aria-busy", "false");
  document.body.dataset.state = "refused";
}

let runs = 0;

async function compute(): Promise<void> {
  const run = ++runs;
  const isLatest = (): boolean => run === runs;
  const startedAt = performance.now();
  byId("results").setAttribute("aria-busy", "true");
  document.body.dataset.state = "computing";
  try {
    const figures = await engine.ask("figures", choice);
    if (!isLatest()) return;
    tell("trouble", "");
    byId("computed").hidden = false;
    await showFigures(figures);
    if (!isLatest()) return;
    const seconds = (performance.now() - startedAt) / 1000;
    tell("status", `Computed in ${formatNumber(seconds, 2)} s. ${said(figures)}`);
    byId("results").setAttribute("aria-busy", "false");
    document.body.dataset.state = "figures";
    await showLayer(isLatest);
    if (!isLatest()) return;
    await showLayers(figures);
    if (isLatest()) document.body.dataset.state = "done";
  } catch (error) {
    if (!isLatest()) return;
    if (!(error instanceof EngineError)) throw error;
    refuse(error.message);
  }
}

/** For people who hear the page. */
function said({ warnings, networks }: Figures): string {
  const ruledOut = networks.filter(({ isRuledOut }) => isRuledOut).map(({ title }) => title);
  if (ruledOut.length > 0) return `Cannot be built: ${ruledOut.join("; ")}.`;
  return warnings.length > 0 ? `With ${warnings.length} warnings.` : "";
}

async function showFigures(figures: Figures): Promise<void> {
  speedSelect.value = choice.speed;
  byId("warnings").replaceChildren(...remarks(figures));
  byId("totals").replaceChildren(totalsTable(figures));
  byId("components").replaceChildren(...componentTables(figures));
  showSame(figures);
  const { draw } = await drawing;
  await draw(byId("ablation-chart"), figures.charts.ablation, ablationText(figures), "wrap");
}

/** Drawn when the chart before it stands. */
async function showLayers(figures: Figures): Promise<void> {
  const { draw } = await drawing;
  const place = byId("layer-charts");
  const { charts, networks } = figures;
  const stages = charts.layers.map(() => element("div", { class: "chart" }));
  place.replaceChildren(
    ...charts.layers.map((_, index) =>
      element(
        "details",
        { open: index === charts.layers.length - 1 },
        element("summary", {}, networks[index].title),
        stages[index],
      ),
    ),
  );
  byId("layer-table").replaceChildren(
    columnsTable(figures.layers, "One row per architecture and layer; a file of it is below"),
  );
  for (const [index, chart] of charts.layers.entries()) {
    const show = (): Promise<void> =>
      draw(
        stages[index],
        chart,
        `Energy of every layer of ${figures.dnn} on ${networks[index].title}`,
        "shrink",
      );
    if (index === charts.layers.length - 1) await show();
    else stages[index].parentElement?.addEventListener("toggle", () => void show(), { once: true });
  }
}

const speedSelect = byId("speed") as HTMLSelectElement;
const layerSelect = element("select", { id: "layer-number" });
const onSelect = element("select", { id: "layer-on" });

function createLayerChoice(): void {
  byId("layer-choice").replaceChildren(
    element("label", {}, "Layer", layerSelect),
    element("label", {}, "on", onSelect),
  );
  layerSelect.addEventListener("change", () => chooseLayer({ layer: Number(layerSelect.value) }));
  onSelect.addEventListener("change", () => chooseLayer({ on: onSelect.value }));
}

/** Another layer is looked at: the figures above stay what they are. */
function chooseLayer(change: Partial<Pick<Choice, "layer" | "on">>): void {
  choice = { ...choice, ...change };
  history.replaceState(null, "", `#${addressOf(choice, catalogue.version)}`);
  const run = runs;
  showLayer(() => run === runs).catch((error: unknown) => {
    if (!(error instanceof EngineError)) throw error;
  });
}

async function showLayer(isLatest: () => boolean): Promise<void> {
  const wanted = choice;
  let layer: LayerFigures;
  try {
    layer = await engine.ask("layer", wanted);
  } catch (error) {
    if (!(error instanceof EngineError)) throw error;
    tell("layer-trouble", error.message);
    byId("layer").replaceChildren();
    return;
  }
  if (!isLatest() || wanted !== choice) return;
  tell("layer-trouble", "");
  const { draw } = await drawing;
  showLayerChoice(layer);
  const { title, chart, nest, mapSpace, cycles } = layer;
  const stage = element("div", {
    class: "chart wide",
    role: "region",
    tabindex: 0,
    "aria-label": "Picture of the mapping",
  });
  byId("layer").replaceChildren(
    element(
      "p",
      {},
      `The best of ${formatNumber(mapSpace)} ${mapSpace === 1 ? "mapping" : "mappings"}: ${formatNumber(cycles)} cycles.`,
    ),
    stage,
    element(
      "div",
      { class: "scroll", role: "region", tabindex: 0, "aria-label": "Table of levels" },
      levelTable(layer),
    ),
    element(
      "details",
      {},
      element("summary", {}, "The loop nest as text"),
      element("pre", { tabindex: 0 }, nest),
    ),
  );
  await draw(
    stage,
    chart,
    `Mapping of layer ${layer.layer} on ${title}; the loop nest below says the same`,
    "scroll",
  );
}

function showLayerChoice({ layer, architecture }: LayerFigures): void {
  const layers = catalogue.dnns.find(({ name }) => name === choice.dnn)?.layers ?? [];
  layerSelect.replaceChildren(
    ...layers.map(({ layer: number, name }) => element("option", { value: number }, `${number}: ${name}`)),
  );
  layerSelect.value = String(layer);
  const { architectures } = choice;
  onSelect.replaceChildren(
    ...catalogue.architectures
      .filter(({ name }) => architectures === null || architectures.includes(name))
      .map(({ name, title }) => element("option", { value: name }, title)),
  );
  onSelect.value = architecture;
}

function showSame(figures: Figures): void {
  const link = new URL(location.href);
  link.hash = addressOf(choice, catalogue.version);
  byId("same").replaceChildren(
    copied("As a cell of a notebook", cellOf(choice), "cell"),
    copied("As a command", commandOf(choice), "command"),
    copied("As a link", link.href, "link"),
    element(
      "div",
      { class: "row" },
      saved("All figures (JSON)", () => engine.ask("save", "json")),
      saved("Components (CSV)", () => engine.ask("save", "csv")),
      saved("Layers (CSV)", () => engine.ask("save", "layers")),
      saved("Figure (SVG)", async () => {
        const { svgOf } = await drawing;
        return {
          name: `${figures.dnn}.svg`,
          type: "image/svg+xml",
          text: await svgOf(figures.charts.ablation),
        };
      }),
    ),
  );
}

/** A text with a button that copies it. */
function copied(heading: string, text: string, id: string): HTMLElement {
  const button = element("button", { type: "button" }, "Copy");
  const shown = element("pre", { id, tabindex: 0 }, text);
  button.setAttribute("aria-label", `Copy: ${heading}`);
  button.addEventListener("click", () => {
    void navigator.clipboard.writeText(text).then(
      () => said("Copied"),
      () => {
        // Where a page may not write there, people can.
        getSelection()?.selectAllChildren(shown);
        said("Press Ctrl+C");
      },
    );
    const said = (words: string): void => {
      button.textContent = words;
      setTimeout(() => (button.textContent = "Copy"), 2000);
    };
  });
  return element(
    "div",
    { class: "copy" },
    element("div", { class: "row" }, element("span", { class: "label" }, heading), button),
    shown,
  );
}

/** A button that saves a file. */
function saved(label: string, make: () => Promise<SavedFile>): HTMLElement {
  const button = element("button", { type: "button" }, label);
  button.addEventListener("click", () => {
    void make().then(({ name, type, text }) => {
      const address = URL.createObjectURL(new Blob([text], { type }));
      element("a", { href: address, download: name }).click();
      setTimeout(() => URL.revokeObjectURL(address), 10_000);
    });
  });
  return button;
}

window.addEventListener("unhandledrejection", ({ reason }) =>
  refuse(
    `A fault of this page: ${reason instanceof Error ? (reason.stack ?? reason.message) : String(reason)}`,
  ),
);
start().catch((error: unknown) => refuse(error instanceof Error ? error.message : String(error)));
