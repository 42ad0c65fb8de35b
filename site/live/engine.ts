// The worker of the page: the engine of the package, with the files that it has been sent instead of a disk.
import { version } from "../../package.json";
import { RaellaError, suggestName } from "../../src/errors";
import { ablationChart, layerEnergiesChart, layerMappingChart } from "../../src/report/charts/study-charts";
import { formatMappingText } from "../../src/report/mapping-text";
import { componentColumns, formatCsv, layerWideColumns } from "../../src/report/tidy-columns";
import { filesInMemory, useFiles } from "../../src/spec/files";
import { loadComponentGroups } from "../../src/spec/component-groups";
import type { Warning } from "../../src/spec/specification";
import { listVariables } from "../../src/spec/model-variables";
import { listArchitectures } from "../../src/spec/workspace";
import { totalAreas } from "../../src/study/layer-result";
import type { LayerResult } from "../../src/study/layer-result";
import type { AblationResult, NetworkResult } from "../../src/study/network-result";
import { mapLayer, resultOf } from "../../src/study/run-layer";
import { runAblation } from "../../src/study/run-network";
import { ablationOptions, layerOptions } from "./choice";
import type { Choice } from "./choice";
import type {
  Catalogue,
  Figures,
  LayerFigures,
  ModelFiles,
  Order,
  Remark,
  Reply,
  SavedFile,
  TaskName,
  Tasks,
  Trouble,
} from "./messages";

/** What a worker has of the global scope, as far as it is used here. */
interface WorkerScope {
  onmessage: ((event: MessageEvent<Order>) => void) | null;
  postMessage(reply: Reply): void;
}

const scope = globalThis as unknown as WorkerScope;

/** The models, and the DNNs that somebody has asked for. */
class Library {
  private files: Readonly<Record<string, string>> = {};
  private readonly fetched = new Map<string, Promise<void>>();
  readonly start = this.fetchModels();

  constructor() {
    // Whoever needs the models is told; that nobody does yet is no fault.
    this.start.catch(() => undefined);
  }

  private async fetchModels(): Promise<readonly ModelFiles["dnns"][number][]> {
    const { dnns, files } = (await fetchJson("models")) as ModelFiles;
    this.add(files);
    return dnns;
  }

  private add(files: Readonly<Record<string, string>>): void {
    this.files = { ...this.files, ...files };
    useFiles(filesInMemory(this.files));
  }

  /** Has the layers of a DNN and their statistics here. */
  async need(dnn: string): Promise<void> {
    const names = (await this.start).map(({ name }) => name);
    if (!names.includes(dnn))
      throw new RaellaError({
        code: "unknown-name",
        message: `There is no DNN "${dnn}".`,
        value: dnn,
        expected: names.join(", "),
        remedy: suggestName(dnn, names),
      });
    await this.fetchOnce(dnn);
  }

  /** Has the layers of a DNN sent for that will probably be asked for. */
  expect(dnn: string): void {
    if (/^[\w.-]+$/.test(dnn)) this.fetchOnce(dnn).catch(() => undefined);
  }

  /** A file that failed may be asked for again. */
  private fetchOnce(dnn: string): Promise<void> {
    const known =
      this.fetched.get(dnn) ?? fetchJson(dnn).then((files) => this.add(files as Record<string, string>));
    this.fetched.set(dnn, known);
    known.catch(() => this.fetched.delete(dnn));
    return known;
  }
}

async function fetchJson(name: string): Promise<unknown> {
  const failed = (why: string): RaellaError =>
    new RaellaError({
      code: "file-not-found",
      message: `The files of ${name} could not be fetched: ${why}.`,
      remedy: "Is the network there? Try again.",
    });
  let response: Response;
  try {
    response = await fetch(`data/${name}.json`);
  } catch (error) {
    throw failed(error instanceof Error ? error.message : String(error));
  }
  if (!response.ok) throw failed(`the host answers ${response.status}`);
  return response.json();
}

const library = new Library();
library.expect(decodeURIComponent(globalThis.location.hash.slice(1)));
/** The run under way, which a new one ends. */
let running = new AbortController();
let latest: AblationResult | undefined;

const titleOf = (architecture: string): string =>
  listArchitectures().find(({ name }) => name === architecture)?.title ?? architecture;

async function catalogue(): Promise<Catalogue> {
  const dnns = await library.start;
  return {
    version,
    dnns,
    architectures: listArchitectures().map(({ name, title, description }) => ({
      ...{ name, title, description },
      variables: listVariables(name),
    })),
  };
}

