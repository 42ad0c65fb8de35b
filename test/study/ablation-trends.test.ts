import assert from "node:assert/strict";
import type { AblationResult } from "../../src/study/network-result";
import { runAblation } from "../../src/study/run-network";

// What the RAELLA paper (Andrulis, Sze, Emer, ISCA 2023) and its artifact say that each contribution does.
const [isaac, centerOffset, adaptiveSlicing, speculation] = [
  ...["isaac_like", "raella_no_speculation_2b_cells", "raella_no_speculation", "raella"],
];

/** Energy of a component group on an architecture. */
function energy(ablation: AblationResult, architecture: string, group = "total"): number {
  const network = ablation.networks.find((candidate) => candidate.architecture === architecture);
  return network?.totals.energyPjByGroup[group] ?? NaN;
}

describe("what each contribution brings", () => {
  let whole: AblationResult;
  let lastLayer: AblationResult;
  let lastLayerTypical: AblationResult;

  before(async () => {
    whole = await runAblation("resnet18");
    lastLayer = await runAblation("resnet18", { layers: [20] });
    lastLayerTypical = await runAblation("resnet18", { layers: [20], useTypicalStatistics: true });
  });

  describe("Center+Offset", () => {
    it("cuts the energy of the converters and their surroundings to less than half", () => {
      assert.ok(energy(whole, centerOffset, "ADC") < energy(whole, isaac, "ADC") / 2);
      assert.ok(energy(whole, centerOffset, "Output Buffer") < energy(whole, isaac, "Output Buffer"));
      assert.ok(
        energy(whole, centerOffset, "Input Drivers / DAC") < energy(whole, isaac, "Input Drivers / DAC"),
      );
      assert.ok(
        energy(whole, centerOffset, "Global Data Movement") < energy(whole, isaac, "Global Data Movement"),
      );
      assert.ok(energy(whole, centerOffset) < energy(whole, isaac) / 2);
    });
  });

  describe("Adaptive Weight Slicing", () => {
    it("needs fewer slices, so fewer conversions and fewer cells that conduct", () => {
      assert.ok(energy(whole, adaptiveSlicing, "ADC") < energy(whole, centerOffset, "ADC"));
      assert.ok(energy(whole, adaptiveSlicing, "Crossbar") < energy(whole, centerOffset, "Crossbar"));
      assert.ok(energy(whole, adaptiveSlicing) < energy(whole, centerOffset));
    });

    it("costs energy on the last layer, which is cut into as many slices as possible", () => {
      assert.ok(energy(lastLayer, adaptiveSlicing) > energy(lastLayer, centerOffset));
      assert.ok(energy(lastLayer, adaptiveSlicing, "ADC") > energy(lastLayer, centerOffset, "ADC"));
    });

    it("seems to help there, too, with typical statistics, which know nothing of last layers", () => {
      assert.ok(energy(lastLayerTypical, adaptiveSlicing) < energy(lastLayerTypical, centerOffset));
    });
  });

  describe("Speculation", () => {
    it("saves most conversions", () => {
      const share = energy(whole, speculation, "ADC") / energy(whole, adaptiveSlicing, "ADC");
      assert.ok(share > 0.35 && share < 0.6, String(share));
    });

    it("costs energy elsewhere and time, but less than it saves", () => {
      for (const group of ["Crossbar", "Input Drivers / DAC"]) {
        assert.ok(energy(whole, speculation, group) > energy(whole, adaptiveSlicing, group), group);
      }
      assert.ok(energy(whole, speculation) < energy(whole, adaptiveSlicing));
    });

    it("takes 11 activations instead of 8", () => {
      const cycles = (architecture: string): readonly number[] =>
        whole.networks.find((network) => network.architecture === architecture)?.totals.cycles ?? [];
      const ratios = cycles(speculation).map((count, layer) => count / cycles(adaptiveSlicing)[layer]);
      for (const ratio of ratios) assert.ok(Math.abs(ratio - 11 / 8) < 1e-3, String(ratio));
    });
  });

  describe("all three", () => {
    it("make RAELLA several times as efficient as the ISAAC-like design, and faster on the same area", () => {
      assert.ok(energy(whole, isaac) / energy(whole, speculation) > 3);
      const [base, , , raella] = whole.networks.map(({ totals }) => totals.throughputBatchesPerSecond);
      assert.ok(raella / base > 1.5, `${raella} / ${base}`);
    });

    it("matter least on the last layer, which is a small part of a network's energy", () => {
      for (const architecture of whole.architectures) {
        assert.ok(energy(lastLayer, architecture) < energy(whole, architecture) * 0.01);
      }
    });
  });
});
