import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { LayerResult } from "../../src/study/layer-result";
import { runCli } from "../support/run-cli";

/** A folder as public designs are kept: one top file for all of them, shared parts, and a folder for each. */
const tree: Readonly<Record<string, string>> = {
  "designs/top.yaml.jinja2": `{# One top file
   for all designs. #}
{{- add_to_path('shared') }}
{{add_to_path(cwd() ~ '/../layers')}}
{%- if problem is not defined %}
  {%- if path_exists(design ~ '/problem.yaml') %}
    {%- set problem = design ~ '/problem.yaml' %}
  {%- else %}
    {%- set problem = 'default.yaml' %}
  {%- endif %}
{%- endif %}
{%- if path_exists(design ~ '/limits.yaml') %}
extra_mapping_constraints:
  targets:
    {{ include_text(design ~ '/limits.yaml') | indent(4) }}
{%- endif %}
{%- if path_exists(design ~ '/mapping.yaml') %}
mapping: {{ include(design ~ '/mapping.yaml', 'mapping') }}
{%- endif %}
problem: {{ include(problem, 'problem') }}
architecture: {{ include(design ~ '/arch.yaml', 'architecture') }}
variables: { version: 0.4, technology: "45nm", global_cycle_seconds: 1e-9, bits: {{ bits | default(8) }} }
components: { version: 0.4, classes: {{ include_all('components/*.yaml', 'compound_components.classes') }} }
`,
  "designs/shared/base.yaml": `base_ignored: &base
  version: 0.4
  shape:
    name: product
    dimensions: [M, K, N]
    data_spaces:
      - { name: A, projection: [[[M]], [[K]]] }
      - { name: B, projection: [[[K]], [[N]]] }
      - { name: Z, projection: [[[M]], [[N]]], read_write: true }
`,
  "designs/shared/default.yaml": `{{ include_text('base.yaml') }}
problem:
  <<<: *base
  instance: { M: 8, K: 12, N: 4 }
`,
  "layers/wide.yaml": `{{ include_text(find_path('base.yaml')) }}
problem:
  <<<: *base
  instance: { M: 16, K: 12, N: 4 }
`,
  "designs/components/units.yaml": `compound_components:
  version: 0.4
  classes:
    - - name: own_mac
        attributes: { technology: must_specify, global_cycle_seconds: must_specify, width: 8 }
        subcomponents:
          - { name: product, class: intmultiplier, attributes: { width: width } }
          - { name: sum, class: intadder, attributes: { width: 2 * width } }
        actions:
          - name: compute
            subcomponents:
              - { name: product, actions: [{ name: multiply }] }
              - { name: sum, actions: [{ name: add }] }
`,
  "designs/array/arch.yaml": `architecture:
  version: 0.4
  nodes:
    - !Container
      name: system
    - !Component
      name: memory
      class: DRAM
      attributes: { type: "LPDDR4", width: 64, datawidth: bits }
    - !Component
      name: buffer
      class: SRAM
      attributes: { width: 64, depth: 64, datawidth: bits }
    - !Container
      name: unit
      spatial: { meshX: 4 }
    - !Component
      name: registers
      class: regfile
      attributes: { width: bits, depth: 16, datawidth: bits }
    - !Component
      name: mac
      class: own_mac
      attributes: { width: bits }
`,
  "designs/array/limits.yaml": `- target: unit
  type: spatial
  factors: [M={{ lanes | default(4) }}, K=1, N=1]
- { target: registers, type: datatype, keep: [Z], bypass: [A, B] }`,
  "designs/given/mapping.yaml": `mapping:
  - { target: memory, type: temporal, factors: M=2, permutation: MKN }
  - { target: buffer, type: temporal, factors: [N = 4], permutation: [M, K, N] }
  - { target: unit, type: spatial, factors: "M={{ lanes }}" }
  - { target: registers, type: temporal, factors: [K=0] }
  - { target: registers, type: bypass, keep: [Z], bypass: [A, B] }
`,
};

