import { createRequire } from "node:module";
import { Command, Option } from "commander";
import { registerSweepCommand } from "./sweep-program";

const load = createRequire(__filename);

/** Loads a command's code when it is run, so that one command does not pay for the imports of the others. */
function lazy<Name extends string, Arguments extends unknown[]>(
  file: string,
  name: Name,
): (...given: Arguments) => Promise<void> {
  return async (...given) => {
    const commands = load(file) as Record<Name, (...given: Arguments) => Promise<void> | void>;
    await commands[name](...given);
  };
}

const jsonContract = `
The object that --json prints, numbers in full precision (pJ, um^2, J x cycles):
  architecture, dnn, layer, layerName, tiles, batch
  cycles, computes, macs, utilization, edp
  energyPj            {LEVEL: pJ, …, total}
  areaUm2             {LEVEL: {each, count, total}, …, total}
  energyPerActionPj   {LEVEL: {ACTION: pJ}}
  accesses            {LEVEL: {DATASPACE: {reads, fills, updates, instances}}}   words per instance
  mapSpace            {size, valid, evaluated}
  mapping             [{level, kind: "temporal" | "spatial", loops: [{dimension, factor}]}]   outermost first
  warnings            [{code, message, location}]
  manifest            {package, version, search, fidelity, variables, files: [{file, sha256}], …}`;

const exitCodes = `
Exit codes: 0 success; 1 a fault of the program; 2 a mistake in what was given (explained on stderr, and with --json
as {"error": {code, message, …}} on stdout); 3 a result that verify could not confirm; 130 interrupted.`;

