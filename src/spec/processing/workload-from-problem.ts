import { collectErrors, nearestName, RaellaError, suggestName } from "../../errors";
import type { SourceLocation } from "../../errors";
import { contentNumber, contentOf, freeze } from "../../memory";
import { isExpressionText } from "../expression/evaluate";
import type { Scope } from "../expression/runtime-value";
import { emptyScope, isInteger } from "../expression/runtime-value";
import type { DataSpaceShape, ProblemDocument, ProblemShape } from "../schema/problem-schema";
import { isVariableName } from "../schema/read-document";
import type { DataSpace, RankTerm, Value, Workload, WrittenValue } from "../specification";
import type { CompiledModel } from "./compiled-model";
import { contentOfNames, followNames, substituteWords, wordsIn } from "./compiled-part";
import { wordsOfProblems } from "./names-read";

/** Variables that count bits of an operand; a dimension whose bound one of them gives is a dimension of bits. */
/** Variables that count the bits of an operand. */
export const bitVariable = /^(INPUT|WEIGHT|OUTPUT)_BITS$/;

/** Largest product of all bounds: counts beyond it are not exact. */
const maximumOperations = Number.MAX_SAFE_INTEGER;

/** Replaces names by values; the result is a number if it reads as one. */
function substituted(value: WrittenValue, variables: Scope): { value: Value; isFloat: boolean } {
  if (Array.isArray(value)) {
    const items = (value as readonly Value[]).map((item) => substituted(item, variables).value);
    return { value: items, isFloat: false };
  }
  if (typeof value !== "string" && !isExpressionText(value)) return { value, isFloat: false };
  const text = typeof value === "string" ? value : value.expression;
  const direct = variables.lookup(text);
  if (direct !== undefined && isInteger(direct)) return { value: direct, isFloat: false };
  const result = substituteWords(text, variables).trim();
  const isNumber = /^[-+]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][-+]?[0-9]+)?$/.test(result);
  return { value: isNumber ? Number(result) : result, isFloat: isNumber && !/^[-+]?[0-9]+$/.test(result) };
}

/** Checks everything about a shape that does not depend on sizes. */
function checkShape({ shape, location }: ProblemDocument): void {
  const names = [
    ...shape.dimensions,
    ...shape.coefficients.map(({ name }) => name),
    ...shape.dataSpaces.map(({ name }) => name),
  ];
  const place = { ...location, keyPath: "problem.shape" };
  const repeated = names.find((name, index) => names.indexOf(name) !== index);
  if (repeated !== undefined)
    throw new RaellaError({
      code: "schema",
      message: `The problem has two things called "${repeated}".`,
      location: place,
      value: repeated,
      expected: "different names of dimensions, coefficients and data spaces",
    });
  const malformed = names.find((name) => !isVariableName(name));
  if (malformed !== undefined)
    throw new RaellaError({
      code: "schema",
      message: `"${malformed}" cannot be the name of a dimension, coefficient or data space.`,
      location: place,
      expected: "letters, digits and _, not beginning with a digit",
    });
  if (shape.dimensions.length === 0 || shape.dataSpaces.length === 0)
    throw new RaellaError({
      code: "schema",
      message: "The problem has no dimensions or no data spaces.",
      location: place,
      expected: "at least one of each",
    });
}

interface RankTemplate {
  readonly dimension: string;
  readonly coefficients: readonly string[];
}

interface CompiledDataSpace {
  readonly name: string;
  readonly readWrite: boolean;
  readonly ranks: readonly (readonly RankTemplate[])[];
}

/**
 * The data spaces of a shape, known when variables are.
 * @param place Where the shape of the problem at hand is written.
 */
export type ShapeEvaluator = (variables: Scope, place: SourceLocation) => readonly CompiledDataSpace[];

