import assert from "node:assert/strict";
import type { LoadSpecificationOptions } from "../../src/spec/load-specification";
import type { LevelConstraints, Specification } from "../../src/spec/specification";
import { replaced, smallModel, smallProblem, specificationOf } from "./support/small-model";

/** Variables that stand for names of the problem; later ones are named by earlier ones. */
const variables = `variables:
  ROW: "M"
  X: "K"
  ORDER: "KMN"
  LISTED: "N, M"
  OPERAND: "A"
  RESULT: "Z"
  CHAIN: "LINK"
  LINK: "B"
  BACK: "LINK"
  STAR: "*"
  SIDE: "M=2"
  SIZE: 2
  HALF: 1 / 2
  NOTHING: null`;

function specificationWith(
  changes: Readonly<Record<string, string>>,
  options: Omit<LoadSpecificationOptions, "files"> = {},
): Specification {
  const whole = replaced(smallModel + smallProblem, "variables:", variables);
  const changed = Object.entries(changes).reduce((text, [part, by]) => replaced(text, part, by), whole);
  return specificationOf({ "model.yaml": changed }, options);
}

function constraintsOf(specification: Specification, level: string): LevelConstraints {
  return specification.levels.find(({ name }) => name === level)?.constraints ?? {};
}

const temporalPart = 'factors: [M=2], no_reuse: ["*"]';
const spatialPart = "factors: [K=1], permutation: [M, N], split: 1";

function temporalOf(lines: string): NonNullable<LevelConstraints["temporal"]> {
  const { temporal } = constraintsOf(specificationWith({ [temporalPart]: lines }), "buffer");
  assert.ok(temporal);
  return temporal;
}

function spatialOf(lines: string): NonNullable<LevelConstraints["spatial"]> {
  const { spatial } = constraintsOf(specificationWith({ [spatialPart]: lines }), "inter_pe_spatial_dummy");
  assert.ok(spatial);
  return spatial;
}

function dataspaceOf(lines: string): LevelConstraints["dataspace"] {
  return constraintsOf(specificationWith({ "keep_only: [Z]": lines }), "buffer").dataspace;
}

describe("names in permutations", () => {
  const cases: readonly (readonly [string, string, string])[] = [
    ["stand for dimensions", "permutation: [N, ROW]", "NM"],
    ["stand for several dimensions that are spelt", "permutation: [ORDER]", "KMN"],
    ["stand for several dimensions that are listed", "permutation: [K, LISTED]", "KNM"],
    ["may be one text", "permutation: ORDER", "KMN"],
    ["may be in quotes", 'permutation: ["ROW", K]', "MK"],
    ["may stand between commas", "permutation: 'ROW, K'", "MK"],
    ["may be letters of one text", "permutation: XM", "KM"],
    ["may be attributes", "permutation: [loops]", "NKM"],
    ["stand beside a divider", "permutation: [K, _, ROW]", "K_M"],
    ["are completed when they are known", "permutation: [ROW], factors: [K=1, M=1]", "KM"],
    ["are completed when they are spelt", "permutation: [ORDER], factors: [M=1]", "KMN"],
  ];
  for (const [name, lines, expected] of cases)
    it(name, () => {
      const specification = specificationWith({
        [temporalPart]: lines,
        "width: datawidth * 2": 'width: datawidth * 2\n        loops: "NKM"',
      });
      const { temporal } = constraintsOf(specification, "buffer");
      assert.equal(temporal?.permutation.join(""), expected);
    });

  it("are cut into letters of the problem before variables are known, unless they stand in a list", () => {
    const options = { newVariables: { MK: "'NK'" } };
    const permutation = (written: string): string | undefined =>
      constraintsOf(
        specificationWith({ [temporalPart]: `permutation: ${written}` }, options),
        "buffer",
      ).temporal?.permutation.join("");
    assert.equal(permutation("MK"), "MK");
    assert.equal(permutation("[MK]"), "NK");
  });

  it("of fan-outs, too", () =>
    assert.deepEqual(spatialOf("permutation: [X, ROW, N]").permutation, ["K", "M", "N"]));

  it("are followed by what greedy steps add", () => {
    const specification = specificationWith(
      { [temporalPart]: "permutation: [ROW]" },
      {
        greedySteps: [
          {
            dimensions: [],
            levels: [],
            excludedLevels: [],
            closeOthers: false,
            temporalPermutation: ["N", "M", "K"],
          },
        ],
      },
    );
    assert.equal(constraintsOf(specification, "buffer").temporal?.permutation.join(""), "MKN");
  });
});

