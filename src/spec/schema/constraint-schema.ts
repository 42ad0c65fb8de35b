import * as v from "valibot";
import type { SourceLocation } from "../../errors";
import { isExpressionText } from "../expression/evaluate";
import type { WrittenValue } from "../specification";
import type { PlacedTexts } from "./validate";
import { closedObject, orEmpty, spelledOnce, text, textList, written } from "./validate";

const dataSpaces = textList("a list of data spaces");
const integer = v.optional(written("an integer"), null);

/** A list that is absent where it is null; an empty one is present. */
const macro = (expected: string): v.GenericSchema<unknown, PlacedTexts | undefined> =>
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
const dataSpacesMacro = v.optional(macro("a list of data spaces"));

const factorList = "a list of factors such as [C=4, M=1]";

/** A factor may also be a list of its parts, `[M, =, 3]`, among others or alone. */
export const factors = (): v.GenericSchema<unknown, PlacedTexts> =>
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
const groups = (): v.GenericSchema<unknown, readonly PlacedTexts[] | undefined> =>
  v.pipe(
    v.unknown(),
    v.transform((value): unknown => {
      if (value === null) return undefined;
      return Array.isArray(value) && value.some((item) => Array.isArray(item)) ? value : [value];
    }),
    v.optional(v.array(textList(dimensionGroups), dimensionGroups)),
  );

/** Of a constraint that stands by itself, with the node that it is for. */
const labels = { type: v.optional(text()), target: v.optional(text()) };

/** Whatever it is, it has no effect. */
const ignored = v.pipe(
  v.unknown(),
  v.transform((): undefined => undefined),
);

const loopEntries = {
  factors: v.optional(factors(), []),
  permutation: v.optional(textList("a list of dimensions, innermost first"), []),
  default_max_factor: integer,
  default_min_factor: integer,
  remainders: v.optional(ignored),
  factors_only: v.optional(macro(factorList)),
  no_reuse: dataSpacesMacro,
  no_iteration_over_dataspaces: dataSpacesMacro,
  must_iterate_over_dataspaces: dataSpacesMacro,
  maximize_dims: v.optional(groups()),
  maximize_dims_capacity: integer,
  ...labels,
};

const spatialSchema = closedObject({
  ...loopEntries,
  no_multicast_no_reduction: v.optional(dataSpaces, []),
  no_link_transfer: v.optional(dataSpaces, []),
  split: integer,
});

const temporalSchema = v.pipe(
  spelledOnce(
    closedObject({
      ...loopEntries,
      no_temporal_reuse: v.optional(dataSpaces, []),
      rmw_on_first_writeback: v.optional(dataSpaces),
      rmw_first_update: v.optional(dataSpaces),
    }),
    [["rmw_on_first_writeback", "rmw_first_update"]],
  ),
  v.transform(({ rmw_first_update = [], rmw_on_first_writeback = rmw_first_update, ...rest }) => ({
    ...rest,
    rmw_on_first_writeback,
  })),
);

const dataSpaceSchema = v.pipe(
  spelledOnce(
    closedObject({
      keep: v.optional(dataSpaces, []),
      bypass: v.optional(dataSpaces, []),
      passthrough: v.optional(dataSpaces),
      no_coalesce: v.optional(dataSpaces),
      keep_only: dataSpacesMacro,
      bypass_only: dataSpacesMacro,
      ...labels,
    }),
    [["passthrough", "no_coalesce"]],
  ),
  v.transform(({ no_coalesce = [], passthrough = no_coalesce, ...rest }) => ({ ...rest, passthrough })),
);

/** The parts of a leaf's constraints, as written. */
export type SpatialDocument = v.InferOutput<typeof spatialSchema>;
export type TemporalDocument = v.InferOutput<typeof temporalSchema>;
export type DataSpaceDocument = v.InferOutput<typeof dataSpaceSchema>;
/** What loops in space and in time have in common. */
export type LoopDocument = Pick<SpatialDocument, keyof typeof loopEntries>;

export interface ConstraintsDocument {
  readonly spatial?: SpatialDocument;
  readonly temporal?: TemporalDocument;
  readonly dataspace?: DataSpaceDocument;
}

/** Constraints that say nothing. */
export const unconstrained: Required<ConstraintsDocument> = {
  spatial: v.parse(spatialSchema, {}),
  temporal: v.parse(temporalSchema, {}),
  dataspace: v.parse(dataSpaceSchema, {}),
};

/** A constraint of the top keys `constraints` and `mapping`: a part of the constraints of a named node. */
export interface TargetDocument extends ConstraintsDocument {
  readonly target: string;
  readonly location?: SourceLocation;
}

const overbookingSchema = closedObject({
  proportion: v.optional(v.nullable(v.number("a number"))),
  ...labels,
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
  spatial: spatialSchema,
  temporal: temporalSchema,
  dataspace: dataSpaceSchema,
  max_overbooked_proportion: overbookingSchema,
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
  const schema: v.GenericSchema<unknown, object> = schemasByType[type];
  return v.pipe(
    schema,
    v.transform((part): ConstraintsDocument => ({ [type]: part })),
  );
}
