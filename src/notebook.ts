/**
 * Charts, tables, progress and values as outputs of cells of a notebook.
 * @module raella/notebook
 */

export { showChart } from "./report/notebook/show-chart";
export type { ShowChartOptions } from "./report/notebook/show-chart";
export { showTable } from "./report/notebook/show-table";
export type { TableData, TableOptions } from "./report/notebook/show-table";
export { showValue, warningLines } from "./report/notebook/show-value";
export { progressBar } from "./report/notebook/progress-bar";
export type { ProgressBarOptions, ProgressState } from "./report/notebook/progress-bar";
export { energyOrigins } from "./report/notebook/energy-origins";
export type { EnergyOrigin } from "./report/notebook/energy-origins";
