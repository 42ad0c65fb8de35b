import assert from "node:assert/strict";
import { getSpec } from "../../src/spec/get-spec";
import type { Specification } from "../../src/spec/specification";
import { runLayer } from "../../src/study/run-layer";
import { architectures } from "./support";

/** Numeric variables meant to be changed, with values to try on RAELLA and on the ISAAC-like model. */
const knobs: Readonly<Record<string, readonly number[]>> = {
  BATCH_SIZE: [1, 2, 3, 64, 1000],
  TILES_PER_ARCH: [1, 2, 5, 16, 1024],
  MACROS_PER_TILE: [1, 4, 7, 16, 64],
  CROSSBARS_PER_MACRO: [1, 2, 3, 16],
  COLUMNS_PER_CROSSBAR: [64, 100, 256, 1024],
  CIM_UNITS_PER_COLUMN: [64, 100, 256, 1024],
  ADC_RESOLUTION: [4, 5, 6, 9, 10],
  N_ADC_PER_BANK: [1, 2, 3, 8],
};

const instancesOf = (specification: Specification, name: string): number => {
  const level = specification.levels.find((candidate) => candidate.name === name);
  assert.ok(level, name);
  return level.instances;
};

function specificationWith(architecture: string, variables: Record<string, number>): Specification {
  return getSpec({
    architecture,
    dnn: "resnet18",
    layer: 10,
    variables: { TILES_PER_ARCH: 16, BATCH_SIZE: 32, ...variables },
  });
}

describe("model variables meant to be changed", () => {
  for (const architecture of architectures)
    for (const [name, values] of Object.entries(knobs))
      it(`${name} on ${architecture}: everything follows`, () => {
        for (const value of values) {
          const specification = specificationWith(architecture, { [name]: value });
          const { variableValues } = specification;
          const number = (variable: string): number => Number(variableValues[variable]);
          assert.equal(number(name), value);
          for (const level of specification.levels)
            for (const [attribute, attributeValue] of Object.entries(level.attributes)) {
              const place = `${name}=${value}: ${level.name}.${attribute} is ${String(attributeValue)}`;
              if (typeof attributeValue === "number") assert.ok(Number.isFinite(attributeValue), place);
              if (attribute === "depth" || attribute === "width" || attribute === "datawidth")
                assert.ok(Number.isInteger(attributeValue) && Number(attributeValue) >= 1, place);
            }
          const tiles = number("TILES_PER_ARCH");
          const macros = tiles * number("MACROS_PER_TILE");
          const crossbars = macros * number("CROSSBARS_PER_MACRO");
          const columns = crossbars * number("COLUMNS_PER_CROSSBAR");
          assert.equal(instancesOf(specification, "eDRAM_buf"), tiles);
          assert.equal(instancesOf(specification, "input_buffer"), macros);
          assert.equal(instancesOf(specification, "column_readout"), crossbars);
          assert.equal(instancesOf(specification, "timely_psubbuf"), columns);
          assert.equal(instancesOf(specification, "pim_cell"), columns * number("CIM_UNITS_PER_COLUMN"));
          assert.equal(specification.workload.bounds.N, number("BATCH_SIZE"));
        }
      });

  for (const architecture of architectures)
    it(`give a mapping and finite figures with every value on ${architecture}`, () => {
      for (const [name, values] of Object.entries(knobs))
        for (const value of values) {
          // The layer needs 64 tiles of the smallest crossbars.
          const variables = { TILES_PER_ARCH: 64, BATCH_SIZE: 64, [name]: value };
          if (name === "TILES_PER_ARCH") variables.MACROS_PER_TILE = 192;
          const { energyPj, areaUm2, cycles } = runLayer({
            architecture,
            dnn: "resnet18",
            layer: 10,
            variables,
          });
          for (const figure of [energyPj.total, areaUm2.total, cycles])
            assert.ok(Number.isFinite(figure) && figure > 0, `${name}=${value}: ${figure}`);
        }
    });

  it("reach the components that depend on them", () => {
    const attribute = (
      variables: Record<string, number>,
      level: string,
      name: string,
      architecture = "raella",
    ): unknown =>
      specificationWith(architecture, variables).levels.find((candidate) => candidate.name === level)
        ?.attributes[name];
    assert.equal(attribute({ ADC_RESOLUTION: 5 }, "column_readout", "resolution"), 5);
    assert.equal(attribute({ ADC_RESOLUTION: 5 }, "shift_add", "resolution"), 5);
    assert.equal(attribute({ N_ADC_PER_BANK: 8 }, "column_readout", "n_adcs"), 8);
    assert.equal(attribute({ N_ADC_PER_BANK: 8 }, "output_register", "width"), 256);
    assert.equal(attribute({ N_ADC_PER_BANK: 2 }, "output_register", "width", "isaac_like"), 512);
    assert.equal(attribute({ CROSSBARS_PER_MACRO: 8 }, "input_buffer", "depth"), 1024);
    assert.equal(attribute({ CIM_UNITS_PER_COLUMN: 256 }, "pim_cell", "rows"), 256);
    assert.equal(attribute({ CIM_UNITS_PER_COLUMN: 256 }, "inter_col_analog_inputs", "depth"), 256);
    assert.equal(attribute({ COLUMNS_PER_CROSSBAR: 256 }, "pim_cell", "cols"), 512);
    assert.equal(attribute({ COLUMNS_PER_CROSSBAR: 256 }, "output_register", "n_flags"), 256);
  });

  it("win over the statistics of the layer", () => {
    const { variableValues } = specificationWith("raella", {
      ADC_ACTION_SHARE: 0.25,
      CIM_UNITS_PER_WEIGHT: 5,
    });
    assert.equal(variableValues.ADC_ACTION_SHARE, 0.25);
    assert.equal(variableValues.WEIGHT_BITS, 40);
  });
});
