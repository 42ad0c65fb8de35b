import assert from "node:assert/strict";
import type { Level, LevelConstraints, Specification } from "../../src/spec/specification";
import { smallModel, smallProblem, smallSpecification, specificationOf } from "./support/small-model";

function levelOf(specification: Specification, name: string): Level {
  const level = specification.levels.find((candidate) => candidate.name === name);
  assert.ok(level, name);
  return level;
}

function factorTexts(constraint: LevelConstraints["temporal"] | LevelConstraints["spatial"]): string {
  return (constraint?.factors ?? [])
    .map(({ dimension, operator, value }) => `${dimension}${operator}${value}`)
    .join(",");
}

/** The buffer's constraints with other lines in its `temporal` part. */
function temporalOf(lines: string): LevelConstraints["temporal"] {
  const specification = smallSpecification('factors: [M=2], no_reuse: ["*"]', lines);
  return levelOf(specification, "buffer").constraints.temporal;
}

function dataspaceOf(lines: string): LevelConstraints["dataspace"] {
  return levelOf(smallSpecification("keep_only: [Z]", lines), "buffer").constraints.dataspace;
}

describe("factors", () => {
  const cases: readonly (readonly [string, string, string])[] = [
    ["a list", "factors: [M=2, K=4]", "M=2,K=4"],
    ["one text between commas", "factors: 'M = 2 , K<=4'", "M=2,K<=4"],
    ["one text between blanks", "factors: M=2 K=4", "M=2,K=4"],
    ["blanks around names and values", "factors: [M = 2, 'K <= 4']", "M=2,K<=4"],
    ["blanks around signs in one text", "factors: M = 2 K =4", "M=2,K=4"],
    ["a text in a list", "factors: ['M=2 N=1', K=4]", "M=2,N=1,K=4"],
    ["the whole dimension and a free one", "factors: [M=0, K=-1]", "M=0,K=-1"],
    ["the name of a variable", "factors: [M=ROWS]", "M=2"],
    ["the name of an attribute", "factors: [M=n_rows]", "M=4"],
    ["nothing", "factors: null", ""],
    ["a repeated entry: the last copy stays", "factors: [M=2, K=1, M=2]", "K=1,M=2"],
    ["factors_only closes what it does not name", "factors_only: [K=-1]", "K=-1,M=1,N=1"],
    ["an empty factors_only closes everything", "factors_only: []", "M=1,N=1,K=1"],
    ["factors_only: null is absent", "factors_only: null", ""],
    ["no_iteration_over_dataspaces", "no_iteration_over_dataspaces: [Z]", "M=1,N=1"],
  ];
  for (const [name, lines, expected] of cases)
    it(name, () => assert.equal(factorTexts(temporalWithAttribute(lines)), expected));

  it("of several macros are tidied: later copies win their place, contradictions are refused", () => {
    assert.equal(
      factorTexts(temporalOf("factors: [N=1], factors_only: [K=4], no_iteration_over_dataspaces: [Z]")),
      "K=4,M=1,N=1",
    );
    assert.throws(() => temporalOf("factors_only: [K=-1], no_iteration_over_dataspaces: [B]"), {
      code: "constraint",
      message: /contradict each other: K=-1 and K=1/,
    });
    assert.throws(() => temporalOf("factors: [M=ROWS, M=2]"), {
      message: /contradict each other: M=ROWS and M=2/,
    });
  });

  it("above the bound stay, with a warning", () => {
    const specification = smallSpecification("factors: [M=2]", "factors: [M=9]");
    assert.equal(factorTexts(levelOf(specification, "buffer").constraints.temporal), "M=9");
    assert.deepEqual(
      specification.warnings.map(({ code, message }) => [code, message]),
      [
        [
          "constraint",
          'The factor M=9 of "buffer" exceeds the dimension (8) and is ignored: M is free there.',
        ],
      ],
    );
  });
});

/** Like {@link temporalOf}; the buffer has one more attribute. */
function temporalWithAttribute(lines: string): LevelConstraints["temporal"] {
  const model = smallModel
    .replace('factors: [M=2], no_reuse: ["*"]', lines)
    .replace("width: datawidth * 2", "width: datawidth * 2\n        n_rows: ROWS * 2");
  return levelOf(specificationOf({ "model.yaml": model + smallProblem }), "buffer").constraints.temporal;
}

