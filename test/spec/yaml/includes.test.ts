import assert from "node:assert/strict";
import { symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { FileReader } from "../../../src/spec/file-memo";
import { loadYaml } from "../../../src/spec/yaml/load-yaml";
import { expandIncludes } from "../../../src/spec/yaml/source-text";
import { locationOf } from "../../../src/spec/yaml/yaml-node";
import { withFiles } from "../support/small-model";
import { loadText, plainOf } from "./support";

describe("includes", () => {
  it("are pasted as text, so that anchors can be used behind them", () => {
    const others = { "sub/macros.yaml": "m: &m {x: 1}\n", "v.yaml": "v: 2" };
    const text = "!include ./sub/macros.yaml\n!include: v.yaml\nt: {<<: *m}\n";
    assert.deepEqual(plainOf(text, others), { m: { x: 1 }, v: 2, t: { x: 1 } });
  });

  it("bring anchors with merges of their own, and may be merged at the top", () => {
    const others = { "m.yaml": "a: &a {x: 1, y: 2}\nb: &b {<<: *a, y: 3}\n" };
    const own = { a: { x: 1, y: 2 }, b: { x: 1, y: 3 } };
    assert.deepEqual(plainOf("!include m.yaml\nt: *b\nu: {<<: *b, x: 4}\n", others), {
      ...own,
      t: { x: 1, y: 3 },
      u: { x: 4, y: 3 },
    });
    assert.deepEqual(plainOf("y: 5\n!include m.yaml\n<<: *b\n", others), { ...own, x: 1, y: 5 });
    assert.throws(() => plainOf('!include m.yaml\nt: {"\\x3c<": 1}\n', others), /cannot merge/);
  });

  it("keep the lines of their files, whatever ends them", () => {
    const others = { "b.yaml": "\r\nb: 1\r\nc: 2" };
    const root = loadText("a: 1\r\n!include b.yaml\r\n\r\nd: 3", others);
    assert.ok(root.kind === "map");
    assert.deepEqual(
      [...root.entries].map(([key, { value }]) => [key, locationOf(value).line, locationOf(value).column]),
      [
        ["a", 1, 4],
        ["b", 2, 4],
        ["c", 3, 4],
        ["d", 4, 4],
      ],
    );
  });

  it("are relative to the file that contains them", () =>
    assert.deepEqual(
      plainOf("!include a/b.yaml\n", { "a/b.yaml": "!include ../c.yaml\n", "c.yaml": "c: 1\n" }),
      { c: 1 },
    ));

  it("may be used several times, and lie between top keys only", () => {
    assert.deepEqual(
      plainOf("a: 1\n  # !include x\n!include b.yaml\nc: 3\n", { "b.yaml": "# only\nb: 2\n" }),
      { a: 1, b: 2, c: 3 },
    );
    assert.deepEqual(plainOf("a: |\n  !include b.yaml\nb: 1\n"), { a: "!include b.yaml\n", b: 1 });
  });

  it("are text even where a file holds no whole map", () =>
    assert.deepEqual(plainOf("a:\n!include items.yaml\nb: 2\n", { "items.yaml": "- 1\n- 2\n" }), {
      a: [1, 2],
      b: 2,
    }));

  it("are text also inside a map, where the file goes on indented", () =>
    assert.deepEqual(
      plainOf("a:\n!include inner.yaml\nb: 2\n", { "inner.yaml": "# more\n\n  x: 1\n  y: 2\n" }),
      { a: { x: 1, y: 2 }, b: 2 },
    ));

  it("must not repeat a top key", () =>
    assert.throws(() => plainOf("a: 1\n!include b.yaml\n", { "b.yaml": "\n\na: 2\n" }), {
      code: "yaml-syntax",
      message: /b\.yaml:3:1: The key "\S+" occurs twice/,
    }));

  it("keep the place of every value", () => {
    const text = "first: 1\n!include b.yaml\nlast: 3\n";
    const node = loadText(text, { "b.yaml": "# comment\nmiddle:\n  inner: 2\n" });
    assert.equal(node.kind, "map");
    const place = (key: string): string => {
      const entry = node.kind === "map" ? node.entries.get(key) : undefined;
      if (entry === undefined) return "";
      const { file, line, column } = locationOf(entry.value);
      return `${file.replace(/.*\//, "")}:${line}:${column}`;
    };
    assert.deepEqual(["first", "middle", "last"].map(place), [
      "main.yaml:1:8",
      "b.yaml:3:3",
      "main.yaml:3:7",
    ]);
  });

  it("in a text taken as a whole keep their places, too", () => {
    const source = withFiles({ "main.yaml": "a\n!include b.yaml\nc\n", "b.yaml": "b1\nb2\n" }, (folder) =>
      expandIncludes(join(folder, "main.yaml"), new FileReader(), [folder]),
    );
    assert.equal(source.text, "a\nb1\nb2\nc\n");
    const places = [0, 2, 5, 8].map((offset) => source.locate(offset));
    assert.deepEqual(
      places.map(({ file, line }) => `${file.replace(/.*\//, "")}:${line}`),
      ["main.yaml:1", "b.yaml:1", "b.yaml:2", "main.yaml:3"],
    );
  });

  const refused: readonly (readonly [string, string, Readonly<Record<string, string>>, string, RegExp])[] = [
    [
      "a missing file",
      "!include maros.yaml\n",
      { "macros.yaml": "" },
      "file-not-found",
      /main\.yaml:1:1: There is no file .*maros\.yaml[^]*Did you mean "macros\.yaml"/,
    ],
    [
      "a file that includes itself",
      "a: 1\n!include main.yaml\n",
      {},
      "include",
      /main\.yaml:2:1: The file includes itself/,
    ],
    [
      "a cycle",
      "!include b.yaml\n",
      { "b.yaml": "!include c.yaml\n", "c.yaml": "x: 1\n!include b.yaml\n" },
      "include",
      /c\.yaml:2:1: The file includes itself: .*b\.yaml → .*c\.yaml → .*b\.yaml/,
    ],
    [
      "a file elsewhere",
      "!include /etc/hostname\n",
      {},
      "include",
      /\/etc\/hostname lies outside the folders/,
    ],
    ["a way out", "!include ../../etc/hostname\n", {}, "include", /lies outside the folders/],
    ["no name", "!include\n", {}, "include", /names no file to include/],
    [
      "a whole folder",
      "!includedir sub\n",
      { "sub/a.yaml": "" },
      "include",
      /Whole folders cannot be included/,
    ],
    ["a folder", "!include sub\n", { "sub/a.yaml": "" }, "file-not-found", /sub is not a file/],
    [
      "a doubling text",
      "!include d0.yaml\n",
      doublingFiles(),
      "include",
      /text of more than 16777216 characters/,
    ],
  ];
  for (const [name, text, others, code, message] of refused)
    it(`refuse ${name}`, () => assert.throws(() => loadText(text, others), { code, message }));

  it("refuse a link that leads out of the folders", () =>
    withFiles({ "inside/main.yaml": "!include link.yaml\n", "outside/secret.yaml": "s: 1\n" }, (folder) => {
      symlinkSync(join(folder, "outside/secret.yaml"), join(folder, "inside/link.yaml"));
      const load = (roots: string[]): unknown =>
        loadYaml(join(folder, "inside/main.yaml"), new FileReader(), roots);
      assert.throws(() => load([join(folder, "inside")]), {
        code: "include",
        message: /outside the folders/,
      });
      assert.ok(load([folder]));
    }));

  it("refuse a file too large to be meant", () =>
    withFiles({ "main.yaml": "a: 1\n" }, (folder) => {
      writeFileSync(join(folder, "main.yaml"), Buffer.alloc(16 * 1024 * 1024 + 1, 32));
      assert.throws(() => loadYaml(join(folder, "main.yaml"), new FileReader(), [folder]), {
        code: "out-of-range",
        message: /16777217 bytes/,
      });
    }));
});

/** Thirty files, each of which includes the next one twice. */
function doublingFiles(): Record<string, string> {
  const files: Record<string, string> = { "d30.yaml": `# ${"x".repeat(1000)}\n` };
  for (let depth = 0; depth < 30; depth++)
    files[`d${depth}.yaml`] = `!include d${depth + 1}.yaml\n!include d${depth + 1}.yaml\n`;
  return files;
}
