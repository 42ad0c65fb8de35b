import assert from "node:assert/strict";
import { componentArea, componentEnergy, componentModels } from "../../../src/components/estimate-component";
import type { EstimationOptions } from "../../../src/components/pricing";
import { libraryEntry, libraryEstimator } from "../../../src/components/library/library-estimator";
import { cmosAreaFactor, cmosEnergyFactor } from "../../../src/components/library/technology-scaling";
import { runLayer } from "../../../src/study/run-layer";
import { runNetwork } from "../../../src/study/run-network";
import { sweep } from "../../../src/study/sweep/sweep";
import { verifyResult } from "../../../src/study/verify-result";
import { assertClose, goldenCsv } from "../support";

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
      const options = { technologyInterpolation: "original" } as const;
      assertClose(componentEnergy(component, row.action, options).value, Number(row.energy_pj), 1e-9, place);
      if (row.area_um2 !== "")
        assertClose(componentArea(component, options).value, Number(row.area_um2), 1e-9, place);
    }
  });

  it("scales technologies as recorded", () => {
    for (const { from_nm, to_nm, energy_factor, area_factor } of goldenCsv("cmos-scaling.csv")) {
      const [from, to] = [Number(from_nm), Number(to_nm)];
      const energy = cmosEnergyFactor(from, to, "original") ?? Number.NaN;
      const area = cmosAreaFactor(from, to, "original") ?? Number.NaN;
      assertClose(energy, Number(energy_factor), 1e-9, `energy ${from} to ${to}`);
      assertClose(area, Number(area_factor), 1e-9, `area ${from} to ${to}`);
    }
  });

  it("follows the technology between its nodes, whatever the fidelity", () => {
    const router = (technology: number, options: EstimationOptions): number =>
      componentEnergy({ class: "isaac_router", attributes: { technology } }, "read", options).value;
    const area = (technology: number, options: EstimationOptions): number =>
      componentArea({ class: "isaac_router", attributes: { technology } }, options).value;
    for (const fidelity of ["artifact", "corrected"] as const)
      for (const figure of [router, area])
        for (let node = 8; node <= 130; node += 1) {
          const [before, here] = [figure(node - 1, { fidelity }), figure(node, { fidelity })];
          assert.ok(here >= before && here < 1.35 * before, `${fidelity}: ${node - 1} to ${node} nm`);
        }
    // Halfway between two nodes both ways agree, on a node there is nothing to interpolate.
    for (const node of [26, 32, 45, 65]) {
      const original = router(node, { technologyInterpolation: "original" });
      assertClose(original, router(node, {}), 1e-12, `${node} nm`);
    }
    assert.ok(router(31, { technologyInterpolation: "original" }) < router(21, {}) * 1.1, "backwards");
    assertClose(router(28, {}) / 20.74, 0.778, 1e-3, "32 to 28 nm");
  });

  it("keeps the original's way between technologies where asked for, from a layer to its sweep", async () => {
    const request = { architecture: "raella", dnn: "resnet18", variables: { TECH_NODE: 31 } } as const;
    const original = { ...request, technologyInterpolation: "original" } as const;
    const [usual, kept] = [runLayer({ ...request, layer: 10 }), runLayer({ ...original, layer: 10 })];
    assert.ok(kept.energyPj.total < 0.8 * usual.energyPj.total);
    assert.equal(usual.manifest?.technologyInterpolation, undefined);
    assert.equal(kept.manifest?.technologyInterpolation, "original");
    assert.equal((await verifyResult(JSON.parse(JSON.stringify(kept)))).equal, true);
    const network = await runNetwork(original);
    assert.equal(network.layers[10].energyPj.total, kept.energyPj.total);
    assert.equal((await verifyResult(JSON.parse(JSON.stringify(network)))).equal, true);
    const { architecture: architectures, dnn: dnns, ...design } = original;
    const { rows } = await sweep({ ...design, architectures, dnns });
    assert.equal(rows[0].energyPj, network.totals.energyPj.total);
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
    const context = {
      fidelity: "artifact",
      technologyInterpolation: "linear",
      cycleTimeS: 1e-9,
      cellDescription: () => assert.fail(),
    } as const;
    const query = { className: "mine", attributes: new Map([["datawidth", 16]]), context };
    assert.equal(estimator.estimateEnergy(query, "write").value, 4);
    assert.throws(() => libraryEntry({ ...row, energy: "two" }, "mine", "mine.csv"), /no usable energy_pj/);
  });
});