describe("other constraints", () => {
  it("permutations are lists or texts, innermost first, completed with what is 1", () => {
    assert.deepEqual(temporalOf("permutation: [K, M]")?.permutation, ["K", "M"]);
    assert.deepEqual(temporalOf("permutation: KM")?.permutation, ["K", "M"]);
    assert.deepEqual(temporalOf("permutation: 'K, M'")?.permutation, ["K", "M"]);
    assert.deepEqual(temporalOf("permutation: K_M")?.permutation, ["K", "_", "M"]);
    assert.deepEqual(temporalOf("permutation: [K], factors: [M=1, N=1]")?.permutation, ["N", "M", "K"]);
    const unit = smallSpecification("M: 8, N: 4", "M: 1, N: 4");
    assert.deepEqual(levelOf(unit, "buffer").constraints.temporal?.permutation, ["M"]);
    assert.deepEqual(levelOf(unit, "inter_pe_spatial_dummy").constraints.spatial?.permutation, [
      "K",
      "M",
      "N",
    ]);
  });

  it("* stands for the data spaces not listed", () => {
    assert.deepEqual(temporalOf('no_temporal_reuse: [Z, "*"]')?.noTemporalReuse, ["Z", "A", "B"]);
    assert.deepEqual(dataspaceOf('keep: ["*"], passthrough: ["*"]'), {
      keep: ["A", "B", "Z"],
      bypass: [],
      passthrough: ["A", "B", "Z"],
    });
  });

  it("no_reuse joins what is there", () =>
    assert.deepEqual(temporalOf("no_reuse: [A], no_temporal_reuse: [B], rmw_on_first_writeback: [Z]"), {
      factors: [],
      permutation: [],
      noTemporalReuse: ["B", "A"],
      rmwOnFirstWriteback: ["Z"],
      defaultMaxFactor: null,
    }));

  it("keep_only and bypass_only speak of every data space", () => {
    assert.deepEqual(dataspaceOf("keep_only: [A]"), { keep: ["A"], bypass: ["B", "Z"], passthrough: [] });
    assert.deepEqual(dataspaceOf("keep_only: []"), { keep: [], bypass: ["A", "B", "Z"], passthrough: [] });
    assert.deepEqual(dataspaceOf("bypass_only: [A]"), { keep: ["B", "Z"], bypass: ["A"], passthrough: [] });
    assert.throws(() => dataspaceOf("keep: [B], keep_only: [A]"), {
      code: "constraint",
      message: /both keeps and bypasses B/,
    });
  });

  it("of a fan-out are kept with split, limits and link transfers", () => {
    const specification = smallSpecification(
      "split: 1",
      "split: ROWS, default_max_factor: 4, no_link_transfer: [A], no_reuse: [B], no_multicast_no_reduction: [Z]",
    );
    assert.deepEqual(levelOf(specification, "inter_pe_spatial_dummy").constraints.spatial, {
      factors: [{ dimension: "K", operator: "=", value: 1 }],
      permutation: ["K", "M", "N"],
      split: 2,
      noMulticastNoReduction: ["Z", "B"],
      noLinkTransfer: ["A"],
      defaultMaxFactor: 4,
    });
  });

  it("of a container without fan-out vanish", () => {
    const specification = smallSpecification("spatial: {meshX: 4, meshY: ROWS}", "spatial: {meshX: 1}");
    assert.deepEqual(
      specification.levels.map(({ name }) => name),
      ["memory", "buffer", "mac"],
    );
  });

  it("come from the top keys constraints and mapping as well", () => {
    const specification = smallSpecification(
      "mapper:",
      [
        "constraints: {targets: [{type: temporal, target: memory, factors: [K=2], permutation: KM},",
        "  {type: spatial, target: pe, factors: [N=2], no_link_transfer: [A]},",
        "  {type: dataspace, target: buffer, passthrough: [Z]}]}",
        "mapping: [{type: temporal, target: memory, factors: [N=1, K=2]}, {type: max_overbooked_proportion, target: pe, proportion: 0.5}]",
        "mapper:",
      ].join("\n"),
    );
    const memory = levelOf(specification, "memory").constraints.temporal;
    assert.equal(factorTexts(memory), "N=1,K=2");
    assert.deepEqual(memory?.permutation, ["N", "K", "M"]);
    assert.equal(
      factorTexts(levelOf(specification, "inter_pe_spatial_dummy").constraints.spatial),
      "K=1,N=2",
    );
    assert.deepEqual(levelOf(specification, "buffer").constraints.dataspace?.passthrough, ["Z"]);
  });

  it("from top keys contradict what cannot be joined", () => {
    const target =
      (text: string): (() => unknown) =>
      () =>
        smallSpecification(
          "mapper:",
          `constraints: {targets: [{target: pe, type: spatial, ${text}}]}\nmapper:`,
        );
    assert.throws(target("split: 2"), {
      code: "constraint",
      message: /"pe" gets two different values of split: 1 and 2/,
    });
    assert.throws(target("permutation: [N, M]"), {
      message: /two different values of permutation: M,N and N,M/,
    });
    assert.throws(target("factors: [K=2]"), { message: /contradict each other: K=1 and K=2/ });
    const fill = (groups: string): string => `{target: pe, type: spatial, maximize_dims: ${groups}}`;
    assert.throws(
      () =>
        smallSpecification(
          "mapper:",
          `constraints: {targets: [${fill("[[M], [N, K]]")}, ${fill("[N]")}]}\nmapper:`,
        ),
      { message: /two different values of maximize_dims: M; N,K and N/ },
    );
    assert.doesNotThrow(target("split: 1, permutation: [M, N], factors: [K=1]"));
  });
});
