import { RaellaError, throwAll } from "../../errors";
import type { EvaluationOptions } from "../expression/compile-expression";
import { compileValue, isExpressionText } from "../expression/evaluate";
import { sizesName } from "../expression/parse-expression";
import type { NamedValues, RuntimeValue } from "../expression/runtime-value";
import { Scope, toValue } from "../expression/runtime-value";
import type { ProblemDocument } from "../schema/problem-schema";
import type { Value, Warning, WrittenValue } from "../specification";
import type { CompiledModel, SettledVariables, Variable } from "./compiled-model";

/** Values of variables in the order of evaluation. */
class OrderedValues implements NamedValues {
  /** Variables from here on are not known yet. */
  reached = Infinity;

  constructor(
    private readonly positions: ReadonlyMap<string, number>,
    readonly values: (RuntimeValue | undefined)[],
  ) {}

  get(name: string): RuntimeValue | undefined {
    const position = this.positions.get(name);
    return position !== undefined && position < this.reached ? this.values[position] : undefined;
  }

  keys(): readonly string[] {
    return [...this.positions.keys()].filter((name) => this.get(name) !== undefined);
  }

  /** Evaluates a variable that sees those before it. */
  evaluate({ position, value }: Variable, scope: Scope, options: EvaluationOptions): void {
    this.reached = position;
    this.values[position] = value.evaluate(scope, options);
    this.reached = Infinity;
  }
}

/**
 * Evaluates the variables that do not depend on what is given.
 * @param given Names of variables whose values are given in every call; new ones stand behind those of the model.
 * @param quotesStatistics Whether component classes see values of statistics as texts.
 */
export function settleVariables(
  { document, variables }: CompiledModel,
  given: Iterable<string>,
  options: EvaluationOptions,
  quotesStatistics: boolean,
): SettledVariables {
  const models = new Map(variables);
  const names = [...new Set([...models.keys(), ...given])];
  const positions = new Map(names.map((name, position) => [name, position]));
  const openNames = new Set([sizesName, ...given]);
  const differing = new Set<string>();
  const open: SettledVariables["open"][number][] = [];
  const numbers = new OrderedValues(
    positions,
    names.map(() => undefined),
  );
  const estimation = new OrderedValues(positions, numbers.values.slice());
  const [scope, estimationScope] = [new Scope(numbers), new Scope(estimation)];
  const isSettled = (variable: Variable): boolean => {
    if (openNames.has(variable.name) || variable.value.names.some((name) => openNames.has(name)))
      return false;
    try {
      numbers.evaluate(variable, scope, options);
      if (!quotesStatistics) return true;
      return quoteStatistics(variable, { numbers, estimation, differing }, estimationScope, options) === null;
    } catch (error) {
      if (error instanceof RaellaError) return false;
      throw error;
    }
  };
  names.forEach((name, position) => {
    const value = models.get(name);
    const own = value && { name, position, written: document.variables[name], value };
    if (own !== undefined && isSettled(own)) return;
    openNames.add(name);
    differing.delete(name);
    numbers.values[position] = undefined;
    estimation.values[position] = undefined;
    open.push({ name, position, own });
  });
  return {
    ...{ positions, numbers: numbers.values, estimation: estimation.values, open, openNames },
    differing: [...differing],
    numberTable: tableOf(names, numbers.values),
    estimationTable: tableOf(names, estimation.values),
    writtenTable: Object.fromEntries(names.map((name) => [name, document.variables[name] ?? null])),
  };
}

/** Not frozen: a copy of a frozen object costs ten times as much, and every call makes one. */
function tableOf(
  names: readonly string[],
  values: readonly (RuntimeValue | undefined)[],
): Readonly<Record<string, Value>> {
  return Object.fromEntries(names.map((name, position) => [name, toValue(values[position] ?? null)]));
}

/** The variables of a specification, in the order of evaluation. */
interface EvaluatedVariables {
  /** As levels see them. */
  readonly numbers: Scope;
  readonly numberTable: Record<string, Value>;
  /** As component classes see them. */
  readonly estimationTable: Record<string, Value>;
  readonly warnings: readonly Warning[];
}

