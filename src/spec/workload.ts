import type { Value } from "./specification";

/** One product of a rank: `coefficient * dimension`, e.g. `Wstride * P`. */
export interface RankTerm {
  readonly dimension: string;
  readonly coefficient: number;
  /** Whose product the coefficient is, as the problem names them. */
  readonly coefficientNames?: readonly string[];
}

/** One axis of a tensor: a sum of loop indices with non-negative integer coefficients. */
export type Rank = readonly RankTerm[];

/** A tensor of the workload. */
export interface DataSpace {
  readonly name: string;
  /** Partial sums are written and read back. */
  readonly readWrite: boolean;
  readonly ranks: readonly Rank[];
}

/** A DNN layer as a nest of loops over tensors. */
export interface Workload {
  readonly name: string;
  /** In declared order, which is the order of the map space's digits. */
  readonly dimensions: readonly string[];
  readonly bounds: Readonly<Record<string, number>>;
  /** Strides and dilations. */
  readonly coefficients: Readonly<Record<string, number>>;
  readonly dataSpaces: readonly DataSpace[];
  /**
   * Dimensions that count bits of one operand, so that multiply-accumulates are the operations divided by their
   * bounds: those whose bound is given by a variable of bits (INPUT_BITS, WEIGHT_BITS, OUTPUT_BITS).
   */
  readonly bitDimensions: readonly string[];
  /** Everything under `problem.instance`, evaluated. */
  readonly instance: Readonly<Record<string, Value>>;
}
