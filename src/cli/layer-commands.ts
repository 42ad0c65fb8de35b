import { RaellaError } from "../errors";
import { formatDiagnosisText } from "../report/layer-text";
import { flatForm } from "../report/flat-form";
import { formatLayerText } from "../report/layer-text";
import { formatSpecificationText } from "../report/layer-text";
import { loadComponentGroups, loadLevelNotes } from "../spec/component-groups";
import { findMappingFile } from "../spec/read-mapping-file";
import { diagnoseLayer } from "../study/diagnose-layer";
import { mapInputs, mappingFileOptions } from "../study/given-mapping";
import type { LayerResult, MappedLayer } from "../study/layer-result";
import type { Inputs } from "../study/manifest";
import { mapLayer, resultOf } from "../study/run-layer";
import { chosenLayer, studyOptions, chooseSpecification, chooseLayer } from "./choose-specification";
import type { GivenLayer, GivenModelOptions, GivenChoice } from "./choose-specification";
import { checkChartName, checkOutputs, print, printJson, remark, remarkWarnings } from "./output";
import { parseDefines } from "./parse-options";

interface GivenLayerOptions extends GivenModelOptions, GivenLayer {
  readonly architecture: string;
  readonly json?: boolean;
  readonly out?: string;
  readonly csv?: string;
  readonly parquet?: string;
  readonly chart?: string;
}

/** `raella layer` */
export async function layerCommand(given: GivenLayerOptions): Promise<void> {
  const layer = chosenLayer(given);
  if (layer === undefined)
    throw new RaellaError({
      code: "usage",
      message: "Nothing says which layer is meant.",
      expected: "--dnn and --layer (see: raella dnns), or --shape",
    });
  const options = { ...studyOptions(given), ...layer, architecture: given.architecture };
  const { csv, parquet, chart, json } = given;
  const isPrinted = checkOutputs([csv, parquet, chart], { json });
  checkChartName(chart);
  const mapped = mapLayer(options);
  const result = resultOf(mapped, options);
  if (csv !== undefined || parquet !== undefined) {
    const { writeCsv, writeParquet } = await import("../report/data-frame.js");
    if (csv !== undefined) writeCsv(csv, result);
    if (parquet !== undefined) writeParquet(parquet, result);
  }
  if (chart !== undefined) {
    const { saveChart } = await import("../report/charts/render-chart.js");
    const { layerMappingChart } = await import("../report/charts/study-charts.js");
    await saveChart(layerMappingChart(mapped, { workspace: options.workspace }), chart);
  }
  if (!json) for (const file of [csv, parquet, chart]) if (file !== undefined) remark(`Wrote ${file}.`);
  if (isPrinted) return remarkWarnings(result.warnings);
  await presentLayer(mapped, result, given, "timeloop_mapper");
}

/** Shows a layer's result as asked for, and writes its files. */
export async function presentLayer(
  mapped: MappedLayer,
  result: LayerResult,
  { json, out }: { readonly json?: boolean; readonly out?: string },
  prefix: "timeloop_mapper" | "timeloop_model",
): Promise<void> {
  const { workspace } = mapped.specification;
  remarkWarnings(result.warnings);
  if (out !== undefined) {
    const { writeLayerFiles } = await import("../report/write-layer-files.js");
    writeLayerFiles(out, mapped, result, prefix);
    if (!json) remark(`Files are in ${out}.`);
  }
  await (json
    ? printJson(result)
    : print(formatLayerText(result, loadComponentGroups(workspace), loadLevelNotes(workspace))));
}

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
