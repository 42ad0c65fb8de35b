import { RaellaError } from "../../errors";
import type { EvaluationOptions } from "../expression/compile-expression";
import { evaluateWritten, isExpressionText, readsAny } from "../expression/evaluate";
import type { RuntimeValue } from "../expression/runtime-value";
import { Scope } from "../expression/scope";
import type { Warning, WrittenValue } from "../specification";

/** Text that YAML reads as a number, a boolean or nothing, so that it is written in quotes to stay a text. */
const readsAsLiteral =
  /^([-+]?[0-9]+|0[ox][0-9a-fA-F]+|[-+]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][-+]?[0-9]+)?|[-+]?\.inf|\.nan|~|null|true|false|)$/i;

/** The variables as component classes see them. */
export interface EstimationVariables {
  readonly scope: Scope;
  /** Names whose value differs from the number; only what names one of them is evaluated again. */
  readonly differing: Set<string>;
  readonly warnings: readonly Warning[];
}

/**
 * The variables as the original's estimator sees them. On the way there texts are written in quotes if they look like
 * numbers, which is the case for the values of statistics files; quoted text is a literal there, not a number. So
 * `1 if ADC_ACTION_SHARE == 1 else 2` is 2 also for a recorded share of "1.0".
 *
 * Where such a text makes another variable impossible to evaluate, the number counts, with a warning.
 */
export function quotedStatistics(
  variables: ReadonlyMap<string, WrittenValue>,
  numbers: Scope,
  options: EvaluationOptions,
): EstimationVariables {
  const results = new Map<string, RuntimeValue>();
  const scope = new Scope(results);
  const warnings: Warning[] = [];
  const differing = new Set<string>();
  for (const [name, written] of variables) {
    const number = numbers.lookup(name) ?? null;
    try {
      results.set(name, quotedValue(name, written, number, { scope, differing }, options));
    } catch (error) {
      if (!(error instanceof RaellaError)) throw error;
      results.set(name, number);
      warnings.push({
        code: "statistics",
        message: `"${name}" cannot be calculated from statistics that are texts, as the original does for component classes; its number is used.`,
        location: error.location,
      });
    }
  }
  return { scope, differing, warnings };
}

/**
 * The value of one variable for component classes, given those before it. Notes whether it differs from the number.
 *
 * @throws RaellaError if it cannot be evaluated.
 */
export function quotedValue(
  name: string,
  written: WrittenValue,
  number: RuntimeValue,
  { scope, differing }: { readonly scope: Scope; readonly differing: Set<string> },
  options: EvaluationOptions,
): RuntimeValue {
  const isQuoted = isExpressionText(written) && readsAsLiteral.test(written.expression);
  if (!isQuoted && !readsAny(written, differing)) {
    differing.delete(name);
    return number;
  }
  differing.add(name);
  return isQuoted ? written.expression : evaluateWritten(written, scope, options);
}
