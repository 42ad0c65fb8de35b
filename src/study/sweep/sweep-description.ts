import * as v from "valibot";
import { optionsOf, tableOf } from "../../arguments";
import { seedSchema } from "../../network/network-arguments";
import { greatestDeviation } from "../../network/noise";
import type { Fidelity, ModelChoices } from "../../spec/specification";
import type { ReplicationScheme } from "../replication";
import type { Objective } from "./pareto-front";

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
export type SweepObjective = Objective<string>;

/** Which network's accuracy is computed, and how. */
interface SweepAccuracyChoice {
  /** An imported network. */
  readonly dnn: string;
  /** Slicings of the import (the default), or anew for each design, whose energy and area follow then. */
  readonly slicing?: "kept" | "anew";
  /** Also the loss of the network's result. */
  readonly end_to_end?: boolean;
  /** Standard deviation of Gaussian noise on column sums, in steps of the converter; default 0, none. And its seed; default 1. */
  readonly noise?: number;
  readonly seed?: number;
}

/** How throughput is computed. */
export interface SweepThroughput {
  /** Silicon for the tiles of the pipeline, mm^2. */
  readonly areaBudgetMm2?: number;
  /** Instead of `areaBudgetMm2`: the area of so many tiles of the first architecture as it is in the models. */
  readonly aggregateTiles?: number;
  /** How layers are replicated, `doubling` (default) or `increment`. */
  readonly scheme?: ReplicationScheme;
}

/**
 * A sweep as the user writes it, in YAML or as an object. Every combination of the values of `architectures`,
 * `nTiles`, `batchSize`, `points` and `variables` is a design (with `random` the variables are drawn instead of
 * combined); every design on every DNN is a point.
 */
export interface SweepDescription extends ModelChoices {
  readonly name?: string;
  readonly architectures: string | readonly string[];
  readonly dnns: string | readonly string[];
  /** Tiles of a chip; default 16. */
  readonly nTiles?: number | readonly number[] | ValueRange;
  /** Samples processed together; default 32. */
  readonly batchSize?: number | readonly number[] | ValueRange;
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
  /** How accurate the designs compute an imported network, as columns `error`, `meanSlices` and, end to end, `loss`. */
  readonly accuracy?: SweepAccuracyChoice;
  /** Points that are computed and stored together. */
  readonly chunkSize?: number;
}

const number = v.pipe(v.number("a number"), v.finite("a finite number"));
const positive = v.pipe(number, v.minValue(Number.MIN_VALUE, "a number above 0"));
const deviations = `a standard deviation from 0 to ${greatestDeviation} steps of the converter`;
const count = v.pipe(number, v.integer("a whole number"), v.minValue(1, "a whole number, 1 or more"));
const text = v.pipe(v.string("text"), v.nonEmpty("text that is not empty"));
const names = v.lazy((input) =>
  Array.isArray(input)
    ? v.pipe(v.array(text), v.minLength(1, "at least one name"))
    : v.pipe(v.string("a name or a list of names"), v.nonEmpty("a name or a list of names")),
);

const value = v.union([number, text], "a number, or text with an expression");
const rangeHint = "a range {from, to, step} or {from, to, factor}";
const range = optionsOf(
  {
    from: number,
    to: number,
    step: v.optional(number),
    factor: v.optional(number),
    logarithmic: v.optional(v.boolean("true or false")),
  },
  rangeHint,
);
/** Chosen by what the value looks like, so that a mistake inside a range is reported at its key. */
const values = v.lazy((input) => {
  if (Array.isArray(input)) return v.array(value);
  if (typeof input === "object" && input !== null) return range;
  return v.union([number, text], `a number, text with an expression, a list of them, or ${rangeHint}`);
});
const counts = v.lazy((input) => {
  if (Array.isArray(input)) return v.array(count);
  if (typeof input === "object" && input !== null) return range;
  return v.pipe(
    v.number(`a whole number, a list of them, or ${rangeHint}`),
    v.integer("a whole number"),
    v.minValue(1, "a whole number, 1 or more"),
  );
});

const goal = v.union(
  [optionsOf({ minimize: text }), optionsOf({ maximize: text })],
  "{minimize: EXPRESSION} or {maximize: EXPRESSION}",
);

/** Shape of a sweep description; the messages say what is expected. Meanings are checked by `planSweep`. */
export const sweepSchema = optionsOf(
  {
    name: v.optional(text),
    architectures: names,
    dnns: names,
    nTiles: v.optional(counts),
    batchSize: v.optional(counts),
    typical: v.optional(v.boolean("true or false")),
    fidelity: v.optional(v.picklist(["artifact", "corrected"], "artifact or corrected")),
    adcBeyondLibrary: v.optional(
      v.picklist(["scale", "survey", "survey-all"], "scale, survey or survey-all"),
    ),
    sparse: v.optional(v.picklist(["refuse", "dense"], "refuse or dense")),
    leakage: v.optional(v.boolean("true or false")),
    convention: v.optional(v.picklist(["auto", "2023", "2024"], "auto, 2023 or 2024")),
    usePlaceholders: v.optional(v.boolean("true or false")),
    technologyInterpolation: v.optional(v.picklist(["linear", "original"], "linear or original")),
    unmetChecks: v.optional(v.picklist(["warn", "adapt"], "warn or adapt")),
    variables: v.optional(tableOf(values, "variables and their values")),
    points: v.optional(
      v.pipe(
        v.array(tableOf(value, "variables and a value for each"), "a list of points"),
        v.minLength(1, "at least one point"),
      ),
    ),
    random: v.optional(
      optionsOf(
        {
          count: v.pipe(count, v.maxValue(1e9, "at most 1000000000")),
          seed: v.optional(v.pipe(number, v.safeInteger("a whole number"))),
        },
        "{count, seed}",
      ),
    ),
    constraint: v.optional(text),
    objective: v.optional(
      v.lazy((input) =>
        Array.isArray(input) ? v.pipe(v.array(goal), v.minLength(1, "at least one objective")) : goal,
      ),
    ),
    throughput: v.optional(
      optionsOf(
        {
          areaBudgetMm2: v.optional(positive),
          aggregateTiles: v.optional(count),
          scheme: v.optional(v.picklist(["doubling", "increment"], "doubling or increment")),
        },
        "{areaBudgetMm2 or aggregateTiles, scheme}",
      ),
    ),
    accuracy: v.optional(
      optionsOf(
        {
          dnn: text,
          slicing: v.optional(v.picklist(["kept", "anew"], "kept or anew")),
          end_to_end: v.optional(v.boolean("true or false")),
          noise: v.optional(
            v.pipe(number, v.minValue(0, deviations), v.maxValue(greatestDeviation, deviations)),
          ),
          seed: v.optional(seedSchema),
        },
        "{dnn, slicing, end_to_end, noise, seed}",
      ),
    ),
    chunkSize: v.optional(v.pipe(count, v.maxValue(100000, "at most 100000"))),
  },
  "a sweep description with at least `architectures` and `dnns`",
);
