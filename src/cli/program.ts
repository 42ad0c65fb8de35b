import { Command, Option } from "commander";
import {
  architecturesOption,
  choiceOptions,
  exitCodeHelp,
  defineOption,
  includeOption,
  jsonContract,
  lazy,
  mappingHelp,
  modelOptions,
  networkContract,
  outContract,
  outputOptions,
  repeatable,
  searchOptions,
  shapeOption,
  statisticsOption,
  throughputOptions,
  workspaceOption,
} from "./shared-options";

const collect = (value: string, earlier: readonly string[]): readonly string[] => [...earlier, value];

const fileHelp = `
A sweep file:
  architectures: [raella]            # required, as are DNNs
  dnns: [resnet18]
  nTiles: 16                         # a number, a list or a range; default 16
  batchSize: 32                      # likewise; default 32
  typical: false                     # typical instead of recorded statistics
  variables:                         # any variables of the models
    ADC_RESOLUTION: [5, 6, 7, 8]
    CIM_UNITS_PER_COLUMN: {from: 128, to: 1024, factor: 2}      # or step: 128
  points: [{A: 1, B: 2}, …]          # variables that change together
  random: {count: 1000, seed: 1}     # draw designs instead of combining all values
  constraint: topsPerMm2 >= 0.5      # over variables and columns of the result
  objective: [{minimize: energyPj}, {maximize: topsPerMm2}]
  accuracy: {dnn: mynet, slicing: anew, end_to_end: false}    # of an imported network; docs/accuracy.md
  throughput: {areaBudgetMm2: 500}   # silicon; or aggregateTiles: 65536; scheme: doubling | increment

Results are stored chunk by chunk in the folder; the same command continues after an interruption. Shards count from
0 and may run anywhere, also into folders of their own. docs/sweeps.md describes every column.`;

/** Adds `raella sweep` and its subcommands. */
function registerSweepCommand(program: Command): Command {
  // Options behind a subcommand's name are its own, also where `sweep` has one of the same name.
  program.enablePositionalOptions();
  const sweep = program
    .command("sweep [file]")
    .summary("thousands of designs: energy, area and throughput of whole DNNs")
    .description("Computes every design of a sweep on whole DNNs and stores the results as Parquet.")
    .enablePositionalOptions()
    .option("-o, --out <folder>", "folder for the results (default: the file's name with .sweep)")
    .option("--shard <index/count>", "compute one of several parts, e.g. 0/8")
    .addOption(workspaceOption())
    .option("--workers <count>", "threads, or auto", "auto")
    .option("--csv <file>", "also write the merged rows as CSV")
    .option(
      "--chart <file>",
      "draw energy against throughput, or the first two objectives: .png, .svg or .json",
    )
    .option("--json", "print one JSON object instead of tables")
    .addHelpText("after", fileHelp)
    .action(lazy(async () => (await import("./sweep-command.js")).sweepCommand));
  sweep
    .command("merge <folders...>")
    .summary("puts the shards of a sweep together")
    .description(
      "Merges the stored chunks of one or several folders into one Parquet file, sorted by point. The file is the same,\n" +
        "byte for byte, however the sweep was computed.",
    )
    .option("-o, --out <file>", "merged file (default: results.parquet in the first folder)")
    .option("--csv <file>", "also write the rows as CSV")
    .option("--partial", "merge what is there although points are missing")
    .option("--json", "print one JSON object")
    .action(lazy(async () => (await import("./sweep-command.js")).sweepMergeCommand));
  sweep
    .command("front <result>")
    .summary("the best designs of a merged sweep")
    .description("Lists the Pareto front of a merged sweep (its file or its folder), for each DNN.")
    .option("--minimize <expression>", "column or expression to minimize (repeatable)", collect, [])
    .option("--maximize <expression>", "column or expression to maximize (repeatable)", collect, [])
    .option("--json", "print one JSON object")
    .action(lazy(async () => (await import("./sweep-command.js")).sweepFrontCommand));
  return sweep;
}

