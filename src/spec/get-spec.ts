import { checkedLater, flag, optional, optionsOf, requireOptions } from "../arguments";
import { formatLocation, listed, RaellaError, RaellaErrors, withDetail } from "../errors";
import { publish } from "../memory";
import { dirname, join } from "../platform";
import type { ArchitectureEntry, ArchitectureOrigin, StatisticsRules } from "./architectures";
import { densityWarnings, placeholderWarnings } from "./computable";
import { requireFidelity } from "./fidelity";
import { FileMemo, FileReader, withOneLook } from "./file-memo";
import type { LayerSizes, LoadedProblem } from "./find-layer";
import { findLayer, requireText } from "./find-layer";
import type { GreedyStep } from "./greedy";
import { defaultGreedySteps, greedyStepsSchema } from "./greedy";
import { completeChoices, modelChoiceEntries, resolvedChoices } from "./model-choices";
import { requireNothingNear } from "./misspelt-names";
import type { LoadedModel, Sources } from "./model-files";
import { compiledFor, loadModel, modelDirectoryFiles, sourcesOf } from "./model-files";
import type { VariableDefaults, VariableOptions } from "./overrides";
import {
  namingOverrides,
  namingReplacedFiles,
  readOverrides,
  succeeds,
  unreadStatistics,
  variableEntries,
} from "./overrides";
import type { Statistics, StatisticsValues } from "./processing/apply-statistics";
import {
  applyStatistics,
  ChosenVariables,
  namesSetByRules,
  variablesOfRules,
} from "./processing/apply-statistics";
import { checkVariableName } from "./processing/compile-model";
import { processSpecification } from "./processing/process-specification";
import type { StatisticsTable } from "./read-statistics";
import {
  readLayerStatistics,
  readStatisticsTable,
  readTypicalStatistics,
  statisticsOfLayer,
} from "./read-statistics";
import type { Fidelity, ModelChoices, Specification, Warning } from "./specification";
import type { Workspace } from "./workspace";
import {
  baseOf,
  givenWorkspace,
  listArchitectures,
  listDnns,
  lookUpArchitecture,
  overlaysOf,
  workspaceSchema,
} from "./workspace";
import { displayPath } from "./yaml/source-text";
import { keyLocation } from "./yaml/yaml-node";

export type { LayerSizes };

