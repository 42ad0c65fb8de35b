import assert from "node:assert/strict";
import { estimate } from "../../src/components/estimate";
import { RaellaError } from "../../src/errors";
import { getSpec } from "../../src/spec/get-spec";
import type { ReferenceTables } from "../../src/spec/reference-tables";
import type { Specification } from "../../src/spec/specification";
import { exampleSpec } from "./support";

/** The tables, or the message of the error. */
function outcome(spec: Specification, cycleTimeS?: number): ReferenceTables | string {
  try {
    return estimate(spec, cycleTimeS === undefined ? {} : { cycleTimeS });
  } catch (error) {
    assert.ok(error instanceof RaellaError);
    return error.message;
  }
}

/** The specification with one variable doubled; undefined where that makes no sense to the reader. */
function doubled(architecture: string, name: string, value: number): Specification | undefined {
  try {
    return getSpec({ architecture, dnn: "resnet18", layer: 10, variables: { [name]: 2 * value } });
  } catch (error) {
    assert.ok(error instanceof RaellaError);
    return undefined;
  }
}

describe("remembered estimates", () => {
  for (const architecture of ["raella", "isaac_like"]) {
    it(`of ${architecture} are those of a fresh start, whichever variable changes`, () => {
      const example = exampleSpec(architecture);
      const changed = Object.entries(example.variableValues).flatMap(([name, value]) => {
        const spec = typeof value === "number" && value > 0 ? doubled(architecture, name, value) : undefined;
        return spec === undefined ? [] : [{ name, spec }];
      });
      assert.ok(changed.length > 20);
      estimate(example);
      const remembered = changed.map(({ spec }) => outcome(spec));
      changed.forEach(({ name, spec }, index) => {
        // The length of the cycle has no influence with artifact fidelity, but makes an engine of its own.
        assert.deepEqual(outcome(spec, (index + 2) * 1e-9), remembered[index], name);
      });
    }).timeout(60_000);
  }

  it("tell attributes of a level apart that only an expression uses", () => {
    const example = exampleSpec();
    const change = (name: string, value: number): Specification => ({
      ...example,
      levels: example.levels.map((level) =>
        level.name === "output_register"
          ? { ...level, attributes: { ...level.attributes, [name]: value } }
          : level,
      ),
    });
    const before = estimate(example).energy.energyPj.output_register.read;
    for (const [name, value] of [
      ["n_flags", 2048],
      ["entry_bits", 8],
      ["speculation_adc_scale", 1],
      ["flag_width", 32],
    ] as const)
      assert.notEqual(estimate(change(name, value)).energy.energyPj.output_register.read, before, name);
    assert.equal(estimate(example).energy.energyPj.output_register.read, before);
  });

  it("find areas anew where the names of their expressions change, and only energies otherwise", () => {
    const example = exampleSpec();
    const change = (levelName: string, name: string, value: number): ReferenceTables =>
      estimate({
        ...example,
        levels: example.levels.map((level) =>
          level.name === levelName ? { ...level, attributes: { ...level.attributes, [name]: value } } : level,
        ),
      });
    const { area, energy } = estimate(example);
    const busier = change("column_readout", "adc_action_share", 0.9);
    assert.deepEqual(busier.area, area);
    assert.notDeepEqual(busier.energy.energyPj.column_readout, energy.energyPj.column_readout);
    for (const [level, name, value] of [
      ["column_readout", "n_adcs", 8],
      ["column_readout", "resolution", 8],
      ["column_readout", "technology", 65],
      ["output_register", "n_flags", 2048],
      ["input_drivers", "n_components", 64],
      ["input_drivers", "rows", 256],
    ] as const)
      assert.notEqual(
        change(level, name, value).area.areaUm2[level],
        area.areaUm2[level],
        `${level} ${name}`,
      );
    assert.deepEqual(estimate(example).area, area);
  });

  it("check the actions of a level that is known under others", () => {
    const example = exampleSpec();
    estimate(example);
    const levels = example.levels.map((level) =>
      level.name === "pim_cell" ? { ...level, requiredActions: ["read", "erase"] } : level,
    );
    for (let attempt = 0; attempt < 2; attempt += 1)
      assert.throws(() => estimate({ ...example, levels }), /does not define the action "erase"/);
    assert.equal(typeof outcome(example), "object");
  });

  it("cannot be changed in the tables", () => {
    const example = exampleSpec();
    const fresh = structuredClone(estimate(example));
    const tables = estimate(example) as unknown as {
      energy: { energyPj: Record<string, unknown> };
      area: { areaUm2: Record<string, unknown> };
    };
    assert.throws(() => (tables.energy.energyPj.pim_cell = { read: 0 }), TypeError);
    assert.throws(() => delete tables.area.areaUm2.pim_cell, TypeError);
    assert.deepEqual(estimate(example), fresh);
  });

  it("stand in the order of the levels, whatever was asked before", () => {
    const example = exampleSpec();
    const backwards = { ...example, levels: [...example.levels].reverse() };
    const names = Object.keys(estimate(example).area.areaUm2);
    assert.notDeepEqual(Object.keys(estimate(backwards).area.areaUm2), names);
    const halves = [example.levels.slice(0, 8), example.levels.slice(8)];
    for (const levels of halves)
      assert.deepEqual(
        Object.keys(estimate({ ...example, levels }).area.areaUm2).sort(),
        levels.map(({ name }) => name).sort(),
      );
    assert.deepEqual(Object.keys(estimate(example).area.areaUm2), names);
    assert.deepEqual(Object.keys(estimate(example).energy.energyPj), names);
  });

  it("keep to tables that are given for one layer and not for the next", () => {
    const example = exampleSpec();
    const fresh = structuredClone(estimate(example));
    const given = { ...example, areaTable: { pim_cell: 1 }, energyTable: { pim_cell: { read: 2 } } };
    const { energy, area } = estimate(given);
    assert.deepEqual([area.areaUm2.pim_cell, energy.energyPj.pim_cell], [1, { read: 2 }]);
    assert.deepEqual(estimate(example), fresh);
  });
});
