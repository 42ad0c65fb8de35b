import { RaellaError } from "../../errors";
import { Derived, freeze } from "../../memory";
import type { AdjustmentRule, StatisticsRules } from "../architectures";
import { compileExpression } from "../expression/compile-expression";
import { isExpressionText } from "../expression/evaluate";
import { emptyScope, numberOf, valueText } from "../expression/runtime-value";
import { bindsLikeFactor, ExpressionFailure } from "../expression/syntax";
import type { ProblemDocument } from "../schema/problem-schema";
import { bitDensities } from "../schema/problem-schema";
import type { Fidelity, WrittenValue } from "../specification";

/** Recorded or typical statistics of a layer: names of variables to texts. */
export type StatisticsValues = Readonly<Record<string, string>>;

/** Statistics of a layer and where they were read. */
export interface Statistics {
  readonly values: StatisticsValues;
  /** As messages show it. */
  readonly file: string;
}

export interface StatisticsInput {
  readonly statistics: Statistics;
  readonly rules: StatisticsRules;
  readonly isTypical: boolean;
  readonly dnn: string;
  readonly problem: ProblemDocument;
  readonly fidelity: Fidelity;
}

/** Variables as written: those of a model, with what is given in their place or behind them. */
export class ChosenVariables {
  readonly given = new Map<string, WrittenValue>();

  constructor(private readonly model: ReadonlyMap<string, WrittenValue>) {}

  get(name: string): WrittenValue | undefined {
    const given = this.given.get(name);
    return given === undefined ? this.model.get(name) : given;
  }

  has(name: string): boolean {
    return this.given.has(name) || this.model.has(name);
  }

  set(name: string, value: WrittenValue): void {
    this.given.set(name, value);
  }
}

/** As expressions. */
const writtenStatistics = new Derived<Statistics, ReadonlyMap<string, WrittenValue>>(({ values, file }) => {
  const written = Object.entries(values).map(
    ([name, expression]) => [name, { expression, location: { file, keyPath: name } }] as const,
  );
  return new Map(freeze(written));
});

const averageWeight = "AVERAGE_WEIGHT_VALUE";
const cellBits = "BITS_PER_CELL";

function unknownToModel(name: string): RaellaError {
  return new RaellaError({
    code: "statistics",
    message: `The statistics of the layer change the variable "${name}", which the model does not have.`,
    value: name,
  });
}

/** The text of a variable, in parentheses if something is to be multiplied to it that would bind tighter. */
function factorText(name: string, variables: ChosenVariables): string {
  const value = variables.get(name);
  if (value === undefined) throw unknownToModel(name);
  if (!isExpressionText(value)) return valueText(value);
  try {
    const { expression } = compileExpression(value.expression);
    return bindsLikeFactor(expression) ? value.expression : `(${value.expression})`;
  } catch (error) {
    // A mistake in the text is reported with its place when the variable is evaluated.
    if (error instanceof ExpressionFailure) return value.expression;
    throw error;
  }
}

/** Replaces the text of a variable, whose place stays. */
function setText(variables: ChosenVariables, name: string, expression: string): void {
  const value = variables.get(name);
  const location = value !== undefined && isExpressionText(value) ? value.location : undefined;
  variables.set(name, { expression, location });
}

/**
 * The average state of a cell from the densities of a weight's stored bits, two bits per cell: the upper one counts
 * twice. The original divides by the number of bits, which makes it 1.5 times the fraction of full scale.
 */
function averageFromDensities({ problem, fidelity }: StatisticsInput): number {
  const weights = bitDensities(problem.densities, "Weights", "unsigned_offset_invert_dense");
  if (weights === undefined)
    throw new RaellaError({
      code: "statistics",
      message: `The layer ${problem.layerName ?? ""} has no densities Weights.unsigned_offset_invert_dense.`,
      location: { ...problem.location, keyPath: "problem.densities" },
      expected: "a list of numbers, most significant bit first; the average weight is computed from it",
      remedy: "Add them, set AVERAGE_WEIGHT_VALUE, or use typical statistics.",
    });
  const wrong = weights.find((density) => !(density >= 0 && density <= 1));
  if (wrong !== undefined)
    throw new RaellaError({
      code: "statistics",
      message: `A density of the weights of ${problem.layerName ?? "the layer"} is ${wrong}.`,
      location: { ...problem.location, keyPath: "problem.densities" },
      value: wrong,
      expected: "shares of ones, 0 to 1, for each bit",
    });
  const count = bitDensities(problem.densities, "Inputs", "unsigned_offset")?.length ?? weights.length;
  const used = weights.slice(0, count);
  const placeValue = (index: number): number => (index % 2 === 0 ? 2 : 1);
  const sum = used.reduce((total, density, index) => total + density * placeValue(index), 0);
  const fullScale = used.reduce((total, _, index) => total + placeValue(index), 0);
  return sum / (fidelity === "corrected" ? fullScale : weights.length);
}

