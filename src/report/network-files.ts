import type { ImportedLayer } from "../network/analyze-network";
import type { ArithmeticVariant } from "../network/layer-accuracy";
import type { ListedLayer } from "../network/layer-list";
import { recordFile } from "../network/network-sources";
import { csvLines } from "./tidy-columns";

/** The files of an imported network, by their place in a workspace. */
export interface NetworkFiles {
  /** One file per layer, and its folder. */
  readonly layersFolder: string;
  readonly layers: Readonly<Record<string, string>>;
  /** Tables of statistics and the record of the import. */
  readonly others: Readonly<Record<string, string>>;
}

/** What is written of a network: a list of layers has no statistics, and the record is what it is. */
export interface WritableNetwork {
  readonly file: string;
  readonly sha256: string;
  readonly layers: readonly WritableLayer[];
}

type WritableLayer = ListedLayer & Pick<ImportedLayer, "statistics">;

/** Where the record of an import is kept, and so which networks were imported. */
export const recordOf = (name: string): string => `recorded_statistics/${recordFile(name)}`;

/** Layer files, a table of statistics for each architecture, and the record of the import. */
export function networkFiles(name: string, network: WritableNetwork): NetworkFiles {
  const hasStatistics = network.layers.every(({ statistics }) => statistics !== undefined);
  const tables = Object.entries(hasStatistics ? statisticsTables(network.layers) : {});
  return {
    layersFolder: `dnn_layers/${name}`,
    layers: Object.fromEntries(
      network.layers.map((layer) => [`${layerNumber(layer)}.yaml`, layerFile(name, layer, network)]),
    ),
    others: {
      ...Object.fromEntries(
        tables.map(([architecture, text]) => [
          `recorded_statistics/torch_values/${architecture}/${name}.csv`,
          text,
        ]),
      ),
      [recordOf(name)]: `${JSON.stringify(network, null, 1)}\n`,
    },
  };
}

const layerNumber = ({ index }: WritableLayer): string => String(index).padStart(3, "0");

function layerFile(name: string, layer: WritableLayer, { file, sha256 }: WritableNetwork): string {
  const { shape, statistics } = layer;
  const sizes = Object.entries({
    ...shape,
    N: "BATCH_SIZE",
    I: "INPUT_BITS",
    L: "WEIGHT_BITS",
    T: "OUTPUT_BITS",
  }).map(([key, value]) => `${key}: ${value}`);
  const lines = [
    "!include ../problem_shape.yaml",
    "",
    `# ${layer.operator} of ${oneLine(file)} (SHA-256 ${sha256.slice(0, 12)}…), as imported`,
    "problem:",
    `  layer_name: ${JSON.stringify(layer.name)}`,
    `  model_name: ${JSON.stringify(name)}`,
    ...(layer.passes === 1 ? [] : [`  passes: ${layer.passes}`]),
    `  shape: ${layer.operator === "Conv" ? "*conv2D" : "*FC"}`,
    `  instance: {${sizes.join(", ")}}`,
  ];
  if (statistics !== undefined)
    lines.push(
      "  densities:",
      `    Inputs: {unsigned_offset: [${statistics.inputDensities.join(", ")}]}`,
      `    Weights: {unsigned_offset_invert_dense: [${statistics.isaac.weightDensities.join(", ")}]}`,
    );
  return `${lines.join("\n")}\n`;
}

const oneLine = (text: string): string => text.replace(/\s+/g, " ");

/** Slices per weight where they are not chosen: four cells of two bits. */
const fixedSlices = 4;

/** What each architecture's table says of a layer. */
const tableRows: Readonly<
  Record<ArithmeticVariant, (layer: WritableLayer) => Readonly<Record<string, number>>>
> = {
  isaac_like: ({ statistics }) => ({
    AVERAGE_WEIGHT_VALUE: statistics?.isaac.averageWeight ?? 0,
    AVERAGE_INPUT_VALUE: statistics?.isaac.averageInput ?? 0,
    ADC_ACTION_SHARE: 1,
    CIM_UNITS_PER_WEIGHT: fixedSlices,
    SPECULATION_ENABLED: 0,
  }),
  raella_no_speculation_2b_cells: ({ statistics }) => ({
    AVERAGE_WEIGHT_VALUE: statistics?.averageWeight ?? 0,
    AVERAGE_INPUT_VALUE: statistics?.averageInput ?? 0,
    ADC_ACTION_SHARE: 1,
    CIM_UNITS_PER_WEIGHT: fixedSlices,
    SPECULATION_ENABLED: 0,
  }),
  raella_no_speculation: ({ statistics }) => ({
    AVERAGE_WEIGHT_VALUE: statistics?.averageWeight ?? 0,
    AVERAGE_INPUT_VALUE: statistics?.averageInput ?? 0,
    ADC_ACTION_SHARE: 1,
    CIM_UNITS_PER_WEIGHT: statistics?.slices ?? 0,
    SPECULATION_ENABLED: 0,
  }),
  raella: ({ statistics }) => ({
    AVERAGE_WEIGHT_VALUE: statistics?.averageWeight ?? 0,
    AVERAGE_INPUT_VALUE: statistics?.averageInputSpeculation ?? 0,
    ADC_ACTION_SHARE: statistics?.adcShare ?? 0,
    CIM_UNITS_PER_WEIGHT: statistics?.slices ?? 0,
  }),
};

/** The table of each architecture, with one line per layer. */
function statisticsTables(layers: readonly WritableLayer[]): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(tableRows).map(([architecture, rowOf]) => {
      const rows = layers.map((layer) => [layerNumber(layer), layer.name, ...Object.values(rowOf(layer))]);
      return [architecture, csvLines([["layer", "layer_name", ...Object.keys(rowOf(layers[0]))], ...rows])];
    }),
  );
}
