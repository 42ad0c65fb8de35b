import { createRequire } from "node:module";
import type * as Polars from "nodejs-polars";
import {
  isListOf,
  isText,
  hasParts,
  name,
  oneOf,
  optional,
  optionsOf,
  requireArgument,
  requireOptions,
} from "../arguments";
import { RaellaError } from "../errors";
import type { NetworkAccuracy } from "../network/network-accuracy";
import { groupsSchema, loadComponentGroups } from "../spec/component-groups";
import type { ComponentGroup } from "../study/component-groups";
import type { Gains } from "../study/gains";
import type { SweepResult } from "../study/sweep/sweep";
import { variableNames } from "../study/sweep/sweep-plan";
import {
  accuracyColumns,
  componentColumns,
  formatCsv,
  gainColumns,
  isAccuracy,
  layerWideColumns,
  manifestOf,
  requireResults,
} from "./tidy-columns";
import type { AccuracyFrameOptions, Columns, TabularResult } from "./tidy-columns";
import { writeFileAtomically } from "./write-atomically";

/** Which table to make of results. */
export interface DataFrameOptions {
  /**
   * `tidy` (default): one row per architecture, DNN, layer and component; of gains, per architecture, DNN and figure; of an
   * accuracy, per design and layer. `wide`: one row per layer, with a column for the energy of each component group; of
   * gains, per architecture and DNN; of an accuracy, per design. A sweep has one row per point.
   */
  readonly shape?: "tidy" | "wide";
  /** Groups of components. Default: those of the models that the results were computed with. */
  readonly groups?: readonly ComponentGroup[];
}

const dataFrameSchema = optionsOf({
  shape: optional(oneOf(["tidy", "wide"])),
  groups: optional(groupsSchema),
});

/** Every kind of result that becomes a data frame. */
type FramedResult =
  TabularResult | Pick<SweepResult, "columns" | "rows" | "plan"> | NetworkAccuracy | readonly Gains[];

const isSweep = (value: unknown): value is SweepResult =>
  hasParts(value, { plan: (plan) => hasParts(plan, {}), columns: Array.isArray, rows: Array.isArray });
const areGains = isListOf((value) => hasParts(value, { base: isText, dnns: Array.isArray }));

/**
 * Results as a Polars data frame; units stand in the column names, and what is counted is a whole number.
 * @param results Layers, DNNs, ablations or a list of them; a sweep, gains, or the accuracy of a network.
 * @throws RaellaError `usage` for anything else, and if Polars has no build for this machine.
 * @example
 * ```ts
 * const network = await runNetwork({ architecture: "raella", dnn: "resnet18" });
 * console.log(toDataFrame(network).head(5).toString());
 * ```
 */
export function toDataFrame(results: FramedResult, options: DataFrameOptions = {}): Polars.DataFrame {
  requireOptions(dataFrameSchema, options, "toDataFrame");
  const { shape = "tidy" } = options;
  if (isSweep(results)) return sweepFrame(results);
  if (isAccuracy(results)) return accuracyFrame(results, { shape: shape === "tidy" ? "layers" : "designs" });
  if (Array.isArray(results) && results.length > 0 && areGains(results))
    return columnsToDataFrame(gainColumns(results as readonly Gains[], shape));
  const tabular = results as TabularResult;
  requireResults(tabular, options.groups ?? [], "toDataFrame");
  const groups = options.groups ?? groupsOf(tabular);
  return columnsToDataFrame(
    shape === "tidy" ? componentColumns(tabular, groups) : layerWideColumns(tabular, groups),
  );
}

/** The groups of the workspace that results come from; those of the package where it is no longer there. */
function groupsOf(results: TabularResult): readonly ComponentGroup[] {
  try {
    return loadComponentGroups(manifestOf(results)?.workspace);
  } catch (error) {
    if (error instanceof RaellaError && error.code === "file-not-found") return loadComponentGroups();
    throw error;
  }
}

function sweepFrame({
  plan,
  columns,
  rows,
}: Pick<SweepResult, "plan" | "columns" | "rows">): Polars.DataFrame {
  const cells = Object.fromEntries(
    columns.map((column) => [column.name, rows.map((row) => row[column.name])]),
  );
  const whole = columns.filter(({ type }) => type === "integer").map((column) => column.name);
  return columnsToDataFrame(cells, [...whole, ...variableNames(plan)]);
}

/** The accuracy of a network as a data frame. */
export function accuracyFrame(
  accuracy: NetworkAccuracy,
  options: AccuracyFrameOptions = {},
): Polars.DataFrame {
  return columnsToDataFrame(accuracyColumns(accuracy, options));
}

/** What is counted. A column of these that holds anything but whole numbers is one of 64-bit floats like all others. */
const countedColumns: ReadonlySet<string> = new Set([
  ...["layer", "layers", "nTiles", "batchSize", "instances", "cycles", "computes", "macs", "mappings"],
  ...["validMappings", "greedyCycles", "adcBits", "rows", "slices", "macsPerInference"],
  ...["cyclesTotal", "cyclesSlowestLayer", "tileBudget", "tilesUsed"],
]);

/**
 * A table by columns as a data frame.
 * @param whole Further columns that hold whole numbers where all of their numbers are.
 */
function columnsToDataFrame(columns: Columns, whole: readonly string[] = []): Polars.DataFrame {
  const polars = loadPolars();
  const isCounted = (column: string): boolean => countedColumns.has(column) || whole.includes(column);
  const series = Object.entries(columns).map(([column, cells]) => {
    const numbers = cells.filter((cell) => cell !== null);
    const isWhole = isCounted(column) && numbers.length > 0 && numbers.every(Number.isSafeInteger);
    const isNumeric = numbers.every((cell) => typeof cell === "number");
    const type = isWhole ? polars.Int64 : isNumeric ? polars.Float64 : polars.Utf8;
    return polars.Series(column, [...cells], type);
  });
  return polars.DataFrame(series);
}

/** Polars is a heavy import: it is loaded with the first data frame. */
function loadPolars(): typeof Polars {
  try {
    return createRequire(__filename)("nodejs-polars") as typeof Polars;
  } catch (error) {
    throw new RaellaError({
      code: "usage",
      message: `Polars cannot be loaded: ${(error as Error).message.split("\n")[0]}.`,
      remedy: "CSV and JSON are written without it.",
    });
  }
}

/**
 * Writes results as CSV, one row per architecture, DNN, layer and component.
 * @example
 * ```ts
 * writeCsv("resnet18.csv", await runAblation("resnet18"));
 * ```
 */
export function writeCsv(file: string, results: TabularResult, groups?: readonly ComponentGroup[]): void {
  requireArgument(name, file, "the file of writeCsv");
  writeFileAtomically(file, formatCsv(columnsOfComponents("writeCsv", results, groups)));
}

/**
 * Writes results as Parquet, one row per architecture, DNN, layer and component.
 * @example
 * ```ts
 * writeParquet("resnet18.parquet", await runAblation("resnet18"));
 * ```
 */
export function writeParquet(file: string, results: TabularResult, groups?: readonly ComponentGroup[]): void {
  requireArgument(name, file, "the file of writeParquet");
  const frame = columnsToDataFrame(columnsOfComponents("writeParquet", results, groups));
  writeFileAtomically(file, frame.writeParquet());
}

/** Without groups those that results were computed with, which only results can tell. */
function columnsOfComponents(
  functionName: string,
  results: TabularResult,
  groups: readonly ComponentGroup[] | undefined,
): Columns {
  requireResults(results, [], functionName);
  return componentColumns(results, groups === undefined ? groupsOf(results) : groups);
}
