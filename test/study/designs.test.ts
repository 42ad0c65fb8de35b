import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { estimate } from "../../src/components/estimate";
import { explainArea, explainEnergy, leavesOf } from "../../src/components/explain";
import { formatExplanation } from "../../src/components/format-explanation";
import { flatForm } from "../../src/report/flat-form";
import { loadSpecification } from "../../src/spec/load-specification";
import { mapInputs } from "../../src/study/given-mapping";
import type { Inputs } from "../../src/study/manifest";
import { resultOf } from "../../src/study/run-layer";
import type { StudyOptions } from "../../src/study/study-options";
import { verifyResult } from "../../src/study/verify-result";
import { designYaml, goldenDesign, goldenDesigns, mappingYaml } from "../support/designs";
import type { ExpectedEvaluation } from "../support/designs";

type Constraint = Readonly<Record<string, unknown>>;

/** Sets of data spaces and of factors in one order. */
function inOrder(constraint: Constraint): Constraint {
  return Object.fromEntries(
    Object.entries(constraint).map(([key, value]) => [
      key,
      Array.isArray(value)
        ? [...(value as unknown[])].sort()
        : key === "factors"
          ? String(value).split(",").sort()
          : value,
    ]),
  );
}

function byPlace(constraints: readonly Constraint[]): Readonly<Record<string, Constraint>> {
  return Object.fromEntries(
    constraints.map((constraint) => [
      `${String(constraint.target)} ${String(constraint.type)}`,
      inOrder(constraint),
    ]),
  );
}

