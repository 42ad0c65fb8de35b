import assert from "node:assert/strict";
import { estimate } from "../../src/components/estimate";
import { getSpec } from "../../src/spec/get-spec";
import { listArchitectures, listDnns, listLayers } from "../../src/spec/workspace";
import { diagnoseLayer } from "../../src/study/diagnose-layer";
import { runLayer } from "../../src/study/run-layer";
import { runNetwork } from "../../src/study/run-network";
import type { LayerOptions } from "../../src/study/study-options";
import { sweep } from "../../src/study/sweep/sweep";
import { verifyResult } from "../../src/study/verify-result";

const layer10 = { architecture: "raella", dnn: "resnet18", layer: 10 } as const;
const oneConverter = { N_ADC_PER_BANK: 1 };

describe("checks of the models", () => {
  it("let the published designs pass on every layer, with recorded and typical statistics", () => {
    for (const useTypicalStatistics of [false, true])
      for (const { name: architecture } of listArchitectures())
        for (const dnn of listDnns())
          for (const layer of listLayers(dnn)) {
            const { warnings } = getSpec({ architecture, dnn, layer, useTypicalStatistics, strict: true });
            assert.deepEqual(warnings, [], `${architecture} ${dnn} ${layer}`);
          }
  });

  it("find slices that do not hold the weight", () => {
    for (const [name, value] of Object.entries({
      BITS_PER_CELL: 1,
      CIM_UNITS_PER_WEIGHT: 1,
      WEIGHT_BITS: 8,
    })) {
      const variables = { [name]: value };
      const options: LayerOptions = { ...layer10, variables };
      const [{ message, code }] = runLayer(options).warnings;
      assert.equal(code, "check");
      assert.match(
        message,
        /^A weight has 8 bits, but its slices hold only [34]\./,
        JSON.stringify(variables),
      );
      assert.throws(() => runLayer({ ...options, strict: true }), { code: "check" });
    }
    assert.match(
      runLayer({ ...layer10, architecture: "isaac_like", variables: { WEIGHT_BITS: 4 } }).warnings[0].message,
      /hold only 4/,
    );
    assert.deepEqual(runLayer({ ...layer10, variables: { CIM_UNITS_PER_WEIGHT: 2 } }).warnings, []);
  });

  it("find converters that cannot keep up, whatever makes them too slow and for signed inputs as well", () => {
    for (const dnn of ["resnet18", "qdqbert"])
      for (const [architecture, variables, rate] of [
        ["raella", oneConverter, "3.72"],
        ["raella", { COLUMNS_PER_CROSSBAR: 1024 }, "1.86"],
        ["raella", { CROSSBAR_LATENCY_PRE_SPECULATION: 50e-9 }, "1.86"],
        ["raella_no_speculation", { N_ADC_PER_BANK: 3 }, "1.71"],
        ["isaac_like", { COLUMNS_PER_CROSSBAR: 256 }, "2.56"],
      ] as const) {
        const { warnings } = runLayer({ architecture, dnn, layer: 10, variables });
        assert.match(warnings[0].message, new RegExp(`each would make ${rate} billion conversions a second`));
      }
    assert.deepEqual(runLayer({ ...layer10, variables: { N_ADC_PER_BANK: 3 } }).warnings, []);
  });

  it("lengthen the step instead where that is asked for, and results can be verified", async () => {
    const usual = runLayer({ ...layer10, variables: oneConverter });
    const adapted = runLayer({ ...layer10, variables: oneConverter, unmetChecks: "adapt", strict: true });
    assert.equal(usual.cycles, 107_800);
    // 512 columns at 1.28 GS/s take 400 ns instead of 137.5.
    assert.equal(adapted.cycles, (107_800 * 400) / 137.5);
    assert.deepEqual(adapted.warnings, []);
    assert.match(adapted.notes?.[0].message ?? "", /^Adapted: CROSSBAR_LATENCY is 4e-07\./);
    assert.equal(adapted.manifest?.unmetChecks, "adapt");
    assert.equal((await verifyResult(JSON.parse(JSON.stringify(adapted)))).equal, true);
    // Two passes for signed inputs take twice as long.
    const passes = (variables: Record<string, number>) =>
      getSpec({ ...layer10, dnn: "qdqbert", variables, unmetChecks: "adapt" }).variableValues
        .CROSSBAR_LATENCY;
    assert.equal(passes(oneConverter), 8e-7);
    const untouched = runLayer({ ...layer10, unmetChecks: "adapt" });
    assert.equal(untouched.cycles, 107_800);
    assert.equal(untouched.notes, undefined);
  });

  it("tell by how much a layer exceeds the published traffic of a tile, as a note", () => {
    const busy = runLayer({
      ...{ architecture: "raella_no_speculation", dnn: "mobilenetv2", layer: 2 },
      strict: true,
    });
    assert.deepEqual(busy.warnings, []);
    assert.match(
      busy.notes?.[0].message ?? "",
      /^The eDRAM of a tile would move 1\.4 rows of 256 bits a nanosecond/,
    );
    assert.equal(runLayer(layer10).notes, undefined);
    const router = runLayer({ ...layer10, variables: { CROSSBAR_LATENCY: 5e-9 } });
    assert.ok(
      router.notes?.some(({ message }) => message.startsWith("The router port of a tile would move")),
    );
  });

  it("reach DNNs, diagnoses and sweeps", async () => {
    const request = { architecture: "raella", dnn: "resnet18", variables: oneConverter };
    const { layers } = await runNetwork({ ...request, workers: 2 });
    for (const { warnings } of layers) assert.equal(warnings[0].code, "check");
    await assert.rejects(runNetwork({ ...request, strict: true }), {
      code: "check",
      message: /3\.72 billion/,
    });
    assert.equal(diagnoseLayer({ ...request, layer: 10 }).warnings[0].code, "check");
    const description = {
      ...{ architectures: "raella", dnns: "resnet18" },
      variables: { N_ADC_PER_BANK: [1, 4] },
    };
    const [starved, published] = (await sweep(description)).rows;
    assert.equal(published.status, "ok");
    assert.equal(starved.status, "infeasible");
    assert.match(String(starved.reason), /The converters cannot keep up: each would make 3\.72 billion/);
    assert.equal(starved.energyPj, null);
    const adapted = (await sweep({ ...description, unmetChecks: "adapt" })).rows;
    assert.equal(adapted[0].status, "ok");
    assert.ok(Number(adapted[0].cyclesTotal) > 2 * Number(adapted[1].cyclesTotal));
    const weights = await sweep({ ...description, variables: { BITS_PER_CELL: [1], N_ADC_PER_BANK: [1] } });
    assert.match(String(weights.rows[0].reason), /converters cannot keep up.*A weight has 8 bits/);
  });
});

