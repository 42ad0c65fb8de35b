import type { Fidelity, ModelChoices } from "../../spec/specification";
import type { ReplicationScheme } from "../replication";

/** What a variable of a model can be set to: a number, or text that is evaluated as an expression. */
export type SweepValue = number | string;

/**
 * Numbers from `from` up to `to` (both included), `step` apart, or each `factor` times the one before. Without a step
 * and a factor it is an interval, from which random designs draw any number: evenly, or with `logarithmic` so that
 * every order of magnitude is equally likely.
 */
export interface ValueRange {
  readonly from: number;
  readonly to: number;
  readonly step?: number;
  readonly factor?: number;
  readonly logarithmic?: boolean;
}

/** The values that one quantity takes in a sweep. */
export type SweepValues = SweepValue | readonly SweepValue[] | ValueRange;

/**
 * Draws the variables at random instead of taking every combination. The same seed gives the same draws everywhere, and
 * every listed point gets the same ones.
 */
export interface RandomDesign {
  readonly count: number;
  readonly seed?: number;
}

/** What makes one design better than another: a column of the result, or an expression over columns. */
export type SweepObjective = { readonly minimize: string } | { readonly maximize: string };

/** How throughput is computed. */
export interface SweepThroughput {
  /** Silicon for the tiles of the pipeline, mm^2. */
  readonly areaMm2?: number;
  /** Instead of `areaMm2`: the area of so many tiles of the first architecture as it is in the models. */
  readonly aggregateTiles?: number;
  /** How layers are replicated, `doubling` (default) or `increment`. */
  readonly scheme?: ReplicationScheme;
}

/**
 * A sweep as the user writes it, in YAML or as an object. Every combination of the values of `architectures`,
 * `nTiles`, `batch`, `points` and `variables` is a design (with `random` the variables are drawn instead of
 * combined); every design on every DNN is a point.
 */
export interface SweepDescription extends ModelChoices {
  readonly name?: string;
  readonly architectures: string | readonly string[];
  readonly dnns: string | readonly string[];
  /** Tiles of a chip; default 16. */
  readonly nTiles?: number | readonly number[] | ValueRange;
  /** Samples processed together; default 32. */
  readonly batch?: number | readonly number[] | ValueRange;
  /** Typical instead of recorded statistics of the layers. */
  readonly typical?: boolean;
  readonly fidelity?: Fidelity;
  /** Variables of the models and the values they take. */
  readonly variables?: Readonly<Record<string, SweepValues>>;
  /** Variables that change together: each entry sets all of its variables at once. */
  readonly points?: readonly Readonly<Record<string, SweepValue>>[];
  readonly random?: RandomDesign;
  /**
   * Expression over variables and result columns that a point must fulfil. Points that do not are kept and marked;
   * they are not evaluated if the expression needs no result.
   */
  readonly constraint?: string;
  readonly objective?: SweepObjective | readonly SweepObjective[];
  readonly throughput?: SweepThroughput;
  /** Points that are computed and stored together. */
  readonly chunkSize?: number;
}
