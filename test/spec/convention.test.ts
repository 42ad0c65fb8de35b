import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { estimate } from "../../src/components/estimate";
import { getSpec } from "../../src/spec/get-spec";
import { defaultGreedySteps } from "../../src/spec/greedy";
import { loadSpecification } from "../../src/spec/load-specification";
import type { Specification } from "../../src/spec/specification";
import { workspaceAt } from "../../src/spec/workspace";

/** A small design: `nodes` between memory and units, and what else stands at the top. */
function design(nodes: string, top = "", bounds = "{M: 16, K: 12}"): string {
  return `
architecture:
  nodes:
    - !Container {name: chip, attributes: {technology: "45nm", global_cycle_seconds: 1e-9, lanes: 4}}
    - !Component {name: memory, class: DRAM, attributes: {width: 64, datawidth: 8}}
${nodes}
    - !Component {name: mac, class: intmac, attributes: {width: 8}}
problem:
  shape:
    name: product
    dimensions: [M, K]
    data_spaces:
      - {name: A, projection: [[[K]]]}
      - {name: B, projection: [[[K]], [[M]]]}
      - {name: Z, projection: [[[M]]], read_write: true}
  instance: ${bounds}
mapper: {optimization_metrics: [edp]}
${top}
`;
}

/** A class with one part. */
const onePart = `
components:
  classes:
    - name: pair
      attributes: {technology: "45nm"}
      subcomponents: [{name: unit, class: intmac, attributes: {width: 8}}]
      actions:
        - {name: compute, subcomponents: [{name: unit, actions: [{name: compute}]}]}
        - {name: leak, subcomponents: [{name: unit, actions: [{name: leak}]}]}
`;

