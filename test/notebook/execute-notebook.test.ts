import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import * as path from "node:path";
import { cellOf, readNotebook, textOf } from "./support/executed-notebook";
import { root, Scratch } from "./support/jupyter";

const fixture = readFileSync(path.join(__dirname, "fixtures/demo.ipynb"), "utf8");

/** A folder that cannot be written to or read, also by the administrator: it is no folder. */
const noHome = { HOME: "/dev/null", XDG_CONFIG_HOME: "/dev/null", XDG_CACHE_HOME: "/dev/null" };

function execute(...args: string[]): { status: number | null; stdout: string; stderr: string } {
  return spawnSync(process.execPath, [path.join(root, "tools/execute-notebook.mjs"), ...args], {
    encoding: "utf8",
    env: { ...process.env, ...noHome },
  });
}

/** A notebook of code cells. */
function notebookOf(...sources: string[]): string {
  const cells = sources.map((source, index) => ({
    cell_type: "code",
    id: `code-${index}`,
    metadata: {},
    outputs: [],
    execution_count: null,
    source,
  }));
  return JSON.stringify({ cells, metadata: {}, nbformat: 4, nbformat_minor: 5 });
}

describe("npm run notebook", function () {
  this.timeout(120_000);
  let scratch: Scratch;
  let file: string;

  beforeEach(() => {
    scratch = new Scratch();
    file = path.join(scratch.notebooks, "a notebook.ipynb");
  });
  afterEach(() => scratch.remove());

  it("executes a notebook in place, without a home directory, in a path with spaces, and writes a page; again to another file, with the same outputs", () => {
    writeFileSync(file, fixture);
    const { status, stdout, stderr } = execute(file);
    assert.equal(status, 0, stderr);
    assert.match(stdout, /^Executed 6 cells in [\d.]+ s:/);
    const executed = readNotebook(file);
    assert.deepEqual(
      executed.cells
        .filter(({ cell_type }) => cell_type === "code")
        .map(({ execution_count: count }) => count),
      [1, 2, 3, 4, 5, 6, null],
    );
    assert.match(textOf(cellOf(executed, "table")), /isaac_like\s+3\.000\s+1\.000/);
    assert.match(textOf(cellOf(executed, "progress")), /500 of 500 sheep$/);
    assert.match(textOf(cellOf(executed, "print")), /^printed to standard output\n/);

    const page = readFileSync(file.replace(".ipynb", ".html"), "utf8");
    assert.match(page, /<title>A small notebook<\/title>/);
    assert.match(page, /<h2 id="Charts-and-tables">/);
    assert.match(page, /<img src="data:image\/png;base64,/);
    assert.doesNotMatch(page, /<script|<link|src="http|@import/);

    const once = readFileSync(file, "utf8");
    const outdated = once.replace("500 of 500 sheep", "499 of 500 sheep");
    assert.notEqual(outdated, once);
    writeFileSync(file, outdated);
    const output = path.join(scratch.folder, "out.ipynb");
    assert.equal(execute(file, "--output", output).status, 0);
    assert.equal(readFileSync(file, "utf8"), outdated);
    assert.equal(readFileSync(output, "utf8"), once);
    assert.match(readFileSync(output.replace(".ipynb", ".html"), "utf8"), /500 of 500 sheep/);
  });

  it("says which cell failed and why, and leaves everything as it was", () => {
    const failing = notebookOf(
      "const a = 1;",
      'console.log("before");\nthrow new RangeError("too far");',
      "a",
    );
    writeFileSync(file, failing);
    const { status, stderr } = execute(file);
    assert.equal(status, 1);
    assert.match(stderr, /Cell 2 failed: console\.log\("before"\);\nbefore\nRangeError: too far/);
    assert.equal(readFileSync(file, "utf8"), failing);
    assert.deepEqual(readdirSync(scratch.notebooks), [path.basename(file)]);
  });

  it("shows a mistake of the user's without a stack trace", () => {
    const code =
      'import { runLayer } from "raella";\nrunLayer({ architecture: "raela", dnn: "resnet18", layer: 0 });';
    writeFileSync(file, notebookOf(code));
    const { status, stderr } = execute(file);
    assert.equal(status, 1);
    assert.match(stderr, /Did you mean "raella"\?/);
    assert.doesNotMatch(stderr, /\n {4}at /);
  });

  it("reports a cell that ends the process, and a file that is not there or no notebook", () => {
    writeFileSync(file, notebookOf("process.exit(0);"));
    const ended = execute(file);
    assert.equal(ended.status, 1);
    assert.match(ended.stderr, /A cell ended the process; nothing was written/);

    const missing = execute(path.join(scratch.notebooks, "missing.ipynb"));
    assert.equal(missing.status, 1);
    assert.match(missing.stderr, /"[^"]*missing\.ipynb" cannot be read: there is no such file/);

    writeFileSync(file, "{}");
    const other = execute(file);
    assert.equal(other.status, 1);
    assert.match(other.stderr, /is not a notebook of format 4/);
  });

  it("starts JupyterLab for every user, the administrator too, and ends as it ends", () => {
    const program = path.join(scratch.folder, "jupyter-lab");
    writeFileSync(program, '#!/bin/sh\necho "$@"\n[ -n "$SIGNAL" ] && kill -s "$SIGNAL" $$\nexit 3\n', {
      mode: 0o755,
    });
    const start = (signal: string): ReturnType<typeof spawnSync> =>
      spawnSync(process.execPath, [path.join(root, "tools/lab.mjs"), "--port=1"], {
        encoding: "utf8",
        env: { ...process.env, PATH: `${scratch.folder}:${process.env.PATH}`, SIGNAL: signal },
      });
    const { status, stdout } = start("");
    assert.equal(status, 3);
    assert.match(String(stdout), /--port=1$/m);
    assert.equal(String(stdout).includes("--allow-root"), process.getuid?.() === 0);
    assert.equal(start("TERM").status, 143);
  });

  it("says so where tslab is not installed, as does JupyterLab's command", () => {
    const hidden = path.join(scratch.notebooks, "hidden.cjs");
    writeFileSync(
      hidden,
      `const Module = require("node:module");
       const resolve = Module._resolveFilename;
       Module._resolveFilename = function (id, ...more) {
         if (id.startsWith("tslab/")) throw new Error("Cannot find module " + id);
         return resolve.call(this, id, ...more);
       };`,
    );
    writeFileSync(file, notebookOf("console.log(1)"));
    for (const [tool, ...words] of [["execute-notebook.mjs", file], ["lab.mjs"]]) {
      const given = ["--require", hidden, path.join(root, "tools", tool), ...words];
      const { status, stderr } = spawnSync(process.execPath, given, { encoding: "utf8" });
      assert.equal(status, 1);
      assert.match(stderr, /^Notebooks need the package tslab, .* not installed: run `npm ci`\.\n$/);
    }
  });
});
