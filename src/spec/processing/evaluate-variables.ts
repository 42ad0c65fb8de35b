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
import type { Value, ValueTable, WrittenValue } from "../specification";
import type { EstimationVariables } from "./estimation-variables";
import { quotedStatistics, quotedValue } from "./estimation-variables";

/** The variables of a specification. */
export interface EvaluatedVariables {
  /** As written, in the order of evaluation. */
  readonly written: Readonly<Record<string, WrittenValue>>;
  readonly positions: ReadonlyMap<string, number>;
  /** As levels see them. */
  readonly scope: Scope;
  readonly values: ValueTable;
  /** As component classes see them; null with corrected fidelity. */
  readonly estimation: (EstimationVariables & { readonly values: ValueTable }) | null;
  readonly hasLists: boolean;
}

/** Evaluates all variables. Throws RaellaErrors with every mistake. */
export function evaluateVariables(
  written: ReadonlyMap<string, WrittenValue>,
  options: EvaluationOptions,
  isQuoting: boolean,
): EvaluatedVariables {
  const scope = evaluateAllInOrder(written, null, options);
  const estimation = isQuoting ? quotedStatistics(written, scope, options) : null;
  const values = toTable(scope);
  return {
    written: Object.fromEntries<WrittenValue>(written),
    positions: new Map([...written.keys()].map((name, position) => [name, position])),
    scope,
    values,
    estimation: estimation && { ...estimation, values: toTable(estimation.scope) },
    hasLists: Object.values(values).some((value) => Array.isArray(value)),
  };
}

/** Variables, and those of them that have other values than before. */
export interface ChangedVariables {
  readonly variables: EvaluatedVariables;
  readonly changed: ReadonlySet<string>;
}

/**
 * Evaluates variables that are mostly written like others which are known: only what is written otherwise, and what reads
 * it. Undefined where all must be evaluated in order: with other names, for mistakes and warnings, with lists, and where
 * a variable reads one that does not come before it.
 */
export function changeVariables(
  last: EvaluatedVariables,
  given: ReadonlyMap<string, WrittenValue>,
  options: EvaluationOptions,
): ChangedVariables | undefined {
  const { positions } = last;
  if (given.size !== positions.size || last.hasLists || last.estimation?.warnings.length) return undefined;
  const written: Record<string, WrittenValue> = { ...last.written };
  const numbers = draftOf(last);
  const quoted = last.estimation && {
    ...draftOf(last.estimation),
    differing: new Set(last.estimation.differing),
  };
  const affected = new Set<string>();
  const changed = new Set<string>();
  let position = -1;
  for (const [name, value] of given) {
    position += 1;
    if (positions.get(name) !== position) return undefined;
    const before = last.written[name];
    if (value !== before) written[name] = value;
    if (areWrittenAlike(value, before) && !readsAny(value, affected)) continue;
    affected.add(name);
    for (const read of namesRead(value)) if ((positions.get(read) ?? -1) >= position) return undefined;
    try {
      const number = evaluateWritten(value, numbers.scope, options);
      if (Array.isArray(number)) return undefined;
      if (!areSame(numbers.scope.lookup(name), number)) changed.add(name);
      put(numbers, name, number);
      if (quoted) put(quoted, name, quotedValue(name, value, number, quoted, options));
    } catch (error) {
      if (error instanceof RaellaError) return undefined;
      throw error;
    }
  }
  const estimation = quoted && { ...quoted, warnings: [] };
  const { scope, values } = numbers;
  return { variables: { written, positions, scope, values, estimation, hasLists: false }, changed };
}

/** Values that are being changed, for expressions and as plain data. */
interface Draft {
  readonly results: Map<string, RuntimeValue>;
  readonly scope: Scope;
  readonly values: Record<string, Value>;
}

function draftOf({ scope, values }: { readonly scope: Scope; readonly values: ValueTable }): Draft {
  const results = new Map(scope.values);
  return { results, scope: new Scope(results), values: { ...values } };
}

function put(draft: Draft, name: string, value: RuntimeValue): void {
  draft.results.set(name, value);
  draft.values[name] = toValue(value);
}

function areWrittenAlike(first: WrittenValue, second: WrittenValue): boolean {
  if (first === second) return true;
  return isExpressionText(first) && isExpressionText(second) && first.expression === second.expression;
}
