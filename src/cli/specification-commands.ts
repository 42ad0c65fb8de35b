import { flatForm } from "../report/flat-form";
import { formatSpecificationText } from "../report/specification-text";
import { RaellaError } from "../errors";
import { getSpec } from "../spec/get-spec";
import { loadSpecification } from "../spec/load-specification";
import type { Specification } from "../spec/specification";
import type { Inputs } from "../study/manifest";
import { mapInputs } from "../study/run-inputs";
import { resultOf } from "../study/run-layer";
import { withDefaults } from "../study/study-options";
import { presentLayer } from "./layer-command";
import { studyOptions, type GivenModelOptions } from "./model-options";
import { print, printJson, remarkWarnings } from "./output";
import { parseCount } from "./parse-options";

interface GivenSpecificationOptions extends GivenModelOptions {
  /** False with `--no-greedy`. */
  readonly greedy?: boolean;
  readonly json?: boolean;
  readonly out?: string;
}

/** `raella map` */
export async function mapCommand(files: readonly string[], given: GivenSpecificationOptions): Promise<void> {
  await presentInputs({ files, greedy: given.greedy ?? true }, given, "timeloop_mapper");
}

/** `raella model` */
export async function modelCommand(
  files: readonly string[],
  given: GivenSpecificationOptions & { readonly mapping: string },
): Promise<void> {
  await presentInputs({ files, greedy: false, mapping: given.mapping }, given, "timeloop_model");
}

async function presentInputs(
  inputs: Inputs,
  given: GivenSpecificationOptions,
  prefix: "timeloop_mapper" | "timeloop_model",
): Promise<void> {
  const options = studyOptions(given);
  const mapped = mapInputs(inputs, options);
  await presentLayer(mapped, resultOf(mapped, options, inputs), given, prefix);
}

/** `raella spec` */
export async function specCommand(
  files: readonly string[],
  given: GivenSpecificationOptions & {
    readonly architecture?: string;
    readonly dnn?: string;
    readonly layer?: string;
  },
): Promise<void> {
  const specification = files.length > 0 ? fromFiles(files, given) : fromNames(given);
  remarkWarnings(specification.warnings);
  await (given.json ? printJson(flatForm(specification)) : print(formatSpecificationText(specification)));
}

function fromFiles(files: readonly string[], given: GivenSpecificationOptions): Specification {
  const { nTiles, batchSize, variables, fidelity } = studyOptions(given);
  return loadSpecification({
    files,
    ...{ nTiles, batchSize, variables, fidelity },
    greedySteps: given.greedy === false ? [] : undefined,
  });
}

function fromNames(
  given: GivenSpecificationOptions & {
    readonly architecture?: string;
    readonly dnn?: string;
    readonly layer?: string;
  },
): Specification {
  const { architecture, dnn, layer } = given;
  if (architecture === undefined || dnn === undefined || layer === undefined) {
    throw new RaellaError({
      code: "usage",
      message: "Nothing says which specification to show.",
      expected: "YAML files, or --architecture, --dnn and --layer",
    });
  }
  return getSpec(
    withDefaults({
      ...studyOptions(given),
      ...{ architecture, dnn, layer: parseCount(layer, "--layer", 0) },
      greedySteps: given.greedy === false ? [] : undefined,
    }),
  );
}
