import assert from "node:assert/strict";
import fc from "fast-check";
import { addUp, groupOfLevel, sumByGroup, type ComponentGroup } from "../../src/study/component-groups";

const groups: ComponentGroup[] = [
  { name: "ADC", description: "", levels: ["column_readout", "shift_add"] },
  { name: "Crossbar", description: "", levels: ["pim_cell"] },
  { name: "Other", description: "", levels: ["dff", "inter_*_spatial_dummy"] },
];

describe("component groups", () => {
  it("finds a level's group by name or pattern", () => {
    assert.equal(groupOfLevel("shift_add", groups), "ADC");
    assert.equal(groupOfLevel("inter_tile_spatial_dummy", groups), "Other");
    assert.equal(groupOfLevel("inter_spatial_dummy", groups), "inter_spatial_dummy");
    assert.equal(groupOfLevel("inter_tile_spatial_dummy_2", groups), "inter_tile_spatial_dummy_2");
  });

  it("shows a level that no group knows under its own name, behind the groups", () => {
    const sums = sumByGroup({ scratchpad: 5, pim_cell: 2, shift_add: 1, column_readout: 3 }, groups);
    assert.deepEqual(Object.entries(sums), [
      ["ADC", 4],
      ["Crossbar", 2],
      ["scratchpad", 5],
      ["total", 11],
    ]);
  });

  it("leaves out groups that the architecture has no level of, and keeps those that cost nothing", () => {
    assert.deepEqual(sumByGroup({ dff: 0, pim_cell: 1 }, groups), { Crossbar: 1, Other: 0, total: 1 });
  });

  it("carries a given total over and adds up to it to the last bit", () => {
    const levels = ["column_readout", "shift_add", "pim_cell", "dff", "inter_a_spatial_dummy", "x", "y"];
    // Fractions, since sums of them nearly always depend on the order, and numbers of all sizes.
    const figure = fc.oneof(
      fc.integer({ min: 1, max: 1e9 }).map((sevenths) => sevenths / 7),
      fc.double({ min: 0, max: 1e12, noNaN: true }),
    );
    const figures = fc.tuple(...levels.map(() => figure));
    let settled = 0;
    fc.assert(
      fc.property(figures, fc.shuffledSubarray(levels, { minLength: 7 }), (values, order) => {
        const perLevel = Object.fromEntries(order.map((level, index) => [level, values[index]]));
        // The total as another part of the program would have added it up.
        const total = addUp(Object.values(perLevel).reverse());
        const { total: given, ...sums } = sumByGroup({ ...perLevel, total }, groups);
        assert.equal(given, total);
        assert.equal(addUp(Object.values(sums)), total);
        const inOrder = addUp(order.map((level) => perLevel[level]));
        if (inOrder !== total) settled += 1;
      }),
      { numRuns: 300, seed: 3 },
    );
    assert.ok(settled > 50);
  });

  it("does not hide a sum that is really wrong", () => {
    const sums = sumByGroup({ pim_cell: 1, dff: 1, total: 3 }, groups);
    assert.deepEqual(sums, { Crossbar: 1, Other: 1, total: 3 });
  });
});
