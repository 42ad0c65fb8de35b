import { type BadInputs, files, model, smallWhole } from "./case";

/** Nine levels of ten aliases each: a billion values from half a kilobyte. */
const aliasBomb = [
  "x_ignore:",
  "  - &a0 [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]",
  ...Array.from({ length: 8 }, (_, index) => `  - &a${index + 1} [${`*a${index}, `.repeat(10)}]`),
].join("\n");

export const yaml: BadInputs = {
  kind: "YAML",
  inputs: [
    files("an empty file", { "a.yaml": "" }),
    files("a file with a list", { "a.yaml": "- 1\n- 2\n" }),
    files("a file with a text", { "a.yaml": "hello\n" }),
    files("a duplicate key", { "a.yaml": "variables:\n  A: 1\n  B: 2\n  A: 3\n" }),
    files("a key once as a number and once in quotes", { "a.yaml": 'x_ignore:\n  1: 1\n  "1": 2\n' }),
    files("a tab as indentation", { "a.yaml": "variables:\n\tA: 1\n" }),
    files("a missing closing bracket", { "a.yaml": "variables: {A: 1\narchitecture: 2\n" }),
    files("a missing quote", { "a.yaml": 'variables:\n  A: "text\n  B: 1\n' }),
    files("a line that is no entry", { "a.yaml": "variables:\n  A: 1\n  B\n" }),
    files("wrong indentation", { "a.yaml": "variables:\n  A: 1\n   B: 2\n" }),
    files("two colons", { "a.yaml": "variables: A: 1\n" }),
    files("several syntax errors at once", { "a.yaml": "variables:\n  A: 1\n  A: 2\n  C: 3\n  C: 4\n" }),
    files("an alias without its anchor", { "a.yaml": "variables: *missing\n" }),
    files("an alias within what it stands for", { "a.yaml": "x_ignore: &a [1, *a]\n" }),
    files("aliases that unfold to a billion values", { "a.yaml": aliasBomb }),
    files("a thousand nested lists", { "a.yaml": `x_ignore: ${"[".repeat(1000)}${"]".repeat(1000)}` }),
    files("a hundred thousand open brackets", { "a.yaml": "[".repeat(100_000) }),
    files("a map as a key", { "a.yaml": "x_ignore:\n  ? {a: 1}\n  : 2\n" }),
    files("the key __proto__", { "a.yaml": "variables:\n  __proto__: {polluted: 1}\n" }),
    files("the key __proto__ in quotes", { "a.yaml": 'variables:\n  "__proto__": 1\n' }),
    files("two documents in one file", { "a.yaml": "variables: {A: 1}\n---\nvariables: {B: 1}\n" }),
    files("a merge of a number", { "a.yaml": "variables:\n  <<: 5\n  A: 1\n" }),
    files("a hierarchical merge of a list", { "a.yaml": "variables:\n  <<<: [1, 2]\n  A: 1\n" }),
    model("an include inside a line", "{keep: [A, B, Z]}", "!include other.yaml"),
    files("a file that is not there", { "a.yaml": "" }, {}, ["b.yaml"]),
    files("a pattern that matches nothing", { "a.yaml": "" }, {}, ["c*.yaml"]),
    files("a folder instead of a file", { "a/b.yaml": "" }, {}, ["a"]),
    files("no files", {}, {}, []),
    files("a Jinja template with statements", {
      "a.yaml": "{% for x in range(3) %}\nvariables:\n  A: {{ x }}\n{% endfor %}\n",
    }),
    files("a Jinja template with a value", { "a.yaml": "variables:\n  A: {{ x }}\n" }),
    files("a Jinja template that includes", { "a.yaml": '{{ include_text("b.yaml") }}\n' }),
    model("a technology without quotes", "technology: 32", "technology: 40nm"),
    files("an architecture of version 0.3", {
      "a.yaml":
        "architecture:\n  version: 0.3\n  subtree:\n    - name: chip\n      local: [{name: dram, class: DRAM}]\n",
    }),
    files("a container of CiMLoop", {
      "a.yaml": "architecture:\n  nodes:\n    - !ArrayContainer {name: array, spatial: {meshX: 4}}\n",
    }),
    files("custom functions", {
      "a.yaml": "globals: {expression_custom_functions: [f.py]}\narchitecture: {nodes: []}\n",
    }),
    files("a map space of imperfect factors", {
      "a.yaml": "mapspace: {template: ruby}\narchitecture: {nodes: []}\n",
    }),
    files("a text in UTF-16", { "a.yaml": "\ufeff\u0000v\u0000a\u0000r\u0000i: \u0003" }),
    files("binary contents", { "a.yaml": "\u0000\u0001\u0002: \u0003" }),
  ],
};

export const includes: BadInputs = {
  kind: "includes",
  inputs: [
    files("a file that includes itself", { "a.yaml": "!include a.yaml\n" }),
    files("two files that include each other", {
      "a.yaml": "variables: {A: 1}\n!include b.yaml\n",
      "b.yaml": "\n!include ./a.yaml\n",
    }),
    files("an included file that is not there", { "a.yaml": "\n!include nothing.yaml\n" }),
    files("an include without a name", { "a.yaml": "!include\n" }),
    files("an include of a name that no file can have", { "a.yaml": "\n!include b\0.yaml\n" }),
    files("an include of a file below a file", { "a.yaml": "!include a.yaml/b.yaml\n" }),
    files("an include of a folder", { "a.yaml": "!include sub\n", "sub/b.yaml": "" }),
    files("a directive for whole folders", { "a.yaml": "!includedir sub\n", "sub/b.yaml": "" }),
    files("a file outside of the folders", { "sub/a.yaml": "!include ../b.yaml\n", "b.yaml": smallWhole }),
    files("a file of the system", { "a.yaml": "!include /etc/passwd\n" }),
    files("a mistake in an included file", {
      "a.yaml": "!include b.yaml\nvariables: {A: 1}\n",
      "b.yaml": "mapper: {\n",
    }),
    files("an unknown key in an included file", {
      "a.yaml": "variables: {A: 1}\n!include b.yaml\n",
      "b.yaml": "# a comment\nmaper: {}\n",
    }),
    files("files that contradict each other", {
      "a.yaml": "!include b.yaml\nvariables: {A: 1}\n",
      "b.yaml": "variables: {A: 2}\n",
    }),
    files(
      "two files with different values of a variable",
      { "a.yaml": "variables: {A: 1}\n", "b.yaml": "variables: {A: 2}\n" },
      {},
      ["a.yaml", "b.yaml"],
    ),
  ],
};
