import assert from "node:assert/strict";
import { formatMappingText } from "../../src/report/mapping-text";
import { formatScientific } from "../../src/report/statistics-text";
import { mapLayer, runLayer } from "../../src/study/run-layer";
import { readTimeloopRuns } from "../support/timeloop-runs";
import type { TimeloopRun } from "../support/timeloop-runs";

/** The real mapper's runs: every layer of ResNet18 on the four architectures, 16 tiles, batch 32. */
const runs = readTimeloopRuns();

function options(run: TimeloopRun): Parameters<typeof runLayer>[0] {
  return {
    ...{ architecture: run.architecture, dnn: run.dnn, layer: run.layer },
    ...{ nTiles: run.n_tiles, batchSize: run.batch },
  };
}

/** Whether a figure of three digits is the given one. */
function printsAs(value: number, printed: number): boolean {
  return Number(formatScientific(value)) === printed;
}

describe("the real mapper's runs of ResNet18", () => {
  it("are never better than the best mapping", () => {
    for (const run of runs) {
      const { edp } = runLayer(options(run));
      assert.ok(Number(formatScientific(edp)) <= run.edp_J_cycles, `${run.architecture} ${run.layer}`);
    }
  });

  it("end with the mapping and the figures that the re-enacted walk ends with", () => {
    for (const run of runs) {
      const name = `${run.architecture} ${run.layer}`;
      const { mapping, evaluation } = mapLayer({ ...options(run), search: "timeloop" });
      assert.equal(formatMappingText(mapping, evaluation), run.map, name);
      assert.equal(evaluation.cycles, run.cycles, name);
      assert.equal(evaluation.computes, run.computes, name);
      assert.ok(printsAs(evaluation.utilization, run.utilization), name);
      assert.ok(printsAs(evaluation.edpPjCycles / 1e12, run.edp_J_cycles), name);
      assert.ok(printsAs(evaluation.energyPj / 1e6, run.energy_uJ), name);
      const { Total: total, ...levels } = run.pJ_per_compute;
      assert.ok(printsAs(evaluation.energyPj / run.computes, total), `${name} Total`);
      for (const { level, energyPj } of evaluation.levels) {
        assert.ok(printsAs(energyPj / run.computes, levels[level] ?? 0), `${name} ${level}`);
      }
    }
  });

  it("give the totals of the whole DNN", () => {
    for (const architecture of new Set(runs.map((run) => run.architecture))) {
      const own = runs.filter((run) => run.architecture === architecture);
      const printed = own.reduce((sum, run) => sum + run.pJ_per_compute.Total * run.computes, 0);
      const computed = own
        .map((run) => runLayer({ ...options(run), search: "timeloop" }).energyPj.total)
        .reduce((a, b) => a + b, 0);
      // Every printed figure has three digits.
      assert.ok(Math.abs(computed - printed) <= printed * 0.005, architecture);
    }
  });
});
