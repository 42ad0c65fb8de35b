import { RaellaError } from "../errors";
import { assembleSpec } from "../spec/get-spec";
import { loadSpecification } from "../spec/load-specification";
import { choicesAmong } from "../spec/model-choices";
import type { Fidelity, ModelChoices, Specification } from "../spec/specification";
import { workspaceAt } from "../spec/workspace";
import type { Workspace } from "../spec/workspace";
import type { SearchKind } from "../study/search-kind";
import type { LayerOptions, StudyOptions } from "../study/study-options";
import { withDefaults } from "../study/study-options";
import {
  parseCount,
  parseDefines,
  parseLayer,
  parseObjective,
  parsePositive,
  parseSettings,
  parseShape,
  requireFullSearch,
} from "./parse-options";

/** Options that say how layers are modelled, as the command line gives them. */
export interface GivenModelOptions extends ModelChoices {
  readonly strict?: boolean;
  readonly tiles?: string;
  readonly batch?: string;
  readonly typical?: boolean;
  readonly set: readonly string[];
  readonly setNew?: readonly string[];
  readonly fidelity: Fidelity;
  readonly search?: SearchKind;
  readonly objective?: string;
  readonly timeLimit?: string;
  readonly workspace?: string;
}

/** The workspace that is asked for, by option or environment; undefined for the package's own. */
export function chosenWorkspace({ workspace }: Pick<GivenModelOptions, "workspace">): Workspace | undefined {
  const folder = workspace ?? (process.env.RAELLA_WORKSPACE || undefined);
  return folder === undefined ? undefined : workspaceAt(folder);
}

/** The same for the functions of the library. */
export function studyOptions(given: GivenModelOptions): StudyOptions {
  if (given.search !== "full") requireFullSearch(given);
  const { setNew: newVariables = [] } = given;
  return {
    nTiles: given.tiles === undefined ? undefined : parseCount(given.tiles, "--tiles", 1),
    batchSize: given.batch === undefined ? undefined : parseCount(given.batch, "--batch", 1),
    useTypicalStatistics: given.typical,
    variables: parseSettings(given.set),
    newVariables: newVariables.length === 0 ? undefined : parseSettings(newVariables, "--set-new"),
    fidelity: given.fidelity,
    ...choicesAmong(given),
    strict: given.strict,
    search: given.search,
    workspace: chosenWorkspace(given),
    objective: given.objective === undefined ? undefined : parseObjective(given.objective),
    timeLimitMs:
      given.timeLimit === undefined ? undefined : 1000 * parsePositive(given.timeLimit, "--time-limit"),
  };
}

/** Options that choose a layer. */
export interface GivenLayer {
  readonly dnn?: string;
  readonly layer?: string;
  /** Its sizes. */
  readonly shape?: string;
}

/**
 * The layer that is meant, by DNN and number or name or by sizes; undefined if none is.
 * @throws RaellaError `usage` for both, or for half of one.
 */
export function chosenLayer({
  dnn,
  layer,
  shape,
}: GivenLayer): Pick<LayerOptions, "dnn" | "layer"> | undefined {
  const needless = dnn === undefined ? "--layer" : "--dnn";
  if (shape !== undefined && (dnn !== undefined || layer !== undefined))
    throw new RaellaError({
      code: "usage",
      message: `--shape gives a layer of no DNN, so that ${needless} says nothing.`,
      value: shape,
      remedy: `Leave out --shape, or --dnn and --layer.`,
    });
  if (shape !== undefined) return { layer: parseShape(shape) };
  return dnn === undefined || layer === undefined ? undefined : { dnn, layer: parseLayer(layer) };
}

/** Options that choose a specification by name. */
export interface GivenChoice extends GivenModelOptions, GivenLayer {
  readonly architecture?: string;
  /** False with `--no-greedy`. */
  readonly greedy?: boolean;
  readonly includeRoot: readonly string[];
  readonly define: readonly string[];
  /** File with the statistics of a layer given as files. */
  readonly statistics?: string;
}

/** @throws RaellaError `usage` for an option that says something only about the other way to give a specification. */
function requireFitting(files: readonly string[], given: GivenChoice): void {
  const ofNames = ["architecture", "dnn", "layer", "shape", "typical"] as const;
  const ofFiles = ["define", "includeRoot", "statistics"] as const;
  const needless =
    files.length > 0
      ? ofNames.find((name) => given[name] !== undefined)
      : ofFiles.find((name) => (given[name]?.length ?? 0) > 0);
  if (needless === undefined) return;
  const option = needless === "includeRoot" ? "--include-root" : `--${needless}`;
  throw new RaellaError({
    code: "usage",
    message:
      files.length > 0
        ? `${option} says nothing about a specification that is given as files.`
        : `${option} belongs to a layer given as files.`,
    value: String(given[needless]),
    remedy:
      files.length > 0
        ? "Leave it out, or the files."
        : needless === "statistics"
          ? "Without files the recorded statistics of the layer are taken; --set changes single ones."
          : "Leave it out, or give the files.",
  });
}

/**
 * A layer by the names of architecture, DNN and layer, or by its sizes, and how it is modelled.
 * @throws RaellaError `usage` if it is not given in full, or something is given that has no effect.
 */
export function chooseLayer(given: GivenChoice): LayerOptions {
  requireFitting([], given);
  const { architecture } = given;
  const layer = chosenLayer(given);
  if (architecture === undefined || layer === undefined)
    throw new RaellaError({
      code: "usage",
      message: "Nothing says which specification is meant.",
      expected: "YAML files, or --architecture, --dnn and --layer, or --architecture and --shape",
    });
  const greedySteps = given.greedy === false ? [] : undefined;
  return { ...studyOptions(given), ...layer, architecture, greedySteps };
}

/**
 * The specification given as files, or by the names of architecture, DNN and layer.
 * @throws RaellaError `usage` if neither is given in full, and for mistakes in the files or names.
 */
export function chooseSpecification(files: readonly string[], given: GivenChoice): Specification {
  if (files.length === 0) return assembleSpec(withDefaults(chooseLayer(given)));
  requireFitting(files, given);
  const options = studyOptions(given);
  const { nTiles, batchSize, variables, newVariables, fidelity, strict, workspace } = options;
  return loadSpecification({
    ...{ files, nTiles, batchSize, variables, newVariables, fidelity, strict, workspace },
    ...choicesAmong(options),
    greedySteps: given.greedy === false ? [] : undefined,
    statistics: given.statistics,
    includeRoots: given.includeRoot,
    defines: parseDefines(given.define),
  });
}
