import type { Scope } from "../expression/runtime-value";
import { emptyScope, valueText } from "../expression/runtime-value";

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
