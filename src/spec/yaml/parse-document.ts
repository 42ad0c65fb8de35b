import { isMap, isPair, isScalar, isSeq, parseDocument, YAMLParseError } from "yaml";
import type { Document, DocumentOptions, ParseOptions, SchemaOptions } from "yaml";

/** Message for a text that is nested too deeply. */
export const nestedTooDeeply = "The text is nested too deeply to be read.";

/** Deepest nesting that is given to the YAML reader, which descends recursively. */
const maximumNesting = 300;

/**
 * Whether a YAML text is nested so deeply that reading it could exhaust the stack, which ends the process. Judged by
 * brackets, indentation and leading `- `, without regard to comments and quotes, before anything else is done with it.
 */
function isNestedTooDeeply(text: string): boolean {
  let brackets = 0;
  for (let at = 0; at < text.length;) {
    const end = text.indexOf("\n", at);
    const stop = end < 0 ? text.length : end;
    let [position, levels] = [at, 0];
    for (; position < stop; position++) {
      if (text[position] === " ") levels++;
      else if (!isIndicator(text[position]) || text[position + 1] !== " ") break;
    }
    if (position < stop && levels > maximumNesting) return true;
    for (; position < stop; position++) {
      const character = text[position];
      if (character === "[" || character === "{") brackets++;
      else if ((character === "]" || character === "}") && brackets > 0) brackets--;
      if (brackets > maximumNesting) return true;
    }
    at = stop + 1;
  }
  return false;
}

function isIndicator(character: string): boolean {
  return character === "-" || character === "?" || character === ":";
}

/**
 * The YAML document of a text, with keys that occur twice among its errors; undefined if it is nested so deeply that the
 * reader, which descends recursively, cannot.
 */
export function parseDeepDocument(
  text: string,
  options: Omit<ParseOptions, "uniqueKeys"> & DocumentOptions & SchemaOptions,
): Document.Parsed | undefined {
  if (isNestedTooDeeply(text)) return undefined;
  try {
    // The library compares each key with all before it, which takes minutes for some hundred thousand.
    const document = parseDocument(text, { ...options, uniqueKeys: false });
    if (document.errors.some(({ message }) => message.includes("call stack"))) return undefined;
    const repeated = repeatedKeys(document.contents);
    if (repeated.length > 0) {
      document.errors.push(...repeated);
      document.errors.sort((first, second) => first.pos[0] - second.pos[0]);
    }
    return document;
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

/** An error for each key that stands before in its map. */
function repeatedKeys(contents: unknown): YAMLParseError[] {
  const errors: YAMLParseError[] = [];
  const waiting = [contents];
  while (waiting.length > 0) {
    const node = waiting.pop();
    if (isPair(node)) waiting.push(node.key, node.value);
    if (isSeq(node)) for (const item of node.items) waiting.push(item);
    if (!isMap(node)) continue;
    const keys = new Set<unknown>();
    for (const pair of node.items) {
      waiting.push(pair);
      const { key } = pair;
      if (!isScalar(key)) continue;
      const at = key.range?.[0] ?? 0;
      if (keys.has(key.value))
        errors.push(new YAMLParseError([at, at + 1], "DUPLICATE_KEY", "Map keys must be unique"));
      keys.add(key.value);
    }
  }
  return errors;
}
