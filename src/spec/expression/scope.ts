import type { Value, ValueTable } from "../specification";
import type { RuntimeValue } from "./runtime-value";

/** Names to values; names that are not here are looked for further out. */
export class Scope {
  constructor(
    readonly values: ReadonlyMap<string, RuntimeValue>,
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
  return new Scope(new Map<string, Value>(Object.entries(table)), outer);
}

export const emptyScope = new Scope(new Map());
