import type { SourceLocation } from "../../errors";
import { RaellaError } from "../../errors";
import { isExpressionText } from "../expression/evaluate";
import type { LeafDocument } from "../schema/architecture-schema";
import type { ProblemShape } from "../schema/problem-schema";
import type { PlacedText } from "../schema/validate";
import type { LevelConstraints, SpatialConstraint, TemporalConstraint, WrittenValue } from "../specification";
import { compileDataSpaces, compileStorage } from "./compile-data-spaces";
import { compileFactors } from "./compile-factors";
import { compilePermutation } from "./compile-permutation";
import type { CompiledPart } from "./compiled-part";
import { compilePart, wordsOf } from "./compiled-part";
import type { ExpandedConstraints, ExpandedLoops } from "./expand-macros";
import { substituteWords, wordsIn } from "./substitute-words";

/** The constraints of a leaf, with and without content. */
export type LeafConstraints = Required<LevelConstraints>;

/** The constraints of a leaf with everything checked that does not depend on variables. */
export type CompiledConstraints = CompiledPart<LeafConstraints>;

/** An integer that may be a name until variables are known, e.g. `split: 999`. */
function compileInteger(
  written: WrittenValue,
  what: string,
  minimum: number,
  level: string,
  place: SourceLocation,
): CompiledPart<number | null> {
  if (written === null || written === "") return compilePart([], () => null);
  const text = isExpressionText(written) ? written.expression : String(written);
  const location = (isExpressionText(written) ? written.location : undefined) ?? place;
  return compilePart(wordsIn(text), (scope) => {
    const became = substituteWords(text, scope);
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
): CompiledConstraints {
  const { dimensions } = shape;
  const dataSpaces = shape.dataSpaces.map(({ name }) => name);
  const listed = (items: readonly PlacedText[]): CompiledPart<readonly string[]> =>
    compileDataSpaces(items, dataSpaces, level);
  const integer = (
    written: WrittenValue,
    part: "spatial" | "temporal",
    what: string,
    minimum: number,
  ): CompiledPart<number | null> =>
    compileInteger(written, what, minimum, level, locate("constraints", part, what));
  const factors = ({ factors: entries }: ExpandedLoops) => compileFactors(entries, dimensions, level);
  const permutation = (loops: ExpandedLoops): CompiledPart<readonly string[]> =>
    compilePermutation(loops.permutation, dimensions, level);
  return compileParts<LeafConstraints>({
    spatial: compileParts<SpatialConstraint>({
      factors: factors(spatial),
      permutation: permutation(spatial),
      split: integer(spatial.split, "spatial", "split", 0),
      noMulticastNoReduction: listed(spatial.noMulticastNoReduction),
      noLinkTransfer: listed(spatial.noLinkTransfer),
      defaultMaxFactor: integer(spatial.defaultMaxFactor, "spatial", "default_max_factor", 1),
    }),
    temporal: compileParts<TemporalConstraint>({
      factors: factors(temporal),
      permutation: permutation(temporal),
      noTemporalReuse: listed(temporal.noTemporalReuse),
      rmwOnFirstWriteback: listed(temporal.rmwOnFirstWriteback),
      defaultMaxFactor: integer(temporal.defaultMaxFactor, "temporal", "default_max_factor", 1),
    }),
    dataspace: compileStorage(dataspace, dataSpaces, level),
  });
}
