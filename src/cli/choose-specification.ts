import { RaellaError } from "../errors";
import { assembleSpec } from "../spec/get-spec";
import { choicesAmong } from "../spec/model-choices";
import { loadSpecification } from "../spec/load-specification";
import type { Specification } from "../spec/specification";
import { withDefaults } from "../study/study-options";
import { studyOptions, type GivenModelOptions } from "./model-options";
import { parseCount } from "./parse-options";

/** Options that choose a specification by name. */
export interface GivenChoice extends GivenModelOptions {
  readonly architecture?: string;
  readonly dnn?: string;
  readonly layer?: string;
  /** False with `--no-greedy`. */
  readonly greedy?: boolean;
  readonly includeRoot: readonly string[];
  /** File with the statistics of a layer given as files. */
  readonly statistics?: string;
}

/**
 * The specification given as files, or by the names of architecture, DNN and layer.
 * @throws RaellaError `usage` if neither is given in full, and for mistakes in the files or names.
 */
export function chooseSpecification(files: readonly string[], given: GivenChoice): Specification {
  const { architecture, dnn, layer } = given;
  const greedySteps = given.greedy === false ? [] : undefined;
  if (files.length > 0) {
    const options = studyOptions(given);
    const { nTiles, batchSize, variables, newVariables, fidelity, strict, workspace } = options;
    return loadSpecification({
      ...{ files, nTiles, batchSize, variables, newVariables, fidelity, strict, greedySteps, workspace },
      ...choicesAmong(options),
      statistics: given.statistics,
      includeRoots: given.includeRoot,
    });
  }
  if (given.statistics !== undefined)
    throw new RaellaError({
      code: "usage",
      message: "--statistics belongs to a layer given as files.",
      value: given.statistics,
      remedy: "Without files the recorded statistics of the layer are taken; --set changes single ones.",
    });
  if (architecture === undefined || dnn === undefined || layer === undefined) {
    throw new RaellaError({
      code: "usage",
      message: "Nothing says which specification is meant.",
      expected: "YAML files, or --architecture, --dnn and --layer",
    });
  }
  return assembleSpec(
    withDefaults({
      ...studyOptions(given),
      ...{ architecture, dnn, layer: parseCount(layer, "--layer", 0), greedySteps },
    }),
  );
}