async function figures(choice: Choice): Promise<Figures> {
  running.abort();
  const { signal } = (running = new AbortController());
  await library.need(choice.dnn);
  const ablation = await runAblation(choice.dnn, {
    ...ablationOptions(choice),
    signal,
    onProgress: tellNowAndThen(),
  });
  latest = ablation;
  const { dnn, nTiles, batchSize, networks } = ablation;
  return {
    ...{ dnn, nTiles, batchSize },
    networks: networks.map(({ architecture, totals, layers }) => ({
      architecture,
      title: titleOf(architecture),
      totals,
      layers: layers.map(({ layer, layerName }) => ({ layer, layerName })),
      isRuledOut: layers.some(({ warnings }) => warnings.some(({ code }) => code === "check")),
    })),
    layers: layerWideColumns(ablation, loadComponentGroups()),
    warnings: remarksOf(networks, ({ warnings }) => warnings),
    notes: remarksOf(networks, ({ notes = [] }) => notes, false),
    charts: {
      ablation: ablationChart(ablation, { speed: choice.speed, subtitle: "" }),
      layers: networks.map((network) => layerEnergiesChart(network)),
    },
  };
}

/** Progress for people: not more often than they can read. */
function tellNowAndThen(): (progress: { readonly done: number; readonly total: number }) => void {
  let toldAt = performance.now();
  return ({ done, total }) => {
    if (performance.now() - toldAt < 150) return;
    toldAt = performance.now();
    scope.postMessage({ progress: { done, total } });
  };
}

/** Every message once, with the architectures and the number of layers that it is about. */
function remarksOf(
  networks: readonly NetworkResult[],
  of: (layer: LayerResult) => readonly Warning[],
  withPipeline = true,
): Remark[] {
  const places = new Map<string, string[]>();
  const add = (message: string, place: string): void =>
    void places.set(message, [...(places.get(message) ?? []), place]);
  for (const { architecture, layers, warnings = [] } of networks) {
    if (withPipeline) for (const { message } of warnings) add(message, titleOf(architecture));
    const counts = new Map<string, number>();
    for (const layer of layers)
      for (const { message } of of(layer)) counts.set(message, (counts.get(message) ?? 0) + 1);
    for (const [message, count] of counts)
      add(message, `${titleOf(architecture)}, ${count} of ${layers.length} layers`);
  }
  return [...places].map(([message, about]) => ({ message, about: about.join("; ") }));
}

async function layer(choice: Choice): Promise<LayerFigures> {
  await library.need(choice.dnn);
  const dnn = (await library.start).find(({ name }) => name === choice.dnn);
  const names = choice.architectures ?? listArchitectures().map(({ name }) => name);
  const architecture = choice.on ?? names[names.length - 1];
  const number = choice.layer ?? ablationOptions(choice).layers?.[0] ?? dnn?.layers[0].layer ?? 0;
  const mapped = mapLayer(layerOptions(choice, architecture, number));
  const { layerName, cycles, energyPj, areaUm2, mapSpace } = resultOf(mapped);
  return {
    architecture,
    title: titleOf(architecture),
    layer: number,
    ...{ layerName, cycles, energyPj },
    areaUm2: totalAreas(areaUm2),
    mapSpace: mapSpace.size,
    nest: formatMappingText(mapped.mapping, mapped.evaluation),
    chart: layerMappingChart(mapped, { subtitle: "" }),
  };
}

async function save(kind: "json" | "csv" | "layers"): Promise<SavedFile> {
  await library.start;
  if (latest === undefined)
    throw new RaellaError({ code: "usage", message: "There are no figures to save yet." });
  const groups = loadComponentGroups();
  const { dnn } = latest;
  if (kind === "json")
    return {
      name: `${dnn}.json`,
      type: "application/json",
      text: `${JSON.stringify(latest, undefined, 2)}\n`,
    };
  const columns = kind === "csv" ? componentColumns(latest, groups) : layerWideColumns(latest, groups);
  return {
    name: kind === "csv" ? `${dnn}-components.csv` : `${dnn}-layers.csv`,
    type: "text/csv",
    text: formatCsv(columns),
  };
}

const tasks: {
  readonly [Name in TaskName]: (given: Tasks[Name]["given"]) => Promise<Tasks[Name]["answer"]>;
} = {
  catalogue,
  figures,
  layer,
  save,
};

function troubleOf(error: unknown): Trouble {
  if (error instanceof RaellaError) return { message: error.message, code: error.code };
  return { message: error instanceof Error ? (error.stack ?? error.message) : String(error), code: "fault" };
}

scope.onmessage = ({ data: { id, task, given } }) => {
  const run = tasks[task] as (given: unknown) => Promise<Tasks[TaskName]["answer"]>;
  run(given).then(
    (answer) => scope.postMessage({ id, answer }),
    (error: unknown) => scope.postMessage({ id, error: troubleOf(error) }),
  );
};
