import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join, resolve } from "node:path";
import { build } from "esbuild";
import { chromium } from "playwright-core";
import { listArchitectures, listDnns } from "../../src/spec/workspace";
import { runLayers } from "../../src/study/run-network";
import { findBrowser } from "../notebook/support/jupyter";

const root = resolve(__dirname, "..", "..");

/** What a page does with the engine: the package's files in memory, then every layer of DNNs on every architecture. */
const page = `
import { sha256 } from "./src/platform";
import { filesInMemory, listArchitectures, runLayers, useFiles } from "./src/engine";

globalThis.runEverything = async (files, dnns) => {
  useFiles(filesInMemory(files));
  const hashes = [];
  for (const { name: architecture } of listArchitectures())
    for (const dnn of dnns)
      for (const result of await runLayers({ architecture, dnn })) hashes.push(sha256(JSON.stringify(result)));
  return hashes;
};
globalThis.runOne = async (architecture, dnn, index) =>
  JSON.stringify((await runLayers({ architecture, dnn }))[index]);
`;

/** The package's models, layers and statistics by the paths that they have where the package is the root. */
function packageFiles(): Record<string, string> {
  const files: Record<string, string> = {};
  for (const folder of ["models", "dnn_layers", "recorded_statistics"])
    for (const name of readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })) {
      const path = join(root, folder, name);
      if (statSync(path).isFile()) files[`/${folder}/${name}`] = readFileSync(path, "utf8");
    }
  return files;
}

interface EnginePage {
  readonly runEverything: (
    files: Record<string, string>,
    dnns: readonly string[],
  ) => Promise<readonly string[]>;
  readonly runOne: (architecture: string, dnn: string, index: number) => Promise<string>;
}

describe("the engine in a browser", function () {
  this.timeout(300_000);

  for (const [dnns, results, tag] of [
    [["resnet18"], 84, ""],
    [listDnns(), 1640, " @thorough"],
  ] as const)
    it(`bundles without Node, and gives ${results} results of the package, byte for byte${tag}`, async function () {
      const executablePath = await findBrowser();
      if (executablePath === undefined) return this.skip();
      const bundled = await build({
        stdin: { contents: page, resolveDir: root, loader: "ts" },
        bundle: true,
        platform: "browser",
        format: "iife",
        write: false,
        logLevel: "silent",
      });
      assert.deepEqual(bundled.warnings, []);
      const browser = await chromium.launch({ executablePath, args: ["--no-sandbox", "--disable-gpu"] });
      try {
        const tab = await browser.newPage();
        const errors: string[] = [];
        tab.on("pageerror", (error) => errors.push(String(error)));
        await tab.addScriptTag({ content: bundled.outputFiles[0].text });
        assert.deepEqual(errors, []);
        const underWay = tab.evaluate(
          ([files, names]) => (globalThis as unknown as EnginePage).runEverything(files, names),
          [packageFiles(), dnns] as const,
        );
        // Meanwhile the same here.
        const expected: { readonly place: readonly [string, string, number]; readonly text: string }[] = [];
        for (const { name: architecture } of listArchitectures())
          for (const dnn of dnns)
            for (const [index, result] of (await runLayers({ architecture, dnn })).entries())
              expected.push({ place: [architecture, dnn, index], text: JSON.stringify(result) });
        const hashes = await underWay;
        assert.equal(expected.length, results);
        assert.equal(hashes.length, expected.length);
        for (const [index, { place, text }] of expected.entries())
          if (createHash("sha256").update(text).digest("hex") !== hashes[index]) {
            const run = (at: typeof place): Promise<string> =>
              (globalThis as unknown as EnginePage).runOne(...at);
            assert.equal(await tab.evaluate(run, place), text, place.join(" "));
          }
      } finally {
        await browser.close();
      }
    });
});
