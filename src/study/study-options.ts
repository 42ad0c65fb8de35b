import type { GetSpecOptions } from "../spec/get-spec";
import { batchVariable, tilesVariable } from "../spec/processing/process-specification";
import type { FullSearchSettings } from "./full-search";
import type { SearchKind } from "./search-kind";

/** How layers are modelled, for every function that runs layers. */
export interface StudyOptions
  extends Omit<GetSpecOptions, "architecture" | "dnn" | "layer">, FullSearchSettings {
  /** Default `optimal`. */
  readonly search?: SearchKind;
}

/** One layer of a DNN on an architecture. */
export interface LayerOptions extends StudyOptions {
  readonly architecture: string;
  readonly dnn: string;
  /** Number, or its three digits: `10` or `"010"`. */
  readonly layer: number | string;
}

/** Tiles of a chip and samples of a batch unless something else is asked for, as in the tutorial. */
export const defaultTiles = 16;
export const defaultBatch = 32;

/** How far a run is. */
export interface Progress {
  readonly done: number;
  readonly total: number;
  /** What has just been done. */
  readonly architecture: string;
  readonly dnn: string;
  readonly layer: number | string;
}

/** How several layers are run. */
export interface RunOptions {
  /**
   * Threads that compute, this one included. `auto` (default) uses another one only where it pays, on large runs.
   * Results do not depend on it.
   */
  readonly workers?: number | "auto";
  /** Called now and then, and at the end. */
  readonly onProgress?: (progress: Progress) => void;
  /** Ends the run early: the promise is rejected with a RaellaError `aborted`. */
  readonly signal?: AbortSignal;
}

/**
 * Completes the tutorial's defaults: a number of tiles or samples that is neither given nor set as a variable. Null
 * leaves it to the model.
 */
export function withDefaults<Options extends StudyOptions>(options: Options): Options {
  const { nTiles, batchSize } = options;
  const variables = options.variables as StudyOptions["variables"] | null;
  const isOpen = (given: number | null | undefined, variable: string): boolean =>
    given === undefined && !Object.hasOwn(variables ?? {}, variable);
  return {
    ...options,
    nTiles: isOpen(nTiles, tilesVariable) ? defaultTiles : nTiles,
    batchSize: isOpen(batchSize, batchVariable) ? defaultBatch : batchSize,
  };
}
