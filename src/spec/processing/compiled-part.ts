import { contentOf } from "../../memory";
import type { RuntimeValue, Scope } from "../expression/runtime-value";
import { emptyScope, IntegralFloat, valueText } from "../expression/runtime-value";

/** A part of constraints or a problem, known when variables (and a leaf's attributes) are. */
export interface CompiledPart<T> {
  /** Words that may be names of variables or attributes; without any, the value is always the same object. */
  readonly words: readonly string[];
  readonly evaluate: (scope: Scope) => T;
}

/** Evaluates at once what depends on no words. */
export function compilePart<T>(words: readonly string[], evaluate: (scope: Scope) => T): CompiledPart<T> {
  if (words.length > 0) return { words, evaluate };
  const value = evaluate(emptyScope);
  return { words, evaluate: () => value };
}

/** The words of several parts. */
export function wordsOf(parts: readonly CompiledPart<unknown>[]): readonly string[] {
  return parts.flatMap(({ words }) => words);
}

function wordPattern(name: string): RegExp {
  return new RegExp(`\\b${name.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")}\\b`, "g");
}

/** Words of a text that may be names. */
export function wordsIn(text: string): readonly string[] {
  return text.match(/[A-Za-z_]\w*/g) ?? [];
}

/**
 * Names whose values decide what becomes of texts with these names: texts that take their place may hold words that are
 * names again.
 */
export function followNames(names: readonly string[], scope: Scope): Iterable<string> {
  const followed = new Set(names);
  for (const name of followed) {
    const value = scope.lookup(name);
    if (typeof value === "string") for (const word of wordsIn(value)) followed.add(word);
  }
  return followed;
}

/** Values of names as a text that no others have: floats differ from the integers of the same value. */
export function contentOfNames(names: Iterable<string>, scope: Scope): string {
  let content = "";
  for (const name of names) content += `\n${contentOfValue(scope.lookup(name))}`;
  return content;
}

function contentOfValue(value: RuntimeValue | undefined): string {
  if (value instanceof IntegralFloat) return `${contentOf(value.value)}.0`;
  return Array.isArray(value) ? `[${value.map(contentOfValue).join()}]` : contentOf(value);
}

/** Longest text a substitution may build. */
const maximumLength = 10_000;

/**
 * Replaces whole words that are names of the scope by the texts of their values, outer names first, each in order.
 * Nothing is calculated: with X = 2, `X*2` becomes `2*2`.
 */
export function substituteWords(text: string, scope: Scope): string {
  let result = text;
  const replaceNamesOf = (part: Scope): void => {
    if (part.outer !== null) replaceNamesOf(part.outer);
    for (const name of part.values.keys()) {
      if (!result.includes(name) || result.length > maximumLength) continue;
      const replacement = valueText(scope.lookup(name) ?? null);
      result = result.replace(wordPattern(name), () => replacement);
    }
  };
  replaceNamesOf(scope);
  return result;
}
