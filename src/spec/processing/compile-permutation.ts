import { RaellaError } from "../../errors";
import type { Scope } from "../expression/scope";
import type { PlacedText } from "../schema/validate";
import { splitText } from "../schema/validate";
import type { CompiledPart } from "./compiled-part";
import { compilePart } from "./compiled-part";
import { unknownProblemName } from "./factor-entry";
import { substituteWords, wordsIn } from "./substitute-words";

/** Divides a permutation into innermost loops and outermost ones; loops it does not list stand between them. */
const divider = "_";

/**
 * A permutation given as a list, or as one text of one-letter names. Names may stand for dimensions or for several of
 * them. One text is cut into letters before names are replaced, as long as that gives dimensions.
 */
export function compilePermutation(
  items: readonly PlacedText[],
  dimensions: readonly string[],
  level: string,
): CompiledPart<readonly string[]> {
  const isKnown = (name: string): boolean => name === divider || dimensions.includes(name);
  const areLetters = (text: string): boolean => [...text].every(isKnown);

  const words = items.flatMap(({ text, isAlone }) => {
    if (isKnown(text) || (isAlone && areLetters(text))) return [];
    const letters = isAlone ? [...text].filter((letter) => !isKnown(letter)) : [];
    return [...wordsIn(text), ...letters.flatMap(wordsIn)];
  });

  /** What a text stands for: a dimension, or the dimensions that its value lists or spells. */
  const read = (text: string, scope: Scope): readonly string[] | undefined => {
    if (isKnown(text)) return [text];
    const names = splitText(substituteWords(text, scope)).flatMap((name) =>
      !isKnown(name) && areLetters(name) ? [...name] : [name],
    );
    return names.every(isKnown) ? names : undefined;
  };
  const readLetters = (text: string, scope: Scope): readonly string[] | undefined => {
    const parts = [...text].map((letter) => read(letter, scope));
    return parts.includes(undefined) ? undefined : parts.flatMap((part) => part ?? []);
  };

  return compilePart(words, (scope) => {
    const names = items.flatMap((item) => {
      const { text, isAlone } = item;
      const result = (isAlone && !isKnown(text) ? readLetters(text, scope) : undefined) ?? read(text, scope);
      if (result !== undefined) return result;
      throw unknownProblemName("dimension", item, dimensions, level, substituteWords(text, scope));
    });
    const repeated = names.find((name, index) => names.indexOf(name) !== index);
    if (repeated === undefined) return names;
    const written = items.map(({ text }) => text);
    const became =
      written.join("") === names.join("") ? "" : ` ("${written.join(",")}" became "${names.join(",")}")`;
    throw new RaellaError({
      code: "constraint",
      message: `A permutation of "${level}" names ${repeated} twice${became}.`,
      location: items[0].location,
      value: names.join(","),
      expected: "every dimension at most once",
    });
  });
}
