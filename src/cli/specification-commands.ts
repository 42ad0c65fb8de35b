import { flatForm } from "../report/flat-form";
import { formatDiagnosisText } from "../report/layer-text";
import { formatSpecificationText } from "../report/specification-text";
import { findMappingFile } from "../spec/read-mapping-file";
import { diagnoseLayer } from "../study/diagnose-layer";
import { mapInputs, mappingFileOptions } from "../study/given-mapping";
import type { Inputs } from "../study/manifest";
import { resultOf } from "../study/run-layer";
import { chooseLayer, chooseSpecification, studyOptions } from "./choose-specification";
import type { GivenChoice, GivenModelOptions } from "./choose-specification";
import { parseDefines } from "./parse-options";
import { presentLayer } from "./layer-command";
import { print, printJson, remarkWarnings } from "./output";

interface GivenSpecificationOptions extends GivenModelOptions {
  readonly includeRoot: readonly string[];
  readonly define: readonly string[];
  readonly statistics?: string;
  readonly json?: boolean;
  readonly out?: string;
}

/** `raella map` */
export async function mapCommand(
  files: readonly string[],
  given: GivenSpecificationOptions & { readonly greedy: boolean },
): Promise<void> {
  await presentInputs({ files, greedy: given.greedy, ...inputOptions(given) }, given, "timeloop_mapper");
}

/** `raella model` */
export async function modelCommand(
  files: readonly string[],
  given: GivenSpecificationOptions & { readonly mapping?: string },
): Promise<void> {
  const inputs = { files, greedy: false, ...inputOptions(given) };
  const mapping = given.mapping ?? findMappingFile(files, mappingFileOptions(inputs));
  await presentInputs({ ...inputs, mapping }, given, "timeloop_model");
}

function inputOptions({
  includeRoot,
  define,
  statistics,
}: GivenSpecificationOptions): Pick<Inputs, "includeRoots" | "defines" | "statistics"> {
  return {
    ...(includeRoot.length > 0 ? { includeRoots: includeRoot } : {}),
    ...(define.length > 0 ? { defines: parseDefines(define) } : {}),
    ...(statistics === undefined ? {} : { statistics }),
  };
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
  given: GivenChoice & { readonly json?: boolean },
): Promise<void> {
  const specification = chooseSpecification(files, given);
  remarkWarnings(specification.warnings);
  await (given.json ? printJson(flatForm(specification)) : print(formatSpecificationText(specification)));
}

/** `raella diagnose` */
export async function diagnoseCommand(
  files: readonly string[],
  given: GivenChoice & { readonly json?: boolean },
): Promise<void> {
  const diagnosis = diagnoseLayer(files.length > 0 ? chooseSpecification(files, given) : chooseLayer(given));
  await (given.json ? printJson(diagnosis) : print(formatDiagnosisText(diagnosis)));
}
