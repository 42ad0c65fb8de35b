import assert from "node:assert/strict";
import { estimate } from "../../src/components/estimate";
import { getSpec } from "../../src/spec/get-spec";
import { listArchitectures } from "../../src/spec/workspace";
import { assertClose, exampleSpec, goldenTables } from "./support";

const withoutRange = (name: string): string => name.replace(/\[.*$/, "");

describe("reference tables", () => {
  it("equal those of the original tools on all recorded layers", () => {
    const cases = goldenTables();
    assert.ok(cases.length > 500);
    for (const golden of cases) {
      const { architecture, dnn, layer } = golden;
      const spec = getSpec({ architecture, dnn, layer, nTiles: golden.n_tiles, batchSize: golden.batch });
      const { area, energy } = estimate(spec);
      const place = `${architecture} ${dnn} ${layer}`;
      for (const [name, expected] of Object.entries(golden.area_um2_each))
        assertClose(area.areaUm2[withoutRange(name)], expected, 1e-6, `${place} area of ${name}`);
      for (const [name, actions] of Object.entries(golden.energy_pj))
        for (const [action, expected] of Object.entries(actions))
          assertClose(energy.energyPj[name][action], expected, 1e-6, `${place} ${name}.${action}`);
    }
  });

  it("list primitive levels first, then compound ones, each in the order of the levels", () => {
    for (const golden of goldenTables().filter(({ layer }) => layer === 3)) {
      const { architecture, dnn, layer } = golden;
      const { area, energy } = estimate(getSpec({ architecture, dnn, layer, nTiles: 16, batchSize: 32 }));
      const expected = Object.keys(golden.area_um2_each).map(withoutRange);
      assert.deepEqual(Object.keys(area.areaUm2), expected);
      assert.deepEqual(Object.keys(energy.energyPj), expected);
    }
  });

  it("say nothing about models of the package that need no warning", () => {
    for (const { name } of listArchitectures()) assert.equal(estimate(exampleSpec(name)).warnings, undefined);
  });

  it("do not round when asked not to", () => {
    const spec = exampleSpec();
    const rounded = estimate(spec).energy.energyPj.pim_cell.read;
    const exact = estimate(spec, { decimalPlaces: null }).energy.energyPj.pim_cell.read;
    assert.notEqual(exact, rounded);
    assertClose(exact, rounded, 4e-3, "unrounded cell read");
    assert.equal(
      estimate(spec, { decimalPlaces: 3 }).energy.energyPj.pim_cell.read,
      Number(exact.toFixed(3)),
    );
  });

  it("take given tables instead of estimates", () => {
    const example = exampleSpec();
    const unknown = { ...example.levels[3], name: "mystery", subclass: "no_such_class" };
    const spec = {
      ...example,
      levels: [...example.levels, unknown],
      energyTable: { mystery: { read: 3 }, eDRAM_buf: { read: 7 } },
      areaTable: { mystery: 11 },
    };
    const { area, energy, warnings } = estimate(spec);
    assert.deepEqual(energy.energyPj.mystery, { read: 3 });
    assert.equal(area.areaUm2.mystery, 11);
    assert.deepEqual(energy.energyPj.eDRAM_buf, { read: 7 });
    assert.equal(energy.energyPj.column_readout.read, estimate(example).energy.energyPj.column_readout.read);
    assert.equal(warnings, undefined);
    const withoutArea = estimate({ ...spec, areaTable: undefined });
    assert.equal(withoutArea.area.areaUm2.mystery, 0);
    assert.match(withoutArea.warnings?.[0].message ?? "", /mystery/);
  });
});
