import type { Command } from "commander";
import { lazy, workspaceOption } from "./shared-options";

const collect = (value: string, earlier: readonly string[]): readonly string[] => [...earlier, value];

const fileHelp = `
A sweep file:
  architectures: [raella]            # required, as are DNNs
  dnns: [resnet18]
  nTiles: 16                         # a number, a list or a range; default 16
  batch: 32                          # likewise; default 32
  typical: false                     # typical instead of recorded statistics
  variables:                         # any variables of the models
    ADC_RESOLUTION: [5, 6, 7, 8]
    CIM_UNITS_PER_COLUMN: {from: 128, to: 1024, factor: 2}      # or step: 128
  points: [{A: 1, B: 2}, …]          # variables that change together
  random: {count: 1000, seed: 1}     # draw designs instead of combining all values
  constraint: topsPerMm2 >= 0.5      # over variables and columns of the result
  objective: [{minimize: energyPj}, {maximize: topsPerMm2}]
  throughput: {areaMm2: 500}         # silicon; or aggregateTiles: 65536; scheme: doubling | increment

Results are stored chunk by chunk in the folder; the same command continues after an interruption. Shards count from
0 and may run anywhere, also into folders of their own. docs/sweeps.md describes every column.`;

/** Adds `raella sweep` and its subcommands. */
export function registerSweepCommand(program: Command): Command {
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
