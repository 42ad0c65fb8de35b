import { RaellaError } from "../../errors";
import { Derived } from "../../memory";
import type { EvaluationOptions } from "../expression/compile-expression";
import { evaluateAllInOrder, evaluateWritten, isExpressionText, readsAny } from "../expression/evaluate";
import { sizesName } from "../expression/parse-expression";
import type { RuntimeValue } from "../expression/runtime-value";
import { Scope } from "../expression/runtime-value";
import type { ProblemDocument } from "../schema/problem-schema";
import type { ExpressionText, Warning, WrittenValue } from "../specification";

/** The variables of a specification, in the order of evaluation. */
export interface EvaluatedVariables {
  /** As levels see them. */
  readonly numbers: Scope;
  /** As component classes see them. */
  readonly estimation: Scope;
  readonly warnings: readonly Warning[];
}

/**
 * Evaluates all variables, each seeing those before it.
 *
 * @param instance of the problem, whose names expressions can count.
 * @param quotesStatistics Whether component classes see values of statistics as texts, as in the original.
 * @throws RaellaErrors with every mistake.
 */
export function evaluateVariables(
  written: ReadonlyMap<string, WrittenValue>,
  instance: ProblemDocument["instance"],
  options: EvaluationOptions,
  quotesStatistics: boolean,
): EvaluatedVariables {
  // The original adds densities to every problem.
  const sizes = [...new Set([...Object.keys(instance), "densities"])];
  const numbers = evaluateAllInOrder(written, new Scope(new Map([[sizesName, sizes]])), options);
  if (!quotesStatistics) return { numbers, estimation: numbers, warnings: [] };
  return { numbers, ...quotedStatistics(written, numbers, options) };
}

/** Text that YAML reads as a number, a boolean or nothing, so that it is written in quotes to stay a text. */
const readsAsLiteral =
  /^([-+]?[0-9]+|0[ox][0-9a-fA-F]+|[-+]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][-+]?[0-9]+)?|[-+]?\.inf|\.nan|~|null|true|false|)$/i;

const isReadAsLiteral = new Derived<ExpressionText, boolean>(({ expression }) =>
  readsAsLiteral.test(expression),
);

/**
 * The variables as the original's estimator sees them. On the way there texts are written in quotes if they look like
 * numbers, which is the case for the values of statistics files; quoted text is a literal there, not a number. So
 * `1 if ADC_ACTION_SHARE == 1 else 2` is 2 also for a recorded share of "1.0".
 *
 * Where such a text makes another variable impossible to evaluate, the number counts, with a warning.
 */
function quotedStatistics(
  variables: ReadonlyMap<string, WrittenValue>,
  numbers: Scope,
  options: EvaluationOptions,
): Pick<EvaluatedVariables, "estimation" | "warnings"> {
  const results = new Map<string, RuntimeValue>();
  const estimation = new Scope(results, numbers.outer);
  const warnings: Warning[] = [];
  /** Names whose value differs from the number: only what reads one of them is evaluated again. */
  const differing = new Set<string>();
  for (const [name, written] of variables) {
    const isQuoted = isExpressionText(written) && isReadAsLiteral.of(written);
    const number = numbers.lookup(name) ?? null;
    if (isQuoted) results.set(name, written.expression);
    else if (!readsAny(written, differing)) {
      results.set(name, number);
      continue;
    } else
      try {
        results.set(name, evaluateWritten(written, estimation, options));
      } catch (error) {
        if (!(error instanceof RaellaError)) throw error;
        results.set(name, number);
        warnings.push({
          code: "statistics",
          message: `"${name}" cannot be calculated from statistics that are texts, as the original does for component classes; its number is used.`,
          location: error.location,
        });
      }
    differing.add(name);
  }
  return { estimation, warnings };
}
