import type { SourceLocation } from "../../errors";
import { RaellaError, suggestName } from "../../errors";
import {
  compileExpression,
  emptyScope,
  evaluateWritten,
  isExpressionText,
  numberOf,
} from "../../spec/expression";
import type { CompiledExpression, EvaluationOptions, RuntimeValue, Scope } from "../../spec/expression";
import type {
  ComponentClass,
  CompoundAction,
  ExpressionText,
  Fidelity,
  WrittenValue,
} from "../../spec/specification";

/** A written value made ready to be evaluated many times. */
type PreparedValue = (scope: Scope, options: EvaluationOptions) => RuntimeValue;

/** Most values of component classes are constants or names: those need no evaluation. Mistakes throw when evaluated. */
function prepareValue(value: WrittenValue, location?: SourceLocation): PreparedValue {
  if (!isExpressionText(value)) return () => value;
  const written: ExpressionText = { expression: value.expression, location: value.location ?? location };
  const evaluate: PreparedValue = (scope, options) => evaluateWritten(written, scope, options);
  const compiled = tryCompile(written.expression);
  if (!compiled) return evaluate;
  const { expression, names } = compiled;
  if (names.size === 0) {
    try {
      const constant = evaluate(emptyScope, { workingDirectory: "" });
      return () => constant;
    } catch {
      return evaluate;
    }
  }
  if (expression.type === "name") {
    const { name } = expression;
    return (scope, options) => scope.lookup(name) ?? evaluate(scope, options);
  }
  return evaluate;
}

function tryCompile(text: string): CompiledExpression | undefined {
  try {
    return compileExpression(text);
  } catch {
    return undefined;
  }
}

/** A part's name as written: `storage`, `shift_add[1..n_components]` or `generators[0]`; bounds are expressions. */
interface PartName {
  readonly text: string;
  readonly base: string;
  readonly first: PreparedValue | null;
  /** Null for a single index. */
  readonly last: PreparedValue | null;
}

/** A part's name with its bounds evaluated. */
export interface EvaluatedName {
  /** Null without a range or index. */
  readonly first: number | null;
  readonly last: number | null;
  /** How many parts the name stands for: 1 without a range and for one index. */
  readonly count: number;
}

const withIndices = /^(.*?)\[(.+)\]$/;

/** Splits a name from its range or index. */
function partName(text: string, location?: SourceLocation): PartName {
  const match = withIndices.exec(text);
  if (!match) return { text, base: text, first: null, last: null };
  const [, base, indices] = match;
  const [first, last] = indices.split("..");
  const prepare = (bound: string): PreparedValue => prepareValue({ expression: bound.trim() }, location);
  return { text, base, first: prepare(first), last: last === undefined ? null : prepare(last) };
}

/**
 * Evaluates the bounds of a name; they are cut to integers.
 * @throws RaellaError (`component`) for bounds that are no numbers or in the wrong order
 */
export function evaluateName(name: PartName, scope: Scope, options: EvaluationOptions): EvaluatedName {
  if (name.first === null) return plainName;
  const first = bound(name.first, name, scope, options);
  if (name.last === null) return { first, last: first, count: 1 };
  const last = bound(name.last, name, scope, options);
  if (last < first)
    throw new RaellaError({
      code: "component",
      message: `The range of the part "${name.text}" is [${first}..${last}].`,
      value: `[${first}..${last}]`,
      expected: "an upper bound that is not below the lower one",
    });
  return { first, last, count: last - first + 1 };
}

const plainName: EvaluatedName = { first: null, last: null, count: 1 };

/** The name with its bounds as numbers, `shift_add[1..4]`. */
export function nameText({ base }: PartName, { first, last, count }: EvaluatedName): string {
  if (first === null || last === null) return base;
  return count === 1 && first === last ? `${base}[${first}]` : `${base}[${first}..${last}]`;
}

function bound(prepared: PreparedValue, name: PartName, scope: Scope, options: EvaluationOptions): number {
  const value = numberOf(prepared(scope, options));
  if (value !== undefined && Number.isFinite(value)) return Math.trunc(value);
  throw new RaellaError({
    code: "component",
    message: `A bound of the range of the part "${name.text}" is not a number.`,
    value: name.text,
  });
}

/** Text of a default that demands a value. */
export const mustSpecify = "must_specify";

