import { checkedLater, flag, optional, optionsOf, requireOptions, shown } from "../arguments";
import { RaellaError, throwAll } from "../errors";
import { publish } from "../memory";
import { dirname, join } from "../platform";
import type { ArchitectureEntry, StatisticsRules } from "./architectures";
import { densityWarnings, placeholderWarnings } from "./computable";
import { requireFidelity } from "./fidelity";
import type { FileReader } from "./file-memo";
import { FileMemo, withOneLook } from "./file-memo";
import type { GreedyStep } from "./greedy";
import { defaultGreedySteps, greedyStepsSchema } from "./greedy";
import { modelChoiceEntries, unusualChoices } from "./model-choices";
import type { LoadedModel, Sources } from "./model-files";
import { compiledFor, loadModel, modelDirectoryFiles, sourcesOf } from "./model-files";
import type { VariableDefaults, VariableOptions } from "./overrides";
import { namingOverrides, readOverrides, unreadStatistics, variableEntries } from "./overrides";
import type { StatisticsValues } from "./processing/apply-statistics";
import { applyStatistics, namesSetByRules, variablesOfRules } from "./processing/apply-statistics";
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
import type { Fidelity, ModelChoices, Specification, Warning } from "./specification";
import type { Workspace } from "./workspace";
import { findArchitecture, findDnn, givenWorkspace, listLayers, workspaceSchema } from "./workspace";
import { loadYaml } from "./yaml/load-yaml";
import { displayPath } from "./yaml/source-text";
import { uniteFiles } from "./yaml/unite-files";

/** Which layer on which architecture, and what is changed about it. */
export interface GetSpecOptions extends VariableOptions, ModelChoices {
  /** Refuses a design that one of its model's checks rules out, instead of warning. */
  readonly strict?: boolean;
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
  readonly workspace?: Workspace;
}

export const specificationEntries = {
  ...variableEntries,
  architecture: checkedLater,
  dnn: checkedLater,
  layer: checkedLater,
  useTypicalStatistics: optional(flag),
  greedySteps: optional(greedyStepsSchema),
  fidelity: checkedLater,
  ...modelChoiceEntries,
  strict: optional(flag),
  workspace: optional(workspaceSchema),
};

const getSpecSchema = optionsOf(specificationEntries);

/** A specification that studies ask for, whose options have been checked. */
export interface SpecificationRequest extends GetSpecOptions {
  readonly defaults?: VariableDefaults;
  /** Statistics of the layer that take the place of those of the same name in the files. */
  readonly measured?: StatisticsValues;
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
  requireOptions(getSpecSchema, options, "getSpec");
  return publish(assembleSpec(options));
}

/** The same for use inside the package, for options that have been checked: not frozen, since it does not leave it. */
export function assembleSpec(request: SpecificationRequest): Specification {
  return withOneLook(() => namingOverrides(request, (given) => specificationOf(given)));
}

/**
 * The same for a layer of other sizes: what would fit is tried with it.
 * @param sizes of dimensions, by name, instead of those in the file of the layer.
 */
export function assembleResizedSpec(
  request: SpecificationRequest,
  sizes: Readonly<Record<string, number>>,
): Specification {
  return withOneLook(() => specificationOf(request, sizes));
}

