import { dirname, join } from "node:path";
import { RaellaError, throwAll } from "../errors";
import { adcIdentity } from "./adc-beyond-library";
import type { ArchitectureEntry, StatisticsRules } from "./architectures";
import { copyMap } from "./copy-map";
import { requireFidelity } from "./fidelity";
import type { FileReader } from "./file-memo";
import { FileMemo, withOneLook } from "./file-memo";
import type { GreedyStep } from "./greedy";
import { defaultGreedySteps } from "./greedy";
import type { LoadedModel, Sources } from "./model-files";
import { compiledFor, loadModel, modelDirectoryFiles, sourcesOf } from "./model-files";
import type { VariableOptions } from "./overrides";
import { namingOverrides, overrideWarnings, readOverrides } from "./overrides";
import { applyStatistics } from "./processing/apply-statistics";
import { checkVariableName } from "./processing/compile-model";
import { processSpecification } from "./processing/process-specification";
import type { Statistics, StatisticsTable } from "./read-statistics";
import {
  readLayerStatistics,
  readStatisticsTable,
  readTypicalStatistics,
  statisticsOfLayer,
} from "./read-statistics";
import type { ProblemDocument } from "./schema/problem-schema";
import { readProblem } from "./schema/problem-schema";
import type { AdcBeyondLibrary, Fidelity, Specification } from "./specification";
import type { Workspace } from "./workspace";
import { defaultWorkspace, findArchitecture, findDnn, listLayers } from "./workspace";
import { loadYaml } from "./yaml/load-yaml";
import { displayPath } from "./yaml/source-text";
import { uniteFiles } from "./yaml/unite-files";

/** Which layer on which architecture, and what is changed about it. */
export interface GetSpecOptions extends VariableOptions {
  /** Name of an architecture, in any letter case. */
  readonly architecture: string;
  /** Name of a DNN, in any letter case. */
  readonly dnn: string;
  /** Number of the layer, or the stem of its file ("010"). */
  readonly layer: number | string;
  /** Use typical statistics of the architecture instead of those recorded for the layer. */
  readonly useTypicalStatistics?: boolean;
  /** Default: {@link defaultGreedySteps}. */
  readonly greedySteps?: readonly GreedyStep[];
  readonly fidelity?: Fidelity;
  readonly adcBeyondLibrary?: AdcBeyondLibrary;
  readonly workspace?: Workspace;
}

interface LoadedProblem {
  readonly problem: ProblemDocument;
  readonly sources: Sources;
}

const models = new FileMemo<LoadedModel>(64);
const problems = new FileMemo<LoadedProblem>(2_000);
type LoadedStatistics = Statistics & { readonly sources: Sources };

const statisticsFiles = new FileMemo<LoadedStatistics>(2_000);
const statisticsTables = new FileMemo<{
  readonly folder: string;
  readonly table?: StatisticsTable;
  readonly shownFile: string;
  readonly sources: Sources;
}>(256);

const noRules: StatisticsRules = {
  averageWeightFromBitDensities: false,
  adjustments: [],
  correctedAttributes: {},
};

/**
 * The specification of a DNN layer on an architecture: files read, statistics and overrides put in, everything
 * evaluated, greedy steps applied.
 *
 * Repeated calls are cheap: files are read, checked and compiled once (and again when their contents change).
 *
 * @throws RaellaError with what is wrong, where, and what to do.
 */
export function getSpec(options: GetSpecOptions): Specification {
  return withOneLook(() => namingOverrides(options, (given) => specificationOf(given)));
}

/**
 * The same for a layer of other sizes: what would fit is tried with it.
 * @param sizes of dimensions, by name, instead of those in the file of the layer.
 */
export function getResizedSpec(
  options: GetSpecOptions,
  sizes: Readonly<Record<string, number>>,
): Specification {
  return withOneLook(() => specificationOf(options, sizes));
}

function specificationOf(
  options: GetSpecOptions,
  sizes: Readonly<Record<string, number>> = {},
): Specification {
  const {
    useTypicalStatistics: isTypical = false,
    fidelity = "artifact",
    workspace = defaultWorkspace(),
  } = options;
  requireFidelity(fidelity);
  const architecture = findArchitecture(requireText(options.architecture, "architecture"), workspace);
  const dnn = requireText(options.dnn, "dnn").toLowerCase();
  const layer = layerNumber(options.layer);
  const { problem: written, sources: layerSources } = loadLayer(workspace, dnn, layer);
  const problem = { ...written, instance: { ...written.instance, ...sizes } };
  const model = loadArchitecture(workspace, architecture, fidelity);
  const compiled = compiledFor(model, problem);
  const overrides = readOverrides(options);
  for (const name of overrides.keys()) checkVariableName(name, compiled.reservedNames);
  const variables = copyMap(model.variables);
  const warnings = model.document.warnings.concat(overrideWarnings(overrides, variables));
  const { statistics: rules } = architecture;
  let statisticsSources: Sources = [];
  if (rules === undefined) for (const [name, value] of overrides) variables.set(name, value);
  else {
    const statistics = loadStatistics(workspace, architecture.name, dnn, problem, isTypical);
    statisticsSources = statistics.sources;
    applyStatistics(
      variables,
      { values: statistics.values, file: statistics.file, rules, isTypical, dnn, problem, fidelity },
      overrides,
    );
    for (const name of Object.keys(statistics.values)) checkVariableName(name, compiled.reservedNames);
  }
  return processSpecification({
    model: compiled,
    problem,
    variables,
    greedySteps: options.greedySteps ?? defaultGreedySteps,
    fidelity,
    options: { workingDirectory: workspace.modelsDirectory },
    correctedAttributes: (rules ?? noRules).correctedAttributes,
    identity: {
      architecture: architecture.name,
      dnn,
      layer,
      layerName: problem.layerName,
      typicalStatistics: isTypical,
      ...adcIdentity(options.adcBeyondLibrary),
    },
    sources: model.sources.concat(layerSources, statisticsSources),
    warnings,
  });
}

