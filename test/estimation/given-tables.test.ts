import assert from "node:assert/strict";
import { explainArea, explainEnergy } from "../../src/estimation/explain";
import { explanationRows, formatExplanation } from "../../src/estimation/format-explanation";
import { leakagePower } from "../../src/estimation/leakage";
import type { ComponentClass } from "../../src/spec/component-class";
import { exampleSpec, specOfLevel } from "./support";

describe("figures that a specification gives itself", () => {
  const given = {
    ...exampleSpec(),
    energyTable: { eDRAM_buf: { read: 3, idle: 0 } },
    areaTable: { eDRAM_buf: 200 },
  };

  it("are explained by the table they are from", () => {
    assert.match(
      formatExplanation(explainEnergy(given, "eDRAM_buf", "read")),
      /= 3 pJ[^]*source: the ERT of the specification/,
    );
    assert.match(
      formatExplanation(explainArea(given, "eDRAM_buf")),
      /= 200 um\^2[^]*source: the ART of the specification/,
    );
  });

  it("are rows of a table like any other, nothing being no part of nothing", () => {
    const rowOf = (action: string) => explanationRows(explainEnergy(given, "eDRAM_buf", action))[0];
    const { estimator, value, factor, contribution, percent, errorPercent } = rowOf("read");
    assert.deepEqual(
      { estimator, value, factor, contribution, percent, errorPercent },
      { estimator: "given table", value: 3, factor: 1, contribution: 3, percent: 100, errorPercent: 0 },
    );
    assert.deepEqual([rowOf("idle").factor, rowOf("idle").percent], [1, 0]);
  });
});

describe("an explanation", () => {
  const unpriced: ComponentClass = {
    name: "hollow",
    attributes: {},
    subcomponents: [],
    actions: [{ name: "read", subcomponents: [] }],
  };

  it("says so where nothing takes part", () => {
    const hollow = specOfLevel("hollow", {}, { componentClasses: [unpriced] });
    const explanation = explainEnergy(hollow, "part", "read");
    assert.equal(formatExplanation(explanation), "part read = 0 pJ (hollow)\n  nothing takes part: no cost");
    const [{ estimator, accuracyPercent, percent }] = explanationRows(explanation);
    assert.deepEqual(
      { estimator, accuracyPercent, percent },
      { estimator: null, accuracyPercent: null, percent: 0 },
    );
  });

  it("passes on what an estimator warns of", () => {
    const adc = specOfLevel("adc", { resolution: 8, throughput: 1e11, n_adcs: 1, technology: 32 });
    assert.match(
      formatExplanation(explainEnergy(adc, "part", "convert")),
      /note: 1\.00e\+11 conversions\/s are more than one converter of the survey reaches/,
    );
    assert.equal(explainEnergy(adc, "part", "idle").tableValue, 0);
  });
});

describe("leakage", () => {
  it("of a level that cannot be priced names the level", () => {
    const sized: ComponentClass = {
      name: "sized",
      attributes: { size: "must_specify" },
      subcomponents: [],
      actions: [],
    };
    assert.throws(
      () => leakagePower(specOfLevel("sized", {}, { componentClasses: [sized] })),
      /^RaellaError: Level "part": [^]*"size"/,
    );
  });
});
