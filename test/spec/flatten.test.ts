import assert from "node:assert/strict";
import type { Specification } from "../../src/spec/specification";
import { smallModel, smallProblem, smallSpecification, specificationOf } from "./support/small-model";

function names(specification: Specification): string[] {
  return specification.levels.map(({ name, instances }) => `${name}[1..${instances}]`);
}

/** A model with these nodes between memory and compute units. */
function withNodes(nodes: string): Specification {
  const start = smallModel.indexOf("    - !Container\n      name: pe");
  const end = smallModel.indexOf("    - !Element\n      name: mac");
  return specificationOf({
    "model.yaml": smallModel.slice(0, start) + nodes + smallModel.slice(end) + smallProblem,
  });
}

const storage = (name: string, more = ""): string =>
  `    - !Element {name: ${name}, class: storage, attributes: {datawidth: 8, depth: 4}${more}}\n`;

describe("flat form", () => {
  it("has a placeholder for each fan-out, with the instances outside it", () => {
    const specification = smallSpecification();
    assert.deepEqual(names(specification), [
      "memory[1..1]",
      "inter_pe_spatial_dummy[1..1]",
      "buffer[1..8]",
      "mac[1..8]",
    ]);
    const [, placeholder, buffer] = specification.levels;
    assert.equal(placeholder.class, "dummy_storage");
    assert.deepEqual([buffer.meshX, buffer.meshY], [4, 2]);
    assert.deepEqual(placeholder.constraints.dataspace, {
      keep: [],
      bypass: ["A", "B", "Z"],
      passthrough: [],
    });
    assert.deepEqual(placeholder.requiredActions, []);
  });

  it("has no constraints of a kind that nothing is said about", () => {
    const specification = smallSpecification(
      "spatial: {factors: [K=1], permutation: [M, N], split: 1}",
      "{}",
    );
    assert.deepEqual(Object.keys(specification.levels[1].constraints), ["temporal", "dataspace"]);
  });

  it("takes texts in the list of an attribute as they are", () => {
    const { levels } = smallSpecification("width: WORD * 4", "width: WORD * 4, notes: [WORD, 'b', [1, c]]");
    assert.deepEqual(levels[0].attributes.notes, ["WORD", "b", [1, "c"]]);
  });

  it("hands the attributes of containers to all levels behind them", () => {
    const { levels } = smallSpecification();
    assert.deepEqual(Object.entries(levels[3].attributes), [
      ["meshX", 4],
      ["meshY", 2],
      ["technology", 32],
      ["clock", 1],
    ]);
    assert.deepEqual(Object.keys(levels[2].attributes), [
      ..."datawidth depth width n_banks cluster_size reduction_supported multiple_buffering min_utilization".split(
        " ",
      ),
      ..."allow_overbooking meshX meshY technology clock".split(" "),
    ]);
    assert.equal(levels[1].attributes.technology, -1);
  });

  it("inherits where an attribute is null or empty, also over a default", () => {
    const specification = withNodes(
      "    - !Container {name: lid, attributes: {technology: 45, n_banks: 8, note: ''}}\n" +
        "    - !Element {name: b, class: storage, attributes: {datawidth: 8, technology: null, clock: '', n_banks: null}}\n",
    );
    const { attributes } = specification.levels[1];
    assert.equal(attributes.technology, 45);
    assert.equal(attributes.clock, 1);
    assert.equal(attributes.n_banks, 8);
    assert.ok(!("note" in attributes));
  });

  it("keeps an element with a fan-out of its own below its placeholder", () => {
    const specification = withNodes(
      storage("b", ", spatial: {meshX: 3}, constraints: {spatial: {factors: [M=3]}}"),
    );
    assert.deepEqual(names(specification), [
      "memory[1..1]",
      "inter_b_spatial_dummy[1..1]",
      "b[1..3]",
      "mac[1..3]",
    ]);
    assert.equal(specification.levels[1].constraints.spatial?.factors.length, 1);
    assert.equal(specification.levels[2].constraints.spatial, undefined);
  });

  it("keeps the spatial constraint of an element without fan-out", () => {
    const specification = withNodes(storage("b", ", constraints: {spatial: {factors: [M=1]}}"));
    assert.equal(specification.levels[1].constraints.spatial?.factors.length, 1);
    assert.deepEqual(specification.levels[1].constraints.spatial?.permutation, []);
  });

  it("knows kinds by class, leaves out !Nothing, and keeps networks", () => {
    const specification = withNodes(
      "    - !Nothing\n    - !Element {name: nothing_here, class: nothing}\n" +
        "    - !Element {name: noc, class: XY_NoC, attributes: {hop: 1}}\n" +
        "    - !Element {name: regs, class: regfile, attributes: {datawidth: 8}}\n",
    );
    assert.deepEqual(
      specification.levels.map(({ name, kind }) => [name, kind]),
      [
        ["memory", "storage"],
        ["noc", "network"],
        ["regs", "storage"],
        ["mac", "compute"],
      ],
    );
    assert.deepEqual(specification.levels[1].requiredActions, []);
    assert.deepEqual(specification.levels[2].requiredActions, ["read", "update", "write"]);
    assert.deepEqual(specification.levels[3].requiredActions, ["compute"]);
  });

  it("counts a network once, wherever it stands", () => {
    const { levels } = withNodes(
      "    - !Container {name: row, spatial: {meshX: 4}}\n    - !Element {name: noc, class: XY_NoC}\n" +
        storage("b"),
    );
    assert.deepEqual(
      levels.map(({ name, instances, meshX }) => [name, instances, meshX]),
      [
        ["memory", 1, 1],
        ["inter_row_spatial_dummy", 1, 1],
        ["noc", 1, 4],
        ["b", 4, 4],
        ["mac", 4, 4],
      ],
    );
  });

  it("evaluates area shares and joins required actions", () => {
    const specification = withNodes(
      storage("b", ", area_share: ROWS / 4, required_actions: [leak, read], subclass: sram"),
    );
    const [, level] = specification.levels;
    assert.equal(level.areaShare, 0.5);
    assert.equal(level.subclass, "sram");
    assert.deepEqual(level.requiredActions, ["leak", "read", "update", "write"]);
  });

  it("lists the actions of sparse optimizations", () => {
    const specification = withNodes(
      storage(
        "b",
        ", sparse_optimizations: {action_optimization: [{type: gating}], representation_format: {data_spaces: []}}",
      ).replace("depth: 4", "depth: 4, metadata_datawidth: 2"),
    );
    assert.deepEqual(specification.levels[1].requiredActions.length, 3 + 3 + 6 + 6 + 2);
    const targets = smallSpecification(
      "mapper:",
      "sparse_optimizations: {targets: [{target: mac, compute_optimization: [{type: skipping}]}]}\nmapper:",
    );
    assert.deepEqual(targets.levels[3].requiredActions, ["compute", "gated_compute", "skipped_compute"]);
  });

  it("keeps the data of parallel branches apart", () => {
    const keep = (names: string): string => `, constraints: {dataspace: {keep: [${names}]}}`;
    const nested = (name: string, spaces: string): string =>
      storage(name, keep(spaces)).replace("    - ", "          - ");
    const branch = (left: string, right: string): string =>
      `    - !Parallel\n      nodes:\n        - !Hierarchical\n          nodes:\n${nested("left", left)}` +
      `        - !Pipelined\n          nodes:\n${nested("right", right)}`;
    const specification = withNodes(branch("A, B", "Z"));
    assert.deepEqual(
      specification.levels.slice(1, 3).map(({ name, constraints }) => [name, constraints.dataspace?.bypass]),
      [
        ["left", ["Z"]],
        ["right", ["A", "B"]],
      ],
    );
    assert.throws(() => withNodes(branch("A, B", "B, Z")), {
      code: "constraint",
      message: /Two parallel branches keep B/,
    });
    assert.throws(() => withNodes(branch("A", "Z")), {
      code: "constraint",
      message: /B reaches the parallel branches/,
    });
  });

  it("lets data pass through a branch without anything in it", () => {
    const branches = (nothing: string): string =>
      "    - !Parallel\n      nodes:\n" +
      storage("left", ", constraints: {dataspace: {keep: [Z]}}").replace("    - ", "        - ") +
      `        - !Nothing${nothing}\n`;
    const specification = withNodes(branches(" {constraints: {dataspace: {keep: [A, B]}}}"));
    assert.deepEqual(names(specification), ["memory[1..1]", "left[1..1]", "mac[1..1]"]);
    assert.deepEqual(specification.levels[1].constraints.dataspace?.bypass, ["A", "B"]);
    assert.throws(() => withNodes(branches("")), { message: /A reaches the parallel branches, but none/ });
    assert.throws(() => withNodes(branches(" {constraints: {dataspace: {keep: [A, B, Z]}}}")), {
      message: /Two parallel branches keep Z/,
    });
    assert.throws(() => withNodes(branches(" {constraints: {dataspace: {keep: [A, D]}}}")), {
      message: /"D"/,
    });
    assert.throws(() => withNodes(branches(" {constraints: {temporal: {factors: [M=1]}}}")), {
      message: /"temporal" is not a key of this map/,
    });
    assert.throws(() => withNodes(branches(" {constraint: {}}")), { message: /Did you mean "constraints"/ });
  });

  it("has no fan-out inside a parallel branch", () => {
    const branches = (left: string): string =>
      `    - !Parallel\n      nodes:\n        - !Hierarchical\n          nodes:\n            ${left}\n` +
      `        - !Nothing {constraints: {dataspace: {keep: [A, B]}}}\n`;
    const buffer = (more: string): string =>
      `- !Element {name: left, class: storage, attributes: {datawidth: 8, depth: 4}, constraints: {dataspace: {keep: [Z]}}${more}}`;
    assert.equal(withNodes(branches(buffer(""))).levels.length, 3);
    assert.throws(() => withNodes(branches(buffer(", spatial: {meshX: ROWS}"))), {
      code: "schema",
      message: /"left" stands in a branch of a !Parallel and has a fan-out of 2/,
    });
    assert.throws(() => withNodes(branches(`- !Container {name: row}\n            ${buffer("")}`)), {
      message: /The container "row" stands in a branch of a !Parallel/,
    });
  });

  it("takes levels without room", () => {
    const { levels } = withNodes(
      storage("b", ", constraints: {dataspace: {bypass: [A, B, Z]}}").replace(
        "depth: 4",
        "depth: 0, metadata_storage_depth: 0, metadata_storage_width: 0",
      ),
    );
    assert.equal(levels[1].attributes.depth, 0);
    assert.equal(levels[1].attributes.metadata_storage_depth, 0);
    assert.throws(() => withNodes(storage("b").replace("depth: 4", "depth: -1")), {
      message: /"depth" of "b" is -1[^]*at least 0/,
    });
  });

  it("needs compute units at the end", () => {
    assert.throws(
      () => smallSpecification("class: compute", "class: storage\n      attributes: {datawidth: 8}"),
      {
        code: "schema",
        message: /innermost level "mac" has the class "storage", which is not a compute unit/,
      },
    );
    assert.throws(
      () => specificationOf({ "m.yaml": `architecture: {version: 0.4, nodes: []}\n${smallProblem}` }),
      { message: /The architecture has no levels/ },
    );
  });

  it("refuses more instances than exact integers count", () =>
    assert.throws(() => smallSpecification("ROWS: 2", "ROWS: 2 ** 52"), {
      code: "out-of-range",
      message: /Down to "pe" there are 1\.801e\+16 instances/,
    }));
});