export interface CompiledAttribute {
  readonly name: string;
  readonly value: PreparedValue;
  /** A default that demands a value. */
  readonly isDemanded: boolean;
}

export interface CompiledSubcomponent {
  readonly name: PartName;
  readonly className: string;
  readonly attributes: readonly CompiledAttribute[];
  /** Null: in the convention of 2023 the attribute of that name counts, else 1. */
  readonly areaShare: PreparedValue | null;
  /** Null: 1. */
  readonly energyShare: PreparedValue | null;
}

export interface CompiledPartAction {
  readonly name: PartName;
  /** Position of the part among those of its class. */
  readonly partIndex: number;
  readonly actions: readonly {
    readonly name: string;
    readonly share: PreparedValue;
    /** What else the estimator of the part is told. */
    readonly arguments: readonly CompiledAttribute[];
  }[];
}

interface CompiledAction {
  readonly name: string;
  /** What counts: the original keeps only the last entry of a part that is listed twice. */
  readonly parts: Readonly<Record<Fidelity, readonly CompiledPartAction[]>>;
}

/** A component class made ready: its expressions read, its names resolved. */
export interface CompiledClass {
  readonly name: string;
  readonly location?: SourceLocation;
  readonly attributes: readonly CompiledAttribute[];
  readonly attributeNames: ReadonlySet<string>;
  readonly parts: readonly CompiledSubcomponent[];
  /** In written order. */
  readonly actions: readonly CompiledAction[];
  /** By lower-case name. */
  readonly actionsByName: ReadonlyMap<string, CompiledAction>;
  readonly written: ComponentClass;
}

/**
 * Compiles a class.
 * @throws RaellaError for syntax errors in expressions and for actions of parts that do not exist
 */
export function compileClass(written: ComponentClass): CompiledClass {
  const { name, location } = written;
  const parts = written.subcomponents.map((part): CompiledSubcomponent => ({
    name: partName(part.name, location),
    className: part.class,
    attributes: compileAttributes(part.attributes, location),
    areaShare: part.areaShare === undefined ? null : prepareValue(part.areaShare, location),
    energyShare: part.energyShare === undefined ? null : prepareValue(part.energyShare, location),
  }));
  const actions = written.actions.map((action) => compileAction(action, parts, written));
  return {
    name,
    location,
    attributes: compileAttributes(written.attributes, location),
    attributeNames: new Set(Object.keys(written.attributes)),
    parts,
    actions,
    actionsByName: new Map(actions.map((action) => [action.name.toLowerCase(), action])),
    written,
  };
}

function compileAttributes(
  attributes: Readonly<Record<string, WrittenValue>>,
  location: SourceLocation | undefined,
): CompiledAttribute[] {
  return Object.entries(attributes).map(([name, value]) => ({
    name,
    value: prepareValue(value, location),
    isDemanded: value === mustSpecify,
  }));
}

function compileAction(
  action: CompoundAction,
  parts: readonly CompiledSubcomponent[],
  owner: ComponentClass,
): CompiledAction {
  const all = action.subcomponents.map(({ name: text, actions }): CompiledPartAction => {
    const name = partName(text, owner.location);
    const partIndex = parts.findIndex((candidate) => candidate.name.base === name.base);
    if (partIndex < 0) throw unknownPart(text, action.name, owner);
    return {
      name,
      partIndex,
      actions: actions.map(({ name: partAction, actionShare, arguments: given = {} }) => ({
        name: partAction,
        share: prepareValue(actionShare, owner.location),
        arguments: compileAttributes(given, owner.location),
      })),
    };
  });
  // A map keeps the place of the first entry of a name and the contents of the last one.
  const lastOfEach = [...new Map(all.map((entry) => [entry.name.text, entry])).values()];
  return { name: action.name, parts: { artifact: lastOfEach, corrected: all } };
}

function unknownPart(
  text: string,
  action: string,
  { name, subcomponents, location }: ComponentClass,
): RaellaError {
  const known = subcomponents.map((part) => part.name);
  return new RaellaError({
    code: "component",
    message: `The action "${action}" of the component class ${name} names "${text}", which is none of its parts.`,
    location,
    value: text,
    expected: known.length > 0 ? `one of ${known.join(", ")}` : undefined,
    remedy: suggestName(text, known),
  });
}
