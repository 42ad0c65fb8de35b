import * as v from "valibot";
import type { SourceLocation } from "../../errors";
import type { WrittenValue } from "../specification";
import type { PlacedText } from "./validate";
import { closedObject, orEmpty, text, textList, written } from "./validate";

/** The parts of a leaf's constraints, as written. Absent macros are undefined; an empty list is present. */
export interface LoopConstraintDocument {
  readonly factors: readonly PlacedText[];
  readonly permutation: readonly PlacedText[];
  readonly defaultMaxFactor: WrittenValue;
  readonly factorsOnly?: readonly PlacedText[];
  readonly noReuse?: readonly PlacedText[];
  readonly noIterationOverDataspaces?: readonly PlacedText[];
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

const loopEntries = {
  factors: v.optional(textList(factorList), []),
  permutation: v.optional(textList("a list of dimensions, innermost first"), []),
  default_max_factor: v.optional(written("an integer"), null),
  remainders: v.optional(v.unknown()),
  factors_only: v.optional(macro(factorList)),
  no_reuse: v.optional(macro("a list of data spaces")),
  no_iteration_over_dataspaces: v.optional(macro("a list of data spaces")),
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
  rmw_on_first_writeback: v.optional(dataSpaces(), []),
};

const dataSpaceEntries = {
  keep: v.optional(dataSpaces(), []),
  bypass: v.optional(dataSpaces(), []),
  passthrough: v.optional(dataSpaces(), []),
  keep_only: v.optional(macro("a list of data spaces")),
  bypass_only: v.optional(macro("a list of data spaces")),
  type: v.optional(text()),
  target: v.optional(text()),
};

const spatialObject = closedObject(spatialEntries);
const temporalObject = closedObject(temporalEntries);
const dataSpaceObject = closedObject(dataSpaceEntries);

function loopDocument(
  given: v.InferOutput<typeof temporalObject> | v.InferOutput<typeof spatialObject>,
): LoopConstraintDocument {
  return {
    factors: given.factors,
    permutation: given.permutation,
    defaultMaxFactor: given.default_max_factor,
    factorsOnly: given.factors_only,
    noReuse: given.no_reuse,
    noIterationOverDataspaces: given.no_iteration_over_dataspaces,
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
    rmwOnFirstWriteback: given.rmw_on_first_writeback,
  })),
);

const dataSpaceSchema = v.pipe(
  dataSpaceObject,
  v.transform((given): DataSpaceDocument => ({
    keep: given.keep,
    bypass: given.bypass,
    passthrough: given.passthrough,
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

/** The schema of a constraint with a `target`, by its `type`. */
export function targetSchema(
  type: keyof typeof schemasByType,
): v.GenericSchema<unknown, ConstraintsDocument> {
  return schemasByType[type];
}
