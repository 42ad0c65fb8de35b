import { statSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import { counted, countedAre, RaellaError } from "../errors";
import type { FigureAxis } from "../report/charts/exploration-axis";
import { mergeSweep, openSweep, resultName } from "../report/sweep/merged-sweep";
import { formatSweepText, objectivesFrom, summarizeSweep } from "../report/sweep/sweep-text";
import type { SweepSummary } from "../report/sweep/sweep-text";
import { sweepToFolder } from "../report/sweep/sweep-to-folder";
import { FileReader } from "../spec/file-memo";
import { parseSweep } from "../study/sweep/plan-sweep";
import { partsOf } from "../study/sweep/pareto-front";
import { countPoints, variableNames } from "../study/sweep/sweep-plan";
import type { Shard } from "../study/sweep/sweep-plan";
import { chosenWorkspace } from "./choose-specification";
import {
  checkChartName,
  checkOutputs,
  interruptSignal,
  print,
  printJson,
  progressOnTerminal,
  remark,
  remarkWarnings,
} from "./output";
import { parseWorkers } from "./parse-options";

interface GivenSweepOptions {
  readonly out?: string;
  readonly shard?: string;
  readonly workers: string;
  readonly workspace?: string;
  readonly csv?: string;
  readonly chart?: string;
  readonly json?: boolean;
}

/** `raella sweep` */
export async function sweepCommand(file: string | undefined, given: GivenSweepOptions): Promise<void> {
  if (file === undefined)
    throw new RaellaError({
      code: "usage",
      message: "The sweep file is missing.",
      expected: "raella sweep FILE.yaml",
      remedy: "`raella sweep --help` shows what such a file looks like.",
    });
  const plan = parseSweep(readText(file), file);
  const folder = given.out ?? `${basename(file).replace(/\.ya?ml$/, "")}.sweep`;
  const { csv, chart, json } = given;
  checkChartName(chart);
  const inputs = [file, join(folder, "sweep.json")];
  const isPrinted = checkOutputs([join(folder, resultName), csv, chart], { json, inputs });
  const shard = given.shard === undefined ? undefined : parseShard(given.shard);
  const whole = csv === undefined ? chart : csv;
  if (whole !== undefined && shard !== undefined && shard.count > 1)
    throw new RaellaError({
      code: "usage",
      message: `--${csv === undefined ? "chart" : "csv"} is for the whole sweep, not for a shard.`,
      value: whole,
      remedy: "Write the rows when all shards are done: raella sweep merge FOLDER --csv FILE.",
    });
  const summary = await sweepToFolder(plan, folder, {
    shard,
    workspace: chosenWorkspace(given),
    workers: parseWorkers(given.workers),
    signal: interruptSignal(),
    onProgress: await progressOnTerminal(plan.name, "points"),
  });
  const { points, computed, replaced, result, warnings } = summary;
  remarkWarnings(warnings);
  for (const chunk of replaced)
    remark(`warning: ${chunk} was damaged or did not belong to this sweep; it has been computed again.`);
  if (!given.json)
    remark(
      `Computed ${computed} of ${counted(points, "point")}; ${points - computed} ${points - computed === 1 ? "was" : "were"} there already.`,
    );
  if (result === null) {
    const total = countPoints(plan);
    if (given.json) return printJson({ folder, points, computed, total, result });
    return print(
      `Shard ${given.shard}: ${points} of ${counted(total, "point")} ${points === 1 ? "is" : "are"} in ${folder}. When all shards are done: raella sweep merge ${folder}`,
    );
  }
  if (csv !== undefined) await mergeSweep([folder], { csv });
  if (chart !== undefined) await drawSweep(result, chart);
  if (isPrinted) return;
  const stored = await openSweep(result);
  const found = await summarizeSweep(stored);
  if (given.json)
    return printJson({ folder, points, computed, total: points, result, ...jsonSummary(found) });
  await print(`${formatSweepText(stored, found)}\n\n${[result, csv, chart].filter(Boolean).join("\n")}`);
}

/** The designs of a sweep in the plane of two figures, those of its first DNN. */
async function drawSweep(result: string, file: string): Promise<void> {
  const { readSweep } = await import("../report/sweep/merged-sweep.js");
  const { saveChart } = await import("../report/charts/render-chart.js");
  const { designScatter } = await import("../report/charts/exploration-scatter.js");
  const { plan, columns, rows } = await readSweep(result);
  const objectives = plan.objectives.flatMap((objective): readonly FigureAxis[] => {
    const [goal, expression] = partsOf(objective);
    const column = columns.find(({ name }) => name === expression);
    if (column === undefined) return [];
    return [
      {
        column: column.name,
        goal,
        title: column.unit === "" ? column.name : `${column.name} (${column.unit})`,
      },
    ];
  });
  const usual: readonly FigureAxis[] = [
    { column: "energyPerInferencePj", title: "Energy per inference (µJ)", scale: 1e-6, goal: "minimize" },
    { column: "inferencesPerSecond", title: "Inferences per second", goal: "maximize" },
  ];
  const [x, y] = objectives.length >= 2 ? objectives : usual;
  const [dnn, ...others] = plan.dnns;
  await saveChart(
    designScatter({
      designs: rows.filter((row) => row.dnn === dnn && row.status === "ok"),
      ...{ x, y, title: `${plan.name}: ${dnn}` },
      ...(others.length > 0 && { subtitle: `The sweep also has ${others.join(", ")}.` }),
      tooltip: ["point", "architecture", ...variableNames(plan)],
    }),
    file,
  );
}

/** `raella sweep merge` */
export async function sweepMergeCommand(
  folders: readonly string[],
  given: {
    readonly out?: string;
    readonly csv?: string;
    readonly partial?: boolean;
    readonly json?: boolean;
  },
): Promise<void> {
  const { out, csv, partial } = given;
  const isPrinted = checkOutputs([out, csv], given);
  const merged = await mergeSweep(folders, { out, csv, partial });
  for (const chunk of merged.broken)
    remark(`warning: ${chunk} is damaged or does not belong to this sweep; it was left out.`);
  if (isPrinted) return;
  // What went into a pipe or a device cannot be read again.
  if (!statSync(merged.file).isFile())
    return given.json ? printJson(merged) : print(`${countedAre(merged.rows, "point")} in ${merged.file}.`);
  const stored = await openSweep(merged.file);
  const found = await summarizeSweep(stored);
  if (given.json) return printJson({ ...merged, ...jsonSummary(found) });
  const gaps = merged.missing > 0 ? `\n${countedAre(merged.missing, "point")} missing.` : "";
  await print(
    `${formatSweepText(stored, found)}${gaps}\n\n${[merged.file, given.csv].filter(Boolean).join("\n")}`,
  );
}

/** `raella sweep front` */
export async function sweepFrontCommand(
  path: string,
  given: {
    readonly minimize: readonly string[];
    readonly maximize: readonly string[];
    readonly json?: boolean;
  },
): Promise<void> {
  const stored = await openSweep(path);
  const objectives = objectivesFrom(given.minimize, given.maximize) ?? stored.plan.objectives;
  if (objectives.length === 0)
    throw new RaellaError({
      code: "usage",
      message: "There is no objective.",
      expected: "--minimize EXPRESSION or --maximize EXPRESSION, or an `objective` in the sweep file",
      remedy: "For example: raella sweep front FOLDER --minimize energyPerInferencePj --maximize topsPerMm2",
    });
  const found = await summarizeSweep(stored, objectives);
  await (given.json ? printJson(jsonSummary(found)) : print(formatSweepText(stored, found)));
}

function jsonSummary({
  points,
  ok,
  excluded,
  infeasible,
  reasons,
  fronts,
  objectives,
}: SweepSummary): object {
  return { points, ok, excluded, infeasible, reasons, objectives, fronts: Object.fromEntries(fronts) };
}

/** `0/8` as the first of eight shards. @throws RaellaError `usage` or `out-of-range` */
function parseShard(text: string): Shard {
  const match = /^(\d{1,9})\/(\d{1,9})$/.exec(text.trim());
  const [index, count] = [Number(match?.[1]), Number(match?.[2])];
  if (match && index < count) return { index, count };
  throw new RaellaError({
    code: match ? "out-of-range" : "usage",
    message: `--shard cannot be "${text}".`,
    value: text,
    expected: "index/count with an index from 0 to count - 1, e.g. 0/8 to 7/8",
  });
}

function readText(file: string): string {
  const reader = new FileReader();
  if (reader.isFolder(resolve(file)))
    throw new RaellaError({
      code: "file-not-found",
      message: `${file} is a folder.`,
      value: file,
      expected: "a YAML file that describes a sweep",
      remedy: "To merge the results in a folder: raella sweep merge FOLDER.",
    });
  return reader.read(resolve(file)).text;
}
