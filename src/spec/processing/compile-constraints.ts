import type { SourceLocation } from "../../errors";
import { RaellaError } from "../../errors";
import { isExpressionText } from "../expression/evaluate";
import type { Scope } from "../expression/scope";
import type { LeafDocument } from "../schema/architecture-schema";
import type { ProblemShape } from "../schema/problem-schema";
import type { PlacedText } from "../schema/validate";
import type { Factor, WrittenValue } from "../specification";
import type { ExpandedConstraints, ExpandedLoops } from "./expand-macros";
import type { FactorEntry } from "./factor-entry";
import { factorText, factorValue, unknownProblemName } from "./factor-entry";
import { substituteWords } from "./substitute-words";

/** A value that is known when the variables and the leaf's attributes are. */
export type Deferred<T> = (scope: Scope) => T;

export interface CompiledLoops {
  readonly factors: Deferred<readonly Factor[]>;
  /** Some number is written with names. */
  readonly isDeferred: boolean;
  /** Innermost first. */
  readonly permutation: readonly string[];
  readonly defaultMaxFactor: Deferred<number | null>;
}

/** The constraints of a leaf with everything checked that does not depend on variables. */
export interface CompiledConstraints {
  /** Some number is written with names. */
  readonly isDeferred: boolean;
  readonly spatial: CompiledLoops & {
    readonly noMulticastNoReduction: readonly string[];
    readonly noLinkTransfer: readonly string[];
    readonly split: Deferred<number | null>;
  };
  readonly temporal: CompiledLoops & {
    readonly noTemporalReuse: readonly string[];
    readonly rmwOnFirstWriteback: readonly string[];
  };
  readonly dataspace: {
    readonly keep: readonly string[];
    readonly bypass: readonly string[];
    readonly passthrough: readonly string[];
  };
}

function compileFactor(entry: FactorEntry, shape: ProblemShape, level: string): Factor | Deferred<Factor> {
  const isKnown = (name: string): boolean => shape.dimensions.includes(name);
  const unknown = (name: string): RaellaError =>
    unknownProblemName("dimension", { text: name, location: entry.location }, shape.dimensions, level);
  if (isKnown(entry.dimension) && !hasNames(entry.valueText))
    return {
      dimension: entry.dimension,
      operator: entry.operator,
      value: limited(factorValue(entry, entry.valueText, level), entry, level),
    };
  return (scope) => {
    const dimension = isKnown(entry.dimension) ? entry.dimension : substituteWords(entry.dimension, scope);
    if (!isKnown(dimension)) throw unknown(entry.dimension);
    const text = substituteWords(entry.valueText, scope).trim();
    const value = limited(factorValue(entry, text, level), entry, level);
    return { dimension, operator: entry.operator, value };
  };
}

/** An upper limit must be a limit. */
function limited(value: number, entry: FactorEntry, level: string): number {
  if (entry.operator === "=" || value >= 1) return value;
  throw new RaellaError({
    code: "constraint",
    message: `The upper limit ${factorText(entry)} of "${level}" allows no factor.`,
    location: entry.location,
    expected: "a limit of at least 1",
  });
}

function integerText(written: WrittenValue): string | null {
  if (written === null || written === "") return null;
  return isExpressionText(written) ? written.expression : String(written);
}

function hasNames(text: string | null): boolean {
  return text !== null && /[A-Za-z_]/.test(text);
}

/** An integer that may be a name until variables are known, e.g. `split: 999`. */
function compileInteger(
  written: WrittenValue,
  what: string,
  minimum: number,
  level: string,
  place: SourceLocation,
): Deferred<number | null> {
  const textOf = integerText(written);
  if (textOf === null) return () => null;
  const location = (isExpressionText(written) ? written.location : undefined) ?? place;
  return (scope) => {
    const value = Number(hasNames(textOf) ? substituteWords(textOf, scope) : textOf);
    if (Number.isSafeInteger(value) && value >= minimum) return value;
    throw new RaellaError({
      code: "constraint",
      message: `${what} of "${level}" is ${textOf}.`,
      location,
      value: textOf,
      expected: `an integer of at least ${minimum}`,
    });
  };
}

/** Divides a permutation into innermost loops and outermost ones; loops it does not list stand between them. */
const divider = "_";

/** A permutation given as a list, or as one text of one-letter names. */
function compilePermutation(names: readonly PlacedText[], shape: ProblemShape, level: string): string[] {
  const { dimensions } = shape;
  const isKnown = (name: string): boolean => name === divider || dimensions.includes(name);
  const result = names.flatMap((item) => {
    if (isKnown(item.text)) return [item.text];
    const letters = [...item.text];
    if (letters.every(isKnown)) return letters;
    throw unknownProblemName("dimension", item, dimensions, level);
  });
  const repeated = result.find((dimension, index) => result.indexOf(dimension) !== index);
  if (repeated !== undefined)
    throw new RaellaError({
      code: "constraint",
      message: `A permutation of "${level}" names ${repeated} twice.`,
      location: names[0].location,
      value: result.join(","),
      expected: "every dimension at most once",
    });
  return result;
}

function compileLoops(
  loops: ExpandedLoops,
  shape: ProblemShape,
  level: string,
  place: SourceLocation,
): CompiledLoops {
  const factors = loops.factors.map((entry) => compileFactor(entry, shape, level));
  return {
    factors: (scope) => factors.map((factor) => (typeof factor === "function" ? factor(scope) : factor)),
    isDeferred:
      factors.some((factor) => typeof factor === "function") || hasNames(integerText(loops.defaultMaxFactor)),
    permutation: compilePermutation(loops.permutation, shape, level),
    defaultMaxFactor: compileInteger(loops.defaultMaxFactor, "default_max_factor", 1, level, place),
  };
}

/**
 * Checks the names in a leaf's constraints and prepares the values that depend on variables.
 *
 * @throws RaellaError `unknown-name` for dimensions and data spaces the problem does not have, `constraint` otherwise.
 */
export function compileConstraints(
  given: ExpandedConstraints,
  shape: ProblemShape,
  { name: level, locate }: LeafDocument,
): CompiledConstraints {
  const known = shape.dataSpaces.map(({ name }) => name);
  const dataSpaces = (names: readonly PlacedText[]): readonly string[] =>
    names.map((item) => {
      if (known.includes(item.text)) return item.text;
      throw unknownProblemName("data space", item, known, level);
    });
  const { dataspace } = given;
  const spatialLoops = compileLoops(
    given.spatial,
    shape,
    level,
    locate("constraints", "spatial", "default_max_factor"),
  );
  const temporalLoops = compileLoops(
    given.temporal,
    shape,
    level,
    locate("constraints", "temporal", "default_max_factor"),
  );
  const { spatial, temporal } = given;
  return {
    isDeferred: spatialLoops.isDeferred || temporalLoops.isDeferred || hasNames(integerText(spatial.split)),
    spatial: {
      ...spatialLoops,
      noMulticastNoReduction: dataSpaces(spatial.noMulticastNoReduction),
      noLinkTransfer: dataSpaces(spatial.noLinkTransfer),
      split: compileInteger(spatial.split, "split", 0, level, locate("constraints", "spatial", "split")),
    },
    temporal: {
      ...temporalLoops,
      noTemporalReuse: dataSpaces(temporal.noTemporalReuse),
      rmwOnFirstWriteback: dataSpaces(temporal.rmwOnFirstWriteback),
    },
    dataspace: {
      keep: dataSpaces(dataspace.keep),
      bypass: dataSpaces(dataspace.bypass),
      passthrough: dataSpaces(dataspace.passthrough),
    },
  };
}