/** The command line: names, options and help texts. Nothing heavy is loaded before a command runs. */
export function createProgram(version: string): Command {
  const program = new Command("raella")
    .description(
      "Area, energy and throughput of analog processing-in-memory accelerators (RAELLA, ISAAC) running DNN layers.",
    )
    .version(version)
    .configureHelp({ helpWidth: 110 })
    .addHelpText(
      "after",
      `
Examples:
  raella layer --architecture raella --dnn resnet18 --layer 10
  raella network --dnn resnet18
  raella ablation --dnn resnet18 --layers 0,10,20
  raella layer -a raella -d resnet18 -l 10 --set ADC_RESOLUTION=8 --json
  raella layer -a raella --shape C=64,M=128,R=3,S=3,P=28,Q=28
  raella components --level column_readout --explain
${exitCodeHelp}`,
    );
  addLayerCommand(program);
  addNetworkCommands(program);
  registerSweepCommand(program);
  addFileCommands(program);
  addLookingCommands(program);
  addImportCommand(program);
  addAccuracyCommand(program);
  addListCommands(program);
  return program;
}

function addLayerCommand(program: Command): void {
  const layer = program
    .command("layer")
    .summary("the best mapping of one layer, its energy, area and cycles")
    .description("Maps one DNN layer to one architecture: the best mapping and its energy, area and cycles.")
    .requiredOption("-a, --architecture <name>", "architecture (see: raella architectures)")
    .option("-d, --dnn <name>", "DNN (see: raella dnns)")
    .option("-l, --layer <number>", "number of the layer, from 0, or its name (see: raella dnns resnet18)")
    .addOption(shapeOption());
  searchOptions(modelOptions(layer));
  outputOptions(layer, { out: true, tables: true, chart: "the mapping" })
    .addHelpText("after", jsonContract + outContract)
    .action(lazy(async () => (await import("./layer-command.js")).layerCommand));
}

function addNetworkCommands(program: Command): void {
  const network = program
    .command("network")
    .summary("all layers of a DNN, with throughput")
    .description(
      "Maps all layers of a DNN to one or several architectures and sums them up. Areas are normalised to the\n" +
        "first architecture, and layers are replicated over tiles for throughput.",
    )
    .requiredOption("-d, --dnn <name>", "DNN (see: raella dnns)")
    .addOption(architecturesOption())
    .option("--layers <numbers>", "only these layers, e.g. 0,10,20 or 0-5 (default: all)");
  searchOptions(modelOptions(network));
  outputOptions(throughputOptions(network), {
    tables: true,
    chart: "the energy of every layer, or several architectures side by side",
  })
    .addHelpText("after", networkContract)
    .action(lazy(async () => (await import("./network-command.js")).networkCommand));

  const ablation = program
    .command("ablation")
    .summary("what each contribution brings, on chosen layers")
    .description(
      "Compares architectures on a DNN, or on some of its layers: what each brings to each component.",
    )
    .requiredOption("-d, --dnn <name>", "DNN (see: raella dnns)")
    .addOption(architecturesOption())
    .option("--layers <numbers>", "layers to sum over, e.g. 0,10,20 or 0-5 (default: all)");
  searchOptions(modelOptions(ablation));
  outputOptions(throughputOptions(ablation), { tables: true, chart: "energy, area and cycles side by side" })
    .addHelpText("after", networkContract)
    .action(lazy(async () => (await import("./network-command.js")).ablationCommand));

  const all = program
    .command("all")
    .summary("every DNN on every architecture")
    .description("Maps every layer of every DNN to every architecture.")
    .option("-d, --dnn <names...>", "DNNs, or all", ["all"])
    .addOption(architecturesOption());
  searchOptions(modelOptions(all));
  outputOptions(throughputOptions(all), { tables: true })
    .addHelpText(
      "after",
      `${networkContract}\nHere such objects, one for each DNN, stand in {"ablations": […]}.`,
    )
    .action(lazy(async () => (await import("./network-command.js")).allCommand));
}

