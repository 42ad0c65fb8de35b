import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { estimate } from "../../src/components/estimate";
import { buildMapSpace } from "../../src/mapspace/map-space";
import { loadSpecification } from "../../src/spec/load-specification";
import type { LoadSpecificationOptions } from "../../src/spec/load-specification";
import { diagnoseLayer } from "../../src/study/diagnose-layer";
import { mapInputs } from "../../src/study/given-mapping";
import { mapLayer, resultOf } from "../../src/study/run-layer";
import type { StudyOptions } from "../../src/study/study-options";
import { verifyResult } from "../../src/study/verify-result";
import { replaced } from "../spec/support/small-model";
import { smallWhole } from "../trust/bad-inputs/case";

describe("what is given and not modelled", () => {
  let folder: string;
  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), "raella-"))));
  afterEach(() => rmSync(folder, { recursive: true }));

  let written = 0;
  const write = (text: string): string => {
    const file = join(folder, `model-${(written += 1)}.yaml`);
    writeFileSync(file, text);
    return file;
  };
  const load = (text: string, options: Omit<LoadSpecificationOptions, "files"> = {}) =>
    loadSpecification({ files: [write(text)], greedySteps: [], ...options });
  const targets = (...list: string[]): string =>
    `${smallWhole}sparse_optimizations:\n  targets:\n${list.map((item) => `    - {${item}}\n`).join("")}`;
  const skipping = "action_optimization: [{type: skipping, options: [{target: A, condition_on: [B]}]}]";

  describe("sparse optimizations", () => {
    it("are refused with level, kind and data spaces", () => {
      const cases: readonly (readonly [string, RegExp])[] = [
        [
          targets(`name: buffer, ${skipping}`),
          /not modelled: buffer \(action_optimization of A, B\)\. Counts and/,
        ],
        [targets(`target: buffer, ${skipping}`), /buffer \(action_optimization of A, B\)/],
        [targets("target: mac, compute_optimization: [{type: gating}]"), /: mac \(compute_optimization\)\./],
        [
          targets(
            "target: memory, representation_format: {data_spaces: [{name: Z, ranks: [{format: RLE}]}]}",
            "target: buffer, action_optimization: [{type: gating}]",
          ),
          /memory \(representation_format of Z\), buffer \(action_optimization\)/,
        ],
        [targets(`target: pe, ${skipping}`), /: pe \(action_optimization of A, B\)/],
        [
          replaced(
            smallWhole,
            "      subclass: smartbuffer_sram",
            `      subclass: smartbuffer_sram\n      sparse_optimizations: {${skipping}}`,
          ),
          /buffer \(action_optimization of A, B\)/,
        ],
      ];
      for (const [text, message] of cases)
        for (const compute of [mapLayer, buildMapSpace, diagnoseLayer])
          assert.throws(() => compute(load(text)), { code: "schema", message });
      assert.throws(() => mapLayer(load(cases[0][0])), {
        message: /--sparse dense[^]*sparse: "dense"/,
      });
    });

    it("are refused before a component is asked for actions that only they need", () => {
      const text = `
architecture:
  nodes:
    - !Component {name: memory, class: DRAM, attributes: {width: 64, datawidth: 8}}
    - !Component {name: buffer, class: SRAM, attributes: {width: 64, depth: 64, datawidth: 8}}
    - !Component {name: mac, class: intmac, attributes: {width: 8}}
variables: {technology: "45nm", global_cycle_seconds: 1e-9}
problem:
  shape:
    name: product
    dimensions: [M]
    data_spaces: [{name: A, projection: [[[M]]]}, {name: Z, projection: [[[M]]], read_write: true}]
  instance: {M: 4}
mapping: [{target: memory, type: temporal, factors: M=4}]
sparse_optimizations: {targets: [{target: buffer, representation_format: {data_spaces: [{name: A, ranks: [{format: RLE}]}]}}]}
`;
      const file = write(text);
      const inputs = { files: [file], greedy: false };
      const refused = { code: "schema", message: /not modelled: buffer \(representation_format of A\)/ };
      assert.throws(() => mapInputs(inputs), refused);
      assert.throws(() => mapInputs(inputs, { search: "full" }), refused);
      assert.throws(() => mapInputs({ ...inputs, mapping: file }), refused);
      assert.equal(mapInputs({ ...inputs, mapping: file }, { sparse: "dense" }).evaluation.cycles, 4);
    });

    it("may be looked at, with a warning", () => {
      const specification = load(targets(`name: buffer, ${skipping}`));
      assert.deepEqual(
        specification.warnings.map(({ message }) => message),
        ["Sparse optimizations are not modelled: buffer (action_optimization of A, B)."],
      );
      assert.equal(estimate(specification).area.areaUm2.buffer, 5);
    });

    it("need a target that exists", () => {
      assert.throws(() => load(targets(`target: bufer, ${skipping}`)), {
        code: "unknown-name",
        message: /target of sparse optimizations "bufer" is not a node[^]*Did you mean "buffer"/,
      });
      assert.throws(() => load(targets(skipping)), { message: /The sparse optimizations have no target/ });
    });

    it("that say nothing, densities and attributes of sparse formats change nothing", () => {
      const dense = mapLayer(load(smallWhole)).evaluation;
      for (const text of [
        targets("target: buffer, action_optimization: [], representation_format: {}", "target: mac"),
        replaced(
          smallWhole,
          "width: datawidth * 2",
          "width: datawidth * 2, metadata_storage_depth: 0, compression_supported: true".replaceAll(
            ", ",
            "\n        ",
          ),
        ),
        replaced(
          smallWhole,
          "instance: {M: 8, N: 4, K: 16}",
          "instance: {M: 8, N: 4, K: 16, densities: {A: 0.5}}",
        ),
      ])
        assert.deepEqual(mapLayer(load(text)).evaluation, dense);
      const { warnings } = load(
        replaced(
          smallWhole,
          "K: 16}",
          "K: 16, densities: {A: 0.5, B: {distribution: hypergeometric, density: 0.3}}}",
        ),
      );
      assert.deepEqual(
        warnings.map(({ message }) => message),
        ["The densities of A, B have no effect: data are counted as dense."],
      );
    });

    it("are left out on purpose, and verify repeats it", async () => {
      const text = targets(`name: buffer, ${skipping}`);
      const specification = load(text, { sparse: "dense" });
      assert.deepEqual(mapLayer(specification).evaluation, mapLayer(load(smallWhole)).evaluation);
      assert.deepEqual(
        specification.levels.map(({ requiredActions }) => requiredActions),
        load(smallWhole).levels.map(({ requiredActions }) => requiredActions),
      );
      const inputs = { files: [write(text)], greedy: false };
      const options: StudyOptions = { sparse: "dense" };
      const result = resultOf(mapInputs(inputs, options), options, inputs);
      assert.equal(result.manifest?.sparse, "dense");
      assert.match(result.warnings[0].message, /left out as asked: buffer \(action_optimization of A, B\)/);
      assert.equal((await verifyResult(JSON.parse(JSON.stringify(result)))).equal, true);
      assert.throws(() => load(smallWhole, { sparse: "sparse" as "dense" }), {
        code: "usage",
        message: /option "sparse" cannot be "sparse"/,
      });
    });
  });

  describe("placeholders", () => {
    const marked = `${smallWhole}placeholders: [ROWS]\n`;
    const energy = (options: Omit<LoadSpecificationOptions, "files">, text = marked): number =>
      mapLayer(load(text, options)).evaluation.energyPj;

    it("are refused until they are given, or meant", () => {
      const statistics = join(folder, "statistics");
      writeFileSync(statistics, "ROWS=2\n");
      const dense = energy({}, smallWhole);
      assert.throws(() => energy({}), { code: "statistics", message: /^ROWS is a placeholder of the model/ });
      assert.throws(() => energy({ variables: { WORD: 8 } }), { code: "statistics" });
      assert.equal(energy({ variables: { ROWS: 2 } }), dense);
      assert.equal(energy({ statistics: { ROWS: 2 } }), dense);
      assert.equal(energy({ statistics }), dense);
      assert.equal(energy({ usePlaceholders: true }), dense);
      assert.equal(load(marked, { usePlaceholders: true }).identity.usePlaceholders, true);
      assert.ok(load(marked, { statistics }).sources.some(({ file }) => file.endsWith("statistics")));
      assert.throws(() => energy({ usePlaceholders: "yes" as unknown as boolean }), { code: "usage" });
    });

    it("are variables", () =>
      assert.throws(() => load(`${smallWhole}placeholders: [ROWZ]\n`), {
        code: "unknown-name",
        message: /"ROWZ" is marked as a placeholder[^]*Did you mean "ROWS"/,
      }));
  });

  it("an algorithm of the mapper is refused where it would matter", () => {
    const settled = replaced(
      smallWhole,
      "keep: [A, B, Z]",
      "keep: [A, B, Z]}\n        temporal: {permutation: [M, N, K]",
    )
      .replace("permutation: [M, N]", "permutation: [M, N, K]")
      .replace('factors: [M=2], no_reuse: ["*"]', 'factors: [M=2], permutation: [M, N, K], no_reuse: ["*"]');
    const withAlgorithm = (algorithm: string) =>
      load(replaced(settled, "num_threads: 2", `num_threads: 2, algorithm: ${algorithm}`));
    const walk = mapLayer(withAlgorithm("random_pruned"), { search: "timeloop" });
    assert.ok(walk.walk);
    for (const algorithm of ["linear_pruned", "banana"]) {
      const specification = withAlgorithm(algorithm);
      assert.equal(specification.warnings.length, 1);
      assert.throws(() => mapLayer(specification, { search: "timeloop" }), {
        code: "usage",
        message: new RegExp(`algorithm ${algorithm} cannot be re-enacted[^]*algorithm: random_pruned`),
      });
      assert.deepEqual(
        mapLayer(specification).evaluation,
        mapLayer(withAlgorithm("random_pruned")).evaluation,
      );
    }
  });
});
