import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { RaellaError } from "../../../src/errors";
import { FileReader } from "../../../src/spec/file-memo";
import { loadSpecification } from "../../../src/spec/load-specification";
import { readYaml } from "../../../src/spec/yaml/load-yaml";
import type { TemplateData } from "../../../src/spec/yaml/template";
import type { YamlNode } from "../../../src/spec/yaml/yaml-node";

function plain(node: YamlNode): unknown {
  if (node.kind === "scalar") return node.value;
  if (node.kind === "list") return node.items.map(plain);
  return Object.fromEntries([...node.entries].map(([key, { value }]) => [key, plain(value)]));
}

describe("templates", () => {
  let folder: string;
  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), "raella-template-"))));
  afterEach(() => rmSync(folder, { recursive: true }));

  function write(files: Readonly<Record<string, string>>): void {
    for (const [name, text] of Object.entries(files)) {
      mkdirSync(dirname(join(folder, name)), { recursive: true });
      writeFileSync(join(folder, name), text);
    }
  }
  const read = (data: TemplateData = {}, name = "top.yaml"): unknown =>
    plain(readYaml(join(folder, name), new FileReader(), [folder], data).merge("2024"));
  const rendered = (text: string, data: TemplateData = {}): unknown => {
    write({ "top.yaml": text });
    return read(data);
  };

  it("print values, joined texts and defaults", () => {
    const text = [
      "{% set bits = 8 %}a: {{ bits }}",
      'b: {{ "x" ~ bits ~ name }}',
      "c: {{ missing | default('none') }}",
      "d: {{ other | d(3) }}",
      "e: [{{ True }}, {{ false }}, {{ None }}]",
      'f: {{ "p" if_not }}',
    ];
    assert.deepEqual(rendered(text.slice(0, 5).join("\n"), { name: "y" }), {
      ...{ a: 8, b: "x8y", c: "none", d: 3 },
      // Printed as in Python, and read as YAML.
      e: [true, false, "None"],
    });
    assert.throws(() => rendered(text[5]), /uses "\\?"p\\?" if_not/);
  });

  it("compare values as expressions do, whatever their type", () => {
    const text = [
      "[{{ one == true }}, {{ one == 1.0 }}, {{ one != '1' }}, {{ one == None }}]",
      "[{{ list == other }}, {{ 'a' == \"a\" }}]",
    ];
    const data = { one: 1, list: [1, [2]], other: [true, [2]] };
    assert.deepEqual(rendered(text[0], data), [true, true, true, false]);
    assert.deepEqual(rendered(text[1], data), [true, true]);
  });

  it("choose branches, also nested ones", () => {
    const text = `
{% if wide is defined and wide == 16 %}
width: 16
{% if deep is not defined or not deep %}
depth: 1
{% else %}
depth: 64
{% endif %}
{% elif wide != 32 %}
width: 8
{% else %}
width: 32
{% endif %}
after: {{ wide | default(0) }}
`;
    assert.deepEqual(rendered(text, { wide: 16, deep: true }), { width: 16, depth: 64, after: 16 });
    assert.deepEqual(rendered(text, { wide: 16 }), { width: 16, depth: 1, after: 16 });
    assert.deepEqual(rendered(text, { wide: 32 }), { width: 32, after: 32 });
    assert.throws(() => rendered(text), /"wide", which is not defined[^]*--define wide=VALUE/);
  });

  it("strip white space, and keep the numbers of lines", () => {
    assert.deepEqual(rendered("a: [1,\n {%- if true -%}\n  2 {%- endif -%} ]\n"), { a: [1, 2] });
    assert.throws(
      () => rendered("{% if false %}\na: 1\n{% endif %}\n\nb: {{ nothing }}\n"),
      (error: RaellaError) => error.location?.line === 5,
    );
    assert.throws(
      () => rendered("{% if false %}\na: 1\n{% endif %}\nb: [1\nc: 2\n"),
      (error: RaellaError) => (error.location?.line ?? 0) >= 4,
    );
  });

  it("keep the numbers of lines behind stripped tags, comments and values of several lines", () => {
    const text = `
{#- A comment
    of two lines -#}
{%- if true -%}
  {%- set size = 4 -%}
{%- endif %}
a: {{
  size
}}
b: [1
c: 2
`;
    const whole = text.replace("[1", "[1]");
    assert.deepEqual(rendered(whole), { a: 4, b: [1], c: 2 });
    const lineOf = (wrong: string): number | undefined => {
      try {
        rendered(wrong);
      } catch (error) {
        return (error as RaellaError).location?.line;
      }
    };
    assert.equal(lineOf(text), 11);
    for (const [written, line] of [
      ["{{ missing }}: 1", 12],
      ["{%- if false %}\n\n{%- endif %}\nd: }", 15],
      ['{{- "" }}\nd: }', 13],
    ] as const)
      assert.equal(lineOf(`${whole}${written}`), line, written);
  });

  it("strip white space of the template, not of what it prints", () => {
    assert.deepEqual(rendered("{% set a = 'x ' %}b: '{{ a }}{%- if true %}y{% endif %}'\n"), { b: "x y" });
    assert.deepEqual(rendered("a: |\n  x\n{% if false %}\n\n{% endif %}\nb: {{ -1 | default(-2) }}\n"), {
      ...{ a: "x\n", b: -1 },
    });
  });

  it("take pasted texts as values", () => {
    write({ "list.yaml": "- 1\n- x: {{ 2 }}\n  y: 3" });
    const list = [1, { x: 2, y: 3 }];
    assert.deepEqual(rendered("a:\n  b:\n    {{ include_text('list.yaml') | indent(4) }}\n"), {
      a: { b: list },
    });
    assert.deepEqual(rendered("{% set text = include_text('list.yaml') %}\n{{ text }}\n"), list);
    assert.deepEqual(rendered("a:\n{{ include_text('list.yaml') }}\nb: 1\n"), { a: list, b: 1 });
    assert.deepEqual(rendered("a:\n{{ include_text('list.yaml') ~ '.5' }}\nb: 1\n"), {
      a: [1, { x: 2, y: 3.5 }],
      b: 1,
    });
  });

  it("include values of other files along a search path", () => {
    write({
      "top.yaml": `
{{ add_to_path('parts*') }}
{% set base = 'shared' %}
one: {{ include('first.yaml', 'a.b') }}
all: {{ include_all('classes/*.yaml', 'compound_components.classes') }}
there: {{ path_exists('first.yaml') }}
not_there: {{ path_exists('nowhere.yaml') }}
`,
      "parts1/first.yaml":
        "a: {b: {c: {{ size }}, d: {{ base | default('own') }}, e: {{ include('deeper.yaml', 'x') }}}}\n",
      "parts2/deeper.yaml": "x: [1, 2]\n",
      "parts1/classes/b.yaml": "compound_components: {classes: [{name: two}]}\n",
      "parts1/classes/a.yaml": "compound_components: {classes: [{name: one}]}\n",
    });
    assert.deepEqual(read({ size: 4 }), {
      one: { c: 4, d: "own", e: [1, 2] },
      all: [[{ name: "one" }], [{ name: "two" }]],
      ...{ there: true, not_there: false },
    });
  });

  it("paste texts, whose anchors can be used", () => {
    write({
      "layers/one.yaml": "{{include_text('../base.yaml')}}\nproblem:\n  <<<: *base\n  instance: {C: 4}\n",
      "base.yaml": "base_ignore: &base {shape: {{ shape }}, instance: {C: 1, M: 2}}\n",
    });
    assert.deepEqual((read({ shape: "conv" }, "layers/one.yaml") as Record<string, unknown>).problem, {
      instance: { C: 4, M: 2 },
      shape: "conv",
    });
    assert.deepEqual(rendered("text: |\n  {{ ('a' ~ '\\n' ~ 'b') | indent(2) }}\n"), { text: "a\nb\n" });
    assert.deepEqual(rendered("# {{ 1 }} in a comment\nhere: {{ cwd() }}\n"), { here: folder });
  });

  for (const [construct, text] of [
    ["{% for x in y %}", "{% for x in y %}{% endfor %}"],
    ["{% macro m() %}", "{% macro m() %}{% endmacro %}"],
    ["{% extends 'a' %}", "{% extends 'a' %}"],
    ["{% include 'a' %}", "{% include 'a' %}"],
    ["{% endif %}", "{% endif %}"],
    ["{% if %} without {% endif %}", "{% if true %}a: 1"],
    ["a.b", "a: {{ a.b }}"],
    ["''.__class__", "a: {{ ''.__class__ }}"],
    ["a[0", "a: {{ a[0] }}"],
    ["open(…)", "a: {{ open('/etc/passwd') }}"],
    ["setenv(…)", "{{ setenv('A', 'b') }}"],
    ["| upper", "a: {{ 'a' | upper }}"],
    ["is even", "a: {{ 2 is even }}"],
    ["[1, 2]", "a: {{ [1, 2] }}"],
    ["1 + 1", "a: {{ 1 + 1 }}"],
    ["{{ 1", "a: {{ 1"],
  ])
    it(`refuse ${text}`, () => {
      assert.throws(
        () => rendered(text),
        (error: RaellaError) => {
          assert.equal(error.code, "yaml-syntax");
          assert.equal(error.location?.line, 1);
          assert.ok(error.message.includes(`The template uses "${construct}`), error.message);
          return true;
        },
      );
    });

  it("refuse what is not there, not allowed or not whole", () => {
    const outside = mkdtempSync(join(tmpdir(), "raella-outside-"));
    writeFileSync(join(outside, "x.yaml"), "a: 1\n");
    assert.throws(() => rendered("a: {{ include('no.yaml', 'a') }}"), /Nothing is called "no.yaml"/);
    write({ "x.yaml": "a: {b: 1}\n" });
    assert.throws(
      () => rendered("a: {{ include('x.yaml', 'a.c') }}"),
      /has nothing at "a\.c": "c" is missing/,
    );
    assert.throws(() => rendered("a: b{{ include('x.yaml', 'a') }}"), /only a part of a value/);
    assert.throws(() => rendered("{{ include('x.yaml', 'a') }}: 1"), /only a part of a value/);
    assert.throws(() => rendered(`a: {{ include('${outside}/x.yaml', 'a') }}`), /lies outside the folders/);
    assert.throws(() => rendered(`{{ add_to_path('${outside}') }}`), /lies outside the folders/);
    assert.throws(() => rendered("{{ add_to_path('nowhere') }}"), /finds no folder "nowhere"/);
    assert.throws(() => rendered("a: {{ include('top.yaml', 'a') }}"), /The file includes itself/);
    assert.throws(() => rendered("{{ include_text('top.yaml') }}"), /The file includes itself/);
    rmSync(outside, { recursive: true });
  });

  it("make a specification, and say which given values nobody asks for", () => {
    write({
      "top.yaml": `
architecture: {{ include(architecture ~ '/arch.yaml', 'architecture') }}
compound_components:
  classes: {{ include_all('parts/*.yaml', 'components.classes') }}
variables: {technology: "45nm", global_cycle_seconds: 1e-9, BITS: {{ bits | default(8) }}}
problem:
  shape:
    name: product
    dimensions: [M]
    data_spaces: [{name: A, projection: [[[M]]]}, {name: Z, projection: [[[M]]], read_write: true}]
  instance: {M: 4}
mapper: {optimization_metrics: [edp]}
`,
      "small/arch.yaml": `
architecture:
  nodes:
    - !Component {name: memory, class: DRAM, attributes: {width: 64, datawidth: BITS}}
    - !Component {name: mac, class: own_mac}
`,
      "parts/mac.yaml":
        "components: {classes: [{name: own_mac, attributes: {}, subcomponents: [], actions: [{name: compute, subcomponents: []}]}]}\n",
    });
    const files = [join(folder, "top.yaml")];
    const specification = loadSpecification({
      files,
      defines: { architecture: "small", bits: 16, other: 1 },
    });
    assert.equal(specification.identity.convention, "2024");
    assert.equal(specification.levels[0].attributes.datawidth, 16);
    assert.deepEqual(
      specification.warnings.map(({ message }) => message).filter((message) => message.includes("define")),
      ["--define other has no effect: no template that was read asks for it."],
    );
    assert.equal(
      loadSpecification({ files, defines: { architecture: "small" } }).levels[0].attributes.datawidth,
      8,
    );
    assert.throws(() => loadSpecification({ files }), /"architecture", which is not defined/);
  });
});
