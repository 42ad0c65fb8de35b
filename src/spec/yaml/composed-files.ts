import { hash } from "node:crypto";
import { readFileSync } from "node:fs";
import { dirname, isAbsolute, join, relative, resolve, sep } from "node:path";
import type { ComposedNode, ComposedText } from "./compose-text";

/** What the YAML library makes of texts, by their hash. */
export type ComposedTexts = Readonly<Record<string, ComposedNode>>;

/** The root of the package, from sources and from the built package alike. */
const packageRoot = join(__dirname, "..", "..", "..");

/**
 * Where the build puts what the library makes of the package's own YAML files, one file for each of their folders (see
 * `tools/compose-files.mjs`). It only saves time: whatever text is not found here, because it was changed, is not the
 * package's own or because there is no such file, is read by the library.
 */
const store = join(__dirname, "composed");

/** The file for the texts of a folder; undefined for folders outside the package. */
export function composedFile(folder: string): string | undefined {
  const inside = relative(packageRoot, folder);
  if (inside === "" || inside.startsWith("..") || isAbsolute(inside)) return undefined;
  return join(store, `${inside.split(sep).join("-")}.json`);
}

export function textKey(text: string): string {
  return hash("sha256", text, "base64url");
}

const digestLength = textKey("").length;

/** The contents of such a file: a digest, and the texts as JSON. */
export function composedContents(texts: ComposedTexts): string {
  const json = JSON.stringify(texts);
  return textKey(json) + json;
}

const folders = new Map<string, ComposedTexts | undefined>();

function readStore(folder: string): ComposedTexts | undefined {
  const file = composedFile(folder);
  if (file === undefined) return undefined;
  try {
    const text = readFileSync(file, "utf8");
    const [digest, json] = [text.slice(0, digestLength), text.slice(digestLength)];
    // A damaged file says nothing.
    return textKey(json) === digest ? (JSON.parse(json) as ComposedTexts) : undefined;
  } catch {
    return undefined;
  }
}

/** What the library makes of a text of a file, if that came with the package. */
export function composedWithPackage(file: string, text: string): ComposedText | undefined {
  const folder = dirname(resolve(file));
  let texts = folders.get(folder);
  if (texts === undefined && !folders.has(folder)) folders.set(folder, (texts = readStore(folder)));
  if (texts === undefined) return undefined;
  const key = textKey(text);
  return Object.hasOwn(texts, key) ? { contents: texts[key], errors: [] } : undefined;
}
