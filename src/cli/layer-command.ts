import { RaellaError } from "../errors";
import { formatLayerText } from "../report/layer-text";
import { loadComponentGroups } from "../spec/component-groups";
import type { LayerResult, MappedLayer } from "../study/layer-result";
import { mapLayer, resultOf } from "../study/run-layer";
import { chosenLayer, studyOptions } from "./choose-specification";
import type { GivenLayer, GivenModelOptions } from "./choose-specification";
import { print, printJson, remark, remarkWarnings } from "./output";

interface GivenLayerOptions extends GivenModelOptions, GivenLayer {
  readonly architecture: string;
  readonly json?: boolean;
  readonly out?: string;
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
  const mapped = mapLayer(options);
  await presentLayer(mapped, resultOf(mapped, options), given, "timeloop_mapper");
}

/** Shows a layer's result as asked for, and writes its files. */
export async function presentLayer(
  mapped: MappedLayer,
  result: LayerResult,
  { json, out }: { readonly json?: boolean; readonly out?: string },
  prefix: "timeloop_mapper" | "timeloop_model",
): Promise<void> {
  remarkWarnings(result.warnings);
  if (out !== undefined) {
    const { writeLayerFiles } = await import("../report/write-layer-files.js");
    writeLayerFiles(out, mapped, result, prefix);
    if (!json) remark(`Files are in ${out}.`);
  }
  await (json
    ? printJson(result)
    : print(formatLayerText(result, loadComponentGroups(mapped.specification.workspace))));
}
