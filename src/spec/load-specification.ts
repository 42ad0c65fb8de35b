import * as v from "valibot";
import {
  checkedLater,
  finite,
  flag,
  name,
  names,
  optional,
  optionsOf,
  requireOptions,
  tableOf,
  text,
} from "../arguments";
import { collectErrors, RaellaError, suggestName, throwAll } from "../errors";
import { publish } from "../memory";
import { basename, dirname, resolve, workingDirectory } from "../platform";
import { densityWarnings, placeholderWarnings } from "./computable";
import { requireFidelity } from "./fidelity";
import type { Overlay } from "./file-memo";
import { FileMemo, FileReader, withOneLook } from "./file-memo";
import { namesNear } from "./files";
import type { GreedyStep } from "./greedy";
import { defaultGreedySteps, greedyStepsSchema } from "./greedy";
import { completeChoices, modelChoiceEntries, resolvedChoices } from "./model-choices";
import type { LoadedModel } from "./model-files";
import { compiledFor, expandPattern, loadModel, sourcesOf } from "./model-files";
import type { VariableOptions } from "./overrides";
import {
  namingOverrides,
  namingReplacedFiles,
  readOverrides,
  unreadStatistics,
  variableEntries,
} from "./overrides";
import type { CompiledModel } from "./processing/compiled-model";
import { checkVariableName } from "./processing/compile-model";
import { processSpecification } from "./processing/process-specification";
import { unknownSizes } from "./processing/workload-from-problem";
import { readNameValueFile } from "./read-statistics";
import type { Fidelity, ModelChoices, Specification, WrittenValue } from "./specification";
import type { Workspace } from "./workspace";
import { givenWorkspace, overlaysOf, workspaceSchema } from "./workspace";

/** A specification given as YAML files. */
export interface LoadSpecificationOptions extends VariableOptions, ModelChoices {
  /** Refuses a design that one of its model's checks rules out, instead of warning. */
  readonly strict?: boolean;
  /** YAML files, or patterns with `*`, in order. Together they hold an architecture and a problem. */
  readonly files: readonly string[];
  /**
   * Default: {@link defaultGreedySteps} if the architecture has a container that one of them names, none otherwise. An
   * empty list leaves the constraints as written.
   */
  readonly greedySteps?: readonly GreedyStep[];
  readonly fidelity?: Fidelity;
  /** A file of lines `NAME=value`, or the values, put into the variables before the caller's own. */
  readonly statistics?: string | Readonly<Record<string, number | string>>;
  /** Folders that included files may lie in, besides those of the files and of the workspace. */
  readonly includeRoots?: readonly string[];
  /** Values that templates among the files ask for. */
  readonly defines?: Readonly<Record<string, number | string | boolean>>;
  readonly workspace?: Workspace;
}

export const definesSchema = tableOf(
  v.union([finite, text, v.boolean()], "numbers, texts, true and false"),
  "values by name",
);

const schema = optionsOf({
  ...variableEntries,
  files: names,
  greedySteps: optional(greedyStepsSchema),
  fidelity: checkedLater,
  ...modelChoiceEntries,
  strict: optional(flag),
  statistics: optional(
    v.union(
      [name, tableOf(v.union([finite, text], "numbers and texts"), "values by name")],
      "a file of lines NAME=value, or an object of names and values",
    ),
  ),
  includeRoots: optional(names),
  defines: optional(definesSchema),
  workspace: optional(workspaceSchema),
});

const models = new FileMemo<LoadedModel>(64);

/** The default steps belong to architectures of 2023 with the containers they name. */
function stepsFor(model: CompiledModel, steps: readonly GreedyStep[] | undefined): readonly GreedyStep[] {
  if (steps !== undefined) return steps;
  if (model.convention === "2024") return [];
  const names = new Set(model.leaves.map((leaf) => leaf.name));
  return defaultGreedySteps.some((step) => step.levels.some((level) => names.has(level)))
    ? defaultGreedySteps
    : [];
}

interface GivenStatistics {
  readonly values: Readonly<Record<string, number | string>>;
  readonly file: string;
  readonly sources: Specification["sources"];
}

function readStatistics(statistics: LoadSpecificationOptions["statistics"]): GivenStatistics {
  if (typeof statistics !== "string") return { values: statistics ?? {}, file: "statistics", sources: [] };
  const reader = new FileReader();
  const { values, file } = readNameValueFile(resolve(statistics), reader);
  return { values, file, sources: sourcesOf(reader, workingDirectory()) };
}

