import { createRequire } from "node:module";
import type * as Polars from "nodejs-polars";
import { name, oneOf, optional, optionsOf, requireArgument, requireOptions } from "../arguments";
import { RaellaError } from "../errors";
import { groupsSchema } from "../spec/component-groups";
import type { ComponentGroup } from "../study/component-groups";
import { componentColumns, formatCsv, layerWideColumns, requireResults } from "./tidy-columns";
import type { Columns, TabularResult } from "./tidy-columns";
import { writeFileAtomically } from "./write-atomically";

/** Which table to make of results. */
export interface DataFrameOptions {
  /**
   * `tidy` (default): one row per architecture, DNN, layer and component. `wide`: one row per layer, with a column
   * for the energy of each component group.
   */
  readonly shape?: "tidy" | "wide";
  /** Groups of components; see `loadComponentGroups`. */
  readonly groups?: readonly ComponentGroup[];
}

const dataFrameSchema = optionsOf({
  shape: optional(oneOf(["tidy", "wide"])),
  groups: optional(groupsSchema),
});

/**
 * Results as a Polars data frame; units stand in the column names.
 * @throws RaellaError `usage` if Polars has no build for this machine.
 */
export function toDataFrame(results: TabularResult, options: DataFrameOptions = {}): Polars.DataFrame {
  requireOptions(dataFrameSchema, options, "toDataFrame");
  const { shape = "tidy", groups = [] } = options;
  requireResults(results, groups, "toDataFrame");
  return columnsToDataFrame(
    shape === "tidy" ? componentColumns(results, groups) : layerWideColumns(results, groups),
  );
}

/** A table by columns as a data frame; numbers are 64-bit floats. */
export function columnsToDataFrame(columns: Columns): Polars.DataFrame {
  const polars = loadPolars();
  return polars.DataFrame(
    Object.fromEntries(Object.entries(columns).map(([name, cells]) => [name, [...cells]])),
  );
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

/** Writes results as CSV, one row per architecture, DNN, layer and component. */
export function writeCsv(file: string, results: TabularResult, groups: readonly ComponentGroup[]): void {
  requireArgument(name, file, "the file of writeCsv");
  writeFileAtomically(file, formatCsv(componentColumns(results, groups)));
}

/** Writes results as Parquet, one row per architecture, DNN, layer and component. */
export function writeParquet(file: string, results: TabularResult, groups: readonly ComponentGroup[]): void {
  requireArgument(name, file, "the file of writeParquet");
  const frame = columnsToDataFrame(componentColumns(results, groups));
  writeFileAtomically(file, frame.writeParquet());
}