function compileProduct(
  written: readonly string[],
  shape: ProblemShape,
  dataSpace: DataSpaceShape,
  place: SourceLocation,
  variables: Scope,
): RankTemplate {
  const known = [...shape.dimensions, ...shape.coefficients.map(({ name }) => name)];
  const product = written.map((name) =>
    known.includes(name) ? name : substituteWords(name, variables).trim(),
  );
  const dimensions = product.filter((name) => shape.dimensions.includes(name));
  const coefficients = product.filter((name) => shape.coefficients.some((known) => known.name === name));
  const position = product.findIndex((name) => !known.includes(name));
  if (position >= 0) {
    const unknown = product[position];
    const became = unknown === written[position] ? "" : `, which became "${unknown}"`;
    throw new RaellaError({
      code: "unknown-name",
      message: `The projection of ${dataSpace.name} names "${written[position]}"${became}.`,
      location: place,
      value: unknown,
      expected: "dimensions and coefficients of the problem",
      remedy: suggestName(unknown, known),
    });
  }
  if (dimensions.length !== 1)
    throw new RaellaError({
      code: "schema",
      message: `A product in the projection of ${dataSpace.name} has ${dimensions.length} dimensions: ${product.join(" * ")}.`,
      location: place,
      expected: "one dimension and any number of coefficients",
    });
  return { dimension: dimensions[0], coefficients };
}

/**
 * Prepares the shape of a problem; what its projections name may depend on variables.
 * @throws RaellaError for what is wrong with it whatever the sizes and variables are.
 */
export function compileShape(problem: ProblemDocument): ShapeEvaluator {
  checkShape(problem);
  const { shape } = problem;
  const known = new Set([...shape.dimensions, ...shape.coefficients.map(({ name }) => name)]);
  const names = shape.dataSpaces.flatMap(({ projection }) => projection.flat(2));
  const evaluate: ShapeEvaluator = (variables, place) =>
    shape.dataSpaces.map((dataSpace) => ({
      name: dataSpace.name,
      readWrite: dataSpace.readWrite,
      ranks: dataSpace.projection.map((sum) =>
        sum.map((product) => compileProduct(product, shape, dataSpace, place, variables)),
      ),
    }));
  if (names.some((name) => !known.has(name) && wordsIn(name).length > 0)) return evaluate;
  const value = evaluate(emptyScope, placeOfShape(problem));
  return () => value;
}

function placeOfShape({ location }: ProblemDocument): SourceLocation {
  return { ...location, keyPath: "problem.shape.data_spaces" };
}

function nameOf({ name }: ProblemDocument, variables: Scope): string {
  const hasNames = wordsIn(name).some((word) => variables.lookup(word) !== undefined);
  return hasNames ? substituteWords(name, variables) : name;
}

function requireSize(
  problem: ProblemDocument,
  name: string,
  value: Value,
  isFloat: boolean,
  minimum: number,
): number {
  if (isInteger(value) && !isFloat && value >= minimum && value <= maximumOperations) return value;
  const isName = typeof value === "string";
  throw new RaellaError({
    code: isName ? "unknown-name" : "out-of-range",
    message: isName
      ? `The size of ${name} is "${value}", which is neither a number nor a variable.`
      : `The size of ${name} is ${isFloat && isInteger(value) ? `${value}.0` : shownSize(value)}.`,
    location: problem.locate(name),
    value,
    expected: `an integer of at least ${minimum}, or the name of a variable with such a value`,
    remedy: isFloat ? "Divide with // where the variable is calculated." : undefined,
  });
}

/** Also numbers that JSON does not have. */
function shownSize(value: Value): string {
  return typeof value === "number" ? String(value) : JSON.stringify(value);
}

/** What layers say of their input beside the sizes of their loops, for readers only. */
const sizesOfInput = ["H", "W", "Hpad", "Wpad", "macs_per_output"];

/**
 * Files may say more of a layer than its loop nest has; what is nearly the name of a size is a slip.
 * @throws RaellaErrors for misspelt sizes; one of 1 changes nothing.
 */