describe("the convention of 2024", () => {
  let folder: string;
  before(() => (folder = mkdtempSync(join(tmpdir(), "raella-convention-"))));
  after(() => rmSync(folder, { recursive: true }));

  function load(text: string): Specification {
    const file = join(folder, "design.yaml");
    writeFileSync(file, text);
    return loadSpecification({ files: [file] });
  }
  const factors = (specification: Specification, name: string, kind: "spatial" | "temporal"): string[] =>
    (specification.levels.find((level) => level.name === name)?.constraints[kind]?.factors ?? []).map(
      ({ dimension, operator, value }) => `${dimension}${operator}${value}`,
    );

  it("is found from tags and scale keys, but not from attributes of such a name", () => {
    const old = design("").replaceAll("!Component", "!Element");
    assert.equal(load(old).identity.convention, undefined);
    assert.equal(load(design("")).identity.convention, "2024");
    const element = (key: string): string =>
      old
        .replace("class: intmac,", `class: intmac, ${key}`)
        .replace("{width: 8}", "{width: 8, area_scale: 2}");
    assert.equal(load(element("")).identity.convention, undefined);
    assert.equal(load(element("area_scale: 1,")).identity.convention, "2024");
    assert.equal(load(element("energy_scale: 1,")).identity.convention, "2024");
  });

  it("tells of attributes that scale in the other convention only", () => {
    const said = (text: string): readonly string[] =>
      (estimate(load(text)).warnings ?? []).map(({ message }) => message);
    const shared = design("").replace("{width: 8}", "{width: 8, area_share: 0.5}");
    assert.deepEqual(said(shared), [
      "The attribute area_share of mac has no effect in the convention of 2024. Write the key area_scale beside the class.",
    ]);
    assert.deepEqual(
      said(design("").replace("{width: 8}", "{width: 8, area_scale: 2, energy_scale: 3}")),
      [],
    );
    const part = (attributes: string): string =>
      design("", onePart.replace("{width: 8}", attributes)).replace(
        "name: mac, class: intmac",
        "name: mac, class: compute, subclass: pair",
      );
    assert.deepEqual(said(part("{width: 8}")), []);
    const [message, ...others] = said(part("{width: 8, energy_scale: 2}"));
    assert.match(
      message,
      /energy_scale of the part unit of class pair \(.*design\.yaml:\d+\) has no effect in the convention of 2024\. Write the key energy_scale beside the class/,
    );
    assert.deepEqual(others, []);
  });

  it("takes scales in quotes for what they are without, of levels, parts and actions", () => {
    const scaled = (scale: string): readonly unknown[] => {
      const classes = onePart
        .replace("class: intmac,", `class: intmac, area_scale: ${scale}, energy_scale: ${scale},`)
        .replace("[{name: compute}]", `[{name: compute, action_share: ${scale}}]`);
      const text = design("", classes).replace(
        "name: mac, class: intmac",
        `name: mac, class: compute, subclass: pair, area_scale: ${scale}, energy_scale: ${scale}`,
      );
      const { area, energy } = estimate(load(text));
      return [area.areaUm2.mac, energy.energyPj.mac];
    };
    assert.deepEqual(scaled("'3'"), scaled("3"));
    assert.deepEqual(scaled('"1 + 2"'), scaled("3"));
    assert.notDeepEqual(scaled("3"), scaled("1"));
    assert.throws(() => scaled("'many'"), /many/);
  });

  it("lets expressions see containers, and calculates factors, splits and meshes", () => {
    const specification = load(
      design(`    - !Container
      name: pe
      attributes: {rows: lanes // 2}
      spatial: {meshX: lanes * 2, meshY: rows}
      constraints:
        spatial: {factors: [M=lanes * 2, [K, =, 2]], split: len(spec.problem.instance) - 2}`),
    );
    assert.deepEqual(factors(specification, "inter_pe_spatial", "spatial"), ["M=8", "K=2"]);
    const fanOut = specification.levels.find(({ name }) => name === "inter_pe_spatial");
    // Two sizes, and the densities that the original adds.
    assert.equal(fanOut?.constraints.spatial?.split, 1);
    assert.equal(specification.levels.at(-1)?.instances, 16);
    const alone = load(
      design(
        "    - !Container {name: pe, spatial: {meshX: 4}, constraints: {spatial: {factors: [M, '=', 4]}}}",
      ),
    );
    assert.deepEqual(factors(alone, "inter_pe_spatial", "spatial"), ["M=4"]);
    assert.throws(
      () =>
        load(
          design(
            "    - !Container {name: pe, spatial: {meshX: 4}, constraints: {spatial: {factors: [M=lanes/2]}}}",
          ),
        ),
      /M=lanes\/2 \(M=2\.0\) of "pe" has no integer value[^]*Divide whole numbers with \/\//,
    );
    assert.throws(
      () => load(design("    - !Container {name: pe, spatial: {meshX: spec.architecture}}")),
      /Expressions cannot reach spec\.architecture/,
    );
  });

  it("fills places with dimensions, in groups, with factors that divide", () => {
    const filled = (groups: string, capacity = "", bounds = "{M: 16, K: 12}"): string[] => {
      const nodes = `    - !Container {name: pe, spatial: {meshX: 8}, constraints: {spatial: {maximize_dims: ${groups}${capacity}}}}`;
      return factors(load(design(nodes, "", bounds)), "inter_pe_spatial", "spatial");
    };
    assert.deepEqual(filled("[M, K]"), ["M=8", "K=1"]);
    assert.deepEqual(filled("[[K], [M]]"), ["K=6", "M=1"]);
    assert.deepEqual(filled("[[K, M]]", ", maximize_dims_capacity: 5"), ["K=4", "M=1"]);
    assert.deepEqual(filled("[[K], [M]]", ", factors: []", "{M: 16, K: 2}"), ["K=2", "M=4"]);
    const uneven =
      "    - !Container {name: pe, spatial: {meshX: 8}, constraints: {spatial: {maximize_dims: [K]}}}";
    const { warnings } = load(design(uneven, "", "{M: 16, K: 13}"));
    assert.match(warnings.map(({ message }) => message).join(), /do not divide K \(13\).*are taken: K=1/);
    assert.throws(() => filled("[[K]]", ", factors: [K=2]"), /names K, which has a factor there already/);
  });

  it("reads lower limits, macros, other spellings and the names of fan-outs", () => {
    const top = `mapspace_constraints:
  targets:
    - {type: spatial, target: "inter_pe_spatial[1..1]", factors: [M>=2, K=1]}
extra_mapping_constraints:
  targets:
    - {type: temporal, target: buffer, must_iterate_over_dataspaces: [A], rmw_first_update: [Z]}
    - {type: datatype, target: buffer, keep: [A, Z], bypass: [B], no_coalesce: [A]}`;
    const buffer =
      "    - !Component {name: buffer, class: SRAM, attributes: {width: 64, depth: 64, datawidth: 8}}\n    - !Container {name: pe, spatial: {meshX: 8}}";
    const specification = load(design(buffer, top));
    assert.deepEqual(factors(specification, "inter_pe_spatial", "spatial"), ["M>=2", "K=1"]);
    assert.deepEqual(factors(specification, "buffer", "temporal"), ["M=1"]);
    const level = specification.levels.find(({ name }) => name === "buffer");
    assert.deepEqual(level?.constraints.temporal?.rmwOnFirstWriteback, ["Z"]);
    assert.deepEqual(level.constraints.dataspace, { keep: ["A", "Z"], bypass: ["B"], passthrough: ["A"] });
    assert.throws(
      () => load(design(buffer, top.replace("no_coalesce: [A]", "no_coalesce: [A], passthrough: [A]"))),
      /Two spellings of one key stand in this map: passthrough and no_coalesce/,
    );
  });

  it("leaves out what is not enabled, and multiplies by scales and instances", () => {
    const buffer = (more: string, attributes = ""): string =>
      `    - !Component {name: buffer, class: SRAM, ${more} attributes: {width: 64, depth: 64, datawidth: 8${attributes}}}`;
    const names = (text: string): string[] => load(text).levels.map(({ name }) => name);
    assert.deepEqual(names(design(buffer("enabled: lanes > 4,"))), ["memory", "mac"]);
    assert.deepEqual(names(design(buffer("enabled: lanes == 4,"))), ["memory", "buffer", "mac"]);
    assert.deepEqual(names(design(buffer('enabled: "lanes > 4",'))), ["memory", "mac"]);
    const tables = (text: string): Readonly<Record<string, number>> => {
      const { energy, area } = estimate(load(text), { decimalPlaces: null });
      return { ...energy.energyPj.buffer, area: area.areaUm2.buffer };
    };
    const plain = tables(design(buffer("")));
    const scaled = tables(design(buffer("area_scale: 2, energy_scale: 0.5,", ", n_instances: 3")));
    assert.equal(scaled.area, 6 * plain.area);
    assert.equal(scaled.read, plain.read / 2);
    assert.ok(Math.abs(scaled.leak / plain.leak - 1.5) < 1e-12);
    assert.throws(
      () => tables(design(buffer("")).replace(", global_cycle_seconds: 1e-9", "")),
      /no global_cycle_seconds/,
    );
  });

  it("prices an adder as compute unit without what only tables of 2023 list", () => {
    const adder = (attributes: string): Specification =>
      load(
        design("").replace(
          "intmac, attributes: {width: 8}",
          `compute, subclass: intadder, attributes: ${attributes}`,
        ),
      );
    assert.deepEqual(estimate(adder("{width: 14}")).energy.energyPj.mac, { compute: 0.091875 });
    assert.deepEqual(Object.keys(estimate(adder("{n_bits: 14}")).energy.energyPj.mac), ["compute"]);
    const old = adder("{n_bits: 14}");
    assert.equal(old.identity.convention, "2024");
  });

  it("names what only CiMLoop reads, wherever it stands", () => {
    const key = "max_utilization: 0.5";
    for (const parts of [
      key,
      `attributes: {${key}}`,
      `spatial: {meshX: 4, ${key}}`,
      `spatial: {meshX: 4}, constraints: {spatial: {${key}}}`,
      `constraints: {temporal: {${key}}}`,
    ])
      assert.throws(() => load(design(`    - !Container {name: pe, ${parts}}`)), {
        code: "schema",
        message: /max_utilization is an extension of CiMLoop/,
      });
  });

  it("knows the map space of perfect factors by its name", () => {
    for (const name of ["uber", '"uber"'])
      assert.equal(load(design("", `mapspace: {version: 0.4, template: ${name}}`)).levels.length, 2);
  });

  it("joins the lists of merged maps", () => {
    const top = "shared_ignore: &shared {temporal: {factors: [K=1]}}";
    const text = design(
      "    - !Component {name: buffer, class: SRAM, attributes: {width: 64, depth: 64, datawidth: 8}, constraints: {<<<: *shared, temporal: {factors: [M=1]}}}",
    );
    assert.deepEqual(factors(load(`${top}\n${text}`), "buffer", "temporal"), ["M=1", "K=1"]);
  });

  it("has no greedy steps, for architectures by name and by files", () => {
    const column = "    - !Container {name: column, spatial: {meshX: 8}}";
    const files: Readonly<Record<string, string>> = {
      "models/architectures.yaml":
        "architectures: [{name: own, title: Own, description: of 2024, directory: own}]\n",
      "models/own/arch.yaml": design(column).replace(/problem:[^]*/, ""),
      "models/own/variables.yaml": "variables: {TILES_PER_ARCH: 1, BATCH_SIZE: 1}\n",
      "models/mapper.yaml": "mapper: {optimization_metrics: [edp]}\n",
      "dnn_layers/net/000.yaml": design("").replace(/[^]*\n(problem:[^]*)mapper:[^]*/, "$1"),
    };
    for (const [name, text] of Object.entries(files)) {
      mkdirSync(join(folder, "workspace", name, ".."), { recursive: true });
      writeFileSync(join(folder, "workspace", name), text);
    }
    const layer = {
      architecture: "own",
      dnn: "net",
      layer: 0,
      workspace: workspaceAt(join(folder, "workspace")),
    };
    const own = getSpec(layer);
    assert.equal(own.identity.convention, "2024");
    assert.deepEqual(factors(own, "inter_column_spatial", "spatial"), []);
    assert.deepEqual(factors(load(design(column)), "inter_column_spatial", "spatial"), []);
    const asked = getSpec({ ...layer, greedySteps: defaultGreedySteps });
    assert.deepEqual(factors(asked, "inter_column_spatial", "spatial"), ["M=8", "K=1"]);
  });
});
