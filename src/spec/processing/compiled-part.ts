import type { Scope } from "../expression/scope";
import { emptyScope } from "../expression/scope";

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
