import { Option } from "commander";
import type { Command } from "commander";

/** What `--json` of a layer prints. */
export const jsonContract = `
The object that --json prints, numbers in full precision (pJ, um^2, J x cycles):
  architecture, dnn, layer, layerName, nTiles, batchSize
  cycles, computes, macs, edp
  utilization, spatialUtilization   of one operation per unit and cycle; of the units (crossbar cells) in use
  energyPj            {LEVEL: pJ, …, total}
  areaUm2             {LEVEL: {each, count, total}, …, total}
  energyPerActionPj   {LEVEL: {ACTION: pJ}}
  errorPercent        {LEVEL: {area, energy: {ACTION: %}}}   where components are interpolated
  accesses            {LEVEL: {DATASPACE: {reads, fills, updates, instances}}}   words per instance
  mapSpace            {size, valid, evaluated}
  mapping             [{level, kind: "temporal" | "spatial", loops: [{dimension, factor}]}]   outermost first
  walk                with --search timeloop: what the random walk did, and by how much it misses the optimum
  fullSearch          with --search full: {objective, certificate, heuristic: what the greedy steps would have cost}
  warnings, notes     [{code, message, location}]   notes where there are any
  manifest            {package, version, search, fidelity, variables, files: [{file, sha256}], …}
`;

export const outContract = `
Files that --out writes (as the original tools name them, after "model" with timeloop_model in place of _mapper):
  timeloop_mapper.map.txt      the loop nest        timeloop_mapper.stats.txt   statistics of every level
  timeloop_mapper.map.yaml     mapping, to be read back by "raella model --mapping"
  timeloop_mapper.ART.yaml     areas                timeloop_mapper.ERT.yaml    energies per action
  input.yaml                   all of the input, evaluated: "raella map" and "raella model" read it back
  result.json                  what --json prints
`;

export const networkContract = `
The object that --json prints: for one architecture
  {architecture, dnn, nTiles, batchSize, layers: […], totals, replication, manifest}
with layers as "raella layer --json" prints them; "ablation", and "network" for several architectures,
  {dnn, architectures, nTiles, batchSize, networks: [one such object for each]}.
  totals   energyPj {LEVEL: pJ, …, total}, energyPjByGroup {GROUP: pJ, …, total},
           areaUm2 {LEVEL: {each, count, total}, …, total}, areaUm2ByGroup {GROUP: um^2, …, total},
           cycles [per layer], computes, macs, throughputBatchesPerSecond, tilesUsed, tileBudget,
           pipelineAreaUm2ByGroup {GROUP: um^2, …, total}`;

export const mappingHelp = `
A mapping file:
  mapping:
    - {target: chip, type: temporal, factors: Q=7 N=2, permutation: QN}   # permutation: innermost first
    - {target: inter_macro_spatial_dummy, type: spatial, factors: 'M=4,C=2'}
Levels and dimensions left out have factor 1. Whether a level holds a data space comes from the architecture, unless an
entry {target, type: dataspace, keep: […], bypass: […], passthrough: […]} of the mapping names it.
`;

export const exitCodeHelp = `
Exit codes: 0 success; 1 a fault of the program; 2 a mistake in what was given (explained on stderr, and with --json
as {"error": {code, message, …}} on stdout); 3 a result that verify could not confirm; 130 interrupted.`;

/** A command whose code is loaded when it is run, so that one does not pay for the imports of the others. */
export function lazy<Given extends unknown[]>(
  load: () => Promise<(...given: Given) => Promise<void> | void>,
): (...given: Given) => Promise<void> {
  return async (...given) => {
    const command = await load();
    await command(...given);
  };
}

/** An option of which every value counts. */
export function repeatable(flags: string, description: string, nothing: string): Option {
  return new Option(flags, description)
    .argParser((value: string, earlier: readonly string[]) => [...earlier, value])
    .default([], nothing);
}

/** Which architectures to compare. */
export function architecturesOption(): Option {
  return new Option("-a, --architecture <names...>", "architectures in order, or all").default(
    ["all"],
    "all",
  );
}

/** A layer that stands in no file. */
export function shapeOption(): Option {
  return new Option(
    "--shape <sizes>",
    "instead of --dnn and --layer: the sizes of a layer, e.g. C=64,M=128,R=3,S=3,P=28,Q=28; those left out are 1",
  );
}

/** Where everything is read from. */
export function workspaceOption(): Option {
  return new Option(
    "--workspace <folder>",
    "models, layers, statistics and components of your own, in the folders models, dnn_layers and recorded_statistics " +
      "there; what it lacks comes from the package (default: $RAELLA_WORKSPACE)",
  );
}

/** How the mapping is looked for. */
export function searchOptions(command: Command): Command {
  return command
    .addOption(
      new Option(
        "--search <kind>",
        "the best mapping that the greedy steps leave, the one that Timeloop's random walk reports, or the best " +
          "of the full map space, without greedy steps",
      )
        .choices(["optimal", "timeloop", "full"])
        .default("optimal"),
    )
    .option(
      "--objective <figure>",
      "what a full search minimises: edp, energy, cycles, or a product such as energy^2*cycles (default: edp)",
    )
    .option(
      "--time-limit <seconds>",
      "end the search of a layer after this time, with the gap that is left (where there are too many mappings to visit)",
    );
}

