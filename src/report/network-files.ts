import {
  copyFileSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
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
import { RaellaError } from "../errors";
import type { ImportedLayer } from "../network/imported-network";
import type { ArithmeticDesign } from "../network/arithmetic-design";
import type { ListedLayer } from "../network/layer-list";
import type { LayerStatistics } from "../network/statistics";
import { recordFile } from "../network/network-sources";
import { defaultWorkspace, listDnns } from "../spec/workspace";
import { csvLines } from "./tidy-columns";
import { makeFolders } from "./write-atomically";

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
const recordOf = (name: string): string => `recorded_statistics/${recordFile(name)}`;

/** Where tables of statistics are, in a folder for each architecture. */
const tablesFolder = "recorded_statistics/torch_values";

const tableOf = (architecture: string, name: string): string => `${tablesFolder}/${architecture}/${name}.csv`;

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

/**
 * The name of a network in files and commands. One that was imported before is replaced; others are not.
 * @throws RaellaError `usage` for a name that cannot be one or is taken.
 */
export function checkNetworkName(name: string, root: string): void {
  if (!/^[a-z0-9][a-z0-9_.-]*$/.test(name))
    throw new RaellaError({
      code: "usage",
      message: `A network cannot be named "${name}".`,
      value: name,
      expected: "small letters, digits, _, . and -, beginning with a letter or digit",
    });
  const isOther = existsSync(join(root, "dnn_layers", name)) && !existsSync(join(root, recordOf(name)));
  if (isOther || (!existsSync(join(root, recordOf(name))) && listDnns().includes(name)))
    throw new RaellaError({
      code: "usage",
      message: `There is a DNN "${name}" already, which was not imported.`,
      value: name,
      remedy: "Choose another name.",
    });
}

/**
 * Writes layers and statistics of a network into a workspace. Everything is written in full beside its place first and
 * then moved there, the layers last, so that an interruption leaves no network that is half there. Of a network that was
 * imported before nothing stays: statistics of other layers would count for the new ones.
 *
 * @param root The folder that holds dnn_layers/ and recorded_statistics/.
 * @returns The files written.
 * @throws RaellaError `usage` if the folder cannot be written to.
 */
export function writeNetwork(root: string, name: string, network: WritableNetwork): readonly string[] {
  checkNetworkName(name, root);
  const { layersFolder, layers, others } = networkFiles(name, network);
  const target = join(root, layersFolder);
  const outdated = tablesOfImport(root, name).filter((file) => !(file in others));
  let temporary: string | undefined;
  try {
    makeFolders(root);
    temporary = mkdtempSync(join(root, ".importing-"));
    const fresh = join(temporary, "layers");
    makeFolders(fresh);
    for (const [file, text] of Object.entries(layers)) writeFileSync(join(fresh, file), text);
    for (const [index, text] of Object.values(others).entries())
      writeFileSync(join(temporary, String(index)), text);
    makeFolders(dirname(target));
    for (const [index, file] of Object.keys(others).entries()) {
      makeFolders(dirname(join(root, file)));
      renameSync(join(temporary, String(index)), join(root, file));
    }
    // What all layer files include: the package's own, where the workspace has none.
    const shape = join(root, "dnn_layers", "problem_shape.yaml");
    if (!existsSync(shape))
      copyFileSync(join(defaultWorkspace().layersDirectory, "problem_shape.yaml"), shape);
    for (const [index, file] of outdated.entries())
      renameSync(join(root, file), join(temporary, `outdated-${index}`));
    if (existsSync(target)) renameSync(target, join(temporary, "replaced"));
    renameSync(fresh, target);
  } catch (error) {
    throw new RaellaError({
      code: "usage",
      message: `Cannot write to ${root}: ${(error as Error).message}.`,
      value: root,
      remedy: "Choose a folder that you may write to.",
    });
  } finally {
    if (temporary !== undefined) rmSync(temporary, { recursive: true, force: true });
  }
  return [...Object.keys(layers).map((file) => `${layersFolder}/${file}`), ...Object.keys(others)];
}

/** The tables of statistics, of whatever architecture, of a network that was imported before. */
function tablesOfImport(root: string, name: string): readonly string[] {
  if (!existsSync(join(root, recordOf(name))) || !existsSync(join(root, tablesFolder))) return [];
  return readdirSync(join(root, tablesFolder))
    .map((architecture) => tableOf(architecture, name))
    .filter((file) => existsSync(join(root, file)));
}
