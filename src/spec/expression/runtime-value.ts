import type { Value, ValueTable } from "../specification";

/**
 * A float with an integral value, such as the result of `4 / 2`. Every other number is its own type: an integral
 * JavaScript number is an integer, any other one a float. The difference matters where an integer is demanded.
 */
export class IntegralFloat {
  constructor(readonly value: number) {}
}

/** A value while expressions are evaluated. Lists also stand for Python's tuples. */
export type RuntimeValue = number | IntegralFloat | string | boolean | null | readonly RuntimeValue[];

/** The float of this value. */
export function toFloat(value: number): number | IntegralFloat {
  return Number.isInteger(value) ? new IntegralFloat(value) : value;
}

export function isInteger(value: RuntimeValue): value is number {
  return typeof value === "number" && Number.isInteger(value);
}

/** The number of a number or a boolean (0 or 1); undefined for anything else. */
export function numberOf(value: RuntimeValue): number | undefined {
  if (typeof value === "number") return value;
  if (typeof value === "boolean") return value ? 1 : 0;
  return value instanceof IntegralFloat ? value.value : undefined;
}

/** As everything outside the evaluation sees it: floats and integers are plain numbers. */
export function toValue(value: RuntimeValue): Value {
  if (value instanceof IntegralFloat) return value.value;
  return Array.isArray(value) ? value.map(toValue) : (value as Value);
}

/** What a value counts as in a condition: 0, "", [] and None are false, the text "0" is true. */
export function isTrue(value: RuntimeValue): boolean {
  if (value === null) return false;
  if (typeof value === "object") return value instanceof IntegralFloat ? value.value !== 0 : value.length > 0;
  return typeof value === "number" ? value !== 0 : Boolean(value);
}

/** The type in words, for messages. */
export function describeType(value: RuntimeValue): string {
  if (value === null) return "nothing (null)";
  if (typeof value === "string") return "a text";
  if (typeof value === "boolean") return "a boolean";
  if (isInteger(value)) return "an integer";
  return typeof value === "number" || value instanceof IntegralFloat ? "a float" : "a list";
}

/** A float always shows that it is one: `2.0`, `1e-05`. */
function floatText(value: number): string {
  if (Number.isNaN(value)) return "nan";
  if (!Number.isFinite(value)) return value > 0 ? "inf" : "-inf";
  const size = Math.abs(value);
  if (size >= 1e16 || (size < 1e-4 && size > 0))
    return value.toExponential().replace(/e([+-])(\d)$/, "e$10$2");
  const text = Object.is(value, -0) ? "-0" : String(value);
  return text.includes(".") ? text : `${text}.0`;
}

/** The text of a value as Python prints it: the shortest decimal that reads back, `2.0` for a float. */
export function valueText(value: RuntimeValue): string {
  if (value === null) return "None";
  if (typeof value === "boolean") return value ? "True" : "False";
  if (typeof value === "string") return value;
  if (value instanceof IntegralFloat) return floatText(value.value);
  if (typeof value === "number") return isInteger(value) ? String(value) : floatText(value);
  return `[${value.map((item) => (typeof item === "string" ? `'${item}'` : valueText(item))).join(", ")}]`;
}

/** What a scope holds itself. */
export interface NamedValues {
  /** Undefined where there is no such name. */
  get(name: string): RuntimeValue | undefined;
  /** In order. */
  keys(): Iterable<string>;
}

/** Names to values; names that are not here are looked for further out. */
export class Scope {
  constructor(
    readonly values: NamedValues,
    readonly outer: Scope | null = null,
  ) {}

  /** The value of a name, undefined if there is none (a value may be null). */
  lookup(name: string): RuntimeValue | undefined {
    const value = this.values.get(name);
    return value !== undefined || this.outer === null ? value : this.outer.lookup(name);
  }

  /** All names, innermost first, each once. */
  names(): string[] {
    return [...new Set([...this.values.keys(), ...(this.outer?.names() ?? [])])];
  }
}

/** A scope of plain values, e.g. the attributes of a level. */
export function scopeOf(table: ValueTable, outer: Scope | null = null): Scope {
  const values = {
    get: (name: string) => (Object.hasOwn(table, name) ? (table[name] as RuntimeValue) : undefined),
    keys: () => Object.keys(table),
  };
  return new Scope(values, outer);
}

export const emptyScope = new Scope(new Map());
