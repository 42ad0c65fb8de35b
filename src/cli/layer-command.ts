import { RaellaError } from "../errors";
import { formatLayerText } from "../report/layer-text";
import { loadComponentGroups, loadLevelNotes } from "../spec/component-groups";
import type { LayerResult, MappedLayer } from "../study/layer-result";
import { mapLayer, resultOf } from "../study/run-layer";
import { chosenLayer, studyOptions } from "./choose-specification";
import type { GivenLayer, GivenModelOptions } from "./choose-specification";
import { checkChartName, checkOutputs, print, printJson, remark, remarkWarnings } from "./output";

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
    const { writeLayerFiles } = await import("../report/layer-files.js");
    writeLayerFiles(out, mapped, result, prefix);
    if (!json) remark(`Files are in ${out}.`);
  }
  await (json
    ? printJson(result)
    : print(formatLayerText(result, loadComponentGroups(workspace), loadLevelNotes(workspace))));
}
