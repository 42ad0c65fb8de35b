import * as v from "valibot";
import { RaellaError } from "../../errors";
import type { SourceLocation } from "../../errors";
import { freeze } from "../../memory";
import { isExpressionText } from "../expression/evaluate";
import type { WrittenValue } from "../specification";
import type { YamlNode } from "../yaml/yaml-node";
import { entryAt, joinPath, locationOf, valueAt } from "../yaml/yaml-node";
import { closedObject, locateIn, orEmpty, text, textList, validate, written } from "./validate";

export interface DataSpaceShape {
  readonly name: string;
  readonly readWrite: boolean;
  /** Axes, each a sum of products of dimension and coefficient names. */
  readonly projection: readonly (readonly (readonly string[])[])[];
}

/** The loop nest of a problem without its sizes. */
export interface ProblemShape {
  readonly dimensions: readonly string[];
  readonly coefficients: readonly { readonly name: string; readonly default: WrittenValue }[];
  readonly dataSpaces: readonly DataSpaceShape[];
}

/** Densities of the bits of a tensor by encoding: lists of numbers, or texts of numbers between blanks. */
type BitDensities = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

export interface ProblemDocument {
  readonly name: string;
  readonly shape: ProblemShape;
  /** Equal for problems with equal shapes. */
  readonly shapeKey: string;
  readonly instance: Readonly<Record<string, WrittenValue>>;
  readonly layerName: string | null;
  readonly modelName: string | null;
  readonly densities: BitDensities;
  /** Passes in which the inputs enter a crossbar: 2 where positive and negative ones are applied one after the other. */
  readonly passes: number;
  readonly location: SourceLocation;
  /** Where a size is written, as far as it is. */
  readonly locate: (dimension: string) => SourceLocation;
}

const factor = text("the name of a dimension or coefficient");

const sumOfProducts = "a sum of products, e.g. [[R], [P, Wstride]]";

const dataSpaceSchema = closedObject({
  name: text("the name of the data space"),
  projection: v.array(
    v.pipe(
      v.array(v.array(factor, "a product, e.g. [P, Wstride]"), sumOfProducts),
      v.minLength(1, sumOfProducts),
    ),
    "a list with one sum of products for each axis, e.g. [[[C]], [[R], [P, Wstride]]]",
  ),
  read_write: v.optional(v.union([v.boolean(), v.null()], "true or false"), false),
});

const coefficientSchema = closedObject({
  name: text("the name of the coefficient"),
  default: v.optional(written("an integer"), 1),
});

const shapeSchema = closedObject({
  name: v.optional(v.nullable(text()), ""),
  version: v.optional(v.unknown()),
  dimensions: textList("a list of dimension names"),
  coefficients: v.optional(v.nullable(v.array(coefficientSchema, "a list of {name, default}")), []),
  data_spaces: v.array(dataSpaceSchema, "a list of {name, projection, read_write}"),
});

const problemSchema = closedObject({
  version: v.optional(v.unknown()),
  instance: orEmpty(
    v.objectWithRest(
      { densities: v.optional(v.unknown()) },
      written("an integer of at least 1"),
      "a map of dimensions to sizes",
    ),
  ),
  shape: v.unknown(),
  layer_name: v.optional(v.nullable(text())),
  model_name: v.optional(v.nullable(text())),
  densities: v.optional(v.unknown()),
  passes: v.optional(v.picklist([1, 2], "1 or 2"), 1),
  histograms: v.optional(v.unknown()),
  // What describes a layer to readers only.
  name: v.optional(v.unknown()),
  dnn_name: v.optional(v.unknown()),
  notes: v.optional(v.unknown()),
});

/** The error for what CiMLoop adds to the format: its own processors calculate with it before Timeloop sees anything. */
export function ofCiMLoop(what: string, location: SourceLocation, meaning: string): RaellaError {
  return new RaellaError({
    code: "schema",
    message: `${what} is an extension of CiMLoop (${meaning}), which is not read here.`,
    location,
    value: what,
    expected: "version 0.4 of the format as Timeloop and Accelergy read it",
    remedy: "Have CiMLoop process the specification, and give what it hands to Timeloop.",
  });
}

export interface KeyedShape {
  readonly name: string;
  readonly shape: ProblemShape;
  readonly shapeKey: string;
}

/** Reads the loop nest of a problem. Mistakes are added to `errors`. */
export function readShape(node: YamlNode, errors: RaellaError[]): KeyedShape | undefined {
  const given = validate(shapeSchema, node, "problem.shape", errors);
  if (given === undefined) return undefined;
  const shape: ProblemShape = {
    dimensions: given.dimensions.map((dimension) => dimension.text),
    coefficients: given.coefficients ?? [],
    dataSpaces: given.data_spaces.map((dataSpace) => ({
      name: dataSpace.name,
      readWrite: dataSpace.read_write ?? false,
      projection: dataSpace.projection,
    })),
  };
  const shapeKey = JSON.stringify(shape, (key, value: unknown) => (key === "location" ? undefined : value));
  return { name: given.name ?? "", shape, shapeKey };
}

/** Where sizes are written, found at once: layers are kept by the hundred, and what was read of them is large. */
function locatingSizes(problem: YamlNode): ProblemDocument["locate"] {
  const instance = valueAt(problem, "instance");
  const [node, path] = instance === undefined ? [problem, "problem"] : [instance, "problem.instance"];
  const whole = locationOf(node, path);
  const entries = instance?.kind === "map" ? [...instance.entries] : [];
  const places = new Map(
    entries.map(([name, { value }]) => [name, locationOf(value, joinPath(path, name))] as const),
  );
  return (name) => places.get(name) ?? whole;
}

/** Reads the top key `problem`. Mistakes are added to `errors`. */
export function readProblem(node: YamlNode, errors: RaellaError[]): ProblemDocument | undefined {
  if (entryAt(node, "histograms") !== undefined)
    errors.push(ofCiMLoop("histograms", locateIn(node, "problem", ["histograms"]), "statistics of values"));
  const given = validate(problemSchema, node, "problem", errors, ["shape"]);
  const shapeNode = valueAt(node, "shape");
  const keyed = shapeNode && readShape(shapeNode, errors);
  if (given === undefined || keyed === undefined) return undefined;
  const { densities, ...instance } = given.instance;
  return freeze({
    ...keyed,
    instance,
    layerName: given.layer_name ?? null,
    modelName: given.model_name ?? null,
    densities: (given.densities ?? densities ?? {}) as BitDensities,
    passes: given.passes,
    location: locationOf(node, "problem"),
    locate: locatingSizes(node),
  });
}

const numberList = /^[-+0-9.eE\s]*$/;

/**
 * The bit densities of a tensor in an encoding, most significant bit first; undefined if the layer has none. They
 * are written as a list of numbers or as a text of numbers between blanks.
 */
export function bitDensities(
  all: BitDensities,
  tensor: string,
  encoding: string,
): readonly number[] | undefined {
  const given: unknown = all[tensor]?.[encoding];
  if (Array.isArray(given)) return given.every((item) => typeof item === "number") ? given : undefined;
  const textOf = isExpressionText(given as WrittenValue)
    ? (given as { expression: string }).expression
    : given;
  if (typeof textOf !== "string" || textOf.trim() === "" || !numberList.test(textOf)) return undefined;
  const numbers = textOf.trim().split(/\s+/).map(Number);
  return numbers.some(Number.isNaN) ? undefined : numbers;
}
