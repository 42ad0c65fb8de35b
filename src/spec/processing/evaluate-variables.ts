import { RaellaError } from "../../errors";
import type { EvaluationOptions } from "../expression/compile-expression";
import {
  evaluateAllInOrder,
  evaluateWritten,
  isExpressionText,
  namesRead,
  readsAny,
  toTable,
} from "../expression/evaluate";
import type { RuntimeValue } from "../expression/runtime-value";
import { areSame, toValue } from "../expression/runtime-value";
import { Scope } from "../expression/scope";
import type { Value, Warning, WrittenValue } from "../specification";
import { quotedStatistics, quotedValue } from "./estimation-variables";

/** Values of variables, for expressions and as plain data. */
class VariableValues {
  readonly scope: Scope;
  readonly table: Record<string, Value>;
  private readonly values: Map<string, RuntimeValue>;

  constructor(values: ReadonlyMap<string, RuntimeValue>) {
    this.values = new Map(values);
    this.scope = new Scope(this.values);
    this.table = { ...toTable(this.scope) };
  }

  put(name: string, value: RuntimeValue): void {
    this.values.set(name, value);
    this.table[name] = toValue(value);
  }
}

/** The variables of a specification, which {@link changeVariables} makes those of the next one. */
export interface EvaluatedVariables {
  /** In the order of evaluation. */
  readonly names: readonly string[];
  readonly positions: ReadonlyMap<string, number>;
  written: readonly WrittenValue[];
  readonly writtenTable: Record<string, WrittenValue>;
  /** As levels see them. */
  readonly numbers: VariableValues;
  /** As component classes see them; null with corrected fidelity. */
  readonly quoted: VariableValues | null;
  /** Names whose value is another one for component classes. */
  readonly differing: Set<string>;
  readonly warnings: readonly Warning[];
  readonly hasLists: boolean;
}

/** Evaluates all variables. Throws RaellaErrors with every mistake. */
export function evaluateVariables(
  given: ReadonlyMap<string, WrittenValue>,
  options: EvaluationOptions,
  isQuoting: boolean,
): EvaluatedVariables {
  const results = evaluateAllInOrder(given, null, options).values;
  const numbers = new VariableValues(results);
  const estimation = isQuoting ? quotedStatistics(given, numbers.scope, options) : undefined;
  const names = [...given.keys()];
  return {
    names,
    positions: new Map(names.map((name, position) => [name, position])),
    written: [...given.values()],
    writtenTable: { ...Object.fromEntries<WrittenValue>(given) },
    numbers,
    quoted: estimation === undefined ? null : new VariableValues(estimation.scope.values),
    differing: estimation?.differing ?? new Set(),
    warnings: estimation?.warnings ?? [],
    hasLists: [...results.values()].some((value) => Array.isArray(value)),
  };
}

/**
 * Makes variables those of another specification, which is mostly written alike: evaluates only what is written otherwise,
 * and what reads it.
 * @returns The names of those that have other values now. Undefined where all must be evaluated in order: with other
 *   names, for mistakes and warnings, with lists, and where a variable reads one that does not come before it. The
 *   variables are of no use then.
 */
export function changeVariables(
  variables: EvaluatedVariables,
  given: ReadonlyMap<string, WrittenValue>,
  options: EvaluationOptions,
): ReadonlySet<string> | undefined {
  const { names, positions, written: before, writtenTable, numbers, quoted, differing } = variables;
  if (given.size !== names.length || variables.hasLists || variables.warnings.length > 0) return undefined;
  const givenNames = [...given.keys()];
  const written = [...given.values()];
  const affected = new Set<string>();
  const changed = new Set<string>();
  for (let position = 0; position < names.length; position++) {
    const name = names[position];
    if (givenNames[position] !== name) return undefined;
    const value = written[position];
    if (value !== before[position]) writtenTable[name] = value;
    if (areWrittenAlike(value, before[position]) && !readsAny(value, affected)) continue;
    affected.add(name);
    for (const read of namesRead(value)) if ((positions.get(read) ?? -1) >= position) return undefined;
    try {
      const number = evaluateWritten(value, numbers.scope, options);
      if (Array.isArray(number)) return undefined;
      if (!areSame(numbers.scope.lookup(name), number)) changed.add(name);
      numbers.put(name, number);
      quoted?.put(name, quotedValue(name, value, number, { scope: quoted.scope, differing }, options));
    } catch (error) {
      if (error instanceof RaellaError) return undefined;
      throw error;
    }
  }
  variables.written = written;
  return changed;
}

function areWrittenAlike(first: WrittenValue, second: WrittenValue): boolean {
  if (first === second) return true;
  return isExpressionText(first) && isExpressionText(second) && first.expression === second.expression;
}
