import assert from "node:assert/strict";
import fc from "fast-check";
import { estimate } from "../../../src/components/estimate";
import { RaellaError } from "../../../src/errors";
import { describeCosts } from "../../../src/model/access-costs";
import { evaluateMapping, priceAccesses } from "../../../src/model/evaluate-mapping";
import { describeHardware } from "../../../src/model/hardware";
import { describeProblem } from "../../../src/model/problem";
import { examineSpace } from "../../../src/search/exhaustive/examine-space";
import type { ExaminedSpace } from "../../../src/search/exhaustive/examine-space";
import { getSpec } from "../../../src/spec/get-spec";
import { findMapping, searchAnew } from "../../../src/study/find-mapping";
import { summarizeLayer } from "../../../src/study/layer-result";
import { runAblation, runNetwork } from "../../../src/study/run-network";
import type { LayerOptions } from "../../../src/study/study-options";
import { layerFigures } from "../../../src/study/layer-figures";
import type { LayerFigures } from "../../../src/study/layer-figures";
import { sweep } from "../../../src/study/sweep/sweep";
import type { SweepDescription } from "../../../src/study/sweep/sweep-description";
import { groupColumnName } from "../../../src/study/sweep/sweep-row";

const base = { architectures: "raella", dnns: "resnet18" } as const;

/** The figures of a search for this design alone, which must be those of the search that it shares with others. */
function searchedFigures(request: LayerOptions): LayerFigures {
  const specification = getSpec(request);
  const tables = estimate(specification);
  const hardware = describeHardware(specification);
  const costs = describeCosts(hardware, tables.energy);
  const alone = searchAnew(specification, hardware, costs, "optimal");
  assert.deepEqual(findMapping(specification, hardware, costs, "optimal"), alone);
  const evaluation = evaluateMapping(specification, tables.energy, alone.mapping);
  const problem = describeProblem(specification.workload);
  assert.deepEqual(priceAccesses(problem, hardware, costs, alone.counts), evaluation);
  const { energyPj, cycles, macs, areaUm2 } = summarizeLayer({ specification, tables, evaluation, ...alone });
  return { energyPj, cycles, macs, areaUm2: areaUm2.total };
}

/** The figures, or the reason why there are none. */
function outcome(compute: () => LayerFigures): LayerFigures | string {
  try {
    return compute();
  } catch (error) {
    if (error instanceof RaellaError) return error.summary;
    throw error;
  }
}

describe("figures of a layer in a sweep", () => {
  it("equal those of a search for that design alone, to the last bit", () => {
    const designs = fc.record({
      architecture: fc.constantFrom("raella", "isaac_like", "raella_no_speculation_2b_cells"),
      dnn: fc.constantFrom("resnet18", "mobilenetv2", "qdqbert"),
      layer: fc.integer({ min: 3, max: 20 }),
      nTiles: fc.constantFrom(8, 16),
      leakage: fc.boolean(),
      variables: fc.record({
        ADC_RESOLUTION: fc.integer({ min: 4, max: 10 }),
        CIM_UNITS_PER_COLUMN: fc.constantFrom(128, 512),
        N_ADC_PER_BANK: fc.constantFrom(1, 4),
        // Changes what conversions cost, sometimes to nothing.
        ADC_ACTION_SHARE: fc.constantFrom(0, 0.1, 0.5, 3),
        CROSSBAR_LATENCY_PRE_SPECULATION: fc.constantFrom(1e-8, 1e-7),
      }),
    });
    fc.assert(
      fc.property(designs, (design) => {
        const request = { ...design, batchSize: 32 };
        assert.deepEqual(
          outcome(() => layerFigures(request)),
          outcome(() => searchedFigures(request)),
        );
      }),
      { numRuns: 60 },
    );
  });

  it("share a search where only prices differ", () => {
    const request = { architecture: "raella", dnn: "resnet18", layer: 9, nTiles: 16, batchSize: 32 };
    const spaceOf = (bits: number): ExaminedSpace | null => {
      // Whether the constraints are the same objects depends on what was computed before; it must not matter.
      const specification = structuredClone(getSpec({ ...request, variables: { ADC_RESOLUTION: bits } }));
      const hardware = describeHardware(specification);
      const costs = describeCosts(hardware, estimate(specification).energy);
      return examineSpace(specification, hardware, costs, ["energy"], true);
    };
    assert.equal(spaceOf(5), spaceOf(6));
    const energies = [5, 6, 7, 8].map((bits) =>
      layerFigures({ ...request, variables: { ADC_RESOLUTION: bits } }),
    );
    for (let index = 1; index < energies.length; index += 1) {
      assert.ok(energies[index].energyPj.column_readout > energies[index - 1].energyPj.column_readout);
      assert.equal(energies[index].energyPj.eDRAM_buf, energies[0].energyPj.eDRAM_buf);
    }
  });
});

