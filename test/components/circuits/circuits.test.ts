import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { BlockFigures } from "../../../src/components/circuits/circuit-estimate";
import { cellFromEntries, cellFromText } from "../../../src/components/circuits/cell-description";
import type { CellDescription } from "../../../src/components/circuits/cell-description";
import {
  columnDriverFigures,
  crossbarFigures,
  memoryCellFigures,
  rowDriverFigures,
} from "../../../src/components/circuits/crossbar";
import { digitalBlock, standaloneGate } from "../../../src/components/circuits/digital-blocks";
import type { DigitalBlock, StandaloneGate } from "../../../src/components/circuits/digital-blocks";
import { componentArea, componentEnergy } from "../../../src/components/estimate-component";
import { RaellaError } from "../../../src/errors";
import { defaultWorkspace } from "../../../src/spec/workspace";
import { assertClose, goldenCsv } from "../support";

const cellFile = (name: string): string =>
  join(defaultWorkspace().modelsDirectory, "cell_configs", `${name}.cell`);
const readCell = (name: string): CellDescription =>
  cellFromText(readFileSync(cellFile(name), "utf8"), name, "artifact");

const attributes = {
  technology: 32,
  rows: 128,
  cols: 128,
  cols_active_at_once: 128,
  cell_config: cellFile("isaac"),
  average_input_value: 0.3,
  average_cell_value: 0.2,
  read_pulse_width: 1e-9,
};

/** Both sides carry seven digits; the last bits come from sums of such numbers. */
const tolerance = 1e-12;

describe("logic circuits", () => {
  it("equal the original models on all recorded blocks", () => {
    for (const row of goldenCsv("circuit-digital.csv")) {
      const nodeNm = Number(row.technology_nm);
      const block = {
        kind: row.kind,
        bits: Number(row.n_bits),
        registerBits: Number(row.shift_register_n_bits),
      } as DigitalBlock;
      const figures = row.kind.endsWith("_gate")
        ? standaloneGate(row.kind as StandaloneGate, nodeNm, "artifact")
        : digitalBlock(block, nodeNm, "artifact");
      assertFigures(figures, [row.read_pJ, row.write_pJ, row.area_um2, row.idle], JSON.stringify(row));
    }
  });
});

describe("crossbar circuits", () => {
  it("equal the original models on all recorded arrays", () => {
    for (const row of goldenCsv("circuit-arrays.csv")) {
      const cell = readCell(row.cell);
      const operands = {
        averageInput: Number(row.average_input),
        averageCell: Number(row.average_cell),
        voltageDacBits: Number(row.voltage_dac_bits),
        temporalDacBits: Number(row.temporal_dac_bits),
        temporalSpiking: row.temporal_spiking === "1",
      };
      const figures = crossbarFigures(
        {
          nodeNm: Number(row.technology_nm),
          rows: Number(row.rows),
          columns: Number(row.cols),
          columnsActiveAtOnce: Number(row.cols_active_at_once),
          cell,
          readPulseS: Number(row.read_pulse_s),
        },
        "artifact",
      );
      const place = JSON.stringify(row);
      for (const [prefix, found] of [
        ["row", rowDriverFigures(figures, operands, cell)],
        ["col", columnDriverFigures(figures)],
        ["cell", memoryCellFigures(figures, operands, "artifact")],
      ] as const) {
        const column = (name: string): string => row[`${prefix}_${name}`];
        assertFigures(
          found,
          [column("read_pJ"), column("write_pJ"), column("area_um2"), column("idle")],
          place,
        );
      }
    }
  });

  const arrayOf = (className: string, changes: Record<string, number>) => ({
    class: className,
    attributes: { ...attributes, ...changes },
  });

  it("are refused where the circuits do not fit beside the array", () => {
    const refused = (action: () => unknown, expected: RegExp): void => {
      assert.throws(action, (error: unknown) => {
        assert.ok(error instanceof RaellaError);
        assert.equal(error.code, "out-of-range");
        assert.match(error.message, expected);
        return true;
      });
    };
    refused(() => componentArea(arrayOf("array_col_drivers", { cols: 64 })), /cols of 75 or more/);
    refused(() => componentArea(arrayOf("array_row_drivers", { rows: 16 })), /rows of 23 or more/);
    refused(() => componentEnergy(arrayOf("memory_cell", { cols: 8 }), "write"), /cols of 13 or more/);
    refused(() => componentEnergy(arrayOf("array_row_drivers", { rows: 4 }), "read"), /integer from 8/);
    assert.ok(componentEnergy(arrayOf("array_col_drivers", { cols: 64 }), "write").value > 0);
    assert.ok(componentArea(arrayOf("array_col_drivers", { cols: 64 }), { fidelity: "corrected" }).value > 0);
  });

  it("read the pulse from the attribute, not from the cell file", () => {
    const read = (width: number): number =>
      componentEnergy(arrayOf("memory_cell", { read_pulse_width: width }), "read").value;
    assertClose(read(2e-9), 2 * read(1e-9), 1e-6, "twice the pulse");
  });
});