describe("names in lists of data spaces", () => {
  it("stand for data spaces in all of them", () => {
    assert.deepEqual(dataspaceOf("keep: [OPERAND, B], bypass: [RESULT], passthrough: [OPERAND]"), {
      keep: ["A", "B"],
      bypass: ["Z"],
      passthrough: ["A"],
    });
    const temporal = temporalOf("no_temporal_reuse: [OPERAND], rmw_on_first_writeback: [RESULT]");
    assert.deepEqual([temporal.noTemporalReuse, temporal.rmwOnFirstWriteback], [["A"], ["Z"]]);
    const spatial = spatialOf("no_link_transfer: [OPERAND], no_multicast_no_reduction: [B, RESULT]");
    assert.deepEqual([spatial.noLinkTransfer, spatial.noMulticastNoReduction], [["A"], ["B", "Z"]]);
  });

  it("may be replaced by names that come later", () =>
    assert.deepEqual(temporalOf("no_temporal_reuse: [CHAIN]").noTemporalReuse, ["B"]));

  it("are data spaces once, however often they are written", () => {
    assert.deepEqual(temporalOf("no_temporal_reuse: [A, OPERAND, A]").noTemporalReuse, ["A"]);
    assert.deepEqual(temporalOf('no_temporal_reuse: [OPERAND, "*"]').noTemporalReuse, ["A", "B", "Z"]);
  });

  it("in no_reuse join what is there", () => {
    assert.deepEqual(temporalOf("no_reuse: [OPERAND, B], no_temporal_reuse: [RESULT, A]").noTemporalReuse, [
      "Z",
      "A",
      "B",
    ]);
    assert.deepEqual(spatialOf("no_reuse: [OPERAND]").noMulticastNoReduction, ["A"]);
  });

  it("in keep_only and bypass_only stand beside a data space that is written", () => {
    assert.deepEqual(dataspaceOf("keep_only: [A, OPERAND]"), {
      keep: ["A"],
      bypass: ["B", "Z"],
      passthrough: [],
    });
    assert.deepEqual(dataspaceOf("bypass_only: [Z, RESULT]"), {
      keep: ["A", "B"],
      bypass: ["Z"],
      passthrough: [],
    });
  });

  it("of targets stand for data spaces as well", () => {
    const specification = specificationWith({
      "mapper:":
        "mapping: [{type: dataspace, target: buffer, passthrough: [RESULT]}, {type: temporal, target: memory, permutation: [X, ROW]}]\nmapper:",
    });
    assert.deepEqual(constraintsOf(specification, "buffer").dataspace?.passthrough, ["Z"]);
    assert.deepEqual(constraintsOf(specification, "memory").temporal?.permutation, ["K", "M"]);
  });

  it("decide what parallel branches bypass", () => {
    const leaf = (name: string, keep: string): string =>
      `        - !Element {name: ${name}, class: regfile, attributes: {datawidth: 8, depth: 4, width: 8}, constraints: {dataspace: {keep: [${keep}]}}}\n`;
    const branches = (left: string, right: string): (readonly string[])[] => {
      const specification = specificationWith({
        "    - !Element\n      name: mac": `    - !Parallel\n      nodes:\n${leaf("left", left)}${leaf("right", right)}    - !Element\n      name: mac`,
      });
      return ["left", "right"].map((name) => constraintsOf(specification, name).dataspace?.bypass ?? []);
    };
    assert.deepEqual(branches("OPERAND, CHAIN", "RESULT"), [["Z"], ["A", "B"]]);
    assert.throws(() => branches("A, CHAIN", "B, Z"), { message: /Two parallel branches keep B/ });
    assert.throws(() => branches("OPERAND", "Z"), { message: /B reaches the parallel branches/ });
  });
});

describe("names in factors", () => {
  const factorTexts = (lines: string): string =>
    temporalOf(lines)
      .factors.map(({ dimension, operator, value }) => `${dimension}${operator}${value}`)
      .join(",");

  it("stand for dimensions and sizes", () => {
    assert.equal(factorTexts("factors: [ROW=SIZE, X<=4]"), "M=2,K<=4");
    assert.equal(factorTexts('factors: ["ROW=SIZE"]'), "M=2");
  });

  it("are the same factor once, where they become equal", () =>
    assert.equal(factorTexts("factors_only: [X=1, N=SIZE]"), "N=2,M=1,K=1"));

  it("in other integers may be in quotes", () => {
    const spatial = spatialOf('split: "SIZE", default_max_factor: SIZE');
    assert.deepEqual([spatial.split, spatial.defaultMaxFactor], [2, 2]);
  });
});