/** The command line: names, options and help texts. Nothing heavy is loaded before a command runs. */
export function createProgram(version: string): Command {
  const program = new Command("raella")
    .description(
      "Area, energy and throughput of analog processing-in-memory accelerators (RAELLA, ISAAC) running DNN layers.",
    )
    .version(version)
    .configureHelp({ sortSubcommands: false, helpWidth: 110 })
    .showSuggestionAfterError(true)
    .addHelpText(
      "after",
      `
Examples:
  raella layer --architecture raella --dnn resnet18 --layer 10
  raella network --dnn resnet18
  raella ablation --dnn resnet18 --layers 0,10,20
  raella layer -a raella -d resnet18 -l 10 --set ADC_RESOLUTION=8 --json
  raella map models/raella/arch.yaml models/raella/variables.yaml 'models/common_components/*.yaml' \\
         models/mapper.yaml dnn_layers/resnet18/010.yaml
${exitCodes}`,
    );

  modelOptions(
    program
      .command("layer")
      .summary("the best mapping of one layer, its energy, area and cycles")
      .description(
        "Maps one DNN layer to one architecture: the best mapping and its energy, area and cycles.",
      )
      .requiredOption("-a, --architecture <name>", "architecture (see: raella architectures)")
      .requiredOption("-d, --dnn <name>", "DNN (see: raella dnns)")
      .requiredOption("-l, --layer <number>", "number of the layer, from 0"),
  );
  outputOptions(command(program, "layer"), { out: true })
    .addHelpText("after", jsonContract + outContract)
    .action(lazy("./layer-command", "layerCommand"));

  modelOptions(
    program
      .command("network")
      .summary("all layers of a DNN, with throughput")
      .description(
        "Maps all layers of a DNN to one or several architectures and sums them up. Areas are normalised to the\n" +
          "first architecture, and layers are replicated over tiles for throughput.",
      )
      .requiredOption("-d, --dnn <name>", "DNN (see: raella dnns)")
      .option("-a, --architecture <names...>", "architectures, or all", ["all"]),
  );
  throughputOptions(command(program, "network"));
  outputOptions(command(program, "network"), { tables: true })
    .addHelpText("after", networkContract)
    .action(lazy("./network-command", "networkCommand"));

  modelOptions(
    program
      .command("ablation")
      .summary("what each contribution brings, on chosen layers")
      .description(
        "Compares architectures on a DNN, or on some of its layers: what each idea brings to each component.",
      )
      .requiredOption("-d, --dnn <name>", "DNN (see: raella dnns)")
      .option("-a, --architecture <names...>", "architectures in order, or all", ["all"])
      .option("--layers <numbers>", "layers to sum over, e.g. 0,10,20 or 0-5 (default: all)"),
  );
  throughputOptions(command(program, "ablation"));
  outputOptions(command(program, "ablation"), { tables: true })
    .addHelpText("after", networkContract)
    .action(lazy("./network-command", "ablationCommand"));

  modelOptions(
    program
      .command("all")
      .summary("every DNN on every architecture")
      .description("Maps every layer of every DNN to every architecture."),
  );
  throughputOptions(command(program, "all"));
  outputOptions(command(program, "all"), { tables: true })
    .option("-a, --architecture <names...>", "architectures in order, or all", ["all"])
    .option("-d, --dnn <names...>", "DNNs, or all", ["all"])
    .addHelpText("after", `${networkContract}\nHere the objects of the DNNs stand in {"ablations": […]}.`)
    .action(lazy("./network-command", "allCommand"));

  registerSweepCommand(program);

  specificationOptions(
    program
      .command("map <files...>")
      .summary("maps any specification given as YAML files")
      .description(
        "Finds the best mapping for a specification in Timeloop's v4 dialect. Later files add to earlier ones;\n" +
          "quoted patterns with * are expanded. A top-level ERT and ART (Accelergy's format) replaces the estimates.",
      )
      .option("--no-greedy", "leave the constraints as they are written: no greedy allocation of factors"),
  ).addOption(searchOption());
  outputOptions(command(program, "map"), { out: true })
    .addHelpText("after", jsonContract + outContract)
    .action(lazy("./specification-commands", "mapCommand"));

  specificationOptions(
    program
      .command("model <files...>")
      .summary("evaluates one given mapping")
      .description(
        "Evaluates a given mapping, also one that the constraints do not allow. One that does not fit the hardware is\n" +
          "reported with the numbers.",
      )
      .requiredOption(
        "-m, --mapping <file>",
        "mapping in Timeloop's form: a list `mapping:` of {target, type, factors, permutation}",
      ),
  );
  outputOptions(command(program, "model"), { out: true })
    .addHelpText(
      "after",
      `
A mapping file:
  mapping:
    - {target: chip, type: temporal, factors: Q=7 N=2, permutation: QN}   # permutation: innermost first
    - {target: macro, type: spatial, factors: 'M=4,C=2'}
Levels and dimensions left out have factor 1. What a level holds comes from the architecture, unless the mapping has
an entry {target, type: dataspace, keep: […], bypass: […], passthrough: […]}.
${jsonContract}${outContract}`,
    )
    .action(lazy("./specification-commands", "modelCommand"));

  specificationOptions(
    program
      .command("spec [files...]")
      .summary("the flat form: levels with attributes and constraints")
      .description(
        "Shows what a layer's YAML files come to: levels with their attributes and constraints, in order.",
      )
      .option("-a, --architecture <name>", "architecture, instead of files")
      .option("-d, --dnn <name>", "DNN")
      .option("-l, --layer <number>", "number of the layer")
      .option("--typical", "typical statistics instead of those recorded for the layer")
      .option("--no-greedy", "leave the constraints as they are written"),
  )
    .option("--json", "print one JSON object")
    .action(lazy("./specification-commands", "specCommand"));

  program
    .command("architectures")
    .description("Lists the architectures.")
    .option("--json", "print JSON")
    .action(lazy("./list-commands", "architecturesCommand"));

  program
    .command("dnns")
    .description("Lists the DNNs, or the layers of one.")
    .option("-d, --dnn <name>", "list the layers of this DNN")
    .option("--json", "print JSON")
    .action(lazy("./list-commands", "dnnsCommand"));

  program
    .command("verify <result>")
    .summary("recomputes a result and compares")
    .description(
      "Recomputes a result written with --json (or result.json of --out) and compares every figure.",
    )
    .option("--json", "print the differences as JSON")
    .action(lazy("./verify-command", "verifyCommand"));

  return program;
}

