import { RaellaError } from "../../errors";
import type {
  ConstraintsDocument,
  DataSpaceDocument,
  LoopDocument,
  SpatialDocument,
  TemporalDocument,
} from "../schema/constraint-schema";
import { unconstrained } from "../schema/constraint-schema";
import type { ProblemShape } from "../schema/problem-schema";
import type { PlacedText, PlacedTexts } from "../schema/validate";
import { uniteNames } from "./combine-constraints";
import type { FactorEntry } from "./factor-entry";
import { parseFactor, tidyFactors, unknownProblemName } from "./factor-entry";

/** Constraints without macros, which are left in place; names may still stand for dimensions and values. */
export type ExpandedLoops<Loops extends LoopDocument = LoopDocument> = Omit<Loops, "factors"> & {
  readonly factors: readonly FactorEntry[];
};

/** The constraints of a leaf without macros. */
export interface ExpandedConstraints {
  readonly spatial: ExpandedLoops<SpatialDocument>;
  readonly temporal: ExpandedLoops<TemporalDocument>;
  readonly dataspace: DataSpaceDocument;
}

/** Replaces `*` by the data spaces of the problem that the list does not have yet, in their order. */
function expandStar(names: PlacedTexts | undefined, shape: ProblemShape): PlacedTexts | undefined {
  if (!names?.some((item) => item.text === "*")) return names;
  const written = names.filter((item) => item.text !== "*");
  return uniteNames(
    written,
    shape.dataSpaces.map(({ name }) => ({ text: name })),
  );
}

const listed = (names: PlacedTexts | undefined, shape: ProblemShape): PlacedTexts =>
  expandStar(names, shape) ?? [];

/** What a data space's indices depend on, in the order of its projection: dimensions, and names that may become some. */
function projectedDimensions(
  name: PlacedText,
  shape: ProblemShape,
  { level, names }: Place,
  macro: string,
): readonly string[] {
  const dataSpace = shape.dataSpaces.find((candidate) => candidate.name === name.text);
  if (dataSpace === undefined) {
    const known = shape.dataSpaces.map((candidate) => candidate.name);
    if (!names.has(name.text)) throw unknownProblemName("data space", name, known, level);
    throw new RaellaError({
      code: "constraint",
      message: `${macro} of "${level}" names "${name.text}", whose value is not known yet.`,
      location: name.location,
      value: name.text,
      expected: known.join(", "),
      remedy: "It is expanded before names are replaced. Write the data space, or its dimensions as factors.",
    });
  }
  const coefficients = shape.coefficients.map((coefficient) => coefficient.name);
  return dataSpace.projection.flat(2).filter((word) => !coefficients.includes(word));
}

function closed(dimension: string): FactorEntry {
  return { dimension, operator: "=", valueText: "1" };
}

/** The leaf that constraints belong to, and the names that they may use. */
interface Place {
  readonly level: string;
  readonly names: ReadonlySet<string>;
}

function expandFactors(given: LoopDocument, shape: ProblemShape, place: Place): readonly FactorEntry[] {
  const { level } = place;
  let factors: readonly FactorEntry[] = tidyFactors(given.factors.map(parseFactor), level);
  if (given.factors_only !== undefined) {
    const only = given.factors_only.map(parseFactor);
    const named = new Set(only.map((entry) => entry.dimension));
    const others = shape.dimensions.filter((dimension) => !named.has(dimension)).map(closed);
    factors = tidyFactors([...factors, ...only, ...others], level);
  }
  for (const dataSpace of listed(given.no_iteration_over_dataspaces, shape)) {
    const dimensions = projectedDimensions(dataSpace, shape, place, "no_iteration_over_dataspaces");
    factors = tidyFactors([...factors, ...dimensions.map(closed)], level);
  }
  if (given.must_iterate_over_dataspaces !== undefined) {
    const iterated = new Set(
      listed(given.must_iterate_over_dataspaces, shape).flatMap((dataSpace) =>
        projectedDimensions(dataSpace, shape, place, "must_iterate_over_dataspaces"),
      ),
    );
    const others = shape.dimensions.filter((dimension) => !iterated.has(dimension)).map(closed);
    factors = tidyFactors([...factors, ...others], level);
  }
  return factors;
}

function expandDataSpaces(given: DataSpaceDocument, shape: ProblemShape, level: string): DataSpaceDocument {
  const all = shape.dataSpaces.map(({ name }) => ({ text: name }));
  const others = (names: PlacedTexts): PlacedTexts =>
    all.filter(({ text }) => !names.some((item) => item.text === text));
  let keep = listed(given.keep, shape);
  let bypass = listed(given.bypass, shape);
  if (given.keep_only !== undefined) {
    const only = listed(given.keep_only, shape);
    [keep, bypass] = [uniteNames(keep, only), uniteNames(bypass, others(only))];
  }
  if (given.bypass_only !== undefined) {
    const only = listed(given.bypass_only, shape);
    [keep, bypass] = [uniteNames(keep, others(only)), uniteNames(bypass, only)];
  }
  const conflict = keep.find(({ text }) => bypass.some((item) => item.text === text));
  if (conflict !== undefined)
    throw new RaellaError({
      code: "constraint",
      message: `"${level}" both keeps and bypasses ${conflict.text}.`,
      location: conflict.location ?? bypass.find((item) => item.text === conflict.text)?.location,
      value: conflict.text,
      remedy: "keep_only and bypass_only say something about every data space, also against a merged macro.",
    });
  return { ...given, keep, bypass, passthrough: listed(given.passthrough, shape) };
}

/**
 * Rewrites the short forms of constraints: `*`, `no_reuse`, `factors_only`, `no_iteration_over_dataspaces`,
 * `must_iterate_over_dataspaces`, `keep_only`, `bypass_only`. Happens before variables are known, so `C=X` and `C=2` contradict each other whatever X is.
 *
 * @param names variables and attributes that the constraints may name.
 * @throws RaellaError `constraint` for contradictions, `unknown-name` for unknown data spaces.
 */
export function expandMacros(
  given: ConstraintsDocument,
  shape: ProblemShape,
  level: string,
  names: ReadonlySet<string>,
): ExpandedConstraints {
  const place = { level, names };
  const { spatial, temporal, dataspace } = unconstrained;
  const { spatial: inSpace = spatial, temporal: inTime = temporal, dataspace: data = dataspace } = given;
  return {
    spatial: {
      ...inSpace,
      factors: expandFactors(inSpace, shape, place),
      no_multicast_no_reduction: uniteNames(
        listed(inSpace.no_multicast_no_reduction, shape),
        listed(inSpace.no_reuse, shape),
      ),
      no_link_transfer: listed(inSpace.no_link_transfer, shape),
    },
    temporal: {
      ...inTime,
      factors: expandFactors(inTime, shape, place),
      no_temporal_reuse: uniteNames(listed(inTime.no_temporal_reuse, shape), listed(inTime.no_reuse, shape)),
      rmw_on_first_writeback: listed(inTime.rmw_on_first_writeback, shape),
    },
    dataspace: expandDataSpaces(data, shape, level),
  };
}
