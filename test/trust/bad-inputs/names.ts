import { cpSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { initCommand } from "../../../src/cli/workspace-commands";
import { mappingAt } from "../../../src/mapspace/candidate-mapping";
import { buildMapSpace } from "../../../src/mapspace/map-space";
import type { GetSpecOptions } from "../../../src/spec/get-spec";
import { getSpec } from "../../../src/spec/get-spec";
import { greedy } from "../../../src/spec/greedy";
import { loadSpecification } from "../../../src/spec/load-specification";
import { readMappingFile } from "../../../src/spec/read-mapping-file";
import { defaultWorkspace, listLayers, workspaceAt } from "../../../src/spec/workspace";
import { mappingFromEntries } from "../../../src/study/given-mapping";
import { evaluateGivenMapping, runLayer } from "../../../src/study/run-layer";
import type { BadInput, BadInputs } from "./case";
import { inFolder, smallWhole, withoutFolder } from "./case";

/** Options as a script without types may give them. */
type Loose = Partial<Record<keyof GetSpecOptions, unknown>>;

const usual = { architecture: "raella", dnn: "resnet18", layer: 10 };

function layer(name: string, options: Loose): BadInput {
  return { name, run: () => runLayer({ ...usual, ...options } as GetSpecOptions) };
}

export const names: BadInputs = {
  kind: "names and numbers",
  inputs: [
    layer("a misspelt architecture", { architecture: "raela" }),
    layer("an architecture far from all others", { architecture: "tpu" }),
    layer("no architecture given", { architecture: undefined }),
    layer("an empty architecture", { architecture: "" }),
    layer("a number as architecture", { architecture: 7 }),
    layer("an architecture called constructor", { architecture: "constructor" }),
    layer("a misspelt DNN", { dnn: "resnet19" }),
    layer("a DNN called __proto__", { dnn: "__proto__" }),
    layer("a path as DNN", { dnn: "../models" }),
    layer("a layer beyond the last", { layer: 21 }),
    layer("a negative layer", { layer: -1 }),
    layer("a fraction as layer", { layer: 1.5 }),
    layer("a layer that is not a number", { layer: NaN }),
    layer("a text as layer", { layer: "ten" }),
    layer("a misspelt name of a layer", { layer: "layer3.0.cnv1" }),
    layer("sizes and a DNN", { layer: { C: 64 } }),
    layer("sizes that there are not", { dnn: undefined, layer: { C: 64, K: 3, Wstrid: 2 } }),
    layer("sizes that are none", { dnn: undefined, layer: { C: 0, M: 2.5 } }),
    layer("a batch among the sizes", { dnn: undefined, layer: { C: 64, N: 2 } }),
    layer("no sizes", { dnn: undefined, layer: {} }),
    layer("no layer", { layer: null }),
    layer("no tiles", { nTiles: 0 }),
    layer("a negative number of tiles", { nTiles: -4 }),
    layer("a fraction of tiles", { nTiles: 2.5 }),
    layer("tiles that are not a number", { nTiles: NaN }),
    layer("tiles as a text", { nTiles: "16" }),
    layer("infinitely many tiles", { nTiles: Infinity }),
    layer("no samples", { batchSize: 0 }),
    layer("a negative batch", { batchSize: -1 }),
    layer("a batch of 1e9 samples", { batchSize: 1e9 }),
    layer("a fraction as batch", { batchSize: 0.5 }),
    layer("a batch through a variable that is a fraction", { variables: { BATCH_SIZE: 1.5 } }),
    layer("tiles given twice", { nTiles: 4, variables: { TILES_PER_ARCH: 8 } }),
    layer("a variable that is not a number", { variables: { ADC_RESOLUTION: NaN } }),
    layer("an infinite variable", { variables: { ADC_RESOLUTION: Infinity } }),
    layer("a variable set to a list", { variables: { ADC_RESOLUTION: [5, 6] } }),
    layer("a variable set to null", { variables: { ADC_RESOLUTION: null } }),
    layer("a variable set to nothing", { variables: { ADC_RESOLUTION: " " } }),
    layer("a variable with an unusable name", { variables: { "ADC-RESOLUTION": 5 } }),
    layer("a variable called __proto__", { variables: JSON.parse('{"__proto__": 5}') as unknown }),
    layer("a variable with the name of a dimension set from outside", { variables: { C: 5 } }),
    layer("variables as a text", { variables: "ADC_RESOLUTION=5" }),
    layer("an expression that names nothing", { variables: { ADC_RESOLUTION: "RESOLUTION + 1" } }),
    layer("an unfinished expression from outside", { variables: { ADC_RESOLUTION: "5 +" } }),
    layer("a text where a number is needed", { variables: { ADC_RESOLUTION: "'fine'" } }),
    layer("a converter of 0 bits", { variables: { ADC_RESOLUTION: 0 } }),
    layer("a negative converter", { variables: { ADC_RESOLUTION: -3 } }),
    layer("no converters", { variables: { N_ADC_PER_BANK: 0 } }),
    layer("no macros", { variables: { MACROS_PER_TILE: 0 } }),
    layer("a fraction of crossbars", { variables: { CROSSBARS_PER_MACRO: 1.5 } }),
    layer("a negative number of columns", { variables: { COLUMNS_PER_CROSSBAR: -64 } }),
    layer("bits of a cell as an expression", { variables: { BITS_PER_CELL: "2 + 2" } }),
    layer("a width of weights of 0", { variables: { CIM_UNITS_PER_WEIGHT: 0 } }),
    layer("an unknown fidelity", { fidelity: "exact" }),
    layer("an unknown way beyond the library", { adcBeyondLibrary: "servey" }),
    layer("an unknown way between technologies", { technologyInterpolation: "orignal" }),
    layer("an unknown way with sparse optimizations", { sparse: "densely" }),
    layer("a leakage that is no truth", { leakage: "yes" }),
    layer("an unknown search", { search: "fastest" } as Loose),
    layer("a time limit of a random walk", { search: "timeloop", timeLimitMs: 5 } as Loose),
    layer("an objective without a full search", { objective: "energy" } as Loose),
    layer("a workspace as a text", { workspace: "my-workspace" }),
    layer("sizes as a Map", { dnn: undefined, layer: new Map([["C", 64]]) }),
    layer("a share of conversions above what there can be", { variables: { ADC_ACTION_SHARE: 1.5 } }),
    layer("a negative mean of inputs", { variables: { AVERAGE_INPUT_VALUE: -0.1 } }),
    layer("half a speculation", { variables: { SPECULATION_ENABLED: 0.5 } }),
    { name: "options as a Map", run: () => runLayer(new Map([["dnn", "resnet18"]]) as never) },
    { name: "layers of an unknown DNN", run: () => listLayers("alexnet") },
    { name: "a greedy step that repeats a dimension", run: () => greedy({ dimensions: "CRC" }) },
    {
      name: "a number of a mapping beyond the space",
      run: () => mappingAt(buildMapSpace(getSpec({ ...usual, nTiles: 16, batchSize: 32 })), 1e15),
    },
    layer("a layer that does not fit", {
      nTiles: 1,
      layer: 20,
      architecture: "isaac_like",
      variables: { MACROS_PER_TILE: 1 },
    }),
  ],
};

/** A copy of the models with some files replaced. */
function workspace(name: string, files: Readonly<Record<string, string>>, options: Loose = {}): BadInput {
  const { modelsDirectory, layersDirectory, statisticsDirectory } = defaultWorkspace();
  return {
    name,
    run: () =>
      inFolder({}, (folder) => {
        cpSync(modelsDirectory, join(folder, "models"), { recursive: true });
        mkdirSync(join(folder, "dnn_layers", "resnet18"), { recursive: true });
        for (const file of ["problem_shape.yaml", "resnet18/010.yaml"])
          cpSync(join(layersDirectory, file), join(folder, "dnn_layers", file));
        for (const file of ["torch_values/raella/resnet18.csv", "typical_values/raella"])
          cpSync(join(statisticsDirectory, file), join(folder, "recorded_statistics", file));
        return inFolderWith(folder, files, () => {
          try {
            runLayer({ ...usual, workspace: workspaceAt(folder), ...options } as GetSpecOptions);
          } catch (error) {
            throw withoutFolder(error, folder);
          }
        });
      }),
  };
}

/** A workspace over the package's with one file that nothing reads. */
function misspelt(name: string, file: string): BadInput {
  return {
    name,
    run: () =>
      inFolder({ [file]: "", "dnn_layers/mynet/000.yaml": "" }, (folder) => {
        try {
          const own = workspaceAt(folder);
          listLayers("resnet18", own);
          runLayer({ ...usual, workspace: own });
        } catch (error) {
          throw withoutFolder(error, folder);
        }
      }),
  };
}

function inFolderWith(folder: string, files: Readonly<Record<string, string>>, use: () => void): void {
  inFolder(files, (given) => {
    for (const name of Object.keys(files)) {
      mkdirSync(join(folder, name, ".."), { recursive: true });
      cpSync(join(given, name), join(folder, name));
    }
    use();
  });
}

const table = "recorded_statistics/torch_values/raella/resnet18.csv";

const layerFile = (sizes: string): string =>
  `!include ../problem_shape.yaml
problem:
  layer_name: layer3.0.conv1
  shape: *conv2D
  instance: {C: 64, M: 64, R: 1, S: 1, P: 1, Q: 1, G: 1, ${sizes}}
`;

const derived = (changes: string): string =>
  `architectures:\n  - {name: first, directory: raella}\n  - {name: raella, derived_from: first, ${changes}}\n`;

export const workspaces: BadInputs = {
  kind: "statistics and lists of architectures",
  inputs: [
    workspace("statistics that lack the layer", {
      [table]: "layer,layer_name,ADC_ACTION_SHARE\n0,conv1,0.4\n",
    }),
    workspace("statistics with a missing cell", {
      [table]: "layer,layer_name,ADC_ACTION_SHARE\n10,layer3.0.conv1\n",
    }),
    workspace("a statistic that is no number", {
      [table]: "layer,layer_name,ADC_ACTION_SHARE\n10,layer3.0.conv1,many\n",
    }),
    workspace("statistics without names of layers", { [table]: "layer,ADC_ACTION_SHARE\n10,0.4\n" }),
    workspace("two lines of statistics for a layer", {
      [table]: "layer,layer_name,ADC_ACTION_SHARE\n10,layer3.0.conv1,0.4\n11,layer3.0.conv1,0.5\n",
    }),
    workspace("two columns of one name in statistics", {
      [table]: "layer,layer_name,ADC_ACTION_SHARE,ADC_ACTION_SHARE\n10,layer3.0.conv1,0.4,0.5\n",
    }),
    workspace("a column of statistics that cannot be a variable", {
      [table]: "layer,layer_name,ADC-ACTION-SHARE\n10,layer3.0.conv1,0.4\n",
    }),
    workspace("a share above 1 in statistics", {
      [table]: "layer,layer_name,AVERAGE_WEIGHT_VALUE\n10,layer3.0.conv1,1.4\n",
    }),
    workspace("a negative share in statistics", {
      [table]: "layer,layer_name,ADC_ACTION_SHARE\n10,layer3.0.conv1,-0.4\n",
    }),
    workspace("an unclosed quote in a table", {
      [table]: 'layer,layer_name,ADC_ACTION_SHARE\n10,"layer3.0.conv1,0.4\n',
    }),
    workspace(
      "a typical statistic without a value",
      { "recorded_statistics/typical_values/raella": "# a comment\nADC_ACTION_SHARE\n" },
      { useTypicalStatistics: true },
    ),
    workspace(
      "a typical statistic given twice",
      { "recorded_statistics/typical_values/raella": "A=1\nA=2\n" },
      { useTypicalStatistics: true },
    ),
    workspace("no statistics of an architecture", {}, { architecture: "isaac_like" }),
    workspace(
      "no typical statistics of an architecture",
      {},
      { architecture: "isaac_like", useTypicalStatistics: true },
    ),
    workspace("a layer file with more than a problem", {
      "dnn_layers/resnet18/010.yaml": "variables: {A: 1}\nproblem: {}\n",
    }),
    workspace("a layer without a name", {
      "dnn_layers/resnet18/010.yaml":
        "!include ../problem_shape.yaml\nproblem: {shape: *conv2D, instance: {C: 1, M: 1, R: 1, S: 1, P: 1, Q: 1, G: 1, N: 1, I: 1, L: 1, T: 1}}\n",
    }),
    workspace("bits and samples of its own in a layer file", {
      "dnn_layers/resnet18/010.yaml": layerFile("N: 2, I: 4, L: WEIGHT_BITS, T: 16"),
    }),
    workspace("a size in a layer file that its loop nest does not have", {
      "dnn_layers/resnet18/010.yaml": layerFile(
        "N: BATCH_SIZE, I: INPUT_BITS, L: WEIGHT_BITS, T: OUTPUT_BITS, K: 7, Wstrid: 2",
      ),
    }),
    workspace("an unknown key in the list of architectures", {
      "models/architectures.yaml": "architectures:\n  - {name: raella, directory: raella, tittle: R}\n",
    }),
    workspace("an architecture without a directory", {
      "models/architectures.yaml": "architectures:\n  - {name: raella}\n",
    }),
    workspace("a directory that there is not", {
      "models/architectures.yaml": "architectures:\n  - {name: raella, directory: rael}\n",
    }),
    workspace("an architecture derived from one that there is not", {
      "models/architectures.yaml":
        "architectures:\n  - {name: isaac, directory: isaac_like}\n  - {name: raella, derived_from: isac}\n",
    }),
    workspace("an architecture derived from one below it", {
      "models/architectures.yaml":
        "architectures:\n  - {name: raella, derived_from: isaac}\n  - {name: isaac, directory: isaac_like}\n",
    }),
    workspace("another value of a variable that there is not", {
      "models/architectures.yaml": derived("variables: {ADC_RESOLUTON: 8}"),
    }),
    workspace("other parts of a level that there is not", {
      "models/architectures.yaml": derived("levels: {input_bufer: {subclass: own}}"),
    }),
    workspace("other parts of a level that are no map", {
      "models/architectures.yaml": derived("levels: {input_buffer: own}"),
    }),
    workspace("other variables that are no map", {
      "models/architectures.yaml": derived("variables: [ADC_RESOLUTION]"),
    }),
    workspace("other variables of no architecture", {
      "models/architectures.yaml":
        "architectures:\n  - {name: raella, directory: raella, variables: {ADC_RESOLUTION: 8}}\n",
    }),
    workspace("two architectures of one name", {
      "models/architectures.yaml":
        "architectures:\n  - {name: raella, directory: raella}\n  - {name: raella, directory: isaac_like}\n",
    }),
    workspace("a derived architecture that cannot be", {
      "models/architectures.yaml": derived("variables: {N_ADC_PER_BANK: 0}"),
    }),
    workspace("files of the convention of 2023 read in that of 2024", {}, { convention: "2024" }),
    workspace("a component library with another ending", { "models/component_library/mine.cvs": "name\n" }),
    misspelt("a misspelt folder of models", "model/architectures.yaml"),
    misspelt("a misspelt list of architectures", "models/architecture.yaml"),
    misspelt("a misspelt folder of statistics", "recorded_statistic/typical_values/raella"),
    misspelt("statistics with another ending", "recorded_statistics/torch_values/raella/resnet18.txt"),
    misspelt("statistics of a misspelt architecture", "recorded_statistics/torch_values/raela/resnet18.csv"),
    misspelt("a layer file with another ending", "dnn_layers/resnet18/010.yml"),
    misspelt("a layer file without zeros", "dnn_layers/resnet18/7.yaml"),
    {
      name: "a workspace without a name",
      run: () => initCommand("", {}),
    },
    workspace("a list of architectures that is a map", {
      "models/architectures.yaml": "architectures: {raella: 1}\n",
    }),
  ],
};

function mapping(name: string, text: string, buffer = ""): BadInput {
  return {
    name,
    run: () =>
      inFolder(
        { "model.yaml": smallWhole.replace(buffer, buffer && "BUFFER_DEPTH: 4"), "mapping.yaml": text },
        (folder) => {
          try {
            const specification = loadSpecification({ files: [join(folder, "model.yaml")], greedySteps: [] });
            const { entries } = readMappingFile(join(folder, "mapping.yaml"));
            evaluateGivenMapping(specification, mappingFromEntries(specification, entries));
          } catch (error) {
            throw withoutFolder(error, folder);
          }
        },
      ),
  };
}

const entry = (text: string): string => `mapping:\n  - {${text}}\n`;

export const mappings: BadInputs = {
  kind: "mappings",
  inputs: [
    mapping("a file without a mapping", "variables: {A: 1}\n"),
    mapping("a mapping that is a map", "mapping: {memory: 1}\n"),
    mapping("a misspelt key", entry("targt: memory, type: temporal")),
    mapping("an entry without a target", entry("type: temporal, factors: M=8")),
    mapping("an unknown type", entry("target: memory, type: time, factors: M=8")),
    mapping("an unknown level", entry("target: memry, type: temporal, factors: M=8")),
    mapping("a level called __proto__", entry("target: __proto__, type: temporal, factors: M=8")),
    mapping("a compute unit as level", entry("target: mac, type: temporal, factors: M=8")),
    mapping("an unknown dimension", entry("target: memory, type: temporal, factors: X=8")),
    mapping(
      "a dimension called constructor in a mapping",
      entry("target: memory, type: temporal, factors: constructor=8"),
    ),
    mapping("a factor that is no number", entry("target: memory, type: temporal, factors: M=many")),
    mapping("a negative factor in a mapping", entry("target: memory, type: temporal, factors: M=-8")),
    mapping(
      "a permutation of unknown dimensions",
      entry("target: memory, type: temporal, factors: M=8 N=4 K=16, permutation: MXK"),
    ),
    mapping(
      "a permutation that repeats",
      entry("target: memory, type: temporal, factors: M=8 N=4 K=16, permutation: MMK"),
    ),
    mapping("a wrong product", entry("target: memory, type: temporal, factors: M=4 N=4 K=16")),
    mapping("several wrong products", entry("target: memory, type: temporal, factors: M=9")),
    mapping("a factor given twice", entry("target: memory, type: temporal, factors: M=8 M=8 N=4 K=16")),
    mapping(
      "two entries for one level",
      `${entry("target: memory, type: temporal, factors: M=8 N=4")}  - {target: memory, type: temporal, factors: K=16}\n`,
    ),
    mapping(
      "an unknown data space in a mapping",
      `${entry("target: memory, type: temporal, factors: M=8 N=4 K=16")}  - {target: buffer, type: dataspace, keep: [Y]}\n`,
    ),
    mapping("a negative split in a mapping", entry("target: memory, type: spatial, factors: N=4, split: -1")),
    mapping(
      "too many children",
      `${entry("target: memory, type: temporal, factors: N=4 K=2")}  - {target: memory, type: spatial, factors: M=8 K=8}\n`,
    ),
    mapping(
      "a tile larger than the buffer",
      `${entry("target: memory, type: temporal, factors: N=1")}  - {target: buffer, type: temporal, factors: M=8 N=4 K=16}\n  - {target: buffer, type: dataspace, keep: [A, B, Z]}\n`,
      "BUFFER_DEPTH: ROWS * 64",
    ),
    mapping("a mapping as a text", "mapping: everything in the memory\n"),
    mapping(
      "a factor beyond exact integers in a mapping",
      entry("target: memory, type: temporal, factors: M=9999999999999999"),
    ),
  ],
};