function unusableCellBits(bits: WrittenValue | undefined): RaellaError {
  const isText = bits !== undefined && isExpressionText(bits);
  const shown = isText ? `the expression "${bits.expression}"` : JSON.stringify(bits);
  return new RaellaError({
    code: "statistics",
    message:
      bits === undefined ? `The model has no variable ${cellBits}.` : `The variable ${cellBits} is ${shown}.`,
    location: isText ? bits.location : undefined,
    expected: "a number from 0 to 32: it is read before expressions are evaluated",
  });
}

/**
 * A mean state is a share of the states of a cell: of the value as it is given, before it is rescaled.
 * @throws RaellaError `out-of-range` for a number that is none. What expressions of other variables come to is seen by the
 *   checks of the model.
 */
function requireShare(written: WrittenValue | undefined): void {
  const text = isExpressionText(written);
  const value = text ? constantOf(written.expression) : written;
  if (typeof value !== "number" || (value >= 0 && value <= 1 + 1e-9)) return;
  throw new RaellaError({
    code: "out-of-range",
    message: `${averageWeight} is ${value}.`,
    location: text ? written.location : undefined,
    value,
    expected: "from 0 to 1: the mean state of a cell as a fraction of its range",
  });
}

function constantOf(text: string): number | undefined {
  try {
    const { names, evaluate } = compileExpression(text);
    return names.size > 0 ? undefined : numberOf(evaluate(emptyScope, { workingDirectory: "" }));
  } catch (error) {
    // A mistake in the text is reported with its place when the variable is evaluated.
    if (error instanceof ExpressionFailure) return undefined;
    throw error;
  }
}

function rescaleAverageWeight(variables: ChosenVariables, topState: number): void {
  const bits = variables.get(cellBits);
  if (typeof bits !== "number" || bits < 0 || bits > 32) throw unusableCellBits(bits);
  const states = Math.max(2 ** bits - 1, 1);
  setText(variables, averageWeight, `${factorText(averageWeight, variables)} / ${topState} * ${states}`);
}

/** Variables that the rules of an architecture read before anything is evaluated, and those that expressions name. */
export function variablesOfRules(rules: StatisticsRules): readonly string[] {
  return [
    ...(rules.averageWeightTopState === undefined ? [] : [averageWeight, cellBits]),
    ...rules.adjustments.flatMap(({ multiply, multiplyByPasses }) => [
      ...Object.keys(multiply),
      ...multiplyByPasses,
    ]),
  ];
}

function applies(rule: AdjustmentRule, { dnn, problem, isTypical }: StatisticsInput): boolean {
  const layerName = (problem.layerName ?? "").toLowerCase();
  return (
    (rule.dnns === undefined || rule.dnns.includes(dnn)) &&
    (rule.layerNameContains === undefined || layerName.includes(rule.layerNameContains.toLowerCase())) &&
    (rule.statistics === undefined || (rule.statistics === "typical") === isTypical)
  );
}

/**
 * Puts the statistics of a layer into the variables, then the caller's own settings, so that an override is never
 * lost, and then what the rules of the architecture say: average weight from bit densities, rescaling to the states of
 * a cell, adjustments for some workloads.
 *
 * @returns what the adjustments say to component classes and checks.
 */
export function applyStatistics(
  variables: ChosenVariables,
  input: StatisticsInput,
  overrides: ReadonlyMap<string, WrittenValue>,
): Readonly<Record<string, number>> {
  const { statistics, rules, isTypical } = input;
  for (const [name, value] of writtenStatistics.of(statistics)) variables.set(name, value);
  const isFromDensities =
    namesSetByRules(rules, isTypical).includes(averageWeight) && !overrides.has(averageWeight);
  if (isFromDensities) variables.set(averageWeight, averageFromDensities(input));
  for (const [name, value] of overrides) variables.set(name, value);
  if (rules.averageWeightTopState !== undefined) {
    // The original's way to average bit densities gives more than a share.
    if (!isFromDensities) requireShare(variables.get(averageWeight));
    rescaleAverageWeight(variables, rules.averageWeightTopState);
  }
  const rulesThatApply = rules.adjustments.filter((rule) => applies(rule, input));
  for (const rule of rulesThatApply) {
    for (const [name, factor] of Object.entries(rule.multiply))
      setText(variables, name, `${factorText(name, variables)} * ${factor}`);
    for (const name of input.problem.passes === 1 ? [] : rule.multiplyByPasses)
      setText(variables, name, `${factorText(name, variables)} * ${input.problem.passes}`);
    for (const [name, value] of Object.entries(rule.set)) {
      if (!variables.has(name)) throw unknownToModel(name);
      if (!overrides.has(name)) variables.set(name, value);
    }
  }
  const { passes } = input.problem;
  const countsPasses = passes !== 1 && rulesThatApply.some((rule) => rule.multiplyByPasses.length > 0);
  const attributes = rulesThatApply.map((rule) => rule.attributes);
  return Object.assign({}, ...attributes, countsPasses ? { passes } : {}) as Record<string, number>;
}

/** Statistics that the rules of an architecture compute instead of taking them from the recorded ones. */
export function namesSetByRules(rules: StatisticsRules, isTypical: boolean): readonly string[] {
  return rules.averageWeightFromBitDensities && !isTypical ? [averageWeight] : [];
}
