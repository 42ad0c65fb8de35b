import assert from "node:assert/strict";
import { formatAblationText, formatNetworkText } from "../../src/report/network-text";
import type { FullSearchObjective } from "../../src/search/full/objective";
import { getSpec } from "../../src/spec/get-spec";
import { listArchitectures, listDnns, listLayers } from "../../src/spec/workspace";
import { totalKey } from "../../src/study/component-groups";
import { mapLayer, runLayer } from "../../src/study/run-layer";
import { runAblation } from "../../src/study/run-network";
import type { LayerOptions } from "../../src/study/study-options";
import { createRandom } from "../search/full/cases";
import { fewAndMany } from "../support/thorough";

/** A layer that the greedy steps cannot place, although mappings exist. */
const beyondGreedySteps: LayerOptions & { readonly dnn: string } = {
  architecture: "isaac_like",
  dnn: "resnet18",
  layer: 15,
  nTiles: 3,
  batchSize: 1,
};

describe("studies with a full search", () => {
  for (const [count, tag] of fewAndMany(8, 40))
    it(`are proven and never worse than with greedy steps, for ${count} tiles, batches and variables${tag}`, () => {
      const random = createRandom(7);
      const pick = <T>(items: readonly T[]): T => items[Math.floor(random() * items.length)];
      const objectives: readonly FullSearchObjective[] = [
        "edp",
        "energy",
        "cycles",
        { energyExponent: 2, cyclesExponent: 0.5 },
      ];
      let compared = 0;
      for (let run = 0; run < count; run += 1) {
        const dnn = pick(listDnns());
        const objective = pick(objectives);
        const options = {
          architecture: pick(listArchitectures()).name,
          dnn,
          layer: pick(listLayers(dnn)),
          nTiles: pick([1, 4, 16, 1000]),
          batchSize: pick([1, 7, 32]),
          variables: pick<Readonly<Record<string, number>>>([
            {},
            { CIM_UNITS_PER_COLUMN: 128 },
            { CIM_UNITS_PER_COLUMN: 1024 },
            { ADC_RESOLUTION: 6 },
          ]),
        };
        const label = JSON.stringify({ ...options, objective });
        let result;
        try {
          result = runLayer({ ...options, search: "full", objective });
        } catch (error) {
          assert.equal((error as { code?: string }).code, "no-mapping", label);
          assert.throws(() => runLayer(options), { code: "no-mapping" });
          continue;
        }
        const { certificate, heuristic } = result.fullSearch ?? {};
        assert.ok(certificate?.isProven, label);
        if (!heuristic) continue;
        assert.ok(heuristic.objectiveOverBest >= 1, label);
        if (objective === "energy") assert.ok(heuristic.energyPj >= result.energyPj[totalKey], label);
        if (objective === "cycles") assert.ok(heuristic.cycles >= result.cycles, label);
        compared += 1;
      }
      assert.ok(compared >= (3 / 4) * count);
    });

  it("find mappings where the greedy steps leave none", () => {
    assert.throws(() => runLayer(beyondGreedySteps), { code: "no-mapping" });
    const { fullSearch } = runLayer({ ...beyondGreedySteps, search: "full" });
    assert.equal(fullSearch?.heuristic, null);
    assert.equal(fullSearch.certificate.isProven, true);
  });

  it("keep the slices of a weight off one column, whose currents no circuit could take apart", () => {
    for (const [architecture, dnn, layer] of [
      ["raella", "resnet18", 10],
      ["raella_no_speculation_2b_cells", "mobilenetv2", 21],
      ["isaac_like", "resnet18", 3],
    ] as const) {
      const { mapping } = runLayer({ architecture, dnn, layer, search: "full" });
      const units = mapping.filter(({ level }) => level === "inter_cim_unit_spatial_dummy");
      const dimensions = units.flatMap(({ loops }) => loops.map(({ dimension }) => dimension));
      assert.ok(dimensions.length > 0 && !dimensions.includes("L"), `${architecture} ${dnn} ${layer}`);
    }
    const { energyPj, cycles } = runLayer({
      ...{ architecture: "raella", dnn: "resnet18", layer: 10 },
      search: "full",
    });
    assert.deepEqual([Math.round(energyPj.total / 1e3), cycles], [176_525, 107_800]);
  });

  it("compare with the greedy mapping of the same objective", () => {
    const options = { architecture: "raella_no_speculation", dnn: "mobilenetv2", layer: 10 };
    const { fullSearch } = runLayer({ ...options, search: "full", objective: "energy" });
    const specification = getSpec({ ...options, nTiles: 16, batchSize: 32 });
    const least = (metric: string): number => {
      const mapper = { ...specification.mapper, optimizationMetrics: [metric] };
      return mapLayer({ ...specification, mapper }).evaluation.energyPj;
    };
    assert.equal(fullSearch?.heuristic?.energyPj, least("energy"));
    assert.ok(least("energy") <= least("edp"));
  });

  it("end in time with what is known by then", () => {
    const options: LayerOptions = { architecture: "isaac_like", dnn: "resnet18", layer: 0, search: "full" };
    const { fullSearch } = runLayer({ ...options, timeLimitMs: 0 });
    assert.equal(fullSearch?.certificate.stoppedBy, "time");
    assert.ok(fullSearch.certificate.gap > 0 && fullSearch.certificate.gap < 1);
    assert.equal(fullSearch.heuristic?.objectiveOverBest, 1);
    const heuristicBound = runLayer(options).fullSearch?.certificate.lowerBound ?? 0;
    assert.ok(fullSearch.certificate.lowerBound <= heuristicBound);
  });

  it("refuse objectives and limits that are none", () => {
    const run = (changed: object): unknown =>
      runLayer({ architecture: "raella", dnn: "resnet18", layer: 20, search: "full", ...changed });
    assert.throws(() => run({ objective: "edpp" }), { code: "usage", expected: /edp, energy, cycles/ });
    for (const timeLimitMs of [-1, NaN, "1"])
      assert.throws(() => run({ timeLimitMs }), { code: "out-of-range", message: /time limit/ });
  });

  it("sum up what the greedy steps cost, the same for any number of workers", async () => {
    const run = (workers: number) =>
      runAblation("mobilenetv2", {
        architectures: ["isaac_like", "raella"],
        layers: [51, 52],
        search: "full",
        workers,
      });
    const ablation = await run(1);
    assert.deepEqual(await run(2), ablation);
    for (const { layers, totals } of ablation.networks) {
      const heuristics = layers.flatMap(({ fullSearch }) => fullSearch?.heuristic ?? []);
      assert.equal(totals.fullSearch?.proven, 2);
      assert.deepEqual(totals.fullSearch.heuristic, {
        energyPj: heuristics[0].energyPj + heuristics[1].energyPj,
        cycles: heuristics[0].cycles + heuristics[1].cycles,
      });
      assert.ok(totals.fullSearch.heuristic.energyPj > totals.energyPj[totalKey]);
    }
    const text = formatAblationText(ablation);
    assert.match(text, /^layers proven +2 of 2 +2 of 2$/m);
    assert.match(text, /^energy with greedy steps +1\.\d{3}× +1\.\d{3}×$/m);
    assert.match(text, /^51 +features\.18\.0 +1\.034× 1× +1× 1\.750×$/m);
    assert.match(text, /^52 +classifier\.1 +1\.\d{3}× 2\.000× +1\.\d{3}× 1×$/m);
    assert.doesNotMatch(formatAblationText(ablation, false), /^52 +classifier/m);
    assert.match(formatNetworkText(ablation.networks[1]), /^51 +features\.18\.0 +1× 1\.750×$/m);
  });

  it("say where the greedy steps are best already, and where they fail", async () => {
    const { architecture, dnn, nTiles, batchSize } = beyondGreedySteps;
    const options = { search: "full", nTiles, batchSize, layers: [15] } as const;
    const fails = await runAblation(dnn, { ...options, architectures: [architecture] });
    assert.equal(fails.networks[0].totals.fullSearch?.heuristic, null);
    assert.match(formatAblationText(fails), /^energy with greedy steps +—$[^]*^15 .* none fits$/m);
    const best = await runAblation("resnet18", {
      architectures: ["raella_no_speculation"],
      layers: [20],
      search: "full",
    });
    assert.equal(best.networks[0].totals.fullSearch?.greedyIsBest, 1);
    assert.match(formatAblationText(best), /^20 +fc +best$/m);
  });
});
