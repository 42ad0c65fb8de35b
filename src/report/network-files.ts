import {
  dataWith,
  hasParts,
  isListOf,
  isNumber,
  isObject,
  isText,
  name as nameSchema,
  requireArgument,
} from "../arguments";
import type { ImportedLayer } from "../network/imported-network";
import type { ArithmeticDesign } from "../network/arithmetic-design";
import type { ListedLayer } from "../network/layer-list";
import type { LayerStatistics } from "../network/statistics";
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
  /** The architectures that there are statistics for. */
  readonly designs?: readonly ArithmeticDesign[];
}

type WritableLayer = ListedLayer & Pick<ImportedLayer, "statistics" | "ownStatistics">;

/** Where the record of an import is kept, and so which networks were imported. */
export const recordOf = (name: string): string => `recorded_statistics/${recordFile(name)}`;

/** Where tables of statistics are, in a folder for each architecture. */
export const tablesFolder = "recorded_statistics/torch_values";

export const tableOf = (architecture: string, name: string): string =>
  `${tablesFolder}/${architecture}/${name}.csv`;

const networkSchema = dataWith("a network, as analyzeNetwork returns it", {
  file: isText,
  sha256: isText,
  layers: isListOf((layer) =>
    hasParts(layer, { name: isText, shape: isObject, index: isNumber, operator: isText, passes: isNumber }),
  ),
});

/** Layer files, a table of statistics for each architecture, and the record of the import. */
export function networkFiles(name: string, network: WritableNetwork): NetworkFiles {
  requireArgument(nameSchema, name, "the name of networkFiles");
  requireArgument(networkSchema, network, "the network of networkFiles");
  const hasStatistics = network.layers.every(({ statistics }) => statistics !== undefined);
  const tables = Object.entries(hasStatistics ? statisticsTables(network.layers, network.designs ?? []) : {});
  return {
    layersFolder: `dnn_layers/${name}`,
    layers: Object.fromEntries(
      network.layers.map((layer) => [`${layerNumber(layer)}.yaml`, layerFile(name, layer, network)]),
    ),
    others: {
      ...Object.fromEntries(tables.map(([architecture, text]) => [tableOf(architecture, name), text])),
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

/** What the table of an architecture says of a layer. */
function tableRow(design: ArithmeticDesign, layer: WritableLayer): Readonly<Record<string, number>> {
  const { slices, speculation, encoding } = design;
  const statistics = (layer.ownStatistics?.[design.architecture] ?? layer.statistics) as LayerStatistics;
  const isOffset = encoding === "offset_invert";
  return {
    AVERAGE_WEIGHT_VALUE: isOffset ? statistics.isaac.averageWeight : statistics.averageWeight,
    AVERAGE_INPUT_VALUE: isOffset
      ? statistics.isaac.averageInput
      : speculation
        ? statistics.averageInputSpeculation
        : statistics.averageInput,
    ADC_ACTION_SHARE: speculation ? statistics.adcShare : 1,
    CIM_UNITS_PER_WEIGHT: slices === "adaptive" ? statistics.slices : slices.length,
    // With speculation the model's own value stays, as in the tables that come with the package.
    ...(!speculation && { SPECULATION_ENABLED: 0 }),
  };
}

/** The table of each architecture, with one line per layer. */
function statisticsTables(
  layers: readonly WritableLayer[],
  designs: readonly ArithmeticDesign[],
): Readonly<Record<string, string>> {
  return Object.fromEntries(
    designs.map((design) => {
      const table = layers.map((layer) => tableRow(design, layer));
      const rows = layers.map((layer, index) => [
        layerNumber(layer),
        layer.name,
        ...Object.values(table[index]),
      ]);
      return [design.architecture, csvLines([["layer", "layer_name", ...Object.keys(table[0])], ...rows])];
    }),
  );
}