function requireText(value: unknown, what: string): string {
  if (typeof value === "string" && value !== "") return value;
  throw new RaellaError({
    code: "usage",
    message: `The option "${what}" is ${JSON.stringify(value) ?? "missing"}.`,
    value,
    expected: "a name",
  });
}

function layerNumber(layer: unknown): number {
  const number = typeof layer === "string" && /^[0-9]{1,6}$/.test(layer) ? Number(layer) : layer;
  if (typeof number === "number" && Number.isInteger(number) && number >= 0) return number;
  throw new RaellaError({
    code: "out-of-range",
    message: `The layer is ${typeof layer === "number" ? layer : (JSON.stringify(layer) ?? "missing")}.`,
    value: layer,
    expected: 'the number of a layer, e.g. 10 or "010"',
  });
}

function baseOf(workspace: Workspace): string {
  return dirname(workspace.modelsDirectory);
}

function loadArchitecture(workspace: Workspace, entry: ArchitectureEntry, fidelity: Fidelity): LoadedModel {
  const { modelsDirectory } = workspace;
  return models.get(`${modelsDirectory}\n${entry.directory}\n${fidelity}`, (reader) =>
    loadModel(modelDirectoryFiles(modelsDirectory, entry.directory), reader, {
      roots: [modelsDirectory],
      base: baseOf(workspace),
      fidelity,
    }),
  );
}

function loadLayer(workspace: Workspace, dnn: string, layer: number): LoadedProblem {
  const { layersDirectory } = workspace;
  return problems.get(`${layersDirectory}\n${dnn}\n${layer}`, (reader) => {
    const folder = reader.list(layersDirectory).includes(dnn) ? dnn : findDnn(dnn, workspace);
    const file = join(layersDirectory, folder, `${String(layer).padStart(3, "0")}.yaml`);
    if (!reader.has(file)) throw unknownLayer(dnn, layer, listLayers(dnn, workspace));
    return {
      problem: readLayer(file, reader, layersDirectory),
      sources: sourcesOf(reader, baseOf(workspace)),
    };
  });
}

/** The error for a layer that a DNN does not have. */
export function unknownLayer(dnn: string, layer: number, known: readonly number[]): RaellaError {
  return new RaellaError({
    code: "unknown-name",
    message: `${dnn} has no layer ${layer}.`,
    value: layer,
    expected:
      known.length === 0
        ? "a DNN with layer files"
        : `a layer from ${known[0]} to ${known[known.length - 1]}`,
  });
}

/** Reads a layer file: one top key `problem`. */
function readLayer(file: string, reader: FileReader, layersDirectory: string): ProblemDocument {
  const top = uniteFiles([loadYaml(file, reader, [layersDirectory])]);
  const node = top.get("problem")?.value;
  if (node === undefined || top.size > 1)
    throw new RaellaError({
      code: "schema",
      message: `A layer file has the top key "problem" and no other; this one has ${[...top.keys()].join(", ") || "none"}.`,
      location: { file },
    });
  const errors: RaellaError[] = [];
  const problem = readProblem(node, errors);
  throwAll(errors);
  return problem as ProblemDocument;
}

function loadStatistics(
  workspace: Workspace,
  architecture: string,
  dnn: string,
  { layerName, location }: ProblemDocument,
  isTypical: boolean,
): LoadedStatistics {
  const { statisticsDirectory } = workspace;
  const fromFile = (key: string, read: (reader: FileReader) => Statistics): LoadedStatistics =>
    statisticsFiles.get(`${statisticsDirectory}\n${architecture}\n${key}`, (reader) => ({
      ...read(reader),
      sources: sourcesOf(reader, baseOf(workspace)),
    }));
  if (isTypical)
    return fromFile("typical", (reader) => readTypicalStatistics(statisticsDirectory, architecture, reader));
  if (layerName === null)
    throw new RaellaError({
      code: "statistics",
      message: "The layer has no layer_name, so its recorded statistics cannot be found.",
      location,
      remedy: "Add problem.layer_name, or use typical statistics.",
    });
  const key = `${statisticsDirectory}\n${architecture}\n${dnn}`;
  const { folder, table, shownFile, sources } = statisticsTables.get(key, (reader) => {
    const folder = join(statisticsDirectory, "torch_values", architecture, dnn);
    const file = `${folder}.csv`;
    const table = readStatisticsTable(file, reader);
    return { folder, table, shownFile: displayPath(file), sources: sourcesOf(reader, baseOf(workspace)) };
  });
  if (table !== undefined) return { ...statisticsOfLayer(table, layerName, shownFile), sources };
  return fromFile(`${dnn}\n${layerName}`, (reader) => readLayerStatistics(folder, layerName, reader));
}
