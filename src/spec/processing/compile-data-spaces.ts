import { RaellaError } from "../../errors";
import type { Scope } from "../expression/scope";
import type { PlacedText } from "../schema/validate";
import type { DataSpaceConstraint } from "../specification";
import type { CompiledPart } from "./compiled-part";
import { compilePart, wordsOf } from "./compiled-part";
import type { ExpandedConstraints } from "./expand-macros";
import { unknownProblemName } from "./factor-entry";
import { substituteWords, wordsIn } from "./substitute-words";

/** A list of data spaces. Names may stand for them. */
export function compileDataSpaces(
  items: readonly PlacedText[],
  dataSpaces: readonly string[],
  level: string,
): CompiledPart<readonly string[]> {
  const read = (item: PlacedText, scope: Scope): string => {
    if (dataSpaces.includes(item.text)) return item.text;
    const name = substituteWords(item.text, scope).trim();
    if (dataSpaces.includes(name)) return name;
    throw unknownProblemName("data space", item, dataSpaces, level, name);
  };
  const words = items.flatMap(({ text }) => (dataSpaces.includes(text) ? [] : wordsIn(text)));
  return compilePart(words, (scope) => [...new Set(items.map((item) => read(item, scope)))]);
}

/** What a leaf stores, and what passes it by. */
export function compileStorage(
  given: ExpandedConstraints["dataspace"],
  dataSpaces: readonly string[],
  level: string,
): CompiledPart<DataSpaceConstraint> {
  const compile = (items: readonly PlacedText[]): CompiledPart<readonly string[]> =>
    compileDataSpaces(items, dataSpaces, level);
  const [keep, bypass, passthrough] = [given.keep, given.bypass, given.passthrough].map(compile);
  return compilePart(wordsOf([keep, bypass, passthrough]), (scope) => {
    const [kept, bypassed] = [keep.evaluate(scope), bypass.evaluate(scope)];
    const conflict = kept.find((name) => bypassed.includes(name));
    if (conflict === undefined)
      return { keep: kept, bypass: bypassed, passthrough: passthrough.evaluate(scope) };
    const item = [...given.keep, ...given.bypass].find(
      ({ text }) => text !== conflict && substituteWords(text, scope).trim() === conflict,
    );
    throw new RaellaError({
      code: "constraint",
      message: `"${level}" both keeps and bypasses ${conflict}${item === undefined ? "" : `, which "${item.text}" became`}.`,
      location: item?.location,
      value: conflict,
      remedy:
        "keep_only and bypass_only list all other data spaces before names are replaced; write keep and bypass instead.",
    });
  });
}
