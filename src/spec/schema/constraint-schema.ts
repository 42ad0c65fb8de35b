import * as v from "valibot";
import type { SourceLocation } from "../../errors";
import { isExpressionText } from "../expression/evaluate";
import type { WrittenValue } from "../specification";
import type { PlacedText } from "./validate";
import { closedObject, orEmpty, spelledOnce, text, textList, written } from "./validate";

/** The parts of a leaf's constraints, as written. Absent macros are undefined; an empty list is present. */
export interface LoopConstraintDocument {
  readonly factors: readonly PlacedText[];
  readonly permutation: readonly PlacedText[];
  readonly defaultMaxFactor: WrittenValue;
  readonly defaultMinFactor: WrittenValue;
  readonly factorsOnly?: readonly PlacedText[];
  readonly noReuse?: readonly PlacedText[];
  readonly noIterationOverDataspaces?: readonly PlacedText[];
  readonly mustIterateOverDataspaces?: readonly PlacedText[];
  /** Groups of dimensions that fill the places, each group what the one before leaves. */
  readonly maximizeDims?: readonly (readonly PlacedText[])[];
  readonly maximizeDimsCapacity: WrittenValue;
}

export interface SpatialDocument extends LoopConstraintDocument {
  readonly noMulticastNoReduction: readonly PlacedText[];
  readonly noLinkTransfer: readonly PlacedText[];
  readonly split: WrittenValue;
}

export interface TemporalDocument extends LoopConstraintDocument {
  readonly noTemporalReuse: readonly PlacedText[];
  readonly rmwOnFirstWriteback: readonly PlacedText[];
}

export interface DataSpaceDocument {
  readonly keep: readonly PlacedText[];
  readonly bypass: readonly PlacedText[];
  readonly passthrough: readonly PlacedText[];
  readonly keepOnly?: readonly PlacedText[];
  readonly bypassOnly?: readonly PlacedText[];
}

export interface ConstraintsDocument {
  readonly spatial?: SpatialDocument;
  readonly temporal?: TemporalDocument;
  readonly dataspace?: DataSpaceDocument;
}

/** A constraint of the top keys `constraints` and `mapping`: a part of the constraints of a named node. */
export interface TargetDocument extends ConstraintsDocument {
  readonly target: string;
  readonly location?: SourceLocation;
}

const dataSpaces = (): v.GenericSchema<unknown, readonly PlacedText[]> => textList("a list of data spaces");

/** Null means absent. */
const macro = (expected: string): v.GenericSchema<unknown, readonly PlacedText[] | undefined> =>
  v.union(
    [
      v.pipe(
        v.null(),
        v.transform(() => undefined),
      ),
      textList(expected),
    ],
    expected,
  );

const factorList = "a list of factors such as [C=4, M=1]";

/** A factor may also be a list of its parts, `[M, =, 3]`, among others or alone. */
export const factors = (): v.GenericSchema<unknown, readonly PlacedText[]> =>
  v.pipe(
    v.unknown(),
    v.transform((value): unknown => {
      if (!Array.isArray(value)) return value;
      const isOne = value.length === 3 && /^[<>]?=$/.test(textOfPart(value[1]));
      return isOne ? [joinedFactor(value)] : value.map(joinedFactor);
    }),
    textList(factorList),
  );

function joinedFactor(item: unknown): unknown {
  if (!Array.isArray(item)) return item;
  return item.map((part) => textOfPart(part)).join("");
}

function textOfPart(part: unknown): string {
  if (typeof part === "string" || typeof part === "number") return String(part);
  return isExpressionText(part as WrittenValue) ? (part as { expression: string }).expression : "";
}

const dimensionGroups = "a list of dimensions, or of lists of dimensions";

/** A plain list of dimensions is one group. */
const groups = (): v.GenericSchema<unknown, readonly (readonly PlacedText[])[] | undefined> =>
  v.pipe(
    v.unknown(),
    v.transform((value): unknown => {
      if (value === null) return undefined;
      return Array.isArray(value) && value.some((item) => Array.isArray(item)) ? value : [value];
    }),
    v.optional(v.array(textList(dimensionGroups), dimensionGroups)),
  );

const loopEntries = {
  factors: v.optional(factors(), []),
  permutation: v.optional(textList("a list of dimensions, innermost first"), []),
  default_max_factor: v.optional(written("an integer"), null),
  default_min_factor: v.optional(written("an integer"), null),
  remainders: v.optional(v.unknown()),
  factors_only: v.optional(macro(factorList)),
  no_reuse: v.optional(macro("a list of data spaces")),
  no_iteration_over_dataspaces: v.optional(macro("a list of data spaces")),
  must_iterate_over_dataspaces: v.optional(macro("a list of data spaces")),
  maximize_dims: v.optional(groups()),
  maximize_dims_capacity: v.optional(written("an integer"), null),
  type: v.optional(text()),
  target: v.optional(text()),
};

