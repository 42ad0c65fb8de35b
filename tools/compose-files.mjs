// Has the YAML library read the package's own models and layers once, at build time, so that commands need not do it.
// Texts are stored by their hash (see src/spec/yaml/composed-files.ts): one that is changed later is read anew.
import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join, resolve } from "node:path";
import { isDeepStrictEqual } from "node:util";

/** @param root folder of the package, built to `dist/` */
export function composeFiles(root) {
  const require = createRequire(import.meta.url);
  const fromBuild = (name) => require(join(root, "dist", "spec", `${name}.js`));
  const { FileReader } = fromBuild("file-memo");
  const { composeText } = fromBuild("yaml/compose-text");
  const { composedContents, composedFile, textKey } = fromBuild("yaml/composed-files");
  const { expandIncludes } = fromBuild("yaml/source-text");
  const roots = ["models", "dnn_layers"].map((name) => join(root, name));
  const stores = new Map();
  for (const file of roots.flatMap(yamlFiles)) {
    const { text } = expandIncludes(file, new FileReader(), roots);
    const contents = composeText(text)?.contents ?? null;
    // Nothing is stored of texts without contents, with mistakes, or with what JSON cannot say (.inf, .nan).
    if (contents === null || !isDeepStrictEqual(JSON.parse(JSON.stringify(contents)), contents)) continue;
    const store = composedFile(dirname(resolve(file)));
    if (!stores.has(store)) stores.set(store, {});
    stores.get(store)[textKey(text)] = contents;
  }
  for (const [store, texts] of stores) {
    mkdirSync(dirname(store), { recursive: true });
    writeFileSync(store, composedContents(texts));
  }
}

function yamlFiles(folder) {
  return readdirSync(folder, { recursive: true })
    .filter((name) => /\.ya?ml$/.test(name))
    .sort()
    .map((name) => join(folder, name));
}
