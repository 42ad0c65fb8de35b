import type { SourceLocation } from "../../errors";
import { RaellaError, suggestName } from "../../errors";
import type { CompiledExpression, RuntimeValue } from "../../spec/expression";
import { compileExpression, evaluateText, ExpressionFailure, isTrue, Scope } from "../../spec/expression";
import { expressionConstants, expressionFunctions } from "../../spec/expression/functions";
import type { Cell } from "./sweep-row";

/** An expression over the columns of a sweep and the variables of the models. */
export interface ColumnExpression {
  readonly text: string;
  /** Names that it uses, functions left out. */
  readonly names: ReadonlySet<string>;
  readonly evaluate: (values: ReadonlyMap<string, Cell>) => RuntimeValue;
}

/** Expressions of a sweep have nothing to do with files. */
const options = { workingDirectory: "" };

/**
 * Reads an expression over columns.
 * @param known Columns and variables that it may use.
 * @param role `constraint` or `objective`, for error messages.
 * @throws RaellaError `expression` or `unknown-name`, with the nearest name.
 */
export function compileColumnExpression(
  text: string,
  known: ReadonlySet<string>,
  role: string,
): ColumnExpression {
  const location: SourceLocation = { file: "sweep", keyPath: role };
  const names = new Set(
    [...compile(text, location).names].filter((name) => known.has(name) || !isBuiltIn(name)),
  );
  for (const name of names) {
    if (known.has(name)) continue;
    throw new RaellaError({
      code: "unknown-name",
      message: `The ${role} "${text}" uses "${name}", which is neither a column nor a variable.`,
      location,
      value: text,
      remedy: suggestName(name, known),
    });
  }
  return {
    text,
    names,
    evaluate: (values) => evaluateText(text, new Scope(values), options, location),
  };
}

/** Whether the constraint holds. */
export function holds(expression: ColumnExpression, values: ReadonlyMap<string, Cell>): boolean {
  return isTrue(expression.evaluate(values));
}

function isBuiltIn(name: string): boolean {
  return expressionConstants.has(name) || expressionFunctions.has(name);
}

function compile(text: string, location: SourceLocation): CompiledExpression {
  try {
    return compileExpression(text);
  } catch (error) {
    if (!(error instanceof ExpressionFailure)) throw error;
    // Evaluating it reports the same failure with its place in the text.
    evaluateText(text, new Scope(new Map()), options, location);
    throw error;
  }
}
