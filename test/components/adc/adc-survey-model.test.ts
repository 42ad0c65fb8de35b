import assert from "node:assert/strict";
import fc from "fast-check";
import { adcAreaUm2, adcEnergyPj, adcRange } from "../../../src/components/adc/adc-survey-model";
import type { AdcParameters } from "../../../src/components/adc/adc-survey-model";
import { estimate } from "../../../src/components/estimate";
import { componentArea, componentEnergy } from "../../../src/components/estimate-component";
import { explainEnergy } from "../../../src/components/explain";
import { getSpec } from "../../../src/spec/get-spec";
import { runLayer } from "../../../src/study/run-layer";
import { runNetwork } from "../../../src/study/run-network";
import { sweep } from "../../../src/study/sweep/sweep";
import { verifyResult } from "../../../src/study/verify-result";
import { assertClose } from "../support";

const parameters: fc.Arbitrary<AdcParameters> = fc.record({
  resolutionBits: fc.integer({ min: 4, max: 13 }),
  conversionsPerSecond: fc.double({ min: 1e3, max: 9e9, noNaN: true }),
  technologyNm: fc.double({ min: 7, max: 170, noNaN: true }),
});

describe("ADC survey model", () => {
  it("is positive and grows with every bit, with speed and with the node", () => {
    fc.assert(
      fc.property(parameters, fc.double({ min: 1.001, max: 1.05, noNaN: true }), (adc, factor) => {
        for (const figure of [adcEnergyPj, adcAreaUm2]) {
          const value = figure(adc);
          assert.ok(value > 0 && Number.isFinite(value));
          const { resolutionBits, conversionsPerSecond, technologyNm } = adc;
          assert.ok(figure({ ...adc, resolutionBits: resolutionBits + 1 }) > value, "resolution");
          assert.ok(
            figure({ ...adc, conversionsPerSecond: conversionsPerSecond * factor }) >= value,
            "speed",
          );
          assert.ok(figure({ ...adc, technologyNm: technologyNm * factor }) >= value, "node");
        }
      }),
    );
  });

  it("is continuous where one bound of the efficiency takes over from the other", () => {
    fc.assert(
      fc.property(parameters, (adc) => {
        const next = { ...adc, conversionsPerSecond: adc.conversionsPerSecond * (1 + 1e-9) };
        assertClose(adcEnergyPj(next), adcEnergyPj(adc), 1e-7, "energy");
      }),
    );
  });

  it("comes near the converter of ISAAC", () => {
    const isaac = { technology: 32, resolution: 8 };
    const survey = { class: "adc", attributes: { ...isaac, throughput: 1.2e9 } };
    const measured = { class: "isaac_adc", attributes: isaac };
    const ratio = componentEnergy(survey, "convert").value / componentEnergy(measured, "convert").value;
    assert.ok(ratio > 0.5 && ratio < 2, `energy ratio ${ratio}`);
    const areas = componentArea(survey).value / componentArea(measured).value;
    assert.ok(areas > 1 / 8 && areas < 8, `area ratio ${areas}`);
  });

  it("shares the throughput among converters", () => {
    const adcs = (count: number, throughput: number) => ({
      class: "adc",
      attributes: { technology: 32, resolution: 7, throughput, n_adcs: count },
    });
    assert.equal(componentEnergy(adcs(4, 4e9), "read").value, componentEnergy(adcs(1, 1e9), "read").value);
    assertClose(componentArea(adcs(4, 4e9)).value, 4 * componentArea(adcs(1, 1e9)).value, 1e-12, "area");
  });

  it("refuses resolutions outside the survey", () => {
    const { minimum, maximum } = adcRange.resolutionBits;
    const attributes = { technology: 32, throughput: 1e9 };
    const energy = (resolution: number): number =>
      componentEnergy({ class: "adc", attributes: { ...attributes, resolution } }, "convert").value;
    assert.ok(energy(minimum) < energy(maximum));
    assert.throws(() => energy(minimum - 1), /from 4 to 14 in bit/);
    assert.throws(
      () => componentEnergy({ class: "adc", attributes: { ...attributes, resoluton: 8 } }, "convert"),
      /lacks the attribute "resolution"[\s\S]*"resoluton" is given: did you mean "resolution"/,
    );
  });
});

describe("converters of the models", () => {
  it("follow the choice from a layer to its sweep, and can be verified", async () => {
    const request = { architecture: "raella", dnn: "resnet18", adcBeyondLibrary: "survey" } as const;
    const variables = { ADC_RESOLUTION: 12 };
    const scaled = runLayer({ ...request, variables, layer: 3, adcBeyondLibrary: "scale" });
    const surveyed = runLayer({ ...request, variables, layer: 3 });
    assert.notEqual(surveyed.energyPj.column_readout, scaled.energyPj.column_readout);
    assert.equal(surveyed.manifest?.adcBeyondLibrary, "survey");
    assert.equal((await verifyResult(JSON.parse(JSON.stringify(surveyed)))).equal, true);
    const network = await runNetwork({ ...request, variables });
    const { rows } = await sweep({
      ...{ architectures: "raella", dnns: "resnet18", adcBeyondLibrary: "survey" },
      variables: { ADC_RESOLUTION: [8, 12] },
    });
    assert.equal(rows[1].energyPj, network.totals.energyPj.total);
    const ofLibrary = await runNetwork({ ...request, variables: { ADC_RESOLUTION: 8 } });
    assert.equal(rows[0].energyPj, ofLibrary.totals.energyPj.total);
  });

  const specOf = (resolution: number) =>
    getSpec({
      architecture: "raella",
      dnn: "resnet18",
      layer: 10,
      variables: { ADC_RESOLUTION: resolution },
    });
  const converter = (resolution: number, adcBeyondLibrary: "scale" | "survey") => {
    const explained = explainEnergy(specOf(resolution), "column_readout", "read", { adcBeyondLibrary });
    const part = explained.parts.find(({ className }) => className === "isaac_adc");
    assert.ok(part);
    return part;
  };

  it("are those of the library where it has the resolution", () => {
    for (const option of ["scale", "survey"] as const)
      for (const resolution of [4, 7, 8, 10])
        assert.equal(converter(resolution, option).estimator?.name, "component library");
  });

  it("are scaled from the library otherwise, or taken from the survey when asked for", () => {
    assert.equal(converter(12, "scale").estimator?.name, "component library");
    assert.equal(converter(12, "survey").estimator?.name, "ADC survey model");
    assert.notEqual(converter(12, "scale").value, converter(12, "survey").value);
    assert.match(estimate(specOf(12)).warnings?.[0].message ?? "", /column_readout: No entry/);
    const surveyed = estimate(specOf(12), { adcBeyondLibrary: "survey" });
    assert.match(surveyed.warnings?.[0].message ?? "", /no converter of 12 bits.*ADC survey model answers/);
    assert.throws(
      () => estimate(specOf(15), { adcBeyondLibrary: "survey" }),
      /No estimator could answer for isaac_adc\. .*resolution 15.*ADC survey model.*cannot be 15[^]*from 4 to 14/,
    );
  });
});
