// Builds the live page: its scripts, and the files that the engine reads there instead of a disk.
import { cpSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join, relative, resolve } from "node:path";
import { build } from "esbuild";
import type { Plugin } from "esbuild";
import { getSpec } from "../src/spec/get-spec";
import { listArchitectures, listDnns, listLayers } from "../src/spec/workspace";
import type { ModelFiles, Network } from "./live/messages";

const root = resolve(__dirname, "..");
const sources = join(__dirname, "live");

/** The one module of charts that reads from a disk gives way to one that asks the browser. */
const widthsOfBrowser: Plugin = {
  name: "text widths of the browser",
  setup(bundle) {
    bundle.onResolve({ filter: /\/text-width$/ }, () => ({ path: join(sources, "text-width.ts") }));
  },
};

/** Writes the page into a folder of static files. */
export async function buildLivePage(folder: string): Promise<void> {
  mkdirSync(join(folder, "data"), { recursive: true });
  const common = {
    bundle: true,
    minify: true,
    platform: "browser",
    target: "es2022",
    logLevel: "warning",
  } as const;
  await Promise.all([
    build({
      ...common,
      entryPoints: [join(sources, "page.ts")],
      outdir: folder,
      format: "esm",
      splitting: true,
      chunkNames: "[name]",
    }),
    build({
      ...common,
      entryPoints: [join(sources, "engine.ts")],
      outdir: folder,
      format: "iife",
      plugins: [widthsOfBrowser],
    }),
  ]);
  for (const name of ["index.html", "page.css"]) cpSync(join(sources, name), join(folder, name));
  for (const [name, data] of Object.entries(dataFiles()))
    writeFileSync(join(folder, "data", `${name}.json`), JSON.stringify(data));
}

type Texts = Record<string, string>;

/** What the engine fetches at its start, `models`, and what it fetches for each DNN. */
function dataFiles(): Record<string, ModelFiles | Texts> {
  const files = [
    ...textsIn("models"),
    ...textsIn("dnn_layers").filter(([path]) => path.split("/").length === 3),
    ...textsIn("recorded_statistics/typical_values"),
  ];
  const dnns = listDnns().map(networkOf);
  const models: ModelFiles = { dnns, files: Object.fromEntries(files) };
  return {
    models,
    ...Object.fromEntries(
      dnns.map(({ name }) => [
        name,
        Object.fromEntries([
          ...textsIn(`dnn_layers/${name}`),
          ...listArchitectures().flatMap((architecture) => {
            const folder = `recorded_statistics/torch_values/${architecture.name}`;
            return textsIn(folder).filter(([path]) => path === `/${folder}/${name}.csv`);
          }),
        ]),
      ]),
    ),
  };
}

function networkOf(dnn: string): Network {
  const [{ name: architecture }] = listArchitectures();
  return {
    name: dnn,
    layers: listLayers(dnn).map((layer) => ({
      layer,
      name: getSpec({ architecture, dnn, layer }).identity.layerName ?? "",
    })),
  };
}

/** The texts below a folder of the package, by the paths that they have where the package is the root. */
function textsIn(folder: string): (readonly [string, string])[] {
  const names = readdirSync(join(root, folder), { recursive: true, encoding: "utf8" }).sort();
  return names
    .map((name) => join(root, folder, name))
    .filter((file) => statSync(file).isFile() && !file.endsWith(".md"))
    .map((file) => [`/${relative(root, file).replaceAll("\\", "/")}`, readFileSync(file, "utf8")]);
}