/**
 * Evaluates all variables, each seeing those before it.
 *
 * @param given in place of the model's, or behind them: those whose names were given when the others were settled.
 * @param instance of the problem, whose names expressions can count.
 * @param quotesStatistics Whether component classes see values of statistics as texts, as in the original.
 * @throws RaellaErrors with every mistake.
 */
export function evaluateVariables(
  settled: SettledVariables,
  given: ReadonlyMap<string, WrittenValue>,
  instance: ProblemDocument["instance"],
  options: EvaluationOptions,
  quotesStatistics: boolean,
): EvaluatedVariables {
  const sizes = new Scope({
    // The original adds densities to every problem.
    get: (name) => (name === sizesName ? [...new Set([...Object.keys(instance), "densities"])] : undefined),
    keys: () => [sizesName],
  });
  const variables = settled.open.map(({ name, position, own }): Variable => {
    const written = given.get(name);
    if (written !== undefined) return { name, position, written, value: compileValue(written) };
    if (own === undefined) throw new Error(`${name} is neither given nor a variable of the model`);
    return own;
  });
  const numbers = new OrderedValues(settled.positions, settled.numbers.slice());
  const scope = new Scope(numbers, sizes);
  const failed = new Set<string>();
  const errors: RaellaError[] = [];
  const numberTable: Record<string, Value> = { ...settled.numberTable };
  for (const variable of variables)
    try {
      numbers.evaluate(variable, scope, options);
      numberTable[variable.name] = toValue(numbers.values[variable.position] ?? null);
    } catch (error) {
      if (!(error instanceof RaellaError)) throw error;
      // What names a failed one fails for that reason.
      if (!variable.value.names.some((name) => failed.has(name))) errors.push(error);
      failed.add(variable.name);
    }
  throwAll(errors);
  if (!quotesStatistics)
    return { numbers: scope, numberTable, estimationTable: { ...numberTable }, warnings: [] };
  const differing = new Set(settled.differing);
  const estimation = new OrderedValues(settled.positions, settled.estimation.slice());
  const estimationScope = new Scope(estimation, sizes);
  const estimationTable: Record<string, Value> = { ...settled.estimationTable };
  const warnings: Warning[] = [];
  for (const variable of variables) {
    const warning = quoteStatistics(variable, { numbers, estimation, differing }, estimationScope, options);
    if (warning !== null) warnings.push(warning);
    estimationTable[variable.name] = toValue(estimation.values[variable.position] ?? null);
  }
  return { numbers: scope, numberTable, estimationTable, warnings };
}

/** Text that YAML reads as a number, a boolean or nothing, so that it is written in quotes to stay a text. */
const readsAsLiteral =
  /^([-+]?[0-9]+|0[ox][0-9a-fA-F]+|[-+]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][-+]?[0-9]+)?|[-+]?\.inf|\.nan|~|null|true|false|)$/i;

/**
 * A variable as the original's estimator sees it. On the way there texts are written in quotes if they look like
 * numbers, which is the case for the values of statistics files; quoted text is a literal there, not a number. So
 * `1 if ADC_ACTION_SHARE == 1 else 2` is 2 also for a recorded share of "1.0".
 *
 * @param differing Names whose value differs from the number: only what reads one of them is evaluated again.
 * @returns a warning where such a text makes the variable impossible to evaluate, so that the number counts.
 */
function quoteStatistics(
  variable: Variable,
  known: {
    readonly numbers: OrderedValues;
    readonly estimation: OrderedValues;
    readonly differing: Set<string>;
  },
  scope: Scope,
  options: EvaluationOptions,
): Warning | null {
  const { name, position, written, value } = variable;
  const { numbers, estimation, differing } = known;
  const number = numbers.values[position];
  const isQuoted = isExpressionText(written) && readsAsLiteral.test(written.expression);
  if (!isQuoted && !value.names.some((read) => differing.has(read))) {
    estimation.values[position] = number;
    return null;
  }
  differing.add(name);
  if (isQuoted) {
    estimation.values[position] = written.expression;
    return null;
  }
  try {
    estimation.evaluate(variable, scope, options);
    return null;
  } catch (error) {
    if (!(error instanceof RaellaError)) throw error;
    estimation.values[position] = number;
    return {
      code: "statistics",
      message: `"${name}" cannot be calculated from statistics that are texts, as the original does for component classes; its number is used.`,
      location: error.location,
    };
  }
}