describe("the silicon of a design", () => {
  it("is the same whatever runs on it", () => {
    for (const { name: architecture } of listArchitectures())
      for (const adcBeyondLibrary of ["scale", "survey"] as const)
        for (const bits of [7, 11, 13]) {
          const areas = (dnn: string, layer: number, useTypicalStatistics: boolean) => {
            const variables = { ADC_RESOLUTION: bits };
            const options = { architecture, dnn, layer, variables, adcBeyondLibrary, useTypicalStatistics };
            return estimate(getSpec(options)).area.areaUm2;
          };
          const expected = areas("resnet18", 10, false);
          for (const dnn of listDnns())
            for (const layer of [0, listLayers(dnn).length - 1])
              for (const isTypical of [false, true])
                assert.deepEqual(areas(dnn, layer, isTypical), expected, `${architecture} ${dnn} ${layer}`);
        }
  });

  it("has the survey's converters for the rate that all columns ask for", () => {
    const area = (dnn: string): number => {
      const options = { ...layer10, dnn, variables: { ADC_RESOLUTION: 11 } };
      return estimate(getSpec(options), { adcBeyondLibrary: "survey" }).area.areaUm2.column_readout;
    };
    assert.equal(Math.round(area("resnet18")), 60_785);
    assert.equal(area("qdqbert"), area("resnet18"));
  });
});
