import { RaellaError } from "../../errors";
import type { EvaluationOptions } from "../expression/compile-expression";
import { compileExpression } from "../expression/compile-expression";
import { evaluateWritten, isExpressionText } from "../expression/evaluate";
import type { RuntimeValue } from "../expression/runtime-value";
import { toValue } from "../expression/runtime-value";
import { Scope } from "../expression/scope";
import type { Value, ValueTable, Warning, WrittenValue } from "../specification";

/** Text that YAML reads as a number, a boolean or nothing, so that it is written in quotes to stay a text. */
const readsAsLiteral =
  /^([-+]?[0-9]+|0[ox][0-9a-fA-F]+|[-+]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][-+]?[0-9]+)?|[-+]?\.inf|\.nan|~|null|true|false|)$/i;

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
): { readonly values: ValueTable; readonly warnings: readonly Warning[] } {
  const results = new Map<string, RuntimeValue>();
  const scope = new Scope(results);
  const values: Record<string, Value> = {};
  const warnings: Warning[] = [];
  /** Names whose value differs from the number; only what names one of them is evaluated again. */
  const differing = new Set<string>();
  for (const [name, written] of variables) {
    let value = numbers.lookup(name) ?? null;
    if (isExpressionText(written)) {
      const text = written.expression;
      if (isQuoted(text)) {
        value = text;
        differing.add(name);
      } else if (namesAny(text, differing)) {
        differing.add(name);
        try {
          value = evaluateWritten(written, scope, options);
        } catch (error) {
          if (!(error instanceof RaellaError)) throw error;
          warnings.push({
            code: "statistics",
            message: `"${name}" cannot be calculated from statistics that are texts, as the original does for component classes; its number is used.`,
            location: error.location,
          });
        }
      }
    }
    results.set(name, value);
    values[name] = toValue(value);
  }
  return { values, warnings };
}

/** Whether the text is written in quotes. */
function isQuoted(text: string): boolean {
  return readsAsLiteral.test(text);
}

function namesAny(text: string, names: ReadonlySet<string>): boolean {
  for (const name of compileExpression(text).names) if (names.has(name)) return true;
  return false;
}