describe("cell descriptions", () => {
  it("say the same in the YAML form", () => {
    const entries = {
      access: "transistor",
      area_f2: 5.49011611938,
      aspect_ratio: 1,
      access_resistance_ohm: 0,
      resistance_on_at_read_ohm: 1333,
      resistance_off_at_read_ohm: 20000,
      read_voltage_v: 0.2,
      set_voltage_v: 2,
      set_pulse_ns: 40,
    };
    assert.deepEqual(cellFromEntries(entries, "raella", "artifact"), readCell("raella"));
  });

  it("may stand in a YAML file, named relative to the models", () => {
    const directory = mkdtempSync(join(tmpdir(), "raella-cell-"));
    try {
      const file = join(directory, "mine.yaml");
      const energy = (cell_config: string): number =>
        componentEnergy({ class: "memory_cell", attributes: { ...attributes, cell_config } }, "read").value;
      writeFileSync(
        file,
        [
          "description: as isaac.cell",
          "access: crosspoint",
          "area_f2: 1.49011611938",
          "aspect_ratio: 1",
          "resistance_on_at_read_ohm: 2000",
          "resistance_off_at_read_ohm: 20000",
          "read_voltage_v: 0.2",
          "set_voltage_v: 2",
          "set_pulse_ns: 40",
        ].join("\n"),
      );
      assert.equal(energy(file), energy("cell_configs/isaac.cell"));
      writeFileSync(join(directory, "list.yaml"), "- 1\n");
      assert.throws(() => energy(join(directory, "list.yaml")), /must be a map/);
      assert.throws(() => energy("cell_configs/isac.cell"), /Did you mean "isaac\.cell"/);
    } finally {
      rmSync(directory, { recursive: true });
    }
  });

  it("take the first line with a key, and a transistor if any line says so", () => {
    const text = readFileSync(cellFile("isaac"), "utf8");
    const cell = cellFromText(`-ReadVoltage (V): 0.4\n${text}\n-AccessType: CMOS\n`, "twice", "artifact");
    assert.equal(cell.readVoltageV, 0.4);
    assert.equal(cell.access, "transistor");
    assert.equal(cell.accessResistanceOhm, 20000);
  });

  it("derive a voltage from a power, wrongly with artifact fidelity", () => {
    const text = readFileSync(cellFile("isaac"), "utf8").replace(
      "-ReadVoltage (V): 0.2",
      "-ReadPower (uW): 11",
    );
    const conductance = (1 / 2000 + 1 / 20000) / 2;
    assertClose(
      cellFromText(text, "p", "artifact").readVoltageV,
      11e-6 / conductance ** 2,
      1e-12,
      "artifact",
    );
    assertClose(
      cellFromText(text, "p", "corrected").readVoltageV,
      Math.sqrt(11e-6 / conductance),
      1e-12,
      "corrected",
    );
  });

  it("are refused when they cannot be used", () => {
    const text = readFileSync(cellFile("isaac"), "utf8");
    const refused = (changed: string, expected: RegExp): void => {
      assert.throws(() => cellFromText(changed, "bad.cell", "artifact"), expected);
    };
    refused(text.replace("memristor", "SRAM"), /bad\.cell is of an SRAM cell/);
    refused(text.replace("-CellArea", "-Cellarea"), /does not say area_f2/);
    refused(text.replace("VoltageV", "V").replace(/-ResistanceOffAtReadVoltage.*\n/, ""), /resistance_off/);
    refused(text.replace("-CellArea (F^2): 1.49011611938", "-CellArea (F^2): -1"), /above 0, got -1/);
    refused(`-AccessType: CMOS\n-AccessCMOSWidth (F): 3\n${text}`, /wider than the cell/);
    assert.throws(() => cellFromEntries({ acess: "transistor" }, "bad", "artifact"), /Did you mean "access"/);
    const withoutNumber = { access: "transistor", area_f2: "large" };
    assert.throws(
      () => cellFromEntries(withoutNumber, "bad", "artifact"),
      /area_f2 is not a number, got "large"/,
    );
    assert.throws(() => cellFromEntries({ area_f2: 4 }, "bad", "artifact"), /access must say .* got nothing/);
  });

  it("may give voltages as powers or currents, and the length of a write pulse as its energy", () => {
    const cell = { access: "crosspoint", area_f2: 4, aspect_ratio: 1 };
    const resistances = { resistance_on_ohm: 1000, resistance_off_ohm: 4000 };
    const read = (figures: Record<string, number>): CellDescription =>
      cellFromEntries({ ...cell, ...resistances, ...figures }, "c", "corrected");
    // Half on, half off a device conducts (1 / 1000 + 1 / 4000) / 2 = 0.625 mS.
    assertClose(read({ read_current_ua: 125 }).readVoltageV, 0.2, 1e-12, "current");
    assertClose(read({ read_power_uw: 25 }).readVoltageV, 0.2, 1e-12, "power");
    assert.equal(read({ read_voltage_v: 0.2, read_current_ua: 1 }).readVoltageV, 0.2);
    assert.equal(read({}).readVoltageV, 0);
    // 2.5 mW for 4 ns.
    assertClose(read({ set_voltage_v: 2, set_energy_pj: 10 }).writePulseS, 4e-9, 1e-12, "energy");
    assertClose(read({ set_pulse_ns: 4 }).writePulseS, 4e-9, 1e-12, "pulse");
    assert.equal(read({}).writePulseS, 0);
  });
});

function assertFigures(figures: BlockFigures, expected: readonly string[], place: string): void {
  const found = [figures.readEnergyPj, figures.writeEnergyPj, figures.areaUm2, figures.leakagePw];
  found.forEach((value, index) => {
    assertClose(value, Number(expected[index]), tolerance, `${place} figure ${index}`);
  });
}