/** Which layer on which architecture, and what is changed about it. */
export interface GetSpecOptions extends VariableOptions, ModelChoices {
  /** Refuses a design that one of its model's checks rules out, instead of warning. */
  readonly strict?: boolean;
  /** Name of an architecture, in any letter case. */
  readonly architecture: string;
  /** Name of a DNN, in any letter case. Left out for a layer that is given by its sizes. */
  readonly dnn?: string;
  /** Number of the layer, the stem of its file ("010") or its name, or else its sizes. */
  readonly layer: number | string | LayerSizes;
  /** Use typical statistics of the architecture instead of those recorded for the layer. */
  readonly useTypicalStatistics?: boolean;
  /** Default: {@link defaultGreedySteps}; none in the convention of 2024. */
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

const models = new FileMemo<LoadedModel>(64);
interface LoadedStatistics {
  readonly statistics: Statistics;
  readonly sources: Sources;
}

const statisticsFiles = new FileMemo<LoadedStatistics>(2_000);
const statisticsTables = new FileMemo<LoadedTable>(256);

interface LoadedTable {
  /** That of all statistics. */
  readonly folder: string;
  /** Path of the table without its ending, or of the folder that stands for it. */
  readonly stem: string;
  readonly isFolder: boolean;
  readonly table?: StatisticsTable;
  readonly shownFile: string;
  readonly sources: Sources;
}

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
 * @example
 * ```ts
 * const specification = getSpec({ architecture: "raella", dnn: "resnet18", layer: 10, variables: { ADC_RESOLUTION: 8 } });
 * console.log(specification.levels.map(({ name }) => name));
 * ```
 */
export function getSpec(options: GetSpecOptions): Specification {
  requireOptions(getSpecSchema, options, "getSpec");
  return publish(assembleSpec(options));
}

/** The same for use inside the package, for options that have been checked: not frozen, since it does not leave it. */
export function assembleSpec(request: SpecificationRequest): Specification {
  return withOneLook(() =>
    namingReplacedFiles(request.workspace, () => namingOverrides(request, namingChanges)),
  );
}

/** The same where nobody reads which of the variables an error comes from: to find that out takes several tries. */
export function assembleQuietly(request: SpecificationRequest): Specification {
  return withOneLook(() => specificationOf(request));
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

/** The specification of a request. An error that comes from what a derived architecture changes says so. */
function namingChanges(request: SpecificationRequest): Specification {
  try {
    return specificationOf(request);
  } catch (error) {
    if (
      !(error instanceof RaellaError) ||
      typeof request.architecture !== "string" ||
      request.architecture === ""
    )
      throw error;
    const workspace = givenWorkspace(request.workspace);
    const { entry, origin } = lookUpArchitecture(request.architecture, workspace);
    const base = entry.derivedFrom;
    const file = join(workspace.modelsDirectory, "architectures.yaml");
    const isTold = (error instanceof RaellaErrors ? error.errors : [error]).every(
      ({ location }) => location?.file === displayPath(file),
    );
    const [changes] = origin.changes.slice(-1);
    const places = base === undefined || isTold ? [] : placesOfChanges(changes);
    if (places.length === 0 || !succeeds(() => specificationOf({ ...request, architecture: base ?? "" })))
      throw error;
    throw withDetail(
      error,
      `${base} has no such error: this comes from what ${entry.name} changes, ${listed(places)}.`,
    );
  }
}

/** The variables and levels that a derived architecture changes, with their places. */
function placesOfChanges({ variables, levels }: ArchitectureOrigin["changes"][number]): readonly string[] {
  return [variables, levels].flatMap((node) =>
    node?.kind !== "map"
      ? []
      : [...node.entries].map(([name, entry]) => `${name} (${formatLocation(keyLocation(entry, ""))})`),
  );
}

function specificationOf(
  options: SpecificationRequest,
  sizes?: Readonly<Record<string, number>>,
): Specification {
  const { useTypicalStatistics: wantsTypical, fidelity = "artifact" } = options;
  const workspace = givenWorkspace(options.workspace);
  requireFidelity(fidelity);
  const { entry: architecture, origin } = lookUpArchitecture(
    requireText(options.architecture, "architecture"),
    workspace,
  );
  const found = findLayer(workspace, options);
  const { dnn, layer, problem: written, sources: layerSources } = found;
  const isTypical = wantsTypical ?? found.sizes !== undefined;
  const problem = sizes === undefined ? written : { ...written, instance: { ...written.instance, ...sizes } };
  const { sparse, convention } = completeChoices(options);
  const isDense = sparse === "dense";
  const model = loadArchitecture(workspace, architecture, origin, { fidelity, isDense, convention });
  const choices = resolvedChoices(options, model.document.convention);
  const compiled = compiledFor(model, problem);
  const variables = new ChosenVariables(model.variables);
  const { statistics: rules = noRules } = architecture;
  const loaded =
    architecture.statistics === undefined ? undefined : loadStatistics(workspace, origin, found, isTypical);
  const read = loaded?.statistics;
  const statistics =
    read && options.measured ? { ...read, values: { ...read.values, ...options.measured } } : read;
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
      {
        statistics,
        rules,
        isTypical,
        dnn: (dnn ?? "").toLowerCase(),
        problem,
        fidelity,
      },
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
  const input = {
    model: compiled,
    problem,
    given: variables.given,
    overrides: overrides.values,
    greedySteps: options.greedySteps ?? (compiled.convention === "2024" ? [] : defaultGreedySteps),
    fidelity,
    options: { workingDirectory: workspace.modelsDirectory },
    attributes,
    isStrict: options.strict === true,
    identity: {
      architecture: architecture.name,
      dnn,
      layer,
      layerName: problem.layerName,
      ...(found.sizes && { sizes: found.sizes }),
      typicalStatistics: isTypical,
      ...choices,
    },
    workspace,
    placeholders,
    notes: found.sizes !== undefined && statistics !== undefined ? [typicalInstead(architecture.name)] : [],
    sources: model.sources.concat(layerSources, loaded?.sources ?? []),
    warnings: model.document.warnings.concat(
      overrides.warnings,
      unreadStatistics(statisticsNames, overridden, true),
      isTypical && wantsTypical === true && statistics === undefined ? [noStatistics(architecture.name)] : [],
      densityWarnings(problem),
      placeholderWarnings(placeholders),
    ),
  } satisfies Parameters<typeof processSpecification>[0];
  try {
    return processSpecification(input);
  } catch (error) {
    if (!(error instanceof RaellaError) || statistics === undefined) throw error;
    const { summary } = error;
    const named = statisticsNames.filter(
      (name) => !overrides.values.has(name) && new RegExp(`\\b${name}\\b`).test(summary),
    );
    throw named.length === 0
      ? error
      : withDetail(
          error,
          `${listed(named)} ${named.length === 1 ? "comes" : "come"} from ${statistics.file}.`,
        );
  }
}

function noStatistics(architecture: string): Warning {
  return {
    code: "statistics",
    message: `${architecture} has no statistics, so that typical ones have no effect.`,
  };
}

function typicalInstead(architecture: string): Warning {
  return {
    code: "statistics",
    message: `A layer given by its sizes has no recorded statistics: it is computed with those that are typical of ${architecture}.`,
  };
}

/** The files of an architecture's model. */
export function loadArchitecture(
  workspace: Workspace,
  entry: ArchitectureEntry,
  { changes }: ArchitectureOrigin,
  choices: Pick<ModelChoices, "convention"> & { readonly fidelity: Fidelity; readonly isDense: boolean },
): LoadedModel {
  const { modelsDirectory } = workspace;
  const load = (reader: FileReader): LoadedModel => {
    // What a derived architecture changes is part of what it is made of.
    if (entry.derivedFrom !== undefined) reader.read(join(modelsDirectory, "architectures.yaml"));
    return loadModel(modelDirectoryFiles(modelsDirectory, entry.directory), reader, {
      roots: [modelsDirectory],
      base: baseOf(workspace),
      ...{ ...choices, changes },
    });
  };
  const { fidelity, isDense, convention } = choices;
  const key = [modelsDirectory, entry.directory, entry.derivedFrom === undefined ? "" : entry.name];
  return models.get([...key, fidelity, isDense, convention].join("\n"), load, overlaysOf(workspace));
}

/**
 * Statistics of a layer: those of the architecture itself before those of what it is derived from, and for each those of
 * the workspace before those of what it lies over.
 */
function loadStatistics(
  workspace: Workspace,
  { statisticsNames }: ArchitectureOrigin,
  { dnn, problem }: LoadedProblem,
  isTypical: boolean,
): LoadedStatistics {
  const folders = new FileReader(overlaysOf(workspace)).placesOf(workspace.statisticsDirectory);
  const places = statisticsNames.flatMap((name) => folders.map((folder) => ({ folder, name })));
  const architectures = (): readonly string[] => listArchitectures(workspace).map(({ name }) => name);
  if (isTypical) {
    const found = places.find(({ folder, name }) => hasFile(join(folder, "typical_values"), name));
    if (found?.folder !== folders[0])
      requireNothingNear(join(folders[0], "typical_values"), statisticsNames, "", architectures);
    const { folder, name } = found ?? places[0];
    return readOnce(folder, [folder, name, "typical"], (reader) =>
      readTypicalStatistics(folder, name, reader),
    );
  }
  const { layerName, location } = problem;
  if (dnn === null)
    throw new RaellaError({
      code: "statistics",
      message: "There are no recorded statistics of a layer that is given by its sizes.",
      remedy: "Use typical statistics, or leave the choice out.",
    });
  if (layerName === null)
    throw new RaellaError({
      code: "statistics",
      message: "The layer has no layer_name, so its recorded statistics cannot be found.",
      location,
      remedy: "Add problem.layer_name, or use typical statistics.",
    });
  const tables = places.map(({ folder, name }) => loadTable(folder, name, dnn));
  const own = tables.filter(({ folder }) => folder === folders[0]);
  if (own.every(({ table, isFolder }) => table === undefined && !isFolder)) {
    const torchValues = join(folders[0], "torch_values");
    const dnns = (): readonly string[] => listDnns(workspace);
    requireNothingNear(torchValues, statisticsNames, "", architectures);
    for (const name of statisticsNames) requireNothingNear(join(torchValues, name), [dnn], ".csv", dnns);
  }
  const known = tables.filter(({ table, isFolder }) => table !== undefined || isFolder);
  const found = known.find(({ table, stem }) => table?.has(layerName) ?? hasFile(stem, layerName));
  const { folder, stem, table, shownFile, sources } = found ?? known.at(0) ?? tables[0];
  return table === undefined
    ? readOnce(folder, [stem, layerName], (reader) => readLayerStatistics(stem, layerName, reader))
    : { statistics: statisticsOfLayer(table, layerName, shownFile), sources };
}

/** @param folder that holds all statistics. */
function readOnce(
  folder: string,
  key: readonly string[],
  read: (reader: FileReader) => Statistics,
): LoadedStatistics {
  return statisticsFiles.get(key.join("\n"), (reader) => ({
    statistics: read(reader),
    sources: sourcesOf(reader, dirname(folder)),
  }));
}

function loadTable(folder: string, architecture: string, dnn: string): LoadedTable {
  return statisticsTables.get([folder, architecture, dnn].join("\n"), (reader) => {
    const stem = join(folder, "torch_values", architecture, dnn);
    const file = `${stem}.csv`;
    const table = readStatisticsTable(file, reader);
    return {
      ...{ folder, stem, table, shownFile: displayPath(file) },
      isFolder: table === undefined && reader.has(stem),
      sources: sourcesOf(reader, dirname(folder)),
    };
  });
}

function hasFile(folder: string, name: string): boolean {
  return withOneLook((look) => look.stamp(join(folder, name)) !== undefined);
}
