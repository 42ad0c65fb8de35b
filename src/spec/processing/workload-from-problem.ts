import { collectErrors, nearestName, RaellaError, suggestName } from "../../errors";
import type { SourceLocation } from "../../errors";
import { contentNumber, contentOf, freeze } from "../../memory";
import { isExpressionText } from "../expression/evaluate";
import type { Scope } from "../expression/runtime-value";
import { emptyScope, isInteger, valueText } from "../expression/runtime-value";
import type { DataSpaceShape, ProblemDocument, ProblemShape } from "../schema/problem-schema";
import { isVariableName } from "../schema/read-document";
import type { DataSpace, RankTerm, Value, Warning, Workload, WrittenValue } from "../specification";
import type { CompiledModel, RankTemplate, ShapeEvaluator } from "./compiled-model";
import { contentOfNames, followNames, substituteWords, wordsIn } from "./compiled-part";
import { wordsOfProblems } from "./names-read";

/** Variables that count the bits of an operand; a dimension whose size one of them gives is a dimension of bits. */
export const bitVariable = /^(INPUT|WEIGHT|OUTPUT)_BITS$/;

/** What a layer does not say itself: its bits, for which hardware is made, and its samples come from these variables. */
export const sizesOfArchitecture = {
  N: "BATCH_SIZE",
  I: "INPUT_BITS",
  L: "WEIGHT_BITS",
  T: "OUTPUT_BITS",
} as const;
const variablesOfSizes = Object.entries(sizesOfArchitecture);

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
 * Sizes that the loop nest of a problem does not have; one of 1 changes nothing. In the file of a layer they are mistakes;
 * designs may say more of a layer than their loop nest has, so that there only what is nearly a name is a slip.
 */
export function unknownSizes({ instance, shape, locate, location }: ProblemDocument): {
  readonly errors: readonly RaellaError[];
  readonly slips: readonly RaellaError[];
  readonly warnings: readonly Warning[];
} {
  const known = [...shape.dimensions, ...shape.coefficients.map(({ name }) => name)];
  const unknown = Object.keys(instance).filter(
    (name) => !known.includes(name) && !sizesOfInput.includes(name) && instance[name] !== 1,
  );
  const near = (name: string): string | undefined => (name.length > 1 ? nearestName(name, known) : undefined);
  const error = (name: string): RaellaError =>
    new RaellaError({
      code: "unknown-name",
      message: `The shape of the problem has no dimension or coefficient "${name}".`,
      location: locate(name),
      value: name,
      expected: `one of ${known.join(", ")}`,
      remedy: near(name) && `Did you mean "${near(name)}"?`,
    });
  const others = unknown.filter((name) => near(name) === undefined);
  const message = `The loop nest of the problem has no ${others.join(", ")}: what is given for ${others.length === 1 ? "it" : "them"} has no effect.`;
  return {
    errors: unknown.map(error),
    slips: unknown.filter((name) => near(name) !== undefined).map(error),
    warnings: others.length === 0 ? [] : [{ code: "unknown-name", message, location }],
  };
}

/**
 * The workload of a problem, remembered by what it says and the values of its words.
 *
 * @throws RaellaError as {@link workloadFromProblem}, and for sizes that are not the model's.
 */
export function workloadFor(model: CompiledModel, problem: ProblemDocument, variables: Scope): Workload {
  const names = followNames([...wordsOfProblems.of(problem)], variables);
  const key = `${contentNumber(problem.instance)} ${contentOf(problem.name)}${contentOfNames(names, variables)}`;
  const workload = model.workloadMemo.get(key, () => freeze(workloadFromProblem(problem, model, variables)));
  requireSizesOfModel(problem, workload.bounds, variables, model.bitDimensions);
  return workload;
}

/**
 * The workload of a problem with its variables replaced.
 *
 * @throws RaellaError for sizes that are no positive integers, a product of sizes beyond 2^53, or a malformed shape.
 */
function workloadFromProblem(
  problem: ProblemDocument,
  { evaluateShape, bitDimensions: bits }: Pick<CompiledModel, "evaluateShape" | "bitDimensions">,
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
    bitDimensions: shape.dimensions.filter(
      (dimension) => bits.includes(dimension) || isBitCount(problem.instance[dimension]),
    ),
    instance,
  };
}

/** The dimensions I, L and T of a problem whose bits the model sets: each an axis of one tensor and of no other. */
export function bitsOfModel(shape: ProblemShape, hasVariable: (name: string) => boolean): readonly string[] {
  const tensorsWith = (dimension: string): number =>
    shape.dataSpaces.filter(({ projection }) => projection.flat(2).includes(dimension)).length;
  return (["I", "L", "T"] as const).filter(
    (dimension) =>
      shape.dimensions.includes(dimension) &&
      hasVariable(sizesOfArchitecture[dimension]) &&
      tensorsWith(dimension) === 1,
  );
}

/**
 * Hardware is made for the model's bits, and results count the model's samples: a layer cannot have others.
 * @throws RaellaErrors `schema` for sizes that differ from the model's.
 */
function requireSizesOfModel(
  { locate }: ProblemDocument,
  bounds: Readonly<Record<string, number>>,
  variables: Scope,
  bits: readonly string[],
): void {
  if (bits.length === 0) return;
  collectErrors(variablesOfSizes, ([name, variable]) => {
    if (name !== "N" && !bits.includes(name)) return;
    const value = variables.lookup(variable);
    if (!Object.hasOwn(bounds, name) || value === undefined || value === bounds[name]) return;
    throw new RaellaError({
      code: "schema",
      message: `The layer has ${bounds[name]} as ${name}, but the model's ${variable} is ${valueText(value)}: that is no size of a layer.`,
      location: locate(name),
      value: bounds[name],
      expected: `${name}: ${variable}`,
      remedy: `Write that into the file, and set the variable ${variable}${name === "N" ? " (--batch)" : ""}.`,
    });
  });
}

function isBitCount(written: WrittenValue): boolean {
  const text = isExpressionText(written) ? written.expression : written;
  return typeof text === "string" && bitVariable.test(text);
}