function command(program: Command, name: string): Command {
  const found = program.commands.find((candidate) => candidate.name() === name);
  if (!found) throw new Error(`There is no command ${name}.`);
  return found;
}

function searchOption(): Option {
  return new Option(
    "--search <kind>",
    "the provably best mapping, or the one that Timeloop's random walk reports",
  )
    .choices(["optimal", "timeloop"])
    .default("optimal");
}

function fidelityOption(): Option {
  return new Option(
    "--fidelity <kind>",
    "keep the original's quirks, which shape its published figures, or repair them",
  )
    .choices(["artifact", "corrected"])
    .default("artifact");
}

function collect(value: string, earlier: readonly string[]): readonly string[] {
  return [...earlier, value];
}

function setOption(): Option {
  return new Option("--set <name=expression>", "set a variable of the model (repeatable)")
    .argParser(collect)
    .default([], "none");
}

function modelOptions(target: Command): Command {
  return target
    .option("-t, --tiles <count>", "tiles of the chip (default: 16)")
    .option("-b, --batch <size>", "samples of a batch (default: 32)")
    .option("--typical", "typical statistics instead of those recorded for the layer")
    .addOption(setOption())
    .addOption(fidelityOption())
    .addOption(searchOption());
}

function specificationOptions(target: Command): Command {
  return target
    .option("-t, --tiles <count>", "set TILES_PER_ARCH")
    .option("-b, --batch <size>", "set BATCH_SIZE")
    .addOption(setOption())
    .addOption(fidelityOption());
}

function throughputOptions(target: Command): Command {
  return target
    .option("--aggregate-tiles <count>", "tiles of the whole pipeline, for the first architecture", "65536")
    .addOption(
      new Option(
        "--replication <scheme>",
        "double the slowest layer's tiles, or add replicas one by one from the fewest tiles (never worse)",
      )
        .choices(["doubling", "increment"])
        .default("doubling"),
    )
    .option("--workers <count>", "threads, or auto", "auto");
}

function outputOptions(
  target: Command,
  kinds: { readonly out?: boolean; readonly tables?: boolean },
): Command {
  target.option("--json", "print one JSON object instead of tables");
  if (kinds.tables) {
    target
      .option("--csv <file>", "write one row per architecture, DNN, layer and component")
      .option("--parquet <file>", "the same as Parquet");
  }
  if (kinds.out) target.option("-o, --out <directory>", "write mapping, statistics, ART, ERT and flat input");
  return target;
}

const outContract = `

Files that --out writes (as the original tools name them):
  timeloop_mapper.map.txt      the loop nest        timeloop_mapper.stats.txt   statistics of every level
  timeloop_mapper.map.yaml     mapping, to be read back by "raella model --mapping"
  timeloop_mapper.ART.yaml     areas                timeloop_mapper.ERT.yaml    energies per action
  input.yaml                   flat input           result.json                 what --json prints`;

const networkContract = `
The object that --json prints: for one architecture
  {architecture, dnn, tiles, batch, layers: […], totals, replication, manifest}
with layers as "raella layer --json" prints them, and for several architectures
  {dnn, architectures, tiles, batch, networks: [one such object for each]}.
  totals   energyPj {LEVEL: pJ, …, total}, energyPjByGroup {GROUP: pJ, …, total},
           areaUm2 {LEVEL: {each, count, total}, …, total}, areaUm2ByGroup {GROUP: um^2, …, total},
           cycles [per layer], computes, macs, throughputBatchesPerSecond, tilesUsed, tileBudget,
           pipelineAreaUm2ByGroup {GROUP: um^2, …, total}`;