function addFileCommands(program: Command): void {
  const map = program
    .command("map <files...>")
    .summary("maps any specification given as YAML files")
    .description(
      "Finds the best mapping for a specification in Timeloop's v4 dialect. Later files add to earlier ones;\n" +
        "quoted patterns with * are expanded. A top-level ERT and ART (Accelergy's format) replaces the estimates.",
    )
    .option("--no-greedy", "leave the constraints as they are written: no greedy allocation of factors")
    .addOption(statisticsOption())
    .addOption(defineOption())
    .addOption(includeOption());
  searchOptions(modelOptions(map, { named: false }));
  outputOptions(map, { out: true })
    .addHelpText("after", jsonContract + outContract)
    .action(lazy(async () => (await import("./specification-commands.js")).mapCommand));

  const model = program
    .command("model <files...>")
    .summary("evaluates one given mapping")
    .description(
      "Evaluates a given mapping, also one that the constraints do not allow. One that does not fit the hardware is\n" +
        "reported with the numbers.",
    )
    .option(
      "-m, --mapping <file>",
      "mapping in Timeloop's form: a list `mapping:` of {target, type, factors, permutation} (default: that of the files)",
    )
    .addOption(statisticsOption())
    .addOption(defineOption())
    .addOption(includeOption());
  outputOptions(modelOptions(model, { named: false }), { out: true })
    .addHelpText("after", mappingHelp + jsonContract + outContract)
    .action(lazy(async () => (await import("./specification-commands.js")).modelCommand));
}

function addLookingCommands(program: Command): void {
  const spec = program
    .command("spec [files...]")
    .summary("the flat form: levels with attributes and constraints")
    .description(
      "Shows what a layer's YAML files come to: levels with their attributes and constraints, in order.",
    );
  choiceOptions(spec)
    .option("--json", "print one JSON object")
    .action(lazy(async () => (await import("./specification-commands.js")).specCommand));

  const components = program
    .command("components [files...]")
    .summary("area and energy per action of every level, and where they come from")
    .description(
      "Shows what every level costs: area, and energy per action. With --explain, the tree from each figure down to\n" +
        "primitive components, with estimator, attributes, scaling and source. Without names, of the last architecture.",
    );
  choiceOptions(components)
    .option("--level <name>", "only this level")
    .option("--explain", "where the figures come from")
    .option("--json", "print JSON")
    .action(lazy(async () => (await import("./components-command.js")).componentsCommand));

  const diagnose = program
    .command("diagnose [files...]")
    .summary("why a layer does not fit, and what would help")
    .description(
      "Says whether a layer fits; if not, which dimension or buffer is in the way, by how much the nearest mapping\n" +
        "misses, and the smallest changes with which it fits. If it does, which parts of the hardware stay idle.",
    );
  choiceOptions(diagnose)
    .option("--json", "print one JSON object")
    .action(lazy(async () => (await import("./specification-commands.js")).diagnoseCommand));

  program
    .command("verify <result>")
    .summary("recomputes a result and compares")
    .description(
      "Recomputes a result written with --json (or result.json of --out) and compares every figure.",
    )
    .option("--workspace <folder>", "read from this workspace (default: the one that the result names)")
    .option("--json", "print the differences as JSON")
    .action(lazy(async () => (await import("./verify-command.js")).verifyCommand));
}

/** How images become inputs. */
function imageOptions(command: Command): Command {
  return command
    .option("--image-size <height>x<width>", "what images are cut to (default: the model's)")
    .option("--resize <pixels>", "shorter side of an image before it is cut (default: 8/7 of its size)")
    .option("--mean <numbers>", "subtracted from the channels' values 0 … 1 (default: ImageNet's, or 0.5)")
    .option("--deviation <numbers>", "what they are then divided by (default: ImageNet's, or 0.5)");
}

function addAccuracyCommand(program: Command): void {
  const accuracy = program
    .command("accuracy")
    .summary("what the analog arithmetic does to your own network")
    .description(
      "Computes an imported network with the arithmetic of the architectures: saturated conversions, changed outputs and\n" +
        "their error, layer by layer; with --end-to-end also what the network's result loses. docs/accuracy.md defines it.",
    )
    .requiredOption("-d, --dnn <name>", "a network that was imported (see: raella import)")
    .addOption(architecturesOption())
    .option("--adc-bits <numbers>", "bits of the converters, e.g. 5,6,7,8 (default: the architecture's)")
    .option("--rows <numbers>", "rows of a crossbar, e.g. 256,512 (default: the architecture's)")
    .option("--choose-slicing", "choose slicings anew for each of them, instead of keeping the import's")
    .option(
      "--noise <deviations>",
      "Gaussian noise on column sums, in steps of the converter, e.g. 0,0.5,1 (default: none)",
    )
    .option("--seed <number>", "of the noise (default: 1)")
    .option("--end-to-end", "run the whole network: loss, agreement with the ideal network, accuracy")
    .option("--labels <file>", "classes of the samples, for --end-to-end: .npy, or a number on each line")
    .option("-m, --model <file>", "the model that was imported (default: where it was then)")
    .option("-i, --inputs <path>", "other samples than the import's, in the same forms");
  imageOptions(accuracy)
    .option(
      "--samples <count>",
      "output positions of a layer that are looked at, or all (default: the import's)",
    )
    .addOption(workspaceOption())
    .option("--workers <count>", "threads, or auto", "auto")
    .option("--json", "print one JSON object instead of tables")
    .option("--csv <file>", "write one row per design and layer")
    .option("--parquet <file>", "the same as Parquet")
    .option("--chart <file>", "draw loss (or error) against bits or noise, or by layer: .png, .svg or .json")
    .action(lazy(async () => (await import("./accuracy-command.js")).accuracyCommand));
}

