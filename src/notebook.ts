/**
 * Charts, tables, progress and values as outputs of cells of a notebook.
 * @module raella/notebook
 */

export { showChart } from "./report/notebook/show-value";
export type { ShowChartOptions } from "./report/notebook/show-value";
export { showTable } from "./report/notebook/show-table";
export type { TableData, TableOptions } from "./report/notebook/show-table";
export { showValue, warningLines } from "./report/notebook/show-value";
export { progressBar } from "./report/notebook/outputs";
export type { ProgressBarOptions, ProgressState } from "./report/notebook/outputs";
export { energyOrigins } from "./report/notebook/energy-origins";
export type { EnergyOrigin } from "./report/notebook/energy-origins";