describe("designs kept as public ones are", () => {
  let folder: string;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), "raella-design-files-"));
    const files = { ...tree, "designs/given/arch.yaml": tree["designs/array/arch.yaml"] };
    const plain = [
      tree["designs/array/arch.yaml"],
      tree["designs/components/units.yaml"],
      "variables: { technology: '45nm', global_cycle_seconds: 1e-9, bits: 8 }\n",
      tree["designs/shared/base.yaml"],
      "problem: { <<<: *base, instance: { M: 8, K: 12, N: 4 } }\n",
    ];
    for (const [name, text] of Object.entries({ ...files, "plain.yaml": plain.join("") })) {
      mkdirSync(dirname(join(folder, name)), { recursive: true });
      writeFileSync(join(folder, name), text);
    }
  });
  after(() => rmSync(folder, { recursive: true }));

  const at = (name: string): string => join(folder, name);
  const top = (): readonly string[] => [at("designs/top.yaml.jinja2"), "--include-root", at("layers")];
  const given = (...defines: readonly string[]): readonly string[] =>
    defines.flatMap((define) => ["--define", define]);

  async function json(...command: readonly string[]): Promise<LayerResult> {
    const { exitCode, stdout, stderr } = await runCli(...command, "--json");
    assert.equal(exitCode, 0, stderr);
    return JSON.parse(stdout) as LayerResult;
  }

  it("are read from one top file, with the problem, the constraints and the components that belong to them", async () => {
    const mapped = await json("map", ...top(), ...given("design=array"));
    assert.deepEqual([mapped.macs, mapped.warnings], [8 * 12 * 4, []]);
    const { loops } = mapped.mapping.find(({ level }) => level === "inter_unit_spatial") ?? { loops: [] };
    assert.deepEqual(loops, [{ dimension: "M", factor: 4 }]);
    const wide = await json("map", ...top(), ...given("design=array", "problem=wide.yaml", "lanes=2"));
    assert.equal(wide.macs, 16 * 12 * 4);
    const refused = await runCli("spec", at("designs/top.yaml.jinja2"), ...given("design=array"));
    assert.match(refused.stderr, /top\.yaml\.jinja2:4: .*layers lies outside[^]*--include-root/);
  });

  it("bring a mapping of their own, which is evaluated where no other is given", async () => {
    const own = await json("model", ...top(), ...given("design=given", "lanes=4"));
    assert.deepEqual([own.cycles, own.warnings], [2 * 4 * 12, []]);
    const other = await json(
      ...["model", ...top(), "--mapping", at("designs/given/mapping.yaml")],
      ...given("design=array", "lanes=4"),
    );
    assert.deepEqual([other.cycles, other.mapping], [own.cycles, own.mapping]);
    // Only the mapping asks for it.
    const { warnings, manifest } = await json(
      ...["model", at("plain.yaml"), "--mapping", at("designs/given/mapping.yaml"), ...given("lanes=4")],
    );
    assert.deepEqual(warnings, []);
    assert.deepEqual(manifest?.inputs?.defines, { lanes: 4 });
    const unread = await runCli("model", ...top(), ...given("design=given", "lanes=4", "other=1"));
    assert.match(unread.stderr, /warning: --define other has no effect/);
    const none = await runCli("model", ...top(), ...given("design=array"));
    assert.equal(none.exitCode, 2);
    assert.match(none.stderr, /There is no mapping/);
  });

  it("calculate factors and splits of mappings, from variables and attributes", async () => {
    const names = tree["designs/given/mapping.yaml"]
      .replace("N = 4", "N = bits // 2")
      .replace("M=2", "M=(bits - 4) // 2")
      .replace("[K=0]", "[K=depth - 4]")
      .replace('factors: "M={{ lanes }}"', "factors: M=bits // 2, split: bits");
    writeFileSync(at("names.yaml"), names);
    const plain = tree["designs/given/mapping.yaml"].replace("{{ lanes }}", "4");
    writeFileSync(at("numbers.yaml"), plain.replace('"M=4"', '"M=4", split: 8'));
    const model = (file: string): Promise<LayerResult> =>
      json("model", at("plain.yaml"), "--mapping", at(file));
    const [named, numbers] = [await model("names.yaml"), await model("numbers.yaml")];
    assert.deepEqual([named.mapping, named.cycles], [numbers.mapping, 2 * 4 * 12]);
    writeFileSync(at("names.yaml"), names.replace("bits // 2", "bitts // 2"));
    const { exitCode, stderr } = await runCli("model", at("plain.yaml"), "--mapping", at("names.yaml"));
    assert.equal(exitCode, 2);
    assert.match(stderr, /names\.yaml:3:\d+[^]*bitts[^]*Did you mean "bits"/);
    writeFileSync(at("names.yaml"), names.replace("bits // 2", "bits / 3"));
    const fraction = await runCli("model", at("plain.yaml"), "--mapping", at("names.yaml"));
    assert.match(
      fraction.stderr,
      /N=bits \/ 3 of a mapping \(2\.6666666666666665\) has no whole value[^]*\/\//,
    );
  });

  it("say what a word of a data space uses of a bandwidth", async () => {
    const cycles = async (scales: string): Promise<number> => {
      const attributes = `read_bandwidth: 0.5, write_bandwidth: 1, per_dataspace_bandwidth_consumption_scale: ${scales}`;
      const text = readFileSync(at("plain.yaml"), "utf8").replace("depth: 64,", `depth: 64, ${attributes},`);
      writeFileSync(at("scaled.yaml"), text);
      const mapping = ["--mapping", at("designs/given/mapping.yaml"), ...given("lanes=4")];
      const out = await json("model", at("scaled.yaml"), ...mapping, "--out", at("out"));
      const again = await json("model", at("out/input.yaml"), ...mapping);
      assert.equal(again.cycles, out.cycles);
      const { A, B, Z } = out.accesses.buffer;
      const [a = 1, b = 1, z = 1] = ["A", "B", "Z"]
        .map((name) => new RegExp(`${name}: ([\\d.]+)`).exec(scales)?.[1])
        .map((scale) => (scale === undefined ? undefined : Number(scale)));
      const reads = a * A.reads + b * B.reads + z * Z.reads;
      const writes = a * A.fills + b * B.fills + z * (Z.fills + Z.updates);
      assert.equal(out.cycles, Math.max(96, Math.ceil(reads / 0.5), Math.ceil(writes)));
      return out.cycles;
    };
    const plain = await cycles("{}");
    assert.ok((await cycles("{B: 2}")) > plain);
    assert.ok((await cycles("{A: 0.5, B: 0, Z: bits / 8}")) < plain);
    await assert.rejects(
      cycles("{X: 2}"),
      /per_dataspace.*"X", which is not a data space of the problem|name "X", which is not a data space/,
    );
    await assert.rejects(cycles("2"), /a map of data spaces to numbers/);
  });

  it("show the line of a mistake behind statements that print nothing", async () => {
    const text = tree["designs/top.yaml.jinja2"].replace("variables: {", "variables: }");
    writeFileSync(at("designs/wrong.yaml"), text);
    const { stderr } = await runCli(
      "spec",
      at("designs/wrong.yaml"),
      ...top().slice(1),
      ...given("design=array"),
    );
    assert.match(
      stderr,
      new RegExp(`wrong\\.yaml:${text.split("\n").findIndex((line) => line.startsWith("variables")) + 1}:`),
    );
  });
});