const spatialEntries = {
  ...loopEntries,
  no_multicast_no_reduction: v.optional(dataSpaces(), []),
  no_link_transfer: v.optional(dataSpaces(), []),
  split: v.optional(written("an integer"), null),
};

const temporalEntries = {
  ...loopEntries,
  no_temporal_reuse: v.optional(dataSpaces(), []),
  rmw_on_first_writeback: v.optional(dataSpaces()),
  rmw_first_update: v.optional(dataSpaces()),
};

const dataSpaceEntries = {
  keep: v.optional(dataSpaces(), []),
  bypass: v.optional(dataSpaces(), []),
  passthrough: v.optional(dataSpaces()),
  no_coalesce: v.optional(dataSpaces()),
  keep_only: v.optional(macro("a list of data spaces")),
  bypass_only: v.optional(macro("a list of data spaces")),
  type: v.optional(text()),
  target: v.optional(text()),
};

const spatialObject = closedObject(spatialEntries);
const temporalObject = spelledOnce(closedObject(temporalEntries), [
  ["rmw_on_first_writeback", "rmw_first_update"],
]);
const dataSpaceObject = spelledOnce(closedObject(dataSpaceEntries), [["passthrough", "no_coalesce"]]);

function loopDocument(
  given: v.InferOutput<typeof temporalObject> | v.InferOutput<typeof spatialObject>,
): LoopConstraintDocument {
  return {
    factors: given.factors,
    permutation: given.permutation,
    defaultMaxFactor: given.default_max_factor,
    defaultMinFactor: given.default_min_factor,
    factorsOnly: given.factors_only,
    noReuse: given.no_reuse,
    noIterationOverDataspaces: given.no_iteration_over_dataspaces,
    mustIterateOverDataspaces: given.must_iterate_over_dataspaces,
    maximizeDims: given.maximize_dims,
    maximizeDimsCapacity: given.maximize_dims_capacity,
  };
}

const spatialSchema = v.pipe(
  spatialObject,
  v.transform((given): SpatialDocument => ({
    ...loopDocument(given),
    noMulticastNoReduction: given.no_multicast_no_reduction,
    noLinkTransfer: given.no_link_transfer,
    split: given.split,
  })),
);

const temporalSchema = v.pipe(
  temporalObject,
  v.transform((given): TemporalDocument => ({
    ...loopDocument(given),
    noTemporalReuse: given.no_temporal_reuse,
    rmwOnFirstWriteback: given.rmw_on_first_writeback ?? given.rmw_first_update ?? [],
  })),
);

const dataSpaceSchema = v.pipe(
  dataSpaceObject,
  v.transform((given): DataSpaceDocument => ({
    keep: given.keep,
    bypass: given.bypass,
    passthrough: given.passthrough ?? given.no_coalesce ?? [],
    keepOnly: given.keep_only,
    bypassOnly: given.bypass_only,
  })),
);

const overbookingSchema = closedObject({
  proportion: v.optional(v.nullable(v.number("a number"))),
  type: v.optional(text()),
  target: v.optional(text()),
});

export const constraintsSchema = orEmpty(
  closedObject({
    spatial: v.optional(orEmpty(spatialSchema)),
    temporal: v.optional(orEmpty(temporalSchema)),
    dataspace: v.optional(orEmpty(dataSpaceSchema)),
    max_overbooked_proportion: v.optional(orEmpty(overbookingSchema)),
  }),
);

/** Of a branch without anything in it: what passes through it. */
export const dataSpaceConstraintsSchema = orEmpty(
  v.pipe(
    closedObject({ dataspace: v.optional(orEmpty(dataSpaceSchema)) }),
    v.transform((given): ConstraintsDocument => given),
  ),
);

const schemasByType = {
  spatial: v.pipe(
    spatialSchema,
    v.transform((spatial): ConstraintsDocument => ({ spatial })),
  ),
  temporal: v.pipe(
    temporalSchema,
    v.transform((temporal): ConstraintsDocument => ({ temporal })),
  ),
  dataspace: v.pipe(
    dataSpaceSchema,
    v.transform((dataspace): ConstraintsDocument => ({ dataspace })),
  ),
  max_overbooked_proportion: v.pipe(
    overbookingSchema,
    v.transform((): ConstraintsDocument => ({})),
  ),
};

export const constraintTypes = Object.keys(schemasByType) as (keyof typeof schemasByType)[];

/** Other words for constraints of what a level holds. */
const typeSynonyms: Readonly<Record<string, keyof typeof schemasByType>> = {
  datatype: "dataspace",
  bypass: "dataspace",
};

/** The type that a word stands for; undefined for a word that is none. */
export function constraintType(word: string | undefined): keyof typeof schemasByType | undefined {
  if (word !== undefined && Object.hasOwn(typeSynonyms, word)) return typeSynonyms[word];
  return constraintTypes.find((known) => known === word);
}

/** The schema of a constraint with a `target`, by its `type`. */
export function targetSchema(
  type: keyof typeof schemasByType,
): v.GenericSchema<unknown, ConstraintsDocument> {
  return schemasByType[type];
}
