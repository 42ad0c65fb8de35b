import { Memo } from "../../memory";
import {
  codeFolder,
  dirname,
  isAbsolute,
  join,
  packageFolder,
  relative,
  resolve,
  sep,
  sha256,
} from "../../platform";
import { presentFiles } from "../files";
import type { ComposedNode, ComposedText } from "./compose-text";

/** What the YAML library makes of texts, by their hash. */
type ComposedTexts = Readonly<Record<string, ComposedNode>>;

/**
 * Where the build puts what the library makes of the package's own YAML files, one file for each of their folders (see
 * `tools/compose-files.mjs`). It only saves time: whatever text is not found here, because it was changed, is not the
 * package's own or because there is no such file, is read by the library.
 */
const store = join(codeFolder, "spec", "yaml", "composed");

/** The file for the texts of a folder; undefined for folders outside the package. */
export function composedFile(folder: string): string | undefined {
  const inside = relative(packageFolder, folder);
  if (inside === "" || inside.startsWith("..") || isAbsolute(inside)) return undefined;
  return join(store, `${inside.split(sep).join("-")}.json`);
}

export function textKey(text: string): string {
  return sha256(text);
}

const digestLength = textKey("").length;

/** The contents of such a file: a digest, and the texts as JSON. */
export function composedContents(texts: ComposedTexts): string {
  const json = JSON.stringify(texts);
  return textKey(json) + json;
}

/**
 * What came with the package for a folder, as JSON is read: whatever it holds for a text, it holds for that text
 * whenever it is asked. Without it every file would have the store of its folder read again; the folder before is mostly
 * done with.
 */
const stores = new Memo<ComposedTexts>(500_000, (texts) => 2_700 * Object.keys(texts).length, "files");

function readStore(file: string): ComposedTexts {
  const files = presentFiles();
  if (files.stamp(file) === undefined) return {};
  try {
    const text = new TextDecoder().decode(files.read(file));
    const [digest, json] = [text.slice(0, digestLength), text.slice(digestLength)];
    // A damaged file says nothing.
    return textKey(json) === digest ? (JSON.parse(json) as ComposedTexts) : {};
  } catch {
    return {};
  }
}

/** What the library makes of a text of a file, if that came with the package. */
export function composedWithPackage(file: string, text: string): ComposedText | undefined {
  const place = composedFile(dirname(resolve(file)));
  if (place === undefined) return undefined;
  const texts = stores.get(place, () => readStore(place));
  const key = textKey(text);
  return Object.hasOwn(texts, key) ? { contents: texts[key], errors: [] } : undefined;
}