describe("public designs", () => {
  let folder: string;
  before(() => (folder = mkdtempSync(join(tmpdir(), "raella-designs-"))));
  after(() => rmSync(folder, { recursive: true }));

  function filesOf(id: string, tables?: "stored"): Inputs & { readonly mapping: string } {
    const design = goldenDesign(id);
    const [file, mapping] = [join(folder, `${id}.yaml`), join(folder, `${id}.map.yaml`)];
    writeFileSync(file, designYaml(design, tables && design.storedTables));
    writeFileSync(mapping, mappingYaml(design));
    return { files: [file], greedy: false, mapping };
  }

  function assertEvaluation(inputs: Inputs, expected: ExpectedEvaluation, options: StudyOptions = {}): void {
    const { evaluation } = mapInputs(inputs, options);
    assert.deepEqual(
      [evaluation.cycles, evaluation.computes, evaluation.energyPj, evaluation.computeEnergyPj],
      [expected.cycles, expected.computes, expected.energyPj, expected.macPj],
    );
    const edpJCycle = evaluation.energyPj * 1e-12 * evaluation.cycles;
    assert.ok(Math.abs(edpJCycle / expected.edpJCycle - 1) < 1e-15);
    for (const [name, level] of Object.entries(expected.levels)) {
      const found = evaluation.levels.find((candidate) => candidate.level === name);
      assert.equal(found?.energyPj, level.energyPj, name);
      assert.equal(found.parts?.leakagePj ?? 0, level.leakPj, name);
      const counts = Object.entries(found.accesses).map(([dataSpace, accesses]) => [
        dataSpace,
        {
          tile: accesses.tileSize,
          ...{ reads: accesses.reads, fills: accesses.fills, updates: accesses.updates },
          ...{ instances: accesses.instances, clusters: accesses.clusters },
        },
      ]);
      assert.deepEqual(Object.fromEntries(counts), level.dataSpaces, name);
    }
  }

  for (const id of goldenDesigns)
    describe(id, () => {
      it("has the flat form of the original", () => {
        const { flat } = goldenDesign(id);
        const specification = loadSpecification({ files: filesOf(id).files });
        assert.equal(specification.identity.convention, "2024");
        const { variables, levels } = flatForm(specification);
        assert.deepEqual(variables, flat.variables);
        assert.deepEqual(
          levels.map(({ name, class: own, subclass, attributes, required_actions: actions }) => ({
            ...{ name, class: own, ...(subclass !== undefined && { subclass }), attributes },
            requiredActions: [...actions].sort(),
          })),
          flat.levels.map((level) => ({ ...level, requiredActions: [...level.requiredActions].sort() })),
        );
        const constraints = levels.flatMap(({ name, constraints: parts }) =>
          Object.entries(parts).map(([type, part]): Constraint => ({
            ...(part as Constraint),
            type: type === "dataspace" ? "bypass" : type,
            target: name.replace(/\[.*/, ""),
          })),
        );
        assert.deepEqual(byPlace(constraints), byPlace(flat.constraints));
      });

      it("has the original's tables, to six decimals", () => {
        const { ownTables } = goldenDesign(id);
        const { energy, area } = estimate(loadSpecification({ files: filesOf(id).files }));
        assert.deepEqual({ ...area.areaUm2 }, ownTables.ART);
        const energies = Object.entries(energy.energyPj).filter(
          ([, actions]) => Object.keys(actions).length > 0,
        );
        assert.deepEqual(Object.fromEntries(energies), ownTables.ERT);
      });

      it("explains every figure of its tables", () => {
        const specification = loadSpecification({ files: filesOf(id).files });
        const { energy, area } = estimate(specification);
        for (const [level, actions] of Object.entries(energy.energyPj))
          for (const [action, value] of Object.entries(actions)) {
            const explained = explainEnergy(specification, level, action);
            assert.equal(explained.tableValue, value, `${level} ${action}`);
            for (const leaf of leavesOf(explained)) assert.ok(leaf.source, leaf.name);
          }
        for (const [level, value] of Object.entries(area.areaUm2))
          assert.equal(explainArea(specification, level).tableValue, value, level);
      });

      it("has no attribute that is wrongly taken for a misspelt one", () => {
        const { warnings } = resultOf(mapInputs(filesOf(id)));
        const said = warnings.flatMap(
          ({ message }) => /attribute "(\w+)".*Did you mean/.exec(message)?.[1] ?? [],
        );
        // What the SRAM of this version calls n_rw_ports.
        assert.deepEqual(said, id === "timeloop_accelergy_intmac" ? ["n_rdwr_ports"] : []);
      });

      it("has the original's figures with tables of its own", () => {
        assertEvaluation(filesOf(id), goldenDesign(id).expectedWithOwnTables);
      });

      const { expectedWithStoredTables: expected } = goldenDesign(id);
      if (expected !== undefined)
        it("has the original's counts, clusters, energies and leakage with its tables", () => {
          assertEvaluation(filesOf(id, "stored"), expected);
        });
    });

  it("show what a level as a whole is multiplied by", () => {
    const specification = loadSpecification({ files: filesOf("eyeriss_like_asrun").files });
    const [title] = formatExplanation(explainArea(specification, "ifmap_spad")).split("\n");
    assert.equal(title, "ifmap_spad area = 747.648 um^2 x 0.09375 = 70.092 um^2 (smartbuffer_RF)");
    const [energy, , , leak] = ["read", "write", "update", "leak"].map((action) =>
      formatExplanation(explainEnergy(specification, "ifmap_spad", action)),
    );
    assert.match(energy, /^ifmap_spad read = 0\.202442 pJ \(/);
    assert.match(leak, /\n\s+8\.92591e-10 W over 1e-9 s\n/);
  });

  it("let an access of a cluster serve all its instances", () => {
    const { evaluation } = mapInputs(filesOf("simba_like", "stored"), { leakage: false });
    const registers = evaluation.levels.find(({ level }) => level === "PEWeightRegs");
    assert.equal(registers?.energyPj.toFixed(2), "245072.31");
    assert.equal(registers?.accesses.Weights.clusters, 4);
  });

  it("do not count leakage where it is declined, which is said once", () => {
    const mapped = mapInputs(filesOf("eyeriss_like_asrun", "stored"), { leakage: false });
    const { energyPj, leakagePj, warnings } = resultOf(mapped);
    assert.deepEqual([energyPj.leakage, leakagePj], [undefined, undefined]);
    const said = warnings.filter(({ message }) => message.includes("eakage")).map(({ message }) => message);
    assert.deepEqual(said, [
      "The leakage given of shared_glb, ifmap_spad, weights_spad, psum_spad is not counted. To count it: --leakage, in scripts leakage: true.",
    ]);
    const expected = goldenDesign("eyeriss_like_asrun").expectedWithStoredTables;
    const leakage = Object.values(expected?.levels ?? {}).reduce((sum, { leakPj }) => sum + leakPj, 0);
    assert.ok(Math.abs(energyPj.total + leakage - (expected?.energyPj ?? 0)) < 1e-6);
  });

  const choices: readonly StudyOptions[] = [
    {},
    { leakage: false },
    { convention: "2023" },
    { convention: "2023", leakage: true },
    { convention: "2024" },
  ];
  for (const options of choices)
    it(`repeat in verify with ${JSON.stringify(options)}`, async () => {
      const inputs = filesOf("eyeriss_like_asrun", "stored");
      const result = resultOf(mapInputs(inputs, options), options, inputs);
      const { convention = "2024" } = options;
      assert.equal(result.manifest?.convention, convention);
      const counts = options.leakage ?? convention === "2024";
      assert.equal(result.leakagePj?.weights_spad, counts ? 17254.121472000003 : undefined);
      assert.equal(result.energyPj.leakage?.toFixed(2), counts ? "20287.22" : undefined);
      const { total, ...lines } = result.energyPj;
      const sum = Object.values(lines).reduce((before, line) => before + line, 0);
      assert.ok(Math.abs(sum - total) < 1e-6);
      const verification = await verifyResult(JSON.parse(JSON.stringify(result)));
      assert.deepEqual(verification.differences, []);
    });
});
