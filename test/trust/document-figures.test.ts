import assert from "node:assert/strict";
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { adcEnergyPj } from "../../src/components/adc/adc-survey-model";
import { interpolationErrorBar } from "../../src/components/circuits/device-node";
import { estimate } from "../../src/components/estimate";
import { componentArea, componentEnergy } from "../../src/components/estimate-component";
import { cmosAreaFactor, cmosEnergyFactor } from "../../src/components/library/technology-scaling";
import { sramErrorBar } from "../../src/components/sram/sram-memory";
import type { SramBasis } from "../../src/components/sram/sram-memory";
import { shareEqual } from "../../src/network/end-to-end";
import { getSpec } from "../../src/spec/get-spec";
import { listArchitectures, listDnns, listLayers, workspaceAt } from "../../src/spec/workspace";
import type { AblationResult, NetworkResult } from "../../src/study/network-result";
import { runLayer } from "../../src/study/run-layer";
import { everyDnn, everyDnnByIncrement, hasTable, says } from "../support/documents";

// Numbers in sentences and tables of documents about models, throughput and components: computed, and looked for there.

const modelling = "docs/modelling.md";
const throughput = "docs/throughput.md";
const models = "docs/component-models.md";
const root = join(__dirname, "../..");

const percent = (share: number, digits: number): string =>
  `${share < 0 ? "−" : "+"}${Math.abs(100 * share).toFixed(digits)} %`;
const microjoules = (energyPj: number): string => (energyPj / 1e6).toFixed(0);

