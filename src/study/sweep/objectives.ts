import * as v from "valibot";
import { listOf, names, optionsOf, requireArgument, text } from "../../arguments";
import type { SourceLocation } from "../../errors";
import { RaellaError, suggestName } from "../../errors";
import type { CompiledExpression, RuntimeValue } from "../../spec/expression";
import {
  compileExpression,
  evaluateText,
  ExpressionFailure,
  isTrue,
  numberOf,
  Scope,
} from "../../spec/expression";
import { expressionConstants, expressionFunctions } from "../../spec/expression/functions";
import type { FrontObjective } from "./pareto-front";
import { frontSchema, paretoFront, partsOf } from "./pareto-front";
import { recordsSchema } from "./sensitivity";
import type { SweepObjective } from "./sweep-description";
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

/** A point with its result, by column. */
export type SweepRecord = Readonly<Record<string, Cell>>;

const objectivesSchema = listOf(
  v.union(
    [optionsOf({ minimize: text }), optionsOf({ maximize: text })],
    "{minimize: EXPRESSION} or {maximize: EXPRESSION}",
  ),
  "a list of objectives",
);
const columnsSchema = v.custom<Iterable<string>>(
  (value) => typeof value === "object" && value !== null && Symbol.iterator in value,
  "names of columns",
);

/**
 * Objectives in the form that fronts are made of.
 * @param columns Names that their expressions may use.
 * @throws RaellaError for an expression that cannot be read or uses an unknown column.
 */
export function frontObjectives(
  objectives: readonly SweepObjective[],
  columns: Iterable<string>,
): readonly FrontObjective<SweepRecord>[] {
  requireArgument(objectivesSchema, objectives, "the objectives of a front");
  requireArgument(columnsSchema, columns, "the columns of a front");
  const known = new Set(columns);
  requireArgument(names, [...known], "the columns of a front");
  return objectives.map((objective): FrontObjective<SweepRecord> => {
    const [goal, expression] = partsOf(objective);
    const compiled = compileColumnExpression(expression, known, "objective");
    const isColumn = compiled.names.size === 1 && compiled.names.has(expression.trim());
    const value = (record: SweepRecord): number | null => {
      if (isColumn) return numberCell(record[expression.trim()]);
      for (const name of compiled.names) if (record[name] === null) return null;
      return numericValue(
        compiled.evaluate(new Map([...compiled.names].map((name) => [name, record[name]]))),
      );
    };
    return goal === "minimize" ? { minimize: value } : { maximize: value };
  });
}

function numberCell(cell: Cell | undefined): number | null {
  return typeof cell === "number" ? cell : null;
}

function numericValue(value: RuntimeValue): number | null {
  if (typeof value === "boolean") return isTrue(value) ? 1 : 0;
  return numberOf(value) ?? null;
}

/**
 * The Pareto front of every DNN among the points that are `ok`: comparing what different DNNs cost would say nothing.
 * @returns Points in the order given, by DNN.
 */
export function frontsByDnn(
  records: readonly SweepRecord[],
  objectives: readonly FrontObjective<SweepRecord>[],
): ReadonlyMap<string, readonly SweepRecord[]> {
  requireArgument(recordsSchema, records, "the points of a front");
  requireArgument(frontSchema, objectives, "the objectives of a front");
  const byDnn = new Map<string, SweepRecord[]>();
  for (const record of records) {
    if (record.status !== "ok") continue;
    const dnn = String(record.dnn);
    const list = byDnn.get(dnn);
    if (list) list.push(record);
    else byDnn.set(dnn, [record]);
  }
  return new Map([...byDnn].map(([dnn, list]) => [dnn, paretoFront(list, objectives)]));
}
