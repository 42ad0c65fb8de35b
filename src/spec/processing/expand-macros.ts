import { RaellaError } from "../../errors";
import type { ConstraintsDocument, LoopConstraintDocument } from "../schema/constraint-schema";
import type { ProblemShape } from "../schema/problem-schema";
import type { PlacedText, PlacedTexts } from "../schema/validate";
import type { WrittenValue } from "../specification";
import { uniteNames } from "./combine-constraints";
import type { FactorEntry } from "./factor-entry";
import { parseFactor, tidyFactors, unknownProblemName } from "./factor-entry";

/** Loop constraints without macros; names may still stand for dimensions and values. */
export interface ExpandedLoops {
  readonly factors: readonly FactorEntry[];
  readonly permutation: PlacedTexts;
  readonly defaultMaxFactor: WrittenValue;
  readonly defaultMinFactor: WrittenValue;
  /** Groups of dimensions that fill the places once sizes are known; undefined where nothing is to be filled. */
  readonly maximizeDims?: readonly PlacedTexts[];
  readonly maximizeDimsCapacity: WrittenValue;
}

/** The constraints of a leaf without macros. */
export interface ExpandedConstraints {
  readonly spatial: ExpandedLoops & {
    readonly noMulticastNoReduction: PlacedTexts;
    readonly noLinkTransfer: PlacedTexts;
    readonly split: WrittenValue;
  };
  readonly temporal: ExpandedLoops & {
    readonly noTemporalReuse: PlacedTexts;
    readonly rmwOnFirstWriteback: PlacedTexts;
  };
  readonly dataspace: {
    readonly keep: PlacedTexts;
    readonly bypass: PlacedTexts;
    readonly passthrough: PlacedTexts;
  };
}

const noLoops: LoopConstraintDocument = {
  factors: [],
  permutation: [],
  defaultMaxFactor: null,
  defaultMinFactor: null,
  maximizeDimsCapacity: null,
};
const noSpatial = { ...noLoops, noMulticastNoReduction: [], noLinkTransfer: [], split: null };
const noTemporal = { ...noLoops, noTemporalReuse: [], rmwOnFirstWriteback: [] };
const noDataSpaces = { keep: [], bypass: [], passthrough: [] };

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

function expandLoops(given: LoopConstraintDocument, shape: ProblemShape, place: Place): ExpandedLoops {
  const { level } = place;
  let factors: readonly FactorEntry[] = tidyFactors(given.factors.map(parseFactor), level);
  if (given.factorsOnly !== undefined) {
    const only = given.factorsOnly.map(parseFactor);
    const named = new Set(only.map((entry) => entry.dimension));
    const others = shape.dimensions.filter((dimension) => !named.has(dimension)).map(closed);
    factors = tidyFactors([...factors, ...only, ...others], level);
  }
  for (const dataSpace of listed(given.noIterationOverDataspaces, shape)) {
    const dimensions = projectedDimensions(dataSpace, shape, place, "no_iteration_over_dataspaces");
    factors = tidyFactors([...factors, ...dimensions.map(closed)], level);
  }
  if (given.mustIterateOverDataspaces !== undefined) {
    const iterated = new Set(
      listed(given.mustIterateOverDataspaces, shape).flatMap((dataSpace) =>
        projectedDimensions(dataSpace, shape, place, "must_iterate_over_dataspaces"),
      ),
    );
    const others = shape.dimensions.filter((dimension) => !iterated.has(dimension)).map(closed);
    factors = tidyFactors([...factors, ...others], level);
  }
  return {
    factors,
    permutation: given.permutation,
    defaultMaxFactor: given.defaultMaxFactor,
    defaultMinFactor: given.defaultMinFactor,
    maximizeDims: given.maximizeDims,
    maximizeDimsCapacity: given.maximizeDimsCapacity,
  };
}

function expandDataSpaces(
  given: NonNullable<ConstraintsDocument["dataspace"]>,
  shape: ProblemShape,
  level: string,
): ExpandedConstraints["dataspace"] {
  const all = shape.dataSpaces.map(({ name }) => ({ text: name }));
  const others = (names: PlacedTexts): PlacedTexts =>
    all.filter(({ text }) => !names.some((item) => item.text === text));
  let keep = listed(given.keep, shape);
  let bypass = listed(given.bypass, shape);
  if (given.keepOnly !== undefined) {
    const only = listed(given.keepOnly, shape);
    [keep, bypass] = [uniteNames(keep, only), uniteNames(bypass, others(only))];
  }
  if (given.bypassOnly !== undefined) {
    const only = listed(given.bypassOnly, shape);
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
  return { keep, bypass, passthrough: listed(given.passthrough, shape) };
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
  const { spatial = noSpatial, temporal = noTemporal, dataspace = noDataSpaces } = given;
  return {
    spatial: {
      ...expandLoops(spatial, shape, place),
      noMulticastNoReduction: uniteNames(
        listed(spatial.noMulticastNoReduction, shape),
        listed(spatial.noReuse, shape),
      ),
      noLinkTransfer: listed(spatial.noLinkTransfer, shape),
      split: spatial.split,
    },
    temporal: {
      ...expandLoops(temporal, shape, place),
      noTemporalReuse: uniteNames(listed(temporal.noTemporalReuse, shape), listed(temporal.noReuse, shape)),
      rmwOnFirstWriteback: listed(temporal.rmwOnFirstWriteback, shape),
    },
    dataspace: expandDataSpaces(dataspace, shape, level),
  };
}
