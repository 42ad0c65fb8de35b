import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join, resolve } from "node:path";
import { composeText } from "../../../src/spec/yaml/compose-text";
import type * as ComposedFiles from "../../../src/spec/yaml/composed-files";
import { expandIncludes } from "../../../src/spec/yaml/source-text";
import { FileReader } from "../../../src/spec/file-memo";

const root = resolve(__dirname, "..", "..", "..");
const built = join(root, "dist", "spec", "yaml", "composed-files.js");

describe("files composed with the package", function () {
  before(function () {
    if (!existsSync(built)) this.skip();
  });

  const { composedWithPackage } = existsSync(built)
    ? (createRequire(__filename)(built) as typeof ComposedFiles)
    : { composedWithPackage: () => undefined };

  it("are what the library makes of the files as they are now", () => {
    const roots = ["models", "dnn_layers"].map((name) => join(root, name));
    const files = roots.flatMap((folder) =>
      readdirSync(folder, { recursive: true, encoding: "utf8" })
        .filter((name) => name.endsWith(".yaml"))
        .map((name) => join(folder, name)),
    );
    let found = 0;
    for (const file of files) {
      const { text } = expandIncludes(file, new FileReader(), roots);
      const stored = composedWithPackage(file, text);
      if (stored === undefined) continue;
      assert.deepStrictEqual(stored, composeText(text), file);
      found += 1;
    }
    assert.ok(found > 410, `${found} texts are stored`);
  });

  it("spare a layer of the package the YAML library", () => {
    const cli = JSON.stringify(join(root, "dist", "cli.js"));
    const script = `
      process.argv = ["node", ${cli}, "layer", "-a", "raella", "-d", "resnet18", "-l", "10"];
      process.on("exit", (code) => {
        const loaded = Object.keys(require.cache).filter((path) => /node_modules.yaml./.test(path));
        console.log("modules:", code === 0 ? loaded.length : "none");
      });
      require(${cli});`;
    assert.match(execFileSync(process.execPath, ["-e", script], { encoding: "utf8" }), /^modules: 0$/m);
  });

  it("are not used for a text that was changed, nor for other folders", () => {
    const file = join(root, "models", "mapper.yaml");
    const text = readFileSync(file, "utf8");
    assert.notEqual(composedWithPackage(file, text), undefined);
    assert.equal(composedWithPackage(file, `${text}\n`), undefined);
    assert.equal(composedWithPackage(join(dirname(root), "mapper.yaml"), text), undefined);
  });
});
