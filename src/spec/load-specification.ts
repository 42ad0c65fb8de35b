import { basename, dirname, resolve } from "node:path";
import { RaellaError } from "../errors";
import { adcIdentity } from "./adc-beyond-library";
import { copyMap } from "./copy-map";
import { requireFidelity } from "./fidelity";
import { FileMemo, FileReader, withOneLook } from "./file-memo";
import type { GreedyStep } from "./greedy";
import { defaultGreedySteps } from "./greedy";
import type { LoadedModel } from "./model-files";
import { compiledFor, expandPattern, loadModel } from "./model-files";
import type { VariableOptions } from "./overrides";
import { namingOverrides, overrideWarnings, readOverrides } from "./overrides";
import type { CompiledModel } from "./processing/compile-model";
import { checkVariableName } from "./processing/compile-model";
import { processSpecification } from "./processing/process-specification";
import { readNameValueFile } from "./read-statistics";
import type { AdcBeyondLibrary, Fidelity, Specification } from "./specification";
import type { Workspace } from "./workspace";
import { defaultWorkspace } from "./workspace";

/** A specification given as YAML files. */
export interface LoadSpecificationOptions extends VariableOptions {
  /** YAML files, or patterns with `*`, in order. Together they hold an architecture and a problem. */
  readonly files: readonly string[];
  /**
   * Default: {@link defaultGreedySteps} if the architecture has a container that one of them names, none otherwise. An
   * empty list leaves the constraints as written.
   */
  readonly greedySteps?: readonly GreedyStep[];
  readonly fidelity?: Fidelity;
  readonly adcBeyondLibrary?: AdcBeyondLibrary;
  /** A file of lines `NAME=value`, or the values, put into the variables before the caller's own. */
  readonly statistics?: string | Readonly<Record<string, number | string>>;
  /** Folders that included files may lie in, besides those of the files and of the workspace. */
  readonly includeRoots?: readonly string[];
  readonly workspace?: Workspace;
}

const models = new FileMemo<LoadedModel>(64);

/** The default steps belong to architectures with the containers they name. */
function stepsFor(model: CompiledModel, steps: readonly GreedyStep[] | undefined): readonly GreedyStep[] {
  if (steps !== undefined) return steps;
  const names = new Set(model.leaves.map((leaf) => leaf.name));
  return defaultGreedySteps.some((step) => step.levels.some((level) => names.has(level)))
    ? defaultGreedySteps
    : [];
}

function statisticsValues(
  statistics: LoadSpecificationOptions["statistics"],
): Readonly<Record<string, number | string>> {
  if (statistics === undefined) return {};
  return typeof statistics === "string"
    ? readNameValueFile(resolve(statistics), new FileReader()).values
    : statistics;
}

/**
 * A specification from any YAML files of the v4 dialect: variables, constraints and problem as they stand there. The
 * files may give an energy and an area table (`ERT`, `ART`) instead of component classes.
 *
 * @throws RaellaError with what is wrong, where, and what to do.
 */
export function loadSpecification(options: LoadSpecificationOptions): Specification {
  return withOneLook(() => namingOverrides(options, specificationOf));
}

function specificationOf(options: LoadSpecificationOptions): Specification {
  const { files, fidelity = "artifact", workspace = defaultWorkspace() } = options;
  requireFidelity(fidelity);
  const roots = [
    ...(options.includeRoots ?? []).map((root) => resolve(root)),
    workspace.modelsDirectory,
    workspace.layersDirectory,
  ];
  const base = process.cwd();
  const model = models.get(JSON.stringify([files, roots, fidelity, base]), (reader) =>
    loadModel(files, reader, { roots, base, fidelity }),
  );
  const { problem } = model.document;
  if (problem === undefined)
    throw new RaellaError({
      code: "schema",
      message: 'There is no "problem" in the files.',
      expected: "a top key `problem` with `instance` and `shape`",
      remedy: "Give the file of a layer as well.",
    });
  const compiled = compiledFor(model, problem);
  const overrides = readOverrides(options);
  for (const name of overrides.keys()) checkVariableName(name, compiled.reservedNames);
  const variables = copyMap(model.variables);
  const warnings = model.document.warnings.concat(overrideWarnings(overrides, variables));
  for (const [name, value] of Object.entries(statisticsValues(options.statistics))) {
    checkVariableName(name, compiled.reservedNames);
    variables.set(
      name,
      typeof value === "string"
        ? { expression: value, location: { file: "statistics", keyPath: name } }
        : value,
    );
  }
  for (const [name, value] of overrides) variables.set(name, value);
  return processSpecification({
    model: compiled,
    problem,
    variables,
    greedySteps: stepsFor(compiled, options.greedySteps),
    fidelity,
    options: { workingDirectory: workspace.modelsDirectory },
    correctedAttributes: {},
    identity: {
      architecture: architectureName(files),
      dnn: problem.modelName,
      layer: null,
      layerName: problem.layerName,
      typicalStatistics: false,
      ...adcIdentity(options.adcBeyondLibrary),
    },
    sources: model.sources,
    warnings,
  });
}

/** The folder of the first file, e.g. `raella` for `models/raella/arch.yaml`. */
function architectureName(files: readonly string[]): string {
  const [first] = expandPattern(files[0], new FileReader());
  return basename(dirname(first));
}
