/**
 * What most users need: specifications, runs of layers, networks and ablations, tables, explanations, components of your own.
 * Charts, notebooks, sweeps in parts, own networks and what lies beneath have entries of their own: raella/charts,
 * raella/notebook, raella/sweep, raella/network, raella/advanced; raella/engine is this one without what needs a disk.
 *
 * @example
 * ```ts
 * import { runLayer } from "raella";
 *
 * const { energyPj, cycles } = runLayer({ architecture: "raella", dnn: "resnet18", layer: 10 });
 * console.log(energyPj.total, cycles);
 * ```
 * @module raella
 */

// Specifications, runs, components, errors
export * from "./engine";

// Tables and files
export { toDataFrame, writeCsv, writeParquet } from "./report/data-frame";
export type { DataFrameOptions } from "./report/data-frame";
export type { TabularResult } from "./report/tidy-columns";
export { writeLayerFiles } from "./report/layer-files";
