import assert from "node:assert/strict";
import { uniteFiles } from "../../../src/spec/yaml/unite-files";
import { loadText, plain } from "./support";

function united(...texts: string[]): Record<string, unknown> {
  const top = uniteFiles(texts.map((text) => loadText(text)));
  return Object.fromEntries([...top].map(([key, entry]) => [key, plain(entry.value)]));
}

describe("several files", () => {
  it("are joined key by key, in order of first occurrence", () =>
    assert.deepEqual(
      Object.entries(
        united("variables: {a: 1, b: 2}\nmapper: {x: 1}\n", "problem: {i: 1}\nvariables: {b: 2, c: 3}\n"),
      ),
      [
        ["variables", { a: 1, b: 2, c: 3 }],
        ["mapper", { x: 1 }],
        ["problem", { i: 1 }],
      ],
    ));
  it("list component classes and constraints one behind the other", () =>
    assert.deepEqual(
      united(
        "compound_components: {version: 0.4, classes: [{name: a}]}\narchitecture_constraints: {targets: [1]}\n",
        "components: {version: 0.4, classes: [{name: b}]}\nmapping: [3]\nconstraints: {targets: [2]}\n",
        "mapping_of_mine: [4]\n",
      ),
      {
        components: { version: 0.4, classes: [{ name: "a" }, { name: "b" }] },
        constraints: { targets: [1, 2] },
        mapping: [3, 4],
      },
    ));
  it("take the other side of an empty value", () =>
    assert.deepEqual(united("variables: null\nmapper: {a: []}\n", "variables: {a: 1}\nmapper: {a: [1]}\n"), {
      variables: { a: 1 },
      mapper: { a: [1] },
    }));
  it("skip keys with ignore in their name", () =>
    assert.deepEqual(united("anchors_ignore: [1]\nvariables: {a: 1}\n"), { variables: { a: 1 } }));

  const contradictions: readonly (readonly [string, string, string])[] = [
    ["two scalars", "variables: {a: 1}\n", "variables: {a: 2}\n"],
    ["a quoted and a plain text", "variables: {a: x}\n", "variables: {a: 'x'}\n"],
    ["two lists", "mapper: {m: [edp]}\n", "mapper: {m: [energy]}\n"],
    ["a map and a list", "mapper: {m: [edp]}\n", "mapper: {m: {a: 1}}\n"],
    [
      "two tags",
      "architecture: {nodes: [!Element {name: a}]}\n",
      "architecture: {nodes: [!Container {name: a}]}\n",
    ],
  ];
  for (const [name, first, second] of contradictions)
    it(`contradict each other: ${name}`, () =>
      assert.throws(() => united(first, second), {
        code: "schema",
        message: /main\.yaml:1:\d+ \(\S+\): "\S+" is given twice with different values: .*main\.yaml:1/,
      }));
  it("may repeat the same list", () =>
    assert.deepEqual(united("mapper: {m: [{a: 1}]}\n", "mapper: {m: [{a: 1}]}\n"), {
      mapper: { m: [{ a: 1 }] },
    }));
  it("must hold maps", () => {
    assert.throws(() => united("- 1\n"), { code: "schema", message: /The file holds a list/ });
    assert.throws(() => united("text\n"), { code: "schema", message: /The file holds "text"/ });
    assert.throws(() => united(""), { code: "schema", message: /The file holds nothing/ });
  });
  it("must have known top keys", () => {
    assert.throws(() => united("architektur: 1\n"), {
      message: /"architektur" is not a top key[^]*Did you mean "architecture"/,
    });
    assert.throws(() => united("sparse-optimizations: 1\n"), {
      message: /Did you mean "sparse_optimizations"/,
    });
  });
});
