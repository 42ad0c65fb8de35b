import assert from "node:assert/strict";
import { estimate } from "../../src/components/estimate";
import { explainArea, explainEnergy } from "../../src/components/explain";
import { explanationRows, formatExplanation } from "../../src/components/format-explanation";
import { leakagePower } from "../../src/components/leakage";
import type { ComponentClass, Specification } from "../../src/spec/specification";
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
  const spec = exampleSpec();
  const leaking = (more: Partial<Specification> = {}): Specification => ({
    ...spec,
    ...more,
    identity: { ...spec.identity, leakage: true },
  });
  const texts = (specification: Specification): string =>
    (estimate(specification).warnings ?? []).map(({ message }) => message).join("\n");

  it("in a cycle is the leakage power over a cycle, of every storage level", () => {
    const powers = leakagePower(spec);
    const { leakagePj = {} } = estimate(leaking()).energy;
    const storage = spec.levels.filter(({ kind }) => kind === "storage").map(({ name }) => name);
    assert.deepEqual(Object.keys(leakagePj), storage);
    for (const name of storage) assert.equal(leakagePj[name], powers[name] * 1e-9 * 1e12);
    assert.ok(leakagePj.output_register > 0);
    assert.equal(
      estimate(leaking(), { cycleTimeS: 2e-9 }).energy.leakagePj?.output_register,
      powers.output_register * 2e-9 * 1e12,
    );
    assert.equal(estimate(spec).energy.leakagePj, undefined);
    assert.equal(texts(spec), "");
  });

  it("of which no figure is known is not counted, which is said", () => {
    assert.match(
      texts(leaking()),
      /no figure of it is known: on_chip_network \(isaac_router\); eDRAM_buf \(isaac_edram\)/,
    );
    const silent = leaking({ energyTable: { eDRAM_buf: { read: 3 } } });
    assert.match(texts(silent), /; eDRAM_buf;/);
    assert.equal("eDRAM_buf" in (estimate(silent).energy.leakagePj ?? {}), false);
  });

  it("that is given takes precedence, and is said not to count where it does not", () => {
    const energyTable = { eDRAM_buf: { read: 3, leak: 0.25 }, input_buffer: { read: 1, leak: 0 } };
    const { leakagePj = {} } = estimate(leaking({ energyTable })).energy;
    assert.deepEqual([leakagePj.eDRAM_buf, leakagePj.input_buffer], [0.25, 0]);
    assert.equal(
      texts({ ...spec, energyTable }),
      "The leakage given of eDRAM_buf is not counted. To count it: --leakage, in scripts leakage: true.",
    );
  });

  it("of levels with power gating is not modelled", () => {
    const gated = (attributes: Record<string, string | boolean>): Specification =>
      leaking({
        levels: spec.levels.map((level) =>
          level.name === "input_buffer"
            ? { ...level, attributes: { ...level.attributes, ...attributes } }
            : level,
        ),
      });
    const groups: Record<string, string | boolean>[] = [
      { has_power_gating: true },
      { power_gated_at: "eDRAM_buf" },
    ];
    for (const attributes of groups)
      assert.throws(() => estimate(gated(attributes)), {
        message: /power gating of input_buffer is not modelled/,
      });
    assert.ok(estimate(gated({ has_power_gating: false, power_gated_at: "input_buffer" })).energy.leakagePj);
  });

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
