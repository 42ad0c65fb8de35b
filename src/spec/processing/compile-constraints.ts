import { RaellaError } from "../../errors";
import type { SourceLocation } from "../../errors";
import { evaluateWritten, isExpressionText, namesRead } from "../expression/evaluate";
import type { RuntimeValue, Scope } from "../expression/runtime-value";
import { valueText } from "../expression/runtime-value";
import type { LeafDocument } from "../schema/architecture-schema";
import type { ProblemShape } from "../schema/problem-schema";
import type { PlacedText } from "../schema/validate";
import { splitText } from "../schema/validate";
import type {
  Convention,
  DataSpaceConstraint,
  Factor,
  LevelConstraints,
  SpatialConstraint,
  TemporalConstraint,
  WrittenValue,
} from "../specification";
import type { CompiledPart } from "./compiled-part";
import { compilePart, substituteWords, wordsIn, wordsOf } from "./compiled-part";
import type { ExpandedConstraints, ExpandedLoops } from "./expand-macros";
import type { FactorEntry } from "./factor-entry";
import { comesAgain, factorValue, shownFactor, unknownProblemName } from "./factor-entry";

/** Where constraints stand, and whether what stands for a number in them is calculated, as in the convention of 2024. */
interface ConstrainedLevel {
  readonly level: string;
  readonly calculates: boolean;
}

/** The value of an expression that stands for a number; undefined where none is calculated. */
function calculated(
  text: string,
  scope: Scope,
  location: SourceLocation | undefined,
  { calculates }: ConstrainedLevel,
): RuntimeValue | undefined {
  if (!calculates || /^[-+]?[0-9]+$/.test(text)) return undefined;
  return evaluateWritten({ expression: text, location }, scope, { workingDirectory: "" });
}

/** Words that may be names, also those that an expression reaches by a path. */
function wordsOfText(text: string, { calculates }: ConstrainedLevel): readonly string[] {
  return calculates ? [...wordsIn(text), ...namesRead({ expression: text })] : wordsIn(text);
}

function compileFactor(
  entry: FactorEntry,
  dimensions: readonly string[],
  place: ConstrainedLevel,
): CompiledPart<Factor> {
  const { location, operator } = entry;
  const { level } = place;
  const isKnown = dimensions.includes(entry.dimension);
  const words = [...(isKnown ? [] : wordsIn(entry.dimension)), ...wordsOfText(entry.valueText, place)];
  return compilePart(words, (scope) => {
    const dimension = isKnown ? entry.dimension : substituteWords(entry.dimension, scope).trim();
    if (!dimensions.includes(dimension))
      throw unknownProblemName(
        "dimension",
        { text: entry.dimension, location },
        dimensions,
        level,
        dimension,
      );
    const result = calculated(entry.valueText, scope, location, place);
    const text = result === undefined ? substituteWords(entry.valueText, scope) : valueText(result);
    const became = { ...entry, dimension, valueText: text.trim() };
    const value = factorValue(entry, became, level, place.calculates);
    if (operator !== "=" && value < 1)
      throw new RaellaError({
        code: "constraint",
        message: `The ${operator === "<=" ? "upper" : "lower"} limit ${shownFactor(entry, became)} of "${level}" ${operator === "<=" ? "allows no factor" : "says nothing"}.`,
        location,
        expected: "a limit of at least 1",
      });
    return { dimension, operator, value };
  });
}

/** The factors of a leaf. Names may stand for their dimensions and values. */
function compileFactors(
  entries: readonly FactorEntry[],
  dimensions: readonly string[],
  place: ConstrainedLevel,
): CompiledPart<readonly Factor[]> {
  const { level } = place;
  const parts = entries.map((entry) => compileFactor(entry, dimensions, place));
  const isTidy = entries.every(({ dimension }) => dimensions.includes(dimension));
  return compilePart(wordsOf(parts), (scope) => {
    const factors = parts.map(({ evaluate }) => evaluate(scope));
    if (isTidy) return factors;
    // Names may have become the same dimension.
    const became = factors.map(({ value, ...factor }, index) => ({
      ...entries[index],
      ...factor,
      valueText: String(value),
    }));
    return factors.filter((_, index) => !comesAgain(index, became, entries, level));
  });
}

/** Divides a permutation into innermost loops and outermost ones; loops it does not list stand between them. */
const divider = "_";

/**
 * A permutation given as a list, or as one text of one-letter names. Names may stand for dimensions or for several of
 * them. One text is cut into letters before names are replaced, as long as that gives dimensions.
 */
