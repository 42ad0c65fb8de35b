import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { mapInputs } from "../../src/study/given-mapping";
import type { MappedLayer } from "../../src/study/layer-result";
import { resultOf } from "../../src/study/run-layer";
import type { StudyOptions } from "../../src/study/study-options";
import { verifyResult } from "../../src/study/verify-result";
import { designYaml, goldenDesign, mappingYaml } from "../support/designs";
import type { GoldenDesign } from "../support/designs";

describe("public designs with the tables stored beside them", () => {
  let folder: string;
  before(() => (folder = mkdtempSync(join(tmpdir(), "raella-designs-"))));
  after(() => rmSync(folder, { recursive: true }));

  /** Files of a design and its mapping, and the layer that they give. */
  function evaluate(
    id: string,
    options: StudyOptions,
  ): { design: GoldenDesign; mapped: MappedLayer; files: string[] } {
    const design = goldenDesign(id);
    const files = [join(folder, `${id}.yaml`), join(folder, `${id}.map.yaml`)];
    writeFileSync(files[0], designYaml(design));
    writeFileSync(files[1], mappingYaml(design));
    const mapped = mapInputs({ files: files.slice(0, 1), greedy: false, mapping: files[1] }, options);
    return { design, mapped, files };
  }

  for (const id of ["simba_like", "eyeriss_like_asrun"])
    it(`${id} has the original's counts, clusters, energies and leakage to the last digit`, () => {
      const { design, mapped } = evaluate(id, { leakage: true });
      const expected = design.expectedWithStoredTables;
      const { evaluation } = mapped;
      assert.deepEqual(
        [evaluation.cycles, evaluation.computes, evaluation.energyPj, evaluation.computeEnergyPj],
        [expected.cycles, expected.computes, expected.energyPj, expected.macPj],
      );
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
    });

  it("an access of a cluster serves all its instances", () => {
    const { evaluation } = evaluate("simba_like", {}).mapped;
    const registers = evaluation.levels.find(({ level }) => level === "PEWeightRegs");
    assert.equal(registers?.energyPj.toFixed(2), "245072.31");
    assert.equal(registers?.accesses.Weights.clusters, 4);
  });

  it("leakage that is not asked for is not counted, which is said once", () => {
    const { mapped } = evaluate("eyeriss_like_asrun", {});
    const { energyPj, leakagePj, warnings } = resultOf(mapped);
    assert.deepEqual([energyPj.leakage, leakagePj], [undefined, undefined]);
    const said = warnings.filter(({ message }) => message.includes("eakage")).map(({ message }) => message);
    assert.deepEqual(said, [
      "The leakage given of shared_glb, ifmap_spad, weights_spad, psum_spad is not counted. To count it: --leakage, in scripts leakage: true.",
    ]);
    const expected = goldenDesign("eyeriss_like_asrun").expectedWithStoredTables;
    const leakage = Object.values(expected.levels).reduce((sum, { leakPj }) => sum + leakPj, 0);
    assert.ok(Math.abs(energyPj.total + leakage - expected.energyPj) < 1e-6);
  });

  it("leakage is a line of its own in results, and verify repeats it", async () => {
    const options: StudyOptions = { leakage: true };
    const { mapped, files } = evaluate("eyeriss_like_asrun", options);
    const inputs = { files: files.slice(0, 1), greedy: false, mapping: files[1] };
    const result = resultOf(mapped, options, inputs);
    assert.equal(result.leakagePj?.weights_spad, 17254.121472000003);
    assert.equal(result.energyPj.leakage.toFixed(2), "20287.22");
    const { total, ...lines } = result.energyPj;
    const sum = Object.values(lines).reduce((before, line) => before + line, 0);
    assert.ok(Math.abs(sum - total) < 1e-6);
    assert.equal(result.manifest?.leakage, true);
    assert.deepEqual(
      result.warnings.filter(({ message }) => message.includes("eakage")),
      [],
    );
    const verification = await verifyResult(JSON.parse(JSON.stringify(result)));
    assert.deepEqual(verification.differences, []);
  });
});