/**
 * A specification from any YAML files of the v4 dialect: variables, constraints and problem as they stand there. The
 * files may give an energy and an area table (`ERT`, `ART`) instead of component classes.
 *
 * @throws RaellaError with what is wrong, where, and what to do.
 * @example
 * ```ts
 * const specification = loadSpecification({ files: ["my-architecture.yaml", "my-layer.yaml"] });
 * console.log(runLayer(specification).cycles);
 * ```
 */
export function loadSpecification(options: LoadSpecificationOptions): Specification {
  requireOptions(schema, options, "loadSpecification");
  return publish(
    withOneLook(() =>
      namingReplacedFiles(options.workspace, () => namingOverrides(options, specificationOf)),
    ),
  );
}

function specificationOf(options: LoadSpecificationOptions): Specification {
  const { files, fidelity = "artifact", defines = {} } = options;
  const workspace = givenWorkspace(options.workspace);
  requireFidelity(fidelity);
  const { sparse, convention } = completeChoices(options);
  const isDense = sparse === "dense";
  const roots = [
    ...foldersToInclude(options.includeRoots),
    workspace.modelsDirectory,
    workspace.layersDirectory,
  ];
  const base = workingDirectory();
  const overlays = overlaysOf(workspace);
  const model = models.get(
    JSON.stringify([files, roots, fidelity, isDense, convention, base, defines]),
    (reader) => loadModel(files, reader, { roots, base, fidelity, isDense, convention, defines }),
    overlays,
  );
  const choices = resolvedChoices(options, model.document.convention);
  const { problem } = model.document;
  if (problem === undefined)
    throw new RaellaError({
      code: "schema",
      message: 'There is no "problem" in the files.',
      expected: "a top key `problem` with `instance` and `shape`",
      remedy: "Give the file of a layer as well.",
    });
  const compiled = compiledFor(model, problem);
  const unknown = unknownSizes(problem);
  throwAll(unknown.slips);
  const given = new Map<string, WrittenValue>();
  const statistics = readStatistics(options.statistics);
  for (const [name, value] of Object.entries(statistics.values)) {
    checkVariableName(name, compiled.reservedNames);
    given.set(
      name,
      typeof value === "string"
        ? { expression: value, location: { file: statistics.file, keyPath: name } }
        : value,
    );
  }
  const architecture = architectureName(files, overlays);
  const variables = new Map([...model.variables, ...given]);
  const overridden = { name: architecture, compiled, problem, variables, readEarly: [] };
  const overrides = readOverrides(options, overridden);
  for (const [name, value] of overrides.values) {
    given.set(name, value);
    variables.set(name, value);
  }
  const placeholders = choices.usePlaceholders
    ? []
    : model.document.placeholders.filter(
        (name) => !overrides.values.has(name) && !Object.hasOwn(statistics.values, name),
      );
  return processSpecification({
    model: compiled,
    problem,
    given,
    overrides: overrides.values,
    greedySteps: stepsFor(compiled, options.greedySteps),
    fidelity,
    options: { workingDirectory: workspace.modelsDirectory },
    attributes: {},
    isStrict: options.strict === true,
    identity: {
      architecture,
      dnn: problem.modelName,
      layer: null,
      layerName: problem.layerName,
      typicalStatistics: false,
      ...choices,
    },
    workspace,
    placeholders,
    sources: model.sources.concat(statistics.sources),
    warnings: model.document.warnings.concat(
      overrides.warnings,
      unreadStatistics(Object.keys(statistics.values), overridden, false),
      densityWarnings(problem),
      unknown.warnings,
      placeholderWarnings(placeholders),
    ),
  });
}

/** @throws RaellaError `file-not-found` for one that is no folder: nothing could be included from it. */
export function foldersToInclude(includeRoots: readonly string[] = []): readonly string[] {
  return withOneLook((look) =>
    collectErrors(includeRoots, (given) => {
      const root = resolve(given);
      const kind = look.stamp(root)?.kind;
      if (kind === "folder") return root;
      throw new RaellaError({
        code: "file-not-found",
        message: kind === undefined ? `There is no folder ${given}.` : `${given} is no folder.`,
        value: given,
        expected: "a folder that files may be included from (--include-root, includeRoots)",
        remedy:
          kind === undefined ? suggestName(basename(root), namesNear(look.source, dirname(root))) : undefined,
      });
    }),
  );
}

/** The folder of the first file, e.g. `raella` for `models/raella/arch.yaml`. */
function architectureName(files: readonly string[], overlays: readonly Overlay[]): string {
  const [first] = expandPattern(files[0], new FileReader(overlays));
  return basename(dirname(first));
}
