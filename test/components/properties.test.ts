import assert from "node:assert/strict";
import { join } from "node:path";
import fc from "fast-check";
import { circuitNodesNm } from "../../src/components/circuits/device-node";
import { componentArea, componentEnergy } from "../../src/components/estimate-component";
import { cmosAreaFactor, cmosEnergyFactor } from "../../src/components/library/technology-scaling";
import type { Fidelity, Value } from "../../src/spec/specification";
import { defaultWorkspace } from "../../src/spec/workspace";
import { assertClose } from "./support";

const cells = ["isaac", "raella"].map((name) =>
  join(defaultWorkspace().modelsDirectory, "cell_configs", `${name}.cell`),
);
const fidelity = fc.constantFrom<Fidelity>("artifact", "corrected");

/** The smallest numbers of all have only some of the 53 binary digits. */
const withFullPrecision = (value: number): number => (value < 1e-290 ? 0 : value);

const crossbar = fc
  .record({
    technology: fc.integer({ min: 22, max: 130 }),
    rows: fc.integer({ min: 24, max: 1024 }),
    cols: fc.integer({ min: 80, max: 2048 }),
    divisor: fc.integer({ min: 1, max: 16 }),
    cell_config: fc.constantFrom(...cells),
    average_input_value: fc.double({ min: 0, max: 2.5, noNaN: true }).map(withFullPrecision),
    average_cell_value: fc.double({ min: 0, max: 1, noNaN: true }).map(withFullPrecision),
    voltage_dac_bits: fc.integer({ min: 1, max: 4 }),
    temporal_dac_bits: fc.integer({ min: 1, max: 8 }),
    temporal_spiking: fc.boolean(),
  })
  .map(({ divisor, ...rest }): Record<string, Value> => ({
    ...rest,
    cols_active_at_once: Math.max(1, Math.floor(rest.cols / divisor)),
    read_pulse_width: 1e-9,
  }));

const figures = (
  className: string,
  attributes: Record<string, Value>,
  fidelityOfCase: Fidelity,
): number[] => {
  const component = { class: className, attributes };
  const options = { fidelity: fidelityOfCase };
  return [
    componentArea(component, options).value,
    ...["read", "write", "idle"].map((action) => componentEnergy(component, action, options).value),
  ];
};

const isUsable = (value: number): boolean => Number.isFinite(value) && value >= 0;

/** Averages that leave energies hardly any digits. */
const subnormal: Record<string, Value> = {
  ...{ technology: 22, rows: 24, cols: 80, cols_active_at_once: 80, cell_config: cells[1] },
  ...{ average_input_value: 9.4e-323, average_cell_value: 0, read_pulse_width: 1e-9 },
  ...{ voltage_dac_bits: 1, temporal_dac_bits: 2, temporal_spiking: false },
};

