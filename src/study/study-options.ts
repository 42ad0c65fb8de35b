import * as v from "valibot";
import { callback, checkedLater, optional } from "../arguments";
import { RaellaError } from "../errors";
import type { GetSpecOptions, SpecificationRequest } from "../spec/get-spec";
import { specificationEntries } from "../spec/get-spec";
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
export type LayerOptions = StudyOptions & Pick<GetSpecOptions, "architecture" | "dnn" | "layer">;

const { architecture, dnn, layer, ...modelEntries } = specificationEntries;

/** Full searches look at objective and time limit where they use them. */
export const searchEntries = { search: checkedLater, objective: checkedLater, timeLimitMs: checkedLater };
export const studyEntries = { ...modelEntries, ...searchEntries };
export const layerEntries = { architecture, dnn, layer, ...studyEntries };

/** Tiles of a chip unless something else is asked for, as in the tutorial. */
export const defaultTiles = 16;
/** Samples of a batch unless something else is asked for, as in the tutorial. */
export const defaultBatchSize = 32;

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

export const runEntries = {
  workers: checkedLater,
  onProgress: optional(callback),
  signal: optional(
    v.custom<AbortSignal>((value) => value instanceof AbortSignal, "the signal of an AbortController"),
  ),
};

/** @throws RaellaError `usage` for settings of a full search where none is asked for: nothing would read them. */
export function requireFullSearch({ search, objective, timeLimitMs }: StudyOptions): void {
  if (search === "full") return;
  // A search for the optimum goes on by bounds where there are too many mappings to visit, and then stops in time.
  const isLimited = timeLimitMs !== undefined && search === "timeloop";
  const given = objective !== undefined ? "objective" : isLimited ? "timeLimitMs" : null;
  if (given === null) return;
  throw new RaellaError({
    code: "usage",
    message: `The option "${given}" says something only about a full search.`,
    value: given,
    remedy: 'Add search: "full", or leave it out.',
  });
}

/**
 * Completes the tutorial's defaults: a number of tiles or samples that is neither given nor set as a variable, where the
 * model has such a variable. Null leaves it to the model.
 */
export function withDefaults<Options extends StudyOptions>(
  options: Options,
): Options & Pick<SpecificationRequest, "defaults"> {
  const { nTiles, batchSize, variables = {} } = options;
  const isOpen = (given: number | null | undefined, variable: string): boolean =>
    given === undefined && !Object.hasOwn(Object(variables) as object, variable);
  return {
    ...options,
    defaults: {
      ...(isOpen(nTiles, tilesVariable) && { [tilesVariable]: defaultTiles }),
      ...(isOpen(batchSize, batchVariable) && { [batchVariable]: defaultBatchSize }),
    },
  };
}
