import assert from "node:assert/strict";
import { mapInputs } from "../../src/study/given-mapping";
import { resultOf } from "../../src/study/run-layer";
import { designFiles } from "../support/designs";

describe("searches of public designs", function () {
  this.timeout(600_000);
  const fileOf = designFiles();

  it("prove the optimum of the row-stationary design, without being asked for a full search @thorough", () => {
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