describe("the figures that documents of models state", function () {
  this.timeout(600_000);

  describe("how RAELLA and ISAAC are modelled", () => {
    const layer10 = { dnn: "resnet18", layer: 10 } as const;

    it("what slices on one column would save", () => {
      const folder = mkdtempSync(join(tmpdir(), "raella-slices-"));
      try {
        for (const part of ["models", "dnn_layers", "recorded_statistics"])
          cpSync(join(root, part), join(folder, part), { recursive: true });
        const file = join(folder, "models/raella/arch.yaml");
        const text = readFileSync(file, "utf8");
        const free = text.replace(
          /(no_multicast_no_reduction: \[Inputs, Weights\]\n) +factors: \[L=1\]\n/,
          "$1",
        );
        assert.notEqual(free, text);
        writeFileSync(file, free);
        const options = { architecture: "raella", ...layer10, search: "full" } as const;
        const [apart, together] = [
          runLayer(options),
          runLayer({ ...options, workspace: workspaceAt(folder) }),
        ];
        says(
          modelling,
          `would take ${microjoules(together.energyPj.total)} µJ and half the cycles`,
          `instead of ${(apart.energyPj.total / 1e6).toFixed(1)} µJ and ${apart.cycles.toLocaleString("en-US")} cycles at best`,
        );
        assert.equal(together.cycles, apart.cycles / 2);
      } finally {
        rmSync(folder, { recursive: true });
      }
    });

    it("what its oddities are worth", () => {
      const both = (architecture: string, level: string, dnn = "resnet18", layer = 10) => {
        const [published, corrected] = (["artifact", "corrected"] as const).map(
          (fidelity) => runLayer({ architecture, dnn, layer, fidelity }).energyPj,
        );
        const more = corrected[level] - published[level];
        return { ofLevel: more / published[level], ofAll: more / published.total };
      };
      const cells = both("isaac_like", "pim_cell");
      const buffer = both("raella", "input_buffer");
      const without = both("raella_no_speculation", "input_buffer");
      const flags = both("raella_no_speculation", "output_register", "qdqbert", 4);
      const drivers = both("raella_no_speculation", "input_drivers");
      says(
        modelling,
        `repaired: ${percent(cells.ofLevel, 0)} for the cells, ${percent(cells.ofAll, 1)} in total (BERT: ${percent(both("isaac_like", "pim_cell", "qdqbert", 4).ofAll, 1)})`,
        `repaired: ${percent(buffer.ofLevel, 0)} for the buffer and ${percent(buffer.ofAll, 1)} in total with speculation, ${percent(without.ofLevel, 0)} and ${percent(without.ofAll, 1)} without`,
        `repaired: ${percent(flags.ofLevel, 1)} for the register, ${percent(flags.ofAll, 2)} in total`,
        `repaired: up to ${percent(drivers.ofLevel, 2)} for the drivers`,
      );
    });

    it("what statistics say", () => {
      const figures = listDnns().flatMap((dnn) =>
        listLayers(dnn).map((layer, index, { length }) => {
          const { variableValues } = getSpec({ architecture: "raella", dnn, layer });
          const { AVERAGE_INPUT_VALUE: drive, CIM_UNITS_PER_WEIGHT: slices } = variableValues;
          return { drive: Number(drive), slices: Number(slices), isLast: index === length - 1, dnn };
        }),
      );
      says(
        modelling,
        `(up to ${Math.max(...figures.map(({ drive }) => drive)).toFixed(2)})`,
        "three for most, two for some, eight for a network's last layer",
      );
      for (const { slices, isLast, dnn } of figures)
        assert.ok(isLast ? slices === 8 : slices === 2 || slices === 3, `${dnn}: ${slices}`);
      const threes = figures.filter(({ slices }) => slices === 3).length;
      assert.ok(threes > figures.length / 2 && threes < figures.length - listDnns().length);
    });

    it("how much traffic published designs ask for", async () => {
      const most: { times: number; place: string }[] = [];
      for (const { networks } of await everyDnn())
        for (const { architecture, dnn, layers } of networks)
          for (const { layer, notes = [] } of layers)
            for (const { message } of notes) {
              assert.ok(!message.includes("router"), message);
              const [, times] = /, ([\d.]+) times what it is/.exec(message) ?? [];
              if (times) most.push({ times: Number(times), place: `${architecture} ${dnn} ${layer}` });
            }
      most.sort((a, b) => b.times - a.times);
      assert.equal(most[0].place, "raella_no_speculation mobilenetv2 2");
      says(
        modelling,
        `ask up to ${most[0].times} times the published rate of the eDRAM (RAELLA without speculation, layer 2 of MobileNetV2), none more than the router's`,
      );
    });

    it("the hardware", () => {
      const of = (architecture: string): Readonly<Record<string, unknown>> =>
        getSpec({ architecture, ...layer10 }).variableValues;
      const both = [of("isaac_like"), of("raella")];
      const words = ["zero", "one", "two", "three", "four"];
      const row = (cells: (values: Readonly<Record<string, unknown>>) => string): string =>
        both.map(cells).join(" | ");
      says(
        modelling,
        `| macros per tile, crossbars per macro | ${row((v) => `${String(v.MACROS_PER_TILE)}, ${String(v.CROSSBARS_PER_MACRO)}`)} |`,
        `| rows × columns of a crossbar (CiM units) | ${row((v) => `${String(v.CIM_UNITS_PER_COLUMN)} × ${String(v.COLUMNS_PER_CROSSBAR)}`)} |`,
        `| converter | ${row((v) => `${String(v.ADC_RESOLUTION)} bits, ${words[Number(v.N_ADC_PER_BANK)]} per crossbar`)} |`,
        `| cell | one resistive device, ${both.map((v) => `${String(v.BITS_PER_CELL)} bits in`).join(" ISAAC, ")} RAELLA |`,
      );
    });

    it("how long a step takes", () => {
      const step = (architecture: string): number =>
        Number(
          getSpec({ architecture, ...layer10 }).levels.find(({ name }) => name === "pim_cell")?.attributes
            .cycles_per_activation,
        );
      says(
        modelling,
        `it makes a step last ${step("isaac_like").toFixed(0)} cycles, with speculation ${step("raella").toFixed(1)} (11/8)`,
        `with speculation a step takes ${step("raella").toFixed(1)} ns, and ${(128 / step("raella")).toFixed(2)}·10⁹ are enough`,
      );
    });
  });

  it("throughput, by either scheme of replication @thorough", async () => {
    const pair = ["isaac_like", "raella"];
    const [doubled, finer] = [await everyDnn(), await everyDnnByIncrement()];
    const of = (all: readonly AblationResult[], dnn: string, architecture: string): NetworkResult =>
      all
        .find((one) => one.dnn === dnn)
        ?.networks.find((one) => one.architecture === architecture) as NetworkResult;
    const cells = (dnn: string, architecture: string): string[] => {
      const figures = [doubled, finer].map(
        (all) => of(all, dnn, architecture).totals.throughputBatchesPerSecond,
      );
      return [
        ...figures.map((figure) => Math.round(figure).toLocaleString("en-US")),
        `${(figures[1] / figures[0]).toFixed(2)}×`,
      ];
    };
    await hasTable(
      throughput,
      "replication",
      ["DNN", ...pair.flatMap((name) => [`${name}: doubling`, "increment", ""])],
      listDnns().map((dnn) => [dnn, ...pair.flatMap((architecture) => cells(dnn, architecture))]),
    );
    const { areaUm2, tileBudget } = of(doubled, "resnet18", "isaac_like").totals;
    assert.equal(tileBudget, 65_536);
    const silicon = (areaUm2.total / 16 / 1e6) * tileBudget;
    says(
      throughput,
      `65,536 tiles of ISAAC are ${(Math.round(silicon / 1e3) * 1e3).toLocaleString("en-US")} mm² of silicon`,
    );
  });

  it("accuracy, how many samples it takes", () => {
    const document = readFileSync(join(root, "docs/accuracy.md"), "utf8");
    const rowOf = (name: string): string[] | undefined =>
      document
        .split("\n")
        .find((line) => line.startsWith(`| ${name} `) && line.split("|").length === 7)
        ?.split("|")
        .slice(2, 6)
        .map((cell) => cell.trim());
    for (const [name, right] of [
      ["all", 1],
      ["15 of 16", 15 / 16],
    ] as const) {
      const intervals = [16, 64, 256, 1024].map((count) => {
        const expected = Array.from({ length: count }, (_, index) => (index < count * right ? 1 : 0));
        return shareEqual(Array<number>(count).fill(1), expected);
      });
      rowOf(name)?.forEach((cell, index) => {
        const [low, high] = cell.replace(" %", "").split("–");
        const digits = low.split(".")[1]?.length ?? 0;
        assert.equal(low, (100 * intervals[index].low).toFixed(digits), cell);
        assert.equal(high, (100 * intervals[index].high).toFixed(0), cell);
      });
      assert.equal(rowOf(name)?.length, 4, name);
    }
  });

  describe("component models", () => {
    it("what the tables round away @thorough", () => {
      const reads = listArchitectures().flatMap(({ name: architecture }) =>
        listDnns().flatMap((dnn) =>
          listLayers(dnn).map((layer) => {
            const specification = getSpec({ architecture, dnn, layer });
            const [rounded, exact] = [undefined, null].map(
              (decimalPlaces) => estimate(specification, { decimalPlaces }).energy.energyPj.pim_cell.read,
            );
            return { rounded, error: Math.abs(rounded / exact - 1) };
          }),
        ),
      );
      const smallest = Math.min(...reads.map(({ rounded }) => rounded));
      const worst = Math.max(...reads.map(({ error }) => error));
      says(models, `smallest read takes ${smallest.toFixed(6)} pJ: up to ${(100 * worst).toFixed(1)} % off`);
    });

    it("technologies between tabulated ones", () => {
      const ways = ["linear", "original"] as const;
      const [energy, area] = [cmosEnergyFactor, cmosAreaFactor].map((factor) =>
        ways.map((way) => factor(32, 28, way) ?? NaN),
      );
      const energies = ways.map((technologyInterpolation) =>
        [31, 32, 33].map((TECH_NODE) =>
          microjoules(
            runLayer({
              ...{ architecture: "raella", dnn: "resnet18", layer: 10, technologyInterpolation },
              variables: { TECH_NODE },
            }).energyPj.total,
          ),
        ),
      );
      says(
        models,
        `the energy factor is ${energy[0].toFixed(3)} instead of ${energy[1].toFixed(3)} and the area factor ${area[0].toFixed(2)} instead of ${area[1].toFixed(2)}`,
        `takes ${energies[0][0]}, ${energies[0][1]} and ${energies[0][2]} µJ at 31, 32 and 33 nm instead of ${energies[1].join(", ").replace(/, (\d+)$/, " and $1")}`,
      );
    });

    it("converters of the ADC survey", () => {
      const survey = {
        class: "adc",
        attributes: { technology: 32, resolution: 8, throughput: 1.2e9, n_adcs: 1 },
      };
      const library = { class: "isaac_adc", attributes: { technology: 32, resolution: 8 } };
      const each = [survey, library].map((component) => [
        componentEnergy(component, "convert").value.toFixed(1),
        String(Math.round(componentArea(component).value / 100) * 100),
      ]);
      says(
        models,
        `(8 bits, 1.2 GS/s, 32 nm) it gives ${each[0][0]} pJ and ${each[0][1]} µm² where ISAAC has ${each[1][0]} pJ and ${each[1][1]} µm²`,
      );
      // The formulas of the document.
      for (const line of [
        "merit = min(213.78 − 2.8719 ln f, 128.31 + 3.2205 b)",
        "energy = 1 / (2 · 10^((merit − 6.02 b − 1.76) / 10)) · e^(24.579 + 1.8800 ln t − 2.8291 ln b) pJ",
        "area = e^(1.3462 + 0.99328 ln t + 0.18072 ln f + 0.29912 ln energy) µm²",
      ])
        says(models, line);
      for (const [b, f, t] of [
        [8, 1.2e9, 32],
        [5, 1e6, 65],
        [12, 1e8, 22],
        [4, 9e9, 7],
      ]) {
        const merit = Math.min(213.78 - 2.8719 * Math.log(f), 128.31 + 3.2205 * b);
        const energy =
          (1 / (2 * 10 ** ((merit - 6.02 * b - 1.76) / 10))) *
          Math.exp(24.579 + 1.88 * Math.log(t) - 2.8291 * Math.log(b));
        const area = Math.exp(
          1.3462 + 0.99328 * Math.log(t) + 0.18072 * Math.log(f) + 0.29912 * Math.log(energy),
        );
        const ours = { class: "adc", attributes: { technology: t, resolution: b, throughput: f, n_adcs: 1 } };
        const expected = adcEnergyPj({ resolutionBits: b, conversionsPerSecond: f, technologyNm: t });
        assert.ok(Math.abs(energy / expected - 1) < 5e-3, `${b} bits: energy`);
        assert.ok(Math.abs(area / componentArea(ours).value - 1) < 5e-3, `${b} bits: area`);
      }
    });

    it("error bars", () => {
      const bar = ({
        medianPercent,
        ninetiethPercentilePercent,
        largestPercent,
      }: ReturnType<typeof interpolationErrorBar>) =>
        [medianPercent, ninetiethPercentilePercent, largestPercent].join(" / ");
      for (const [name, node] of [
        ["above", 40],
        ["below", 12],
      ] as const)
        says(
          models,
          `| ${name} 22 nm | ${bar(interpolationErrorBar("energy", node))} % | ${bar(interpolationErrorBar("area", node))} % |`,
        );
      const bases: readonly SramBasis[] = [
        "interpolated between sizes",
        "interpolated between technologies",
        "interpolated, two ports",
      ];
      for (const [name, quantity] of [
        ["read energy", "readEnergyPj"],
        ["write energy", "writeEnergyPj"],
        ["leakage power", "leakageW"],
        ["area", "areaUm2"],
        ["access time", "accessTimeNs"],
        ["cycle time", "cycleTimeNs"],
        ["idle energy", "idleEnergyPj"],
      ] as const) {
        const cells = bases.map((basis) => {
          const found = sramErrorBar(basis, quantity);
          assert.ok(found);
          return bar(found);
        });
        const row = readFileSync(join(root, models), "utf8")
          .split("\n")
          .find((line) => line.startsWith(`| ${name} `) && line.split("|").length === 6);
        assert.deepEqual(
          row
            ?.split("|")
            .slice(2, 5)
            .map((cell) => cell.split("/").map(Number)),
          cells.map((cell) => cell.split("/").map(Number)),
          name,
        );
      }
      const points = bases.map((basis) =>
        Number(/^\d+/.exec(sramErrorBar(basis, "areaUm2")?.basis ?? "")?.[0]),
      );
      says(
        models,
        `against ${points.reduce((sum, count) => sum + count, 0)} memories that CACTI characterized`,
      );
    });

    it("how much less a larger SRAM can cost", () => {
      const columns = ["read_energy_pJ", "write_energy_pJ", "leakage_W", "area_um2"] as const;
      const most = Object.fromEntries(columns.map((name) => [name, 0]));
      for (const name of ["22nm", "32nm", "32nm_2_ports", "45nm", "65nm", "90nm"]) {
        const lines = readFileSync(join(root, `models/sram/sram_${name}.csv`), "utf8")
          .split("\n")
          .filter((line) => line !== "" && !line.startsWith("#"))
          .map((line) => line.split(","));
        const memories = lines
          .slice(1)
          .map((cells) =>
            Object.fromEntries(lines[0].map((column, index) => [column, Number(cells[index])])),
          );
        for (const small of memories)
          for (const large of memories)
            if (large.width_bits >= small.width_bits && large.depth >= small.depth)
              for (const column of columns)
                most[column] = Math.max(most[column], 1 - large[column] / small[column]);
      }
      const [read, write] = columns.map((column) => Math.round(100 * most[column]));
      says(models, `up to ${read} % less for a read and up to ${write} % less for a write`);
      assert.deepEqual([most.leakage_W, most.area_um2], [0, 0]);
    });

    it("what is compared with the original tools", () => {
      const linesOf = (name: string): number => {
        const raw = readFileSync(join(root, "test/golden", name));
        return (name.endsWith(".gz") ? gunzipSync(raw) : raw).toString("utf8").trim().split("\n").length;
      };
      const circuits = linesOf("circuit-arrays.csv") + linesOf("circuit-digital.csv") - 2;
      says(
        models,
        `Every area and energy of ${linesOf("reference-tables.jsonl.gz")} layers on the four architectures, ${circuits} circuits over nodes and sizes`,
      );
    });
  });
});
