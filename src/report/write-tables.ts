import { name, requireArgument } from "../arguments";
import type { ComponentGroup } from "../study/component-groups";
import { columnsToDataFrame } from "./data-frame";
import { componentColumns, formatCsv, type TabularResult } from "./tidy-columns";
import { writeFileAtomically } from "./write-atomically";

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
