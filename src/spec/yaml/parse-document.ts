import {
  parseDocument,
  type Document,
  type DocumentOptions,
  type ParseOptions,
  type SchemaOptions,
} from "yaml";
import { isNestedTooDeeply } from "./nesting";

/** The YAML document of a text; undefined if it is nested so deeply that the reader, which descends recursively, cannot. */
export function parseDeepDocument(
  text: string,
  options: ParseOptions & DocumentOptions & SchemaOptions,
): Document.Parsed | undefined {
  if (isNestedTooDeeply(text)) return undefined;
  try {
    const document = parseDocument(text, options);
    return document.errors.some(({ message }) => message.includes("call stack")) ? undefined : document;
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}