function compilePermutation(
  items: readonly PlacedText[],
  dimensions: readonly string[],
  level: string,
): CompiledPart<readonly string[]> {
  const isKnown = (name: string): boolean => name === divider || dimensions.includes(name);
  const areLetters = (text: string): boolean => [...text].every(isKnown);

  const words = items.flatMap(({ text, isAlone }) => {
    if (isKnown(text) || (isAlone && areLetters(text))) return [];
    const letters = isAlone ? [...text].filter((letter) => !isKnown(letter)) : [];
    return [...wordsIn(text), ...letters.flatMap(wordsIn)];
  });

  /** What a text stands for: a dimension, or the dimensions that its value lists or spells. */
  const read = (text: string, scope: Scope): readonly string[] | undefined => {
    if (isKnown(text)) return [text];
    const names = splitText(substituteWords(text, scope)).flatMap((name) =>
      !isKnown(name) && areLetters(name) ? [...name] : [name],
    );
    return names.every(isKnown) ? names : undefined;
  };
  const readLetters = (text: string, scope: Scope): readonly string[] | undefined => {
    const parts = [...text].map((letter) => read(letter, scope));
    return parts.includes(undefined) ? undefined : parts.flatMap((part) => part ?? []);
  };

  return compilePart(words, (scope) => {
    const names = items.flatMap((item) => {
      const { text, isAlone } = item;
      const result = (isAlone && !isKnown(text) ? readLetters(text, scope) : undefined) ?? read(text, scope);
      if (result !== undefined) return result;
      throw unknownProblemName("dimension", item, dimensions, level, substituteWords(text, scope));
    });
    const repeated = names.find((name, index) => names.indexOf(name) !== index);
    if (repeated === undefined) return names;
    const written = items.map(({ text }) => text);
    const became =
      written.join("") === names.join("") ? "" : ` ("${written.join(",")}" became "${names.join(",")}")`;
    throw new RaellaError({
      code: "constraint",
      message: `A permutation of "${level}" names ${repeated} twice${became}.`,
      location: items[0].location,
      value: names.join(","),
      expected: "every dimension at most once",
    });
  });
}

/** A list of data spaces. Names may stand for them. */
function compileDataSpaces(
  items: readonly PlacedText[],
  dataSpaces: readonly string[],
  level: string,
): CompiledPart<readonly string[]> {
  const read = (item: PlacedText, scope: Scope): string => {
    if (dataSpaces.includes(item.text)) return item.text;
    const name = substituteWords(item.text, scope).trim();
    if (dataSpaces.includes(name)) return name;
    throw unknownProblemName("data space", item, dataSpaces, level, name);
  };
  const words = items.flatMap(({ text }) => (dataSpaces.includes(text) ? [] : wordsIn(text)));
  return compilePart(words, (scope) => [...new Set(items.map((item) => read(item, scope)))]);
}

/** What a leaf stores, and what passes it by. */
function compileStorage(
  given: ExpandedConstraints["dataspace"],
  dataSpaces: readonly string[],
  level: string,
): CompiledPart<DataSpaceConstraint> {
  const compile = (items: readonly PlacedText[]): CompiledPart<readonly string[]> =>
    compileDataSpaces(items, dataSpaces, level);
  const [keep, bypass, passthrough] = [given.keep, given.bypass, given.passthrough].map(compile);
  return compilePart(wordsOf([keep, bypass, passthrough]), (scope) => {
    const [kept, bypassed] = [keep.evaluate(scope), bypass.evaluate(scope)];
    const conflict = kept.find((name) => bypassed.includes(name));
    if (conflict === undefined)
      return { keep: kept, bypass: bypassed, passthrough: passthrough.evaluate(scope) };
    const item = [...given.keep, ...given.bypass].find(
      ({ text }) => text !== conflict && substituteWords(text, scope).trim() === conflict,
    );
    throw new RaellaError({
      code: "constraint",
      message: `"${level}" both keeps and bypasses ${conflict}${item === undefined ? "" : `, which "${item.text}" became`}.`,
      location: item?.location,
      value: conflict,
      remedy:
        "keep_only and bypass_only list all other data spaces before names are replaced; write keep and bypass instead.",
    });
  });
}

/** Dimensions that are to fill the places of a leaf, in groups. */
export interface MaximizedDimensions {
  readonly groups: readonly (readonly string[])[];
  /** Null: as many places as there are children. */
  readonly capacity: number | null;
  readonly location?: SourceLocation;
}

/** The constraints of a leaf, with and without content. */
export interface LeafConstraints extends Required<LevelConstraints> {
  /** Left out where nothing is to be filled. */
  readonly maximized?: {
    readonly spatial: MaximizedDimensions | null;
    readonly temporal: MaximizedDimensions | null;
  };
}

/** The constraints of a leaf with everything checked that does not depend on variables. */
export type CompiledConstraints = CompiledPart<LeafConstraints>;