describe("circuit models", () => {
  it("are finite and not negative for crossbars of all sizes, nodes and averages", () => {
    fc.assert(
      fc.property(crossbar, fidelity, (attributes, fidelityOfCase) => {
        for (const className of ["array_row_drivers", "array_col_drivers", "memory_cell"])
          for (const value of figures(className, attributes, fidelityOfCase))
            assert.ok(isUsable(value), className);
      }),
      { numRuns: 300 },
    );
  });

  it("are finite and not negative for logic of all widths and nodes", () => {
    fc.assert(
      fc.property(
        fc.constantFrom("intadder", "shift_add", "flip_flop", "not_gate", "nand_gate", "nor_gate"),
        fc.integer({ min: 7, max: 130 }),
        fc.integer({ min: 1, max: 64 }),
        fidelity,
        (className, technology, bits, fidelityOfCase) => {
          const attributes = { technology, n_bits: bits, shift_register_n_bits: 2 * bits };
          for (const value of figures(className, attributes, fidelityOfCase))
            assert.ok(isUsable(value), className);
        },
      ),
    );
  });

  it("are linear in the averages", () => {
    fc.assert(
      fc.property(crossbar, (attributes) => {
        const read = (className: string, changes: Record<string, number>): number =>
          componentEnergy({ class: className, attributes: { ...attributes, ...changes } }, "read").value;
        for (const [className, name] of [
          ["array_row_drivers", "average_input_value"],
          ["memory_cell", "average_input_value"],
          ["memory_cell", "average_cell_value"],
        ]) {
          const [none, half, full] = [0, 0.5, 1].map((value) => read(className, { [name]: value }));
          assertClose(half, (none + full) / 2, 1e-12, `${className} over ${name}`);
          assert.ok(full >= none, `${className} grows with ${name}`);
        }
      }),
      { examples: [[subnormal]] },
    );
  });

  it("grow with the bits of logic and with rows and columns", () => {
    fc.assert(
      fc.property(crossbar, fc.integer({ min: 1, max: 63 }), (attributes, bits) => {
        const { technology } = attributes;
        for (const className of ["intadder", "flip_flop"]) {
          const of = (n_bits: number): number[] => figures(className, { technology, n_bits }, "artifact");
          of(bits).forEach((value, index) => assert.ok(of(bits + 1)[index] >= value, className));
        }
        const area = (className: string, changes: Record<string, number>): number =>
          componentArea({ class: className, attributes: { ...attributes, ...changes } }).value;
        const { rows, cols } = attributes as { rows: number; cols: number };
        assert.ok(area("array_row_drivers", { rows: 2 * rows }) > area("array_row_drivers", {}), "rows");
        assert.ok(area("array_col_drivers", { cols: 2 * cols }) > area("array_col_drivers", {}), "columns");
      }),
    );
  });

  it("meet the tabulated nodes without a step", () => {
    const nodes = circuitNodesNm.filter((node) => node > 22 && node < 130);
    for (const node of nodes) {
      const at = (technology: number): number[] =>
        figures("intadder", { technology, n_bits: 8 }, "corrected");
      const [below, here, above] = [at(node - 1), at(node), at(node + 1)];
      here.forEach((value, index) => {
        // Piecewise linear: a step at the node would be far larger than the slope of one nanometre.
        assert.ok(Math.abs(below[index] - value) <= 0.15 * value + 1e-30, `below ${node} nm`);
        assert.ok(Math.abs(above[index] - value) <= 0.15 * value + 1e-30, `above ${node} nm`);
      });
    }
  });
});

describe("CMOS scaling", () => {
  const node = fc.double({ min: 7, max: 130, noNaN: true });
  const interpolation = fc.constantFrom("linear", "original");

  it("is positive everywhere and one for no change", () => {
    fc.assert(
      fc.property(node, node, interpolation, (from, to, way) => {
        for (const factor of [cmosAreaFactor, cmosEnergyFactor]) {
          const value = factor(from, to, way);
          assert.ok(value !== undefined && value > 0 && Number.isFinite(value));
        }
        assertClose(cmosEnergyFactor(from, from, way) ?? Number.NaN, 1, 1e-12, "no change");
      }),
    );
  });

  it("shrinks area and energy with the node, without steps", () => {
    fc.assert(
      fc.property(node, fc.double({ min: 7, max: 129, noNaN: true }), (from, to) => {
        for (const factor of [cmosAreaFactor, cmosEnergyFactor]) {
          const here = factor(from, to, "linear") ?? Number.NaN;
          const next = factor(from, to * (1 + 1e-9), "linear") ?? Number.NaN;
          assertClose(next, here, 1e-6, "step");
          assert.ok((factor(from, to + 1, "linear") ?? Number.NaN) >= here * (1 - 1e-12), `${from} to ${to}`);
        }
      }),
    );
  });

  it("is not defined outside its nodes", () => {
    assert.equal(cmosAreaFactor(32, 6.9, "original"), undefined);
    assert.equal(cmosEnergyFactor(180, 32, "linear"), undefined);
  });

  it("grows with the supply voltage", () => {
    fc.assert(
      fc.property(node, fc.double({ min: 0.6, max: 1.25, noNaN: true }), (to, toV) => {
        const at = (voltage: number): number =>
          cmosEnergyFactor(32, to, "linear", { toV: voltage }) ?? Number.NaN;
        assert.ok(at(toV + 0.05) > at(toV));
      }),
    );
    assert.equal(cmosEnergyFactor(32, 32, "original", { toV: 0.8 }), 1);
  });
});