describe("mistaken names in constraints", () => {
  const cases: readonly (readonly [string, string, string, RegExp])[] = [
    [temporalPart, "permutation: [ROE]", "unknown-name", /"buffer" name "ROE", which is not a dimension/],
    [temporalPart, "permutation: [k]", "unknown-name", /name "k", which is not[^]*Did you mean "K"/],
    [
      temporalPart,
      "permutation: [OPERAND]",
      "unknown-name",
      /"OPERAND" \(which became "A"\), which is not a dimension/,
    ],
    [temporalPart, "permutation: [SIZE]", "unknown-name", /"SIZE" \(which became "2"\)/],
    [temporalPart, "permutation: [STAR]", "unknown-name", /"STAR" \(which became "\*"\)/],
    [temporalPart, "permutation: [NOTHING]", "unknown-name", /"NOTHING" \(which became "None"\)/],
    [temporalPart, "permutation: [M, ROW]", "constraint", /names M twice \("M,ROW" became "M,M"\)/],
    [temporalPart, "permutation: [ROW, ROW]", "constraint", /names M twice \("ROW,ROW" became "M,M"\)/],
    [temporalPart, "permutation: [K, ORDER]", "constraint", /names K twice \("K,ORDER" became "K,K,M,N"\)/],
    [temporalPart, "permutation: KMK", "constraint", /names K twice\.\n/],
    [
      temporalPart,
      "factors: [OPERAND=2]",
      "unknown-name",
      /"OPERAND" \(which became "A"\), which is not a dimension/,
    ],
    [temporalPart, "factors: [SIDE]", "constraint", /"SIDE" is not a factor/],
    [
      temporalPart,
      "factors: [ROW=HALF]",
      "constraint",
      /factor ROW=HALF \(M=0\.5\) of "buffer" has no integer/,
    ],
    [temporalPart, "factors: [M=2, ROW=4]", "constraint", /contradict each other: M=2 and ROW=4 \(M=4\)/],
    [temporalPart, "factors_only: [X=SIZE]", "constraint", /contradict each other: X=SIZE \(K=2\) and K=1/],
    [temporalPart, "factors: [M<=NONE]", "constraint", /M<=NONE of "buffer" has no integer value/],
    [temporalPart, "factors: [ROW<=0]", "constraint", /The upper limit ROW<=0 \(M<=0\) of "buffer" allows/],
    [spatialPart, "split: HALF", "constraint", /split of "pe" is HALF \(0\.5\)/],
    [spatialPart, "default_max_factor: ROW", "constraint", /default_max_factor of "pe" is ROW \(M\)/],
    ["keep_only: [Z]", "keep: [OPERANT]", "unknown-name", /name "OPERANT", which is not a data space/],
    [
      "keep_only: [Z]",
      "keep: [ROW]",
      "unknown-name",
      /"ROW" \(which became "M"\), which is not a data space/,
    ],
    ["keep_only: [Z]", "keep: [BACK]", "unknown-name", /"BACK" \(which became "LINK"\)/],
    ["keep_only: [Z]", "keep: [STAR]", "unknown-name", /"STAR" \(which became "\*"\)/],
    ["keep_only: [Z]", "keep: [LISTED]", "unknown-name", /"LISTED" \(which became "N, M"\)/],
    ["keep_only: [Z]", "keep: [technology]", "unknown-name", /name "technology", which is not a data space/],
    [
      "keep_only: [Z]",
      "keep: [A], bypass: [OPERAND]",
      "constraint",
      /keeps and bypasses A, which "OPERAND" became/,
    ],
    [
      "keep_only: [Z]",
      "keep: [OPERAND], bypass: [A]",
      "constraint",
      /keeps and bypasses A, which "OPERAND" became/,
    ],
    [
      "keep_only: [Z]",
      "keep_only: [RESULT]",
      "constraint",
      /bypasses Z, which "RESULT" became[^]*before names are/,
    ],
    ["keep_only: [Z]", "bypass_only: [RESULT]", "constraint", /bypasses Z, which "RESULT" became/],
    ["keep_only: [Z]", "keep: [RESULT], bypass: [RESULT]", "constraint", /both keeps and bypasses RESULT/],
    [
      temporalPart,
      "no_iteration_over_dataspaces: [OPERAND]",
      "constraint",
      /no_iteration_over_dataspaces of "buffer" names "OPERAND"[^]*before names are replaced/,
    ],
  ];
  for (const [part, by, code, message] of cases)
    it(`${by} is refused`, () => assert.throws(() => specificationWith({ [part]: by }), { code, message }));

  it("are refused where they stand", () =>
    assert.throws(() => specificationWith({ "keep_only: [Z]": "keep: [A, ROW]" }), {
      message: /model\.yaml:\d+:\d+ \(architecture\.nodes\[3\]\.constraints\.dataspace\.keep\[1\]\)/,
    }));
});