/** An integer that may be a name until variables are known, e.g. `split: 999`. */
function compileInteger(
  written: WrittenValue,
  what: string,
  minimum: number,
  place: ConstrainedLevel,
  around: SourceLocation,
): CompiledPart<number | null> {
  const { level } = place;
  if (written === null || written === "") return compilePart([], () => null);
  const text = isExpressionText(written) ? written.expression : String(written);
  const location = (isExpressionText(written) ? written.location : undefined) ?? around;
  return compilePart(wordsOfText(text, place), (scope) => {
    const result = calculated(text, scope, location, place);
    const became = result === undefined ? substituteWords(text, scope) : valueText(result);
    const value = Number(became);
    if (Number.isSafeInteger(value) && value >= minimum) return value;
    throw new RaellaError({
      code: "constraint",
      message: `${what} of "${level}" is ${text}${became === text ? "" : ` (${became})`}.`,
      location,
      value: became,
      expected: `an integer of at least ${minimum}`,
    });
  });
}

/** Parts of a map of constraints, by their names, as one part. */
function compileParts<T extends object>(parts: {
  readonly [Name in keyof T]: CompiledPart<T[Name]>;
}): CompiledPart<T> {
  const entries = Object.entries<CompiledPart<unknown>>(parts);
  return compilePart(
    wordsOf(entries.map(([, part]) => part)),
    (scope) => Object.fromEntries(entries.map(([name, part]) => [name, part.evaluate(scope)])) as T,
  );
}

/**
 * Checks the names in a leaf's constraints and prepares what depends on variables.
 *
 * @throws RaellaError `unknown-name` for what is neither in the problem nor can become it, `constraint` otherwise.
 */
export function compileConstraints(
  { spatial, temporal, dataspace }: ExpandedConstraints,
  shape: ProblemShape,
  { name: level, locate }: LeafDocument,
  convention: Convention,
): CompiledConstraints {
  const { dimensions } = shape;
  const place: ConstrainedLevel = { level, calculates: convention === "2024" };
  const dataSpaces = shape.dataSpaces.map(({ name }) => name);
  const listed = (items: readonly PlacedText[]): CompiledPart<readonly string[]> =>
    compileDataSpaces(items, dataSpaces, level);
  const integer = (
    written: WrittenValue,
    part: "spatial" | "temporal",
    what: string,
    minimum: number,
  ): CompiledPart<number | null> =>
    compileInteger(written, what, minimum, place, locate("constraints", part, what));
  const factors = ({ factors: entries }: ExpandedLoops) => compileFactors(entries, dimensions, place);
  /** An optional part stays away where it says nothing. */
  const least = (loops: ExpandedLoops, part: "spatial" | "temporal") =>
    loops.default_min_factor === null
      ? {}
      : { defaultMinFactor: integer(loops.default_min_factor, part, "default_min_factor", 1) };
  const filled = (
    { maximize_dims: filling, maximize_dims_capacity }: ExpandedLoops,
    part: "spatial" | "temporal",
  ): CompiledPart<MaximizedDimensions | null> => {
    if (filling === undefined) return compilePart([], () => null);
    const groups = filling.map((group) => compilePermutation(group, dimensions, level));
    const capacity = integer(maximize_dims_capacity, part, "maximize_dims_capacity", 1);
    const location = locate("constraints", part, "maximize_dims");
    return compilePart(wordsOf([...groups, capacity]), (scope) => ({
      groups: groups.map((group) => group.evaluate(scope)),
      capacity: capacity.evaluate(scope),
      location,
    }));
  };
  const permutation = (loops: ExpandedLoops): CompiledPart<readonly string[]> =>
    compilePermutation(loops.permutation, dimensions, level);
  return compileParts<LeafConstraints>({
    spatial: compileParts<SpatialConstraint>({
      factors: factors(spatial),
      permutation: permutation(spatial),
      split: integer(spatial.split, "spatial", "split", 0),
      noMulticastNoReduction: listed(spatial.no_multicast_no_reduction),
      noLinkTransfer: listed(spatial.no_link_transfer),
      defaultMaxFactor: integer(spatial.default_max_factor, "spatial", "default_max_factor", 1),
      ...(least(spatial, "spatial") as object),
    }),
    temporal: compileParts<TemporalConstraint>({
      factors: factors(temporal),
      permutation: permutation(temporal),
      noTemporalReuse: listed(temporal.no_temporal_reuse),
      rmwOnFirstWriteback: listed(temporal.rmw_on_first_writeback),
      defaultMaxFactor: integer(temporal.default_max_factor, "temporal", "default_max_factor", 1),
      ...(least(temporal, "temporal") as object),
    }),
    dataspace: compileStorage(dataspace, dataSpaces, level),
    ...(spatial.maximize_dims === undefined && temporal.maximize_dims === undefined
      ? {}
      : {
          maximized: compileParts<NonNullable<LeafConstraints["maximized"]>>({
            spatial: filled(spatial, "spatial"),
            temporal: filled(temporal, "temporal"),
          }),
        }),
  });
}
