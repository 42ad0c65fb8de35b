import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { componentArea, componentEnergy } from "../../../src/components/estimate-component";
import { loadBankedSrams } from "../../../src/components/sram/banked-sram";
import { interpolateSize, sramQuantities } from "../../../src/components/sram/sram-grid";
import type { SramFigures } from "../../../src/components/sram/sram-grid";
import { loadSramGrids, sramMemory } from "../../../src/components/sram/sram-memory";
import type { SramRequest } from "../../../src/components/sram/sram-memory";
import { FileReader } from "../../../src/spec/file-memo";
import { readCsv } from "../../../src/spec/read-csv";
import { defaultWorkspace } from "../../../src/spec/workspace";
import { withFiles } from "../../spec/support/small-model";
import { assertClose } from "../support";

const directory = join(defaultWorkspace().modelsDirectory, "sram");
const grids = loadSramGrids(directory, new FileReader());
const files = ["sram_22nm", "sram_32nm", "sram_32nm_2_ports", "sram_45nm", "sram_65nm", "sram_90nm"];

const request = (changes: Partial<SramRequest> = {}): SramRequest => ({
  technologyNm: 32,
  widthBits: 64,
  depth: 512,
  ports: 1,
  banks: 1,
  ...changes,
});

describe("SRAM", () => {
  it("has the characterized figures on every point of the grids", () => {
    let points = 0;
    for (const file of files) {
      for (const row of readCsv(join(directory, `${file}.csv`))) {
        points++;
        const attributes = {
          technology: Number(row.technology_nm),
          width: Number(row.width_bits),
          depth: Number(row.depth),
          n_rdwr_ports: Number(row.n_rdwr_ports),
        };
        const memory = { class: "SRAM", attributes };
        const place = JSON.stringify(row);
        assert.equal(componentEnergy(memory, "read").value, Number(row.read_energy_pJ), place);
        assert.equal(componentEnergy(memory, "write").value, Number(row.write_energy_pJ), place);
        assert.equal(componentArea(memory).value, Number(row.area_um2), place);
        const idle = componentEnergy(memory, "idle");
        assertClose(idle.value, Number(row.idle_energy_pJ_per_cycle), 1e-8, place);
        assert.equal(idle.errorBar, null, place);
      }
    }
    assert.equal(points, 6 * 176);
  });

  it("refuses tables with two figures of one memory", () => {
    const own = (name: string): string => readFileSync(join(directory, name), "utf8");
    const [table, banked] = [own("sram_32nm.csv"), own("sram_32nm_banked.csv")];
    const repeated = (text: string): string => {
      const line = text.trimEnd().split("\n").at(-1) ?? "";
      const figures = line.split(",");
      figures[4] = String(2 * Number(figures[4]));
      return [text.trimEnd(), line, figures.join(","), ""].join("\n");
    };
    const message =
      /sram_32nm\w*\.csv:[0-9]+: This line gives other figures of the memory .* than line [0-9]+\./;
    withFiles({ "sram_32nm.csv": repeated(table), "sram_32nm_banked.csv": repeated(banked) }, (folder) => {
      assert.throws(() => loadSramGrids(folder, new FileReader())(32, 1), { message });
      assert.throws(() => loadBankedSrams(folder, new FileReader())(32)(1, 1), { message });
      assert.throws(() => loadBankedSrams(folder, new FileReader())(32)(2, 1), { message });
    });
  });

  it("takes sizes that CACTI makes the same memory for the same", () => {
    const same = (first: Partial<SramRequest>, second: Partial<SramRequest>): void => {
      assert.deepEqual(sramMemory(request(first), grids).figures, sramMemory(request(second), grids).figures);
    };
    same({ widthBits: 36, depth: 512 }, { widthBits: 32, depth: 576 });
    same({ widthBits: 64, depth: 10 }, { widthBits: 64, depth: 64 });
    same({ widthBits: 8, depth: 128 }, { widthBits: 32, depth: 64 });
    same({ ports: 0 }, { ports: 1 });
    assert.equal(sramMemory(request({ widthBits: 2, depth: 3 }), grids).figures.areaUm2, 0);
  });

  it("says how far an interpolated figure may be off, and when it extrapolates", () => {
    const read = (changes: Record<string, number>) =>
      componentEnergy(
        { class: "SRAM", attributes: { technology: 32, width: 64, depth: 512, ...changes } },
        "read",
      );
    assert.equal(read({}).errorBar, null);
    assert.deepEqual(read({ depth: 500 }).errorBar?.largestPercent, 33);
    assert.deepEqual(read({ technology: 28 }).errorBar?.largestPercent, 30);
    assert.deepEqual(read({ depth: 500, n_rdwr_ports: 2 }).errorBar?.largestPercent, 13);
    assert.deepEqual(read({ depth: 500 }).warnings, []);
    assert.match(read({ depth: 100_000 }).warnings.join(), /extrapolated/);
    assert.match(read({ width: 16 }).warnings.join(), /16 bits is priced as one of 32/);
    assert.match(read({ technology: 45, n_rdwr_ports: 2 }).warnings.join(), /32 nm only/);
    assert.match(read({ n_banks: 4 }).warnings.join(), /4 banks/);
  });

  it("refuses what it does not cover", () => {
    const refused = (changes: Partial<SramRequest>, expected: RegExp): void => {
      assert.throws(() => sramMemory(request(changes), grids), expected);
    };
    refused({ technologyNm: 16 }, /technology 16[\s\S]*22 to 90 nm/);
    refused({ technologyNm: 130 }, /technology 130/);
    refused({ widthBits: 8, depth: 32 }, /32 bytes[\s\S]*at least 64 bytes/);
    refused({ ports: 3 }, /ports 3/);
    refused({ widthBits: 2147483647 }, /width/);
    refused({ depth: 2 ** 30 }, /depth/);
  });

  it("charges the address part of an access to all banks together", () => {
    const attributes = { technology: 32, width: 64, depth: 2048, n_banks: 2 };
    const bank = { class: "SRAM", attributes: { ...attributes, depth: 1024, n_banks: 1 } };
    const idle = 2 * componentEnergy(bank, "idle").value;
    const read = componentEnergy(bank, "read").value;
    assertClose(
      componentEnergy({ class: "SRAM", attributes }, "read").value,
      idle + (read - idle) * (0.3 / 2 + 0.7),
      1e-12,
      "read of two banks",
    );
  });

  it("predicts left-out points with errors in line with its error bars, on intervals twice as long", () => {
    for (const [quantity, basis] of [
      ["readEnergyPj", "read"],
      ["areaUm2", null],
    ] as const) {
      const errors = leaveOneOutErrors(quantity);
      const memory = { class: "SRAM", attributes: { technology: 32, width: 64, depth: 500 } };
      const { errorBar } = basis === null ? componentArea(memory) : componentEnergy(memory, basis);
      assert.ok(errorBar);
      const percentile = (share: number): number => 100 * errors[Math.floor(errors.length * share)];
      assert.ok(percentile(0.5) < 4 * errorBar.medianPercent, `median ${percentile(0.5)} %`);
      assert.ok(
        percentile(0.9) < 2 * errorBar.ninetiethPercentilePercent,
        `90th percentile ${percentile(0.9)} %`,
      );
    }
  });

  it("is continuous across the lines of the grid and positive everywhere", () => {
    const grid = grids(32, 1);
    assert.ok(grid);
    fc.assert(
      fc.property(
        fc.constantFrom(...grid.widths),
        fc.constantFrom(...grid.depths),
        fc.double({ min: -1e-9, max: 1e-9, noNaN: true }),
        fc.double({ min: -1e-9, max: 1e-9, noNaN: true }),
        (width, depth, left, down) => {
          const on = interpolateSize(grid, width, depth);
          const near = interpolateSize(grid, width * (1 + left), depth * (1 + down));
          for (const quantity of sramQuantities) {
            assert.ok(near[quantity] > 0);
            assertClose(near[quantity], on[quantity], 1e-7, `${quantity} beside ${width} x ${depth}`);
          }
        },
      ),
    );
  });

  it("grows with width and depth", () => {
    const sizes = fc.record({
      technologyNm: fc.integer({ min: 22, max: 90 }),
      widthBits: fc.integer({ min: 4, max: 256 }).map((bytes) => 8 * bytes),
      depth: fc.integer({ min: 64, max: 65536 }),
    });
    fc.assert(
      fc.property(sizes, fc.double({ min: 1.5, max: 4, noNaN: true }), (size, factor) => {
        const area = (changes: Partial<SramRequest>): number =>
          sramMemory(request({ ...size, ...changes }), grids).figures.areaUm2;
        const wider = 8 * Math.ceil((size.widthBits * factor) / 8);
        assert.ok(area({ widthBits: wider }) > area({}), "wider");
        assert.ok(area({ depth: Math.ceil(size.depth * factor) }) > area({}), "deeper");
      }),
    );
  });
});

/** Relative errors, ascending, of predicting every inner depth of every grid from the other depths. */
function leaveOneOutErrors(quantity: keyof SramFigures): number[] {
  const errors: number[] = [];
  for (const node of [22, 32, 45, 65, 90]) {
    const grid = grids(node, 1);
    assert.ok(grid);
    for (let left = 1; left < grid.depths.length - 1; left++) {
      const kept = <Item>(items: readonly Item[]): Item[] => items.filter((_, index) => index !== left);
      const coarse = { ...grid, depths: kept(grid.depths), figures: grid.figures.map(kept) };
      grid.widths.forEach((width, index) => {
        const found = interpolateSize(coarse, width, grid.depths[left])[quantity];
        errors.push(Math.abs(found / grid.figures[index][left][quantity] - 1));
      });
    }
  }
  return errors.sort((first, second) => first - second);
}