function addImportCommand(program: Command): void {
  const command = program
    .command("import <model>")
    .summary("your own network, from an ONNX model")
    .description(
      "Makes a DNN of a workspace from an ONNX model: its layers, and the statistics that the four architectures need of\n" +
        "each, by running the network on sample inputs and doing RAELLA's arithmetic.",
    )
    .option("-n, --name <name>", "name of the network from then on (default: that of the file)")
    .option("--workspace <folder>", "where to write; made if it is not there (default: $RAELLA_WORKSPACE)")
    .option("-i, --inputs <path>", "samples: .npy, .npz or a folder of images (default: made-up noise)")
    .addOption(
      repeatable("--size <name=number>", "an unknown size, for made-up inputs (repeatable)", "none"),
    );
  imageOptions(command)
    .addOption(
      new Option("--scheme <name>", "how the network becomes one of 8 bits (default: auto)").choices([
        ...["auto", "own", "channel8", "fbgemm", "qnnpack", "symmetric"],
      ]),
    )
    .addOption(
      new Option(
        "--signed-inputs <way>",
        "signed inputs in one pass, as recorded, or in two, as published (default: recorded)",
      ).choices(["recorded", "two-pass"]),
    )
    .option("--samples <count>", "output positions of a layer that are computed, or all (default: 384)")
    .option("--seed <number>", "of the drawn positions and of made-up inputs (default: 1)")
    .addOption(
      new Option(
        "--slicings <kind>",
        "try 4-4 and 4-2-2 first, or all slicings in order of length (default: common)",
      ).choices(["common", "full"]),
    )
    .option("--last-layer <name>", "the layer with eight slices (default: the last one, if fully connected)")
    .option("--shapes-only", "only the layers, without statistics")
    .option("--accuracy", "also record how accurate each architecture computes each layer")
    .option("--workers <count>", "threads, or auto", "auto")
    .option("--json", "print one JSON object")
    .action(lazy(async () => (await import("./import-command.js")).importCommand));
}

function addListCommands(program: Command): void {
  program
    .command("init <folder>")
    .summary("a small workspace of your own to start from")
    .description(
      "Writes a commented workspace into a folder: a layer, an architecture derived from RAELLA, a component. Give the\n" +
        "folder to other commands with --workspace, or for good with the environment variable RAELLA_WORKSPACE.",
    )
    .option("--json", "print one JSON object")
    .action(lazy(async () => (await import("./workspace-commands.js")).initCommand));

  program
    .command("architectures")
    .description("lists the architectures")
    .addOption(workspaceOption())
    .option("--json", "print JSON")
    .action(lazy(async () => (await import("./workspace-commands.js")).architecturesCommand));

  program
    .command("variables")
    .description(
      "lists the variables of an architecture: value, unit, how they are meant, and what reads them",
    )
    .requiredOption("-a, --architecture <name>", "architecture (see: raella architectures)")
    .addOption(workspaceOption())
    .option("--json", "print JSON, with what the models say of each")
    .action(lazy(async () => (await import("./workspace-commands.js")).variablesCommand));

  program
    .command("dnns [dnn]")
    .description("lists the DNNs, or the layers of one")
    .option("-d, --dnn <name>", "list the layers of this DNN")
    .addOption(workspaceOption())
    .option("--json", "print JSON")
    .action(lazy(async () => (await import("./workspace-commands.js")).dnnsCommand));
}