export function refuseMisspeltSizes({ instance, shape, locate }: ProblemDocument): void {
  const known = [...shape.dimensions, ...shape.coefficients.map(({ name }) => name)];
  collectErrors(Object.keys(instance), (name) => {
    const size = instance[name];
    if (known.includes(name) || sizesOfInput.includes(name) || typeof size !== "number" || size === 1) return;
    const near = name.length > 1 ? nearestName(name, known) : undefined;
    if (near === undefined) return;
    throw new RaellaError({
      code: "unknown-name",
      message: `The shape of the problem has no dimension or coefficient "${name}".`,
      location: locate(name),
      value: name,
      expected: `one of ${known.join(", ")}`,
      remedy: `Did you mean "${near}"?`,
    });
  });
}

/**
 * The workload of a problem, remembered by what it says and the values of its words.
 *
 * @throws RaellaError as {@link workloadFromProblem}.
 */
export function workloadFor(model: CompiledModel, problem: ProblemDocument, variables: Scope): Workload {
  const names = followNames([...wordsOfProblems.of(problem)], variables);
  const key = `${contentNumber(problem.instance)} ${contentOf(problem.name)}${contentOfNames(names, variables)}`;
  return model.workloadMemo.get(key, () =>
    freeze(workloadFromProblem(problem, model.evaluateShape, variables)),
  );
}

/**
 * The workload of a problem with its variables replaced.
 *
 * @throws RaellaError for sizes that are no positive integers, a product of sizes beyond 2^53, or a malformed shape.
 */
function workloadFromProblem(
  problem: ProblemDocument,
  evaluateShape: ShapeEvaluator,
  variables: Scope,
): Workload {
  const { shape } = problem;
  const dataSpaces = evaluateShape(variables, placeOfShape(problem));
  const instance: Record<string, Value> = {};
  const floats = new Set<string>();
  for (const [name, written] of Object.entries(problem.instance)) {
    const { value, isFloat } = substituted(written, variables);
    instance[name] = value;
    if (isFloat) floats.add(name);
  }
  const sizes = collectErrors(shape.dimensions, (dimension) => {
    if (Object.hasOwn(instance, dimension))
      return requireSize(problem, dimension, instance[dimension], floats.has(dimension), 1);
    throw new RaellaError({
      code: "schema",
      message: `The problem gives no size of the dimension ${dimension}.`,
      location: problem.locate(dimension),
      expected: `${dimension}: an integer of at least 1`,
    });
  });
  const bounds: Record<string, number> = {};
  let operations = 1;
  for (let index = 0; index < sizes.length; index++) {
    bounds[shape.dimensions[index]] = sizes[index];
    operations *= sizes[index];
  }
  if (operations > maximumOperations)
    throw new RaellaError({
      code: "out-of-range",
      message: `The sizes multiply to ${operations.toExponential(3)} operations: ${shape.dimensions.map((name) => `${name}=${bounds[name]}`).join(" ")}.`,
      location: { ...problem.location, keyPath: "problem.instance" },
      expected: `at most 2^53 = ${maximumOperations + 1}, so that counts stay exact`,
      remedy: "Reduce the batch or the sizes of the layer.",
    });
  const coefficients: Record<string, number> = {};
  for (const coefficient of shape.coefficients) {
    const { name } = coefficient;
    const { value, isFloat } = Object.hasOwn(instance, name)
      ? { value: instance[name], isFloat: floats.has(name) }
      : substituted(coefficient.default, variables);
    coefficients[name] = requireSize(problem, name, value, isFloat, 0);
  }
  return {
    name: nameOf(problem, variables),
    dimensions: shape.dimensions,
    bounds,
    coefficients,
    dataSpaces: dataSpaces.map((dataSpace): DataSpace => {
      const term = (template: RankTemplate): RankTerm => ({
        dimension: template.dimension,
        coefficient: template.coefficients.reduce((product, name) => product * coefficients[name], 1),
        ...(template.coefficients.length > 0 ? { coefficientNames: template.coefficients } : {}),
      });
      return { ...dataSpace, ranks: dataSpace.ranks.map((rank) => rank.map(term)) };
    }),
    bitDimensions: shape.dimensions.filter((dimension) => isBitCount(problem.instance[dimension])),
    instance,
  };
}

function isBitCount(written: WrittenValue): boolean {
  const text = isExpressionText(written) ? written.expression : written;
  return typeof text === "string" && bitVariable.test(text);
}