/**
 * How a layer is modelled.
 * @param named False for specifications given as files, whose tiles, batch and statistics are their own.
 */
export function modelOptions(command: Command, { named = true } = {}): Command {
  if (named) {
    command
      .option("-t, --tiles <count>", "tiles of the chip (default: 16)")
      .option("-b, --batch <size>", "samples of a batch (default: 32)")
      .option("--typical", "typical statistics instead of those recorded for the layer");
  } else {
    command
      .option("-t, --tiles <count>", "set the variable TILES_PER_ARCH")
      .option("-b, --batch <size>", "set the variable BATCH_SIZE");
  }
  return command
    .addOption(workspaceOption())
    .addOption(repeatable("--set <name=expression>", "set a variable of the model (repeatable)", "none"))
    .addOption(
      repeatable(
        "--set-new <name=expression>",
        "add a variable that the model does not have (repeatable)",
        "none",
      ),
    )
    .addOption(
      new Option(
        "--fidelity <kind>",
        "keep the original's quirks, which shape its published figures, or repair them",
      )
        .choices(["artifact", "corrected"])
        .default("artifact"),
    )
    .addOption(
      new Option(
        "--adc-beyond-library <way>",
        "a converter whose resolution is not in the component library: double the first entry with every bit, as " +
          "the original does, or ask a model fitted to the ADC survey (survey-all: for every resolution)",
      )
        .choices(["scale", "survey", "survey-all"])
        .default("scale"),
    )
    .option(
      "--leakage",
      "count leakage, in energies and in what searches minimise (default: in the convention of 2024)",
    )
    .option("--no-leakage", "do not count leakage")
    .addOption(
      new Option(
        "--convention <year>",
        "read and price a specification as the original tools of 2023 or of 2024 do; auto: as its files show",
      )
        .choices(["auto", "2023", "2024"])
        .default("auto"),
    )
    .addOption(
      new Option(
        "--sparse <way>",
        "refuse sparse optimizations, or leave them out and compute the dense counterpart",
      )
        .choices(["refuse", "dense"])
        .default("refuse"),
    )
    .option("--use-placeholders", "statistics that nobody gives may keep the placeholders of the model")
    .addOption(
      new Option(
        "--technology-interpolation <way>",
        "a technology between those of the component library: linear in the node, or backwards, as the original does",
      )
        .choices(["linear", "original"])
        .default("linear"),
    )
    .addOption(
      new Option(
        "--unmet-checks <way>",
        "a design that the model's checks rule out: warn, or adapt the variables as the checks say (a longer step, …)",
      )
        .choices(["warn", "adapt"])
        .default("warn"),
    )
    .option("--strict", "refuse a design that the model's checks rule out");
}

/** Statistics of a layer given as files. */
export function statisticsOption(): Option {
  return new Option("--statistics <file>", "statistics of the layer given as files, lines NAME=value");
}

/** What specifications given as files may include. */
export function includeOption(): Option {
  return repeatable(
    "--include-root <folder>",
    "allow includes from this folder, too (repeatable)",
    "only from the folders of the files",
  );
}

/** What templates among the files ask for. */
export function defineOption(): Option {
  return repeatable(
    "--define <name=value>",
    "a value that templates among the files ask for (repeatable)",
    "none",
  );
}

/** A specification by names or files, and how it is modelled. */
export function choiceOptions(command: Command): Command {
  command
    .option("-a, --architecture <name>", "architecture, instead of files")
    .option("-d, --dnn <name>", "DNN")
    .option("-l, --layer <number>", "number of the layer, from 0, or its name")
    .addOption(shapeOption());
  return modelOptions(command)
    .option("--no-greedy", "leave the constraints as they are written")
    .addOption(statisticsOption())
    .addOption(defineOption())
    .addOption(includeOption());
}

/** How the layers of a DNN share a pipeline's tiles, and how many threads compute. */
export function throughputOptions(command: Command): Command {
  return command
    .option(
      "--aggregate-tiles <count>",
      "tiles of the whole pipeline, for the first architecture; others get as many as fit on the same area (default: 65536)",
    )
    .option("--area-budget <mm2>", "instead: silicon for the tiles of the pipeline of each architecture, mm²")
    .addOption(
      new Option(
        "--tile-areas <kind>",
        "what a tile takes where areas are compared: what the model comes to, or what is published",
      )
        .choices(["modelled", "published"])
        .default("modelled"),
    )
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

/** What becomes of the result. */
export function outputOptions(
  command: Command,
  kinds: { readonly out?: boolean; readonly tables?: boolean; readonly chart?: string },
): Command {
  command.option("--json", "print one JSON object instead of tables");
  if (kinds.tables) {
    command
      .option("--csv <file>", "write one row per architecture, DNN, layer and component")
      .option("--parquet <file>", "the same as Parquet");
  }
  if (kinds.chart !== undefined)
    command.option("--chart <file>", `draw ${kinds.chart}: .png, .svg or .json (Vega-Lite)`);
  if (kinds.out)
    command.option("-o, --out <directory>", "write mapping, statistics, ART, ERT and flat input");
  return command;
}
