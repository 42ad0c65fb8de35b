import assert from "node:assert/strict";
import { componentArea, componentEnergy, componentModels } from "../../src/estimation/estimate-component";
import { cmosAreaFactor, cmosEnergyFactor } from "../../src/estimation/library/cmos-scaling";
import { libraryEntry } from "../../src/estimation/library/library-entry";
import { libraryEstimator } from "../../src/estimation/library/library-estimator";
import { assertClose, goldenCsv } from "./support";

describe("component library", () => {
  it("answers as recorded", () => {
    for (const row of goldenCsv("component-library.csv")) {
      const attributes = Object.fromEntries(
        row.attributes.split(" ").map((pair) => {
          const [name, value] = pair.split("=");
          return [name, Number(value)];
        }),
      );
      const component = { class: row.class, attributes };
      const place = JSON.stringify(row);
      assertClose(componentEnergy(component, row.action).value, Number(row.energy_pj), 1e-9, place);
      if (row.area_um2 !== "") assertClose(componentArea(component).value, Number(row.area_um2), 1e-9, place);
    }
  });

  it("scales technologies as recorded", () => {
    for (const { from_nm, to_nm, energy_factor, area_factor } of goldenCsv("cmos-scaling.csv")) {
      const [from, to] = [Number(from_nm), Number(to_nm)];
      const energy = cmosEnergyFactor(from, to, "artifact") ?? Number.NaN;
      const area = cmosAreaFactor(from, to, "artifact") ?? Number.NaN;
      assertClose(energy, Number(energy_factor), 1e-9, `energy ${from} to ${to}`);
      assertClose(area, Number(area_factor), 1e-9, `area ${from} to ${to}`);
    }
  });

  it("lets the first of two attributes that mean the same scale", () => {
    const energy = (attributes: Record<string, number>): number =>
      componentEnergy({ class: "isaac_router", attributes }, "read").value;
    assertClose(energy({ width: 128, datawidth: 64 }), 10.37, 1e-12, "width first");
    assertClose(energy({ datawidth: 64, width: 128 }), 5.185, 1e-12, "datawidth first");
  });

  it("reads technologies with letters around them", () => {
    const area = componentArea({ class: "isaac_router", attributes: { technology: "65nm" } });
    assert.equal(area.value, 37500 * 3.3);
  });

  it("does not scale when told not to", () => {
    const attributes = { technology: 65, no_scale_energy: true, no_scale_area: true };
    const component = { class: "isaac_router", attributes };
    assert.equal(componentEnergy(component, "read").value, 20.74);
    assert.equal(componentArea(component).value, 37500);
  });

  it("scales by further rules", () => {
    const attributes = { width: 256, depth: 4096, area_scale: 3, energy_scale: 0.5, n_components: 2 };
    const component = { class: "isaac_edram", attributes };
    assertClose(componentEnergy(component, "read").value, 20.45 * 2 ** 0.78 * 0.5, 1e-12, "energy");
    assertClose(componentArea(component).value, 83000 * 2 * 3 * 2, 1e-12, "area");
  });

  it("warns about a resolution that no entry has", () => {
    const found = componentEnergy(
      { class: "isaac_adc", attributes: { technology: 32, resolution: 11 } },
      "read",
    );
    assert.match(found.warnings.join(), /resolution 11/);
  });

  it("refuses what it cannot scale", () => {
    const query = { class: "isaac_router", attributes: { technology: 5 } };
    assert.throws(
      () => componentEnergy(query, "read"),
      /cannot scale isaac_router to technology 5[\s\S]*7 to 130 nm/,
    );
    assert.throws(
      () => componentEnergy({ class: "isaac_router", attributes: {} }, "raed"),
      /no action "raed"/,
    );
    const negative = { class: "isaac_router", attributes: { width: -1 } };
    assert.throws(() => componentArea(negative), /cannot scale/);
  });

  it("names a source for every entry that comes with the package", () => {
    for (const { className, estimator } of componentModels()) {
      if (estimator !== "component library") continue;
      assert.notEqual(componentArea({ class: className, attributes: {} }).source, "", className);
    }
  });

  it("reads the tables of the original tools", () => {
    const row = { technology: "32nm", "width|datawidth": "8", energy: "2", area: "3", action: "read|write" };
    const entry = libraryEntry(row, "mine", "mine.csv");
    const estimator = libraryEstimator("mine", [entry]);
    const context = { fidelity: "artifact", cycleTimeS: 1e-9, cellDescription: () => assert.fail() } as const;
    const query = { className: "mine", attributes: new Map([["datawidth", 16]]), context };
    assert.equal(estimator.estimateEnergy(query, "write").value, 4);
    assert.throws(() => libraryEntry({ ...row, energy: "two" }, "mine", "mine.csv"), /no usable energy_pj/);
  });
});