function specificationOf(
  options: SpecificationRequest,
  sizes: Readonly<Record<string, number>> = {},
): Specification {
  const { useTypicalStatistics: isTypical = false, fidelity = "artifact" } = options;
  const workspace = givenWorkspace(options.workspace);
  requireFidelity(fidelity);
  const architecture = findArchitecture(requireText(options.architecture, "architecture"), workspace);
  const dnn = requireText(options.dnn, "dnn").toLowerCase();
  const layer = layerNumber(options.layer);
  const { problem: written, sources: layerSources } = loadLayer(workspace, dnn, layer);
  const problem = { ...written, instance: { ...written.instance, ...sizes } };
  const choices = unusualChoices(options);
  const model = loadArchitecture(workspace, architecture, fidelity, choices.sparse === "dense");
  const compiled = compiledFor(model, problem);
  const variables = new Map(model.variables);
  const { statistics: rules = noRules } = architecture;
  const loaded =
    architecture.statistics === undefined
      ? undefined
      : loadStatistics(workspace, architecture.name, dnn, problem, isTypical);
  const statistics = loaded && { ...loaded, values: { ...loaded.values, ...options.measured } };
  const statisticsNames = Object.keys(statistics?.values ?? {});
  for (const name of statisticsNames) checkVariableName(name, compiled.reservedNames);
  const added = statisticsNames.filter((name) => !model.variables.has(name));
  const known =
    added.length === 0
      ? model.variables
      : new Map([...model.variables, ...added.map((name) => [name, null] as const)]);
  const overridden = {
    ...{ name: architecture.name, compiled, problem, variables: known, readEarly: variablesOfRules(rules) },
  };
  const overrides = readOverrides(options, overridden, options.defaults);
  let attributes: Readonly<Record<string, number>> = {};
  if (statistics === undefined) for (const [name, value] of overrides.values) variables.set(name, value);
  else
    attributes = applyStatistics(
      variables,
      { values: statistics.values, file: statistics.file, rules, isTypical, dnn, problem, fidelity },
      overrides.values,
    );
  const given = new Set([
    ...overrides.values.keys(),
    ...statisticsNames,
    ...namesSetByRules(rules, isTypical),
  ]);
  const placeholders = choices.usePlaceholders
    ? []
    : model.document.placeholders.filter((name) => !given.has(name));
  return processSpecification({
    model: compiled,
    problem,
    variables,
    overrides: overrides.values,
    greedySteps: options.greedySteps ?? defaultGreedySteps,
    fidelity,
    options: { workingDirectory: workspace.modelsDirectory },
    attributes,
    isStrict: options.strict === true,
    identity: {
      architecture: architecture.name,
      dnn,
      layer,
      layerName: problem.layerName,
      typicalStatistics: isTypical,
      ...choices,
    },
    workspace,
    placeholders,
    sources: model.sources.concat(layerSources, statistics?.sources ?? []),
    warnings: model.document.warnings.concat(
      overrides.warnings,
      unreadStatistics(statisticsNames, overridden, true),
      isTypical && statistics === undefined ? [noStatistics(architecture.name)] : [],
      densityWarnings(problem),
      placeholderWarnings(placeholders),
    ),
  });
}

function noStatistics(architecture: string): Warning {
  return {
    code: "statistics",
    message: `${architecture} has no statistics, so that typical ones have no effect.`,
  };
}

function requireText(value: unknown, what: string): string {
  if (typeof value === "string" && value !== "") return value;
  throw new RaellaError({
    code: "usage",
    message: `The option "${what}" is ${value === undefined ? "missing" : shown(value)}.`,
    value,
    expected: "a name",
  });
}

function layerNumber(layer: unknown): number {
  const number = typeof layer === "string" && /^[0-9]{1,6}$/.test(layer) ? Number(layer) : layer;
  if (typeof number === "number" && Number.isInteger(number) && number >= 0) return number;
  throw new RaellaError({
    code: "out-of-range",
    message: `The layer is ${layer === undefined ? "missing" : shown(layer)}.`,
    value: layer,
    expected: 'the number of a layer, e.g. 10 or "010"',
  });
}

function baseOf(workspace: Workspace): string {
  return dirname(workspace.modelsDirectory);
}

function loadArchitecture(
  workspace: Workspace,
  entry: ArchitectureEntry,
  fidelity: Fidelity,
  isDense: boolean,
): LoadedModel {
  const { modelsDirectory } = workspace;
  return models.get(`${modelsDirectory}\n${entry.directory}\n${fidelity}\n${isDense}`, (reader) =>
    loadModel(modelDirectoryFiles(modelsDirectory, entry.directory), reader, {
      roots: [modelsDirectory],
      base: baseOf(workspace),
      fidelity,
      isDense,
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
