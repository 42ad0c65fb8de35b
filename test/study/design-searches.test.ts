import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { mapInputs } from "../../src/study/given-mapping";
import { resultOf } from "../../src/study/run-layer";
import { designYaml, goldenDesign } from "../support/designs";

describe("searches of public designs", function () {
  this.timeout(600_000);
  let folder: string;
  before(() => (folder = mkdtempSync(join(tmpdir(), "raella-design-searches-"))));
  after(() => rmSync(folder, { recursive: true }));

  function fileOf(id: string): string {
    const file = join(folder, `${id}.yaml`);
    const design = goldenDesign(id);
    writeFileSync(file, designYaml(design, design.storedTables));
    return file;
  }

  it("prove the optimum of the row-stationary design, without being asked for a full search", () => {
    const files = [fileOf("eyeriss_like_asrun")];
    const mapped = mapInputs({ files, greedy: true });
    const { edp, fullSearch, mapSpace } = resultOf(mapped, {}, { files, greedy: true });
    assert.equal(Number(edp.toPrecision(12)), Number((3.60786863890156).toPrecision(12)));
    assert.ok(fullSearch?.certificate.isProven);
    assert.ok(mapSpace.size > 5e8);
  });

  it("visit a small space of open orders and undecided data spaces", () => {
    const { evaluation, fullSearch } = mapInputs({ files: [fileOf("tut05_null")], greedy: true });
    assert.equal(fullSearch, undefined);
    assert.ok(Math.abs(evaluation.edpPjCycles / 68685642.129408 - 1) < 1e-12);
  });
});
