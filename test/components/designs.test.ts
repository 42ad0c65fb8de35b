import assert from "node:assert/strict";
import { join } from "node:path";
import { componentArea, componentEnergy } from "../../src/components/estimate-component";
import type { ComponentEstimate } from "../../src/components/estimate-component";
import { readCsv } from "../../src/spec/read-csv";
import type { Value } from "../../src/spec/specification";

type Attributes = Readonly<Record<string, Value>>;
const convention = { convention: "2024" } as const;
const golden = (name: string) => readCsv(join(__dirname, "..", "golden", name));

const energy = (name: string, attributes: Attributes, action: string): ComponentEstimate =>
  componentEnergy({ class: name, attributes }, action, convention);
const area = (name: string, attributes: Attributes): number =>
  componentArea({ class: name, attributes }, convention).value;

/** Six decimals, as in the tables. */
function assertFigure(found: number, expected: number): void {
  assert.ok(Math.abs(found - expected) <= 5.01e-7, `${found} instead of ${expected}`);
}

const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];

describe("components in the convention of 2024", () => {
  it("price adders of low-power devices as the original does, between nodes too", () => {
    const rows = golden("adder-low-power.csv");
    assert.ok(rows.length > 50);
    for (const row of rows) {
      const attributes = { technology: Number(row.technology_nm), n_bits: Number(row.n_bits) };
      if (attributes.technology === 40 || attributes.technology === 45) continue;
      const found = [
        energy("intadder", attributes, "add").value,
        area("intadder", attributes),
        energy("intadder", { ...attributes, global_cycle_seconds: 1 }, "leak").value * 1e-12,
      ];
      const expected = [row.add_pJ, row.area_um2, row.leak_W].map(Number);
      found.forEach((value, index) =>
        assert.ok(Math.abs(value / expected[index] - 1) < 1e-6, JSON.stringify(row)),
      );
    }
  });

  it("price synthesized blocks at 40 and 45 nm", () => {
    const at45 = { technology: "45nm", global_cycle_seconds: 1e-9 };
    const registers = { ...at45, width: 8, depth: 64 };
    for (const action of ["read", "write", "update"])
      assertFigure(energy("regfile", registers, action).value, 0.42564);
    assertFigure(energy("regfile", registers, "leak").value, 0.000861);
    assertFigure(energy("regfile", { ...registers, global_cycle_seconds: 4e-9 }, "leak").value, 0.003445);
    assertFigure(area("regfile", registers), 887.84);
    assert.equal(energy("regfile", { ...registers, depth: 0 }, "read").value, 0);
    assertFigure(energy("intmac", { ...at45, width: 8 }, "compute").value, 0.845);
    assertFigure(energy("intmac", { ...at45, width: 8 }, "mac_reused").value, 0.0525 + 0.7925 * 0.85);
    assertFigure(area("intmac", { technology: 40, width: 8 }), 332.25);
    assertFigure(energy("intadder", { ...at45, width: 14 }, "add").value, 0.091875);
    assertFigure(area("intadder", { ...at45, width: 14 }), 78.3125);
    assertFigure(energy("fpmac", { ...at45, exponent: 8, mantissa: 24 }, "compute").value, 51.979);
    assertFigure(energy("fpmac", { ...at45, exponent: 8, mantissa: 24 }, "leak").value, 0.518524);
    assertFigure(energy("fpadder", { ...at45, exponent: 11, mantissa: 53 }, "add").value, 43.754);
    assert.throws(
      () => energy("intmac", { technology: 32, width: 8 }, "compute"),
      /at 40 and 45 nm only, not at 32/,
    );
    assert.match(energy("intadder", { ...at45, n_bits: 14 }, "add").estimator, /circuit/);
    for (const action of ["metadata_read", "gated_metadata_write", "skipped_update", "compression_count"])
      assertFigure(energy("regfile", registers, action).value, 0.42564);
  });

  it("price DRAM by the bit", () => {
    assert.equal(energy("DRAM", { width: 64 }, "read").value, 512);
    assert.equal(energy("dram", { type: "HBM2", width: 100 }, "update").value, 390);
    assert.equal(area("DRAM", { width: 64 }), 0);
    assert.throws(() => energy("DRAM", { type: "LPDDR5", width: 64 }, "read"), /Did you mean "LPDDR4"/);
    assert.throws(() => energy("DRAM", {}, "read"), /lacks the attribute "width"/);
  });

  it("price entries of the component library, whose leakage lasts a cycle", () => {
    const at45 = { technology: "45nm", global_cycle_seconds: 1e-9 };
    assertFigure(energy("aladdin_register", { ...at45, width: 16 }, "read").value, 0.144);
    assertFigure(area("aladdin_register", { ...at45, width: 16 }), 95.68);
    assertFigure(energy("aladdin_comparator", { ...at45, n_bits: 4 }, "compare").value, 0.02947);
    assertFigure(energy("aladdin_adder", { ...at45, global_cycle_seconds: 5e-9 }, "leak").value, 0.012);
    assertFigure(energy("aladdin_adder", { ...at45, energy_scale: 9, n_instances: 3 }, "add").value, 0.21);
  });

  it("price SRAM of one bank and of several", () => {
    const memory = (technology: Value, width: number, depth: number, n_banks = 1): Attributes => ({
      ...{ technology, width, depth, n_banks },
      global_cycle_seconds: 1e-9,
    });
    const figures = (attributes: Attributes): number[] => [
      energy("SRAM", attributes, "read").value,
      energy("SRAM", attributes, "write").value,
      area("SRAM", attributes),
    ];
    const assertFigures = (attributes: Attributes, expected: readonly number[]): void =>
      figures(attributes).forEach((found, index) => {
        if (expected[index] > 0) assert.ok(Math.abs(found / expected[index] - 1) < 2e-6, `${found}`);
      });
    assertFigures(memory("40nm", 64, 32768, 2), [43.353054, 30.878292, 707084]);
    assertFigure(energy("SRAM", memory("40nm", 64, 32768, 2), "leak").value, 0.007972);
    assertFigures(memory(45, 16, 192), [0.6277368, 1.530178, 1330.315]);
    assertFigures(memory("45nm", 4, 128), [0.327947, 0.68095, 236.75]);
    assertFigure(energy("SRAM", memory("45nm", 8, 1), "write").value, 0.020478);
    assertFigures(memory("45nm", 128, 512, 2), [9.65335, 12.6203, 43608.4]);
    assert.throws(() => figures(memory("45", 64, 512)), /cannot be "45"/);
    const [read] = figures(memory("45nm", 64, 512));
    assert.ok(
      Math.abs(energy("SRAM", { ...memory("45nm", 64, 512), data_delta: 0 }, "read").value / read - 0.3) <
        1e-12,
    );
  });

  it("explain every figure of an SRAM by factors that give it", () => {
    for (const technology of [16, 22, 40, 45, 90, 130])
      for (const [width, depth, n_banks] of [
        [64, 4096, 2],
        [20, 100, 2],
        [24, 5000, 4],
        [64, 4096, 16],
      ]) {
        const attributes = { technology, width, depth, n_banks, global_cycle_seconds: 2e-9, data_delta: 0.5 };
        const answers = [
          ...["read", "write", "leak"].map((action) => energy("SRAM", attributes, action)),
          componentArea({ class: "SRAM", attributes }, convention),
        ];
        for (const { value, steps } of answers) {
          const [first, ...others] = steps;
          const start = Number(/, ([\d.e+-]+) (pJ|W a bank|um\^2)$/.exec(first.description)?.[1]);
          const product = others.reduce((before, { factor = 1 }) => before * factor, start);
          assert.ok(Math.abs(product / value - 1) < 1e-5, JSON.stringify([value, steps]));
        }
      }
    for (const width of [8, 64]) {
      const empty = { technology: "45nm", width, depth: 0, global_cycle_seconds: 1e-9 };
      assert.deepEqual([energy("SRAM", empty, "read").value, area("SRAM", empty)], [0, 0]);
    }
  });

  it("predict memories that are not in the tables within their error bars", () => {
    const rows = golden("sram-banked.csv");
    const deviations: Record<string, number[]> = { read: [], write: [], leak: [], area: [] };
    for (const row of rows) {
      const attributes = {
        technology: Number(row.technology_nm),
        width: Number(row.width_bits),
        depth: Number(row.depth),
        n_banks: Number(row.n_banks),
        n_rw_ports: Number(row.n_rdwr_ports),
        global_cycle_seconds: 1,
      };
      const answers = {
        read: energy("SRAM", attributes, "read"),
        write: energy("SRAM", attributes, "write"),
        leak: energy("SRAM", attributes, "leak"),
        area: componentArea({ class: "SRAM", attributes }, convention),
      };
      const expected = {
        read: Number(row.read_energy_pJ),
        write: Number(row.write_energy_pJ),
        leak: Number(row.leakage_W_per_bank) * attributes.n_banks * 1e12,
        area: Number(row.area_um2),
      };
      for (const name of ["read", "write", "leak", "area"] as const) {
        const percent = 100 * Math.abs(answers[name].value / expected[name] - 1);
        deviations[name].push(percent);
        assert.ok(
          percent <= (answers[name].errorBar?.largestPercent ?? 0) + 0.5,
          `${name} ${JSON.stringify(row)}`,
        );
      }
    }
    const medians = Object.fromEntries(Object.entries(deviations).map(([name, own]) => [name, median(own)]));
    for (const [name, most] of [
      ["read", 1.7],
      ["write", 1.1],
      ["leak", 1.0],
      ["area", 1.2],
    ] as const)
      assert.ok(medians[name] <= most, `${name} ${medians[name]}`);
  });

  it("say where more banks or ports than are characterized are extrapolated", () => {
    const many = { technology: 45, width: 64, depth: 65536, n_banks: 16 };
    assert.match(energy("SRAM", many, "read").warnings.join(), /16 banks are more than the 8/);
    const ports = { ...many, n_banks: 4, n_rw_ports: 2 };
    assert.match(
      energy("SRAM", ports, "read").warnings.join(),
      /Two ports are characterized with at most 2 banks/,
    );
    assert.throws(() => energy("SRAM", { ...many, n_rw_ports: 3 }, "read"), /does not cover 3 ports/);
  });
});
