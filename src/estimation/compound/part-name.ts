import { RaellaError } from "../../errors";
import type { SourceLocation } from "../../errors";
import { numberOf, type EvaluationOptions, type Scope } from "../../spec/expression";
import { prepareValue, type PreparedValue } from "./prepare-value";

/** A part's name as written: `storage`, `shift_add[1..n_components]` or `generators[0]`; bounds are expressions. */
export interface PartName {
  readonly text: string;
  readonly base: string;
  readonly first: PreparedValue | null;
  /** Null for a single index. */
  readonly last: PreparedValue | null;
}

/** A part's name with its bounds evaluated. */
export interface EvaluatedName {
  /** Null without a range or index. */
  readonly first: number | null;
  readonly last: number | null;
  /** How many parts the name stands for: 1 without a range and for one index. */
  readonly count: number;
}

const withIndices = /^(.*?)\[(.+)\]$/;

/** Splits a name from its range or index. */
export function partName(text: string, location?: SourceLocation): PartName {
  const match = withIndices.exec(text);
  if (!match) return { text, base: text, first: null, last: null };
  const [, base, indices] = match;
  const [first, last] = indices.split("..");
  const prepare = (bound: string): PreparedValue => prepareValue({ expression: bound.trim() }, location);
  return { text, base, first: prepare(first), last: last === undefined ? null : prepare(last) };
}

/**
 * Evaluates the bounds of a name; they are cut to integers.
 * @throws RaellaError (`component`) for bounds that are no numbers or in the wrong order
 */
export function evaluateName(name: PartName, scope: Scope, options: EvaluationOptions): EvaluatedName {
  if (name.first === null) return plainName;
  const first = bound(name.first, name, scope, options);
  if (name.last === null) return { first, last: first, count: 1 };
  const last = bound(name.last, name, scope, options);
  if (last < first)
    throw new RaellaError({
      code: "component",
      message: `The range of the part "${name.text}" is [${first}..${last}].`,
      value: `[${first}..${last}]`,
      expected: "an upper bound that is not below the lower one",
    });
  return { first, last, count: last - first + 1 };
}

const plainName: EvaluatedName = { first: null, last: null, count: 1 };

/** The name with its bounds as numbers, `shift_add[1..4]`. */
export function nameText({ base }: PartName, { first, last, count }: EvaluatedName): string {
  if (first === null || last === null) return base;
  return count === 1 && first === last ? `${base}[${first}]` : `${base}[${first}..${last}]`;
}

function bound(prepared: PreparedValue, name: PartName, scope: Scope, options: EvaluationOptions): number {
  const value = numberOf(prepared(scope, options));
  if (value !== undefined && Number.isFinite(value)) return Math.trunc(value);
  throw new RaellaError({
    code: "component",
    message: `A bound of the range of the part "${name.text}" is not a number.`,
    value: name.text,
  });
}
