import assert from "node:assert/strict";
import type { Evaluation } from "../../src/model/evaluation";
import { formatMappingText } from "../../src/report/mapping-text";
import { readMappingText, readTimeloopRuns } from "../support/timeloop-runs";

describe("formatMappingText", () => {
  it("draws every mapping exactly as the original's map file does", () => {
    const runs = readTimeloopRuns();
    assert.equal(runs.length, 84);
    for (const run of runs) {
      const { mapping, levels } = readMappingText(run.map);
      const text = formatMappingText(mapping, { levels } as unknown as Pick<Evaluation, "levels">);
      assert.equal(text, run.map, `${run.architecture} ${run.dnn} ${run.layer}`);
    }
  });

  it("shows loops along the second axis", () => {
    const { mapping } = readMappingText("top [ ] \n| for A in [0:2) (Spatial-Y)\nleaf [ ] \n");
    assert.equal(
      formatMappingText(mapping, { levels: [] }),
      "top [ ] \n-------\n| for A in [0:2) (Spatial-Y)\n\nleaf [ ] \n--------\n|   << Compute >>\n",
    );
  });
});
