import { name, requireArgument } from "../arguments";
import { layerResultSchema, mappedLayerSchema } from "../study/layer-result";
import type { LayerResult, MappedLayer } from "../study/layer-result";
import { formatMappingText, formatMappingYaml } from "./mapping-text";
import { formatYaml } from "./plain-yaml";
import { formatAreaTableYaml, formatEnergyTableYaml, wholeInput } from "./whole-input";
import { formatStatisticsText } from "./statistics-text";
import { writeFilesAtomically } from "./write-atomically";

/**
 * The files that the original tools leave behind, by name: mapping as text and YAML, statistics, area and energy
 * reference tables, the flat input; and the result with all its digits.
 * @param prefix `timeloop_mapper` after a search, `timeloop_model` for a given mapping.
 */
export function layerFiles(
  layer: MappedLayer,
  result: LayerResult,
  prefix = "timeloop_mapper",
): Record<string, string> {
  requireArgument(mappedLayerSchema, layer, "the layer of layerFiles");
  requireArgument(layerResultSchema, result, "the result of layerFiles");
  requireArgument(name, prefix, "the prefix of layerFiles");
  const { specification, mapping, evaluation, tables } = layer;
  return {
    [`${prefix}.map.txt`]: formatMappingText(mapping, evaluation),
    [`${prefix}.map.yaml`]: formatMappingYaml(specification, mapping),
    [`${prefix}.stats.txt`]: formatStatisticsText(layer),
    [`${prefix}.ART.yaml`]: formatAreaTableYaml(specification, tables.area),
    [`${prefix}.ERT.yaml`]: formatEnergyTableYaml(specification, tables.energy),
    "input.yaml": formatYaml(wholeInput(specification, tables)),
    "result.json": `${JSON.stringify(result, null, 2)}\n`,
  };
}

/**
 * Writes {@link layerFiles} into a folder, all or none.
 * @throws RaellaError `usage` if the folder cannot be written to.
 * @example
 * ```ts
 * const mapped = mapLayer({ architecture: "raella", dnn: "resnet18", layer: 10 });
 * writeLayerFiles("out", mapped, resultOf(mapped));
 * ```
 */
export function writeLayerFiles(
  directory: string,
  layer: MappedLayer,
  result: LayerResult,
  prefix = "timeloop_mapper",
): void {
  requireArgument(name, directory, "the folder of writeLayerFiles");
  writeFilesAtomically(directory, layerFiles(layer, result, prefix));
}