describe("sweep", () => {
  it("counts leakage where it is asked for, as a group of its own", async () => {
    const variables = { ADC_RESOLUTION: [6, 8] };
    const { totals } = await runNetwork({
      architecture: "raella",
      dnn: "resnet18",
      leakage: true,
      variables: { ADC_RESOLUTION: 6 },
    });
    const { rows } = await sweep({ ...base, variables, leakage: true });
    assert.equal(rows[0].energyPj, totals.energyPj.total);
    assert.equal(rows[0].energyPjLeakage, totals.energyPjByGroup.Leakage);
    const plain = (await sweep({ ...base, variables })).rows;
    assert.ok(Number(plain[1].energyPj) < Number(rows[1].energyPj));
    assert.equal("energyPjLeakage" in plain[0], false);
  });

  it("gives the figures of whole DNNs", async () => {
    const architectures = ["isaac_like", "raella"];
    const { networks } = await runAblation("resnet18", { architectures });
    const { rows } = await sweep({ architectures, dnns: "resnet18" });
    assert.equal(rows.length, 2);
    networks.forEach(({ totals, replication, layers }, index) => {
      const row = rows[index];
      assert.equal(row.status, "ok");
      assert.equal(row.architecture, architectures[index]);
      assert.equal(row.energyPj, totals.energyPj.total);
      assert.equal(row.chipAreaMm2, totals.areaUm2.total / 1e6);
      assert.equal(row.tileBudget, totals.tileBudget);
      assert.equal(row.tilesUsed, totals.tilesUsed);
      assert.equal(row.inferencesPerSecond, replication.throughputBatchesPerSecond * 32);
      assert.equal(row.macsPerInference, totals.macs / 32);
      assert.equal(row.cyclesSlowestLayer, Math.max(...layers.map(({ cycles }) => cycles)));
      for (const [group, energy] of Object.entries(totals.energyPjByGroup))
        if (group !== "total") assert.equal(row[groupColumnName(group)], energy, group);
    });
  });

  it("replicates by increment like whole DNNs", async () => {
    const { totals } = await runNetwork({
      architecture: "raella",
      dnn: "resnet18",
      replication: "increment",
    });
    const { rows } = await sweep({ ...base, throughput: { scheme: "increment" } });
    assert.equal(rows[0].tilesUsed, totals.tilesUsed);
    assert.equal(rows[0].inferencesPerSecond, totals.throughputBatchesPerSecond * 32);
  });

  const varied: SweepDescription = {
    ...base,
    variables: {
      ADC_RESOLUTION: [6, 7, 8],
      COLUMNS_PER_CROSSBAR: [32, 512],
      CIM_UNITS_PER_COLUMN: [256, 512],
    },
    constraint: "topsPerWatt > 15",
    chunkSize: 2,
  };

  it("takes the silicon from a reference that could not run the DNN", async () => {
    const description = { ...base, dnns: "mobilenetv2", nTiles: 1 };
    const { rows } = await sweep({ ...description, variables: { MACROS_PER_TILE: [16] } });
    assert.equal(rows[0].status, "ok", String(rows[0].reason));
    assert.equal((await sweep(description)).rows[0].status, "infeasible");
  });

  it("keeps infeasible and excluded points with their reasons", async () => {
    const { rows, columns } = await sweep(varied);
    assert.equal(rows.length, 12);
    const statuses = new Set(rows.map(({ status }) => status));
    assert.deepEqual([...statuses].sort(), ["excluded", "infeasible", "ok"]);
    rows.forEach((row, index) => {
      assert.equal(row.point, index);
      assert.deepEqual(
        Object.keys(row),
        columns.map(({ name }) => name),
      );
      if (row.status === "ok") {
        assert.equal(row.reason, null);
        assert.ok(Number(row.topsPerWatt) > 15);
      } else if (row.status === "excluded") {
        assert.equal(row.reason, "Not fulfilled: topsPerWatt > 15");
        assert.ok(Number(row.topsPerWatt) <= 15);
      } else {
        assert.match(String(row.reason), /^Layer \d+: /);
        assert.equal(row.energyPj, null);
      }
    });
  });

  it("gives the same rows whatever the number of workers", async () => {
    const alone = await sweep(varied, { workers: 1 });
    const shared = await sweep(varied, { workers: 2 });
    assert.deepEqual(shared, alone);
  });

  it("does not evaluate what its inputs exclude", async () => {
    const { rows } = await sweep({
      ...base,
      variables: { ADC_RESOLUTION: [6, 7] },
      // BITS_PER_CELL is a variable of the model that the sweep does not vary.
      constraint: "ADC_RESOLUTION >= BITS_PER_CELL + 3",
    });
    assert.deepEqual(
      rows.map(({ status, energyPj }) => [status, energyPj === null]),
      [
        ["excluded", true],
        ["ok", false],
      ],
    );
  });

  it("reports progress and stops when it is told to", async () => {
    const controller = new AbortController();
    const seen: number[] = [];
    const run = sweep(varied, {
      workers: 1,
      signal: controller.signal,
      onProgress: ({ done, total }) => {
        assert.equal(total, 12);
        seen.push(done);
        controller.abort();
      },
    });
    await assert.rejects(run, (error) => error instanceof RaellaError && error.code === "aborted");
    assert.deepEqual(seen, [2]);
  });

  const mistakes: readonly (readonly [title: string, description: SweepDescription, message: RegExp])[] = [
    [
      "architecture",
      { ...base, architectures: "raela" },
      /no architecture "raela"[\s\S]*Did you mean "raella"/,
    ],
    ["DNN", { ...base, dnns: "resnet19" }, /no DNN "resnet19"[\s\S]*Did you mean "resnet18"/],
    [
      "variable",
      { ...base, variables: { ADC_RESOLUTIONS: [1] } },
      /no variable "ADC_RESOLUTIONS"[\s\S]*Did you mean "ADC_RESOLUTION"/,
    ],
    ["name in an expression", { ...base, variables: { ADC_RESOLUTION: ["BITS"] } }, /"BITS" is not known/],
    [
      "name in the constraint",
      { ...base, constraint: "topPerWatt > 1" },
      /uses "topPerWatt"[\s\S]*Did you mean "topsPerWatt"/,
    ],
    ["constraint", { ...base, constraint: "1 +" }, /expression/i],
    ["objective", { ...base, objective: { minimize: "energy" } }, /objective "energy" uses "energy"/],
  ];
  for (const [title, description, message] of mistakes) {
    it(`refuses an unknown ${title} before it starts`, async () => {
      await assert.rejects(sweep(description), (error) => {
        assert.ok(error instanceof RaellaError, String(error));
        assert.match(error.message, message);
        return true;
      });
    });
  }
});
