import assert from "node:assert/strict";
import { formatLayerText, formatLayerTitle } from "../../src/report/layer-text";
import { loadComponentGroups } from "../../src/spec/component-groups";
import type { LayerResult } from "../../src/study/layer-result";
import { runLayer } from "../../src/study/run-layer";

const result = runLayer({ architecture: "raella", dnn: "resnet18", layer: 20, search: "full" });
const [search] = [result.fullSearch].flatMap((given) => given ?? []);

/** The row of a table of figures or components that starts with a name. */
function row(changed: Partial<LayerResult>, name: string): string | undefined {
  return formatLayerText({ ...result, ...changed }, [])
    .split("\n")
    .find((line) => line.trimStart().startsWith(name));
}

describe("text of a layer", () => {
  it("names what is known of it", () => {
    const { architecture, dnn, layer, layerName, nTiles, batchSize } = result;
    const whole = { architecture, dnn, layer, layerName, nTiles, batchSize };
    assert.equal(formatLayerTitle(whole), "raella · resnet18, layer 20 (fc) · 16 tiles, batch 32");
    assert.equal(
      formatLayerTitle({ ...whole, layerName: null, nTiles: 1 }),
      "raella · resnet18, layer 20 · 1 tile, batch 32",
    );
    assert.equal(
      formatLayerTitle({ ...whole, dnn: null, layer: null, batchSize: 1000 }),
      "raella · fc · 16 tiles, batch 1,000",
    );
    assert.equal(
      formatLayerTitle({ ...whole, nTiles: null, batchSize: null }),
      "raella · resnet18, layer 20 (fc)",
    );
  });

  it("tells which share of the crossbars works, and calls the share of the peak what it is", () => {
    const text = (dnn: string, layer: number): string =>
      formatLayerText(runLayer({ architecture: "raella", dnn, layer }), loadComponentGroups());
    assert.match(
      text("resnet18", 10),
      /^ {2}Utilization +42\.2\u00a0% +of the crossbar places \(pim_cell\) at work/m,
    );
    assert.match(text("resnet18", 10), /^ {2}Peak share +0\.307\u00a0% +of one operation in each cycle/m);
    // Without a group that says what its cells are, it is the compute units that work.
    assert.match(row({}, "Utilization") ?? "", /of the compute units at work in a step$/);
  });

  it("tells notes behind everything else", () => {
    const notes = [{ code: "check", message: "Much traffic." } as const];
    assert.match(formatLayerText({ ...result, notes }, []), /\n\nnote: Much traffic\.\n$/);
  });

  it("tells how far a full search has come, and what greedy steps cost", () => {
    const { certificate, heuristic } = search;
    const fullSearch = (changed: object): Partial<LayerResult> => ({ fullSearch: { ...search, ...changed } });
    assert.match(
      row({}, "Proof") ?? "",
      /^ {2}Proof +complete +no mapping has less than [0-9.]+(×10[^ ]+)? J·cycles$/,
    );
    const rounded = { ...certificate, isExactToTheBit: false };
    assert.match(row(fullSearch({ certificate: rounded }), "Proof") ?? "", /J·cycles, up to rounding$/);
    const open = { ...certificate, isProven: false, gap: 0.25, stoppedBy: "time", lowerBound: 3e6 };
    assert.match(
      row(fullSearch({ certificate: open, objective: "energy" }), "Proof") ?? "",
      /^ {2}Proof +25\u00a0% open +stopped by the time limit; no mapping has less than 3 µJ$/,
    );
    assert.match(
      row(fullSearch({ certificate: { ...open, lowerBound: 1234 }, objective: "cycles" }), "Proof") ?? "",
      /less than 1,234 cycles$/,
    );
    const counts = { pruned: { infeasible: 1000, bound: 2, merged: 3 }, search: { expanded: 7 } };
    assert.match(
      row(fullSearch({ certificate: { ...certificate, ...counts } }), "Search") ?? "",
      /^ {2}Search +7 +partial mappings continued; 1,000 do not fit, 2 cut by bounds, 3 merged$/,
    );
    const greedy = { ...heuristic, energyPj: 1.1 * result.energyPj.total, cycles: result.cycles };
    assert.match(
      row(fullSearch({ heuristic: { ...greedy, edpOverBest: 1.1 } }), "Greedy steps") ?? "",
      /^ {2}Greedy steps +1\.100× EDP +1\.100× energy, 1× cycles$/,
    );
    assert.equal(row(fullSearch({ heuristic: null }), "Greedy steps"), undefined);
  });

  it("tells how far Timeloop's walk ends from the best mapping", () => {
    const walk = { visited: 1234, threads: [], optimum: { edp: 2, energyPj: 1, cycles: 1 } };
    assert.match(
      row({ walk: { ...walk, edpOverOptimum: 1 } }, "Timeloop") ?? "",
      /ends with the best mapping$/,
    );
    assert.match(
      row({ walk: { ...walk, edpOverOptimum: 1.5 } }, "Timeloop") ?? "",
      /1,234 tried +its random walk ends with 1\.5 times the EDP of the best mapping, 2 J·cycles$/,
    );
  });

  it("shows levels that cost energy alone or area alone, and none that cost neither", () => {
    const costs = {
      energyPj: { hot: 3e6, cold: 0, total: 3e6 },
      areaUm2: {
        hot: { each: 0, count: 1, total: 0 },
        wide: { each: 2e6, count: 2, total: 4e6 },
        cold: { each: 0, count: 1, total: 0 },
        total: 4e6,
      },
    };
    assert.match(row(costs, "hot") ?? "", /^hot +hot +1 +3\.00 +100\.0 % +0\.00$/);
    assert.match(row(costs, "wide") ?? "", /^wide +wide +2 +0\.00 +0\.0 % +4\.00$/);
    assert.equal(row(costs, "cold"), undefined);
    const free = { ...costs, energyPj: { hot: 0, total: 0 } };
    assert.match(row(free, "wide") ?? "", /^wide +wide +2 +0\.00 +4\.00$/);
  });
});
