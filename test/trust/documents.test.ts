import assert from "node:assert/strict";
import { componentArea, componentEnergy } from "../../src/components/estimate-component";
import { getSpec } from "../../src/spec/get-spec";
import { loadPublishedFigures } from "../../src/spec/published-figures";
import type { PublishedFigure } from "../../src/spec/published-figures";
import { listDnns, listLayers } from "../../src/spec/workspace";
import { adcEnergyPj } from "../../src/components/adc/adc-survey-model";
import { energyOrigins } from "../../src/report/notebook/energy-origins";
import { buildMapSpace } from "../../src/mapspace/map-space";
import { gainsOver, tileParts } from "../../src/study/gains";
import type { Gains, TilePart } from "../../src/study/gains";
import type { LayerResult } from "../../src/study/layer-result";
import type { AblationResult, NetworkResult } from "../../src/study/network-result";
import { mapLayer, runLayer } from "../../src/study/run-layer";
import type { Fidelity } from "../../src/spec/specification";
import { runAll } from "../../src/study/run-network";
import type { AllOptions } from "../../src/study/run-network";
import { cellOf, readNotebook, textOf } from "../notebook/support/executed-notebook";
import {
  change,
  dnnNames as names,
  everyDnn,
  everyDnnByIncrement,
  hasTable,
  says,
} from "../support/documents";

// The numbers that documents state: those of tables are computed here as a whole (UPDATE_DOCUMENTS=1 writes them), those of
// sentences are computed and looked for in the sentence.

const validation = "docs/validation.md";
const comparison = "docs/comparison.md";
const tutorial = "notebooks/RAELLA.ipynb";
const exploration = "notebooks/Exploration.ipynb";
const pair = { architectures: ["isaac_like", "raella"] };
const published = loadPublishedFigures();
const times = (multiple = NaN): string => `${multiple.toFixed(2)}×`;
/** Area of a tile that RAELLA's paper implies, mm². */
const impliedArea = (architecture: string): number =>
  published.find((row) => row.figure === "tileArea" && row.architecture === architecture)?.value ?? NaN;

describe("the numbers that documents state", function () {
  this.timeout(600_000);
  let all: readonly AblationResult[];
  const networks = (architecture: string): readonly NetworkResult[] =>
    all.flatMap((ablation) => ablation.networks.filter((network) => network.architecture === architecture));
  const pairOf = (ablations: readonly AblationResult[]): readonly AblationResult[] =>
    ablations.map((ablation) => ({
      ...{ ...ablation, architectures: pair.architectures },
      networks: ablation.networks.filter(({ architecture }) => pair.architectures.includes(architecture)),
    }));
  const networkOf = (dnn: string, architecture: string): NetworkResult =>
    networks(architecture).find((network) => network.dnn === dnn) as NetworkResult;
  const gainsWith = async (options: AllOptions): Promise<Gains> =>
    gainsOver(await runAll({ ...pair, ...options }), published)[0];

  before(async () => {
    all = await everyDnn();
  });

  describe("beside the papers", () => {
    it("what RAELLA gains @thorough", async () => {
      const [gains] = gainsOver(await everyDnnByIncrement(), published);
      const paperTiles = await gainsWith({ replication: "increment", tileAreas: "published" });
      const claim = (figure: PublishedFigure["figure"], statistic: string): string => {
        const found = published.find((row) => row.figure === figure && row.statistic === statistic);
        return `${found?.value.toFixed(1)}×${found?.certainty === "remembered" ? " (\\*)" : ""}`;
      };
      const paper = (statistic: string): string[] => [
        `paper, ${statistic}`,
        claim("energyEfficiency", statistic),
        ...Array<string>(4).fill(claim("throughput", statistic)),
      ];
      const both = ({ doubling, increment }: Gains["dnns"][number]["throughput"]): string[] => [
        times(doubling),
        times(increment),
      ];
      const over = (statistic: "geometricMean" | "maximum", name: string): string[] => [
        name,
        times(gains.energyEfficiency[statistic]),
        ...[gains, paperTiles].flatMap(({ throughput: { doubling, increment } }) => [
          times(doubling?.[statistic]),
          times(increment?.[statistic]),
        ]),
      ];
      await hasTable(
        validation,
        "gains",
        [
          ...["RAELLA over ISAAC", "energy efficiency", "throughput, doubled", "one by one"],
          ...["doubled, paper's tiles", "one by one, paper's tiles"],
        ],
        [
          ...gains.dnns.map(({ dnn, energyEfficiency, throughput }, index) => [
            names[dnn],
            times(energyEfficiency),
            ...both(throughput),
            ...both(paperTiles.dnns[index].throughput),
          ]),
          over("geometricMean", "geometric mean"),
          paper("geometric mean"),
          over("maximum", "maximum"),
          paper("maximum"),
        ],
      );
      const claimed = (figure: string, statistic: string): number =>
        published.find((row) => row.figure === figure && row.statistic === statistic)?.value ?? NaN;
      const ratios = [
        gains.energyEfficiency.geometricMean / claimed("energyEfficiency", "geometric mean"),
        gains.energyEfficiency.maximum / claimed("energyEfficiency", "maximum"),
        (gains.throughput.increment?.geometricMean ?? 0) / claimed("throughput", "geometric mean"),
        (gains.throughput.increment?.maximum ?? 0) / claimed("throughput", "maximum"),
      ];
      for (const ratio of ratios) assert.ok(ratio > 0.9 && ratio < 1.1, String(ratio));
      const below = 1 - (paperTiles.throughput.doubling?.geometricMean ?? 0) / 2;
      says(
        tutorial,
        "**It does, within a tenth.**",
        `the mean is ${Math.round(100 * below)} % below the claim`,
        `The largest throughput is ${Math.round(100 * (1 - (gains.throughput.doubling?.maximum ?? 0) / claimed("throughput", "maximum")))} % below the claim`,
      );
    });

    it("and under other assumptions @thorough", async () => {
      const variants: readonly [string, AllOptions][] = [
        ["as above", {}],
        ["corrected fidelity", { fidelity: "corrected" }],
        ["typical statistics", { useTypicalStatistics: true }],
        ["published areas of tiles", { tileAreas: "published" }],
        ["64 tiles a layer, batch 32", { nTiles: 64 }],
        ["64 tiles a layer, batch 128", { nTiles: 64, batchSize: 128 }],
      ];
      const rows: string[][] = [];
      for (const [name, options] of variants) {
        const ablations =
          Object.keys(options).length === 0 ? pairOf(all) : await runAll({ ...pair, ...options });
        const limited = new Set(
          ablations.flatMap(({ dnn, networks }) =>
            networks.some(({ warnings = [] }) =>
              warnings.some(({ message }) => message.includes("the batch limits")),
            )
              ? [dnn]
              : [],
          ),
        );
        const [{ energyEfficiency, throughput }] = gainsOver(ablations, published);
        const { geometricMean, maximum } = throughput.doubling ?? { geometricMean: NaN, maximum: NaN };
        rows.push([
          name,
          ...[energyEfficiency.geometricMean, energyEfficiency.maximum, geometricMean, maximum].map(times),
        ]);
        if (name.endsWith("batch 32")) says(tutorial, `the mean falls to ${geometricMean.toFixed(2)}`);
        if (options.nTiles !== undefined) assert.equal(limited.size > 0, options.batchSize === undefined);
        if (name.endsWith("batch 32")) {
          const found = [...limited].map((dnn) => names[dnn]);
          says(
            validation,
            `layers of ${found.slice(0, -1).join(", ")} and ${found.at(-1)} can no longer share`,
          );
        }
      }
      await hasTable(
        validation,
        "variants",
        ["", "energy efficiency, mean", "maximum", "throughput, doubled, mean", "maximum"],
        rows,
      );
    });

    it("what a multiply-accumulate takes", async () => {
      const figures = ({ totals }: NetworkResult): string[] => [
        (totals.energyPerMacPj * 1e3).toFixed(0),
        totals.topsPerWatt.toFixed(2),
        (totals.conversionsPerMac ?? NaN).toFixed(3),
        `${(100 * totals.spatialUtilization).toFixed(0)} %`,
      ];
      await hasTable(
        validation,
        "efficiency",
        [
          "",
          ...["ISAAC", "RAELLA"].flatMap((name) =>
            ["fJ/MAC", "TOPS/W", "conversions/MAC", "crossbars in use"].map((figure) => `${name}: ${figure}`),
          ),
        ],
        listDnns().map((dnn) => [
          names[dnn],
          ...figures(networkOf(dnn, "isaac_like")),
          ...figures(networkOf(dnn, "raella")),
        ]),
      );
    });

    it("a tile, part by part, and its power", async () => {
      const [isaac, raella] = pair.architectures.map((architecture) =>
        tileParts(networkOf("resnet18", architecture), published, "isaac"),
      );
      const parts = [...new Set([...isaac, ...raella].map(({ component }) => component))];
      const of = (
        tile: readonly TilePart[],
        part: string,
        figure: "areaMm2" | "publishedAreaMm2",
      ): number | null => tile.find(({ component }) => component === part)?.[figure] ?? null;
      const cell = (area: number | null): string => (area === null || area === 0 ? "" : area.toFixed(4));
      const sum = (tile: readonly TilePart[], figure: "areaMm2" | "publishedAreaMm2"): number =>
        tile.reduce((total, part) => total + (part[figure] ?? 0), 0);
      const [isaacArea, raellaArea] = [sum(isaac, "areaMm2"), sum(raella, "areaMm2")];
      await hasTable(
        validation,
        "tiles",
        ["", "ISAAC, Table I", "ISAAC here", "RAELLA here"],
        [
          ...parts.map((part) => [
            part.startsWith("ISAAC") ? part.replace("ISAAC, ISCA 2016, Table I: ", "") : `\`${part}\``,
            cell(of(isaac, part, "publishedAreaMm2")),
            cell(of(isaac, part, "areaMm2")),
            cell(of(raella, part, "areaMm2")),
          ]),
          ["sum", cell(sum(isaac, "publishedAreaMm2")), cell(isaacArea), cell(raellaArea)],
          ["RAELLA's paper implies", "", cell(impliedArea("isaac_like")), cell(impliedArea("raella"))],
        ],
      );

      const layer = runLayer({ architecture: "isaac_like", dnn: "resnet18", layer: 10 });
      const read = (level: string, action: string): number => layer.energyPerActionPj[level][action];
      const [crossbars, rows, columns, stepNs] = [96, 128, 128, 100];
      const power: Readonly<Record<string, number>> = {
        column_readout: crossbars * columns * read("column_readout", "read"),
        input_drivers: crossbars * rows * read("input_drivers", "read"),
        pim_cell: crossbars * rows * columns * read("pim_cell", "read"),
        shift_add: crossbars * columns * read("shift_add", "update"),
        timely_psubbuf: crossbars * columns * read("timely_psubbuf", "read"),
      };
      await hasTable(
        validation,
        "power",
        ["", "ISAAC, Table I", "ISAAC here"],
        Object.entries(power).map(([level, energyPj]) => {
          const theirs = published.find((row) => row.figure === "componentPower" && row.component === level);
          return [`\`${level}\``, String(theirs?.value), (energyPj / stepNs).toFixed(energyPj > 1e3 ? 1 : 2)];
        }),
      );

      // What is missing, and what would make up for it.
      const driversIn = (architecture: string): number => {
        const specification = getSpec({ architecture, dnn: "resnet18", layer: 10, nTiles: 16 });
        const level = specification.levels.find(({ name }) => name === "column_readout");
        assert.ok(level);
        const { attributes, instances } = level;
        const given = [
          "rows",
          "cols",
          "cols_active_at_once",
          "cell_config",
          "average_input_value",
          "average_cell_value",
        ];
        const { value } = componentArea({
          class: "array_col_drivers",
          attributes: {
            technology: 32,
            read_pulse_width: 1e-9,
            ...Object.fromEntries(given.map((name) => [name, attributes[name]])),
          },
        });
        return (value * instances) / 16e6;
      };
      const drivers = pair.architectures.map(driversIn);
      const shares = [drivers[0] / isaacArea, drivers[1] / raellaArea].map((share) =>
        Math.round(100 * share),
      );
      const bus =
        (of(isaac, "inter_tile_network", "areaMm2") ?? 0) -
        (of(raella, "inter_tile_network", "areaMm2") ?? 0);
      const rest = isaac.find(({ component }) => component.startsWith("ISAAC"))?.publishedAreaMm2 ?? NaN;
      const psum = [isaac, raella].map((tile) =>
        Math.round((100 * (of(tile, "timely_psubbuf", "areaMm2") ?? 0)) / sum(tile, "areaMm2")),
      );
      says(
        validation,
        `(\`include_column_drivers: 0\`; ${drivers[1].toFixed(3)} mm²)`,
        `(${bus.toFixed(3)} mm² more)`,
        `Together these make ${(raellaArea + drivers[1] + bus + rest).toFixed(3)} mm².`,
        `ISAAC's tile would be ${(isaacArea + drivers[0]).toFixed(3)} mm²`,
        `without its multiplexers is ${drivers[1].toFixed(3)} mm² (${shares[1]} % of the tile)`,
        `Table I has ${(of(isaac, "shift_add", "publishedAreaMm2") ?? 0).toFixed(4)} mm²`,
      );
      assert.deepEqual(psum, [11, 12]);
      assert.equal(shares[0], 10);
    });

    it("what corrected fidelity repairs", async () => {
      const parts = (architecture: string, fidelity: Fidelity): Readonly<Record<string, number>> => {
        const { areaUm2 } = runLayer({ architecture, dnn: "resnet18", layer: 10, fidelity });
        return Object.fromEntries(
          Object.entries(areaUm2).map(([level, area]) => [
            level,
            (typeof area === "number" ? area : area.total) / 16e6,
          ]),
        );
      };
      const reads = (fidelity: Fidelity): number => {
        const { energyPerActionPj } = runLayer({
          architecture: "raella",
          dnn: "qdqbert",
          layer: 4,
          fidelity,
        });
        const one = runLayer({
          architecture: "raella_no_speculation",
          dnn: "resnet18",
          layer: 10,
          fidelity: "corrected",
        });
        return energyPerActionPj.input_buffer.read / one.energyPerActionPj.input_buffer.read;
      };
      const fidelities = ["artifact", "corrected"] as const;
      const areas = (name: string, architecture: string, level: string, without = 0): string[] => [
        name,
        ...fidelities.map((fidelity) => (parts(architecture, fidelity)[level] - without).toFixed(4)),
      ];
      const converters = (architecture: string): number => parts(architecture, "artifact").column_readout;
      await hasTable(
        validation,
        "repaired",
        ["", "as published", "corrected"],
        [
          [
            "reads of an input of BERT from RAELLA's input buffer: two passes, in each of which it is speculated and recovered",
            ...fidelities.map((fidelity) => reads(fidelity).toFixed(0)),
          ],
          areas(
            "column drivers, needed to program cells, RAELLA, mm² a tile",
            "raella",
            "column_readout",
            converters("raella"),
          ),
          areas("the same, ISAAC", "isaac_like", "column_readout", converters("isaac_like")),
          areas("buffers for partial sums, scaled from 65 to 32 nm, RAELLA", "raella", "timely_psubbuf"),
          areas("the same, ISAAC", "isaac_like", "timely_psubbuf"),
          areas(
            "four shift-add units for ISAAC's eight converters instead of one",
            "isaac_like",
            "shift_add",
          ),
          areas(
            "centers for the filters of all four crossbars instead of one, RAELLA",
            "raella",
            "output_center_offset_correct",
          ),
          areas("a tile of RAELLA", "raella", "total"),
          areas("a tile of ISAAC", "isaac_like", "total"),
        ],
      );
      const correctedTiles = pair.architectures.map((architecture) => parts(architecture, "corrected").total);
      correctedTiles.forEach((area, index) =>
        assert.ok(Math.abs(area / impliedArea(pair.architectures[index]) - 1) < 0.03),
      );
      says(
        validation,
        `the tiles have ${correctedTiles[1].toFixed(3)} and ${correctedTiles[0].toFixed(3)} mm²`,
      );
    });

    it("what the model leaves out", () => {
      const energy = (name: string, action: string, attributes: Record<string, number | string>): number =>
        componentEnergy({ class: name, attributes }, action).value;
      const adc = (resolution: number): number => energy("isaac_adc", "read", { technology: 32, resolution });
      const shiftAdd = [22, 14].map((technology) =>
        energy("shift_add", "shift_add", { technology, n_bits: 7, shift_register_n_bits: 14 }),
      );
      const level = getSpec({ architecture: "raella", dnn: "resnet18", layer: 10 }).levels.find(
        ({ name }) => name === "input_drivers",
      );
      const given = [
        "rows",
        "cols",
        "cols_active_at_once",
        "cell_config",
        "average_input_value",
        "average_cell_value",
      ];
      const rows = (more: Record<string, number>): string => {
        const [at22, at14] = [22, 14].map((technology) =>
          energy("array_row_drivers", "read", {
            technology,
            read_pulse_width: 1e-9,
            ...Object.fromEntries(given.map((name) => [name, level?.attributes[name] as number])),
            ...more,
          }),
        );
        return change(at14 / at22);
      };
      let [reads, total] = [0, 0];
      for (const layer of listLayers("qdqbert")) {
        const mapped = mapLayer({ architecture: "raella", dnn: "qdqbert", layer, nTiles: 16, batchSize: 32 });
        total += mapped.evaluation.energyPj;
        for (const origin of energyOrigins(mapped))
          if (origin.level === "input_buffer" && origin.action === "read") reads += origin.energyPj;
      }
      says(
        validation,
        `shift-add ${change(shiftAdd[1] / shiftAdd[0])}, row drivers ${rows({})} energy (${rows({ average_input_value: 0.3 })} for rows driven at 0.3)`,
        `${adc(10).toFixed(1)} to ${adc(11).toFixed(1)} pJ and ${adc(4).toFixed(2)} to ${adc(3).toFixed(2)} pJ a conversion`,
        `The missing reads are ${((100 * reads) / total).toFixed(1)} % of BERT's energy`,
        `ask ${128 / 100} GS/s of converters of 1.2 GS/s`,
        `${change(128 / 100 / 1.2, 1).slice(1)} more than published`,
      );
      says(
        "docs/component-models.md",
        `${adc(10).toFixed(2)} pJ at 10 bits and ${adc(11).toFixed(1)} at 11; ${adc(4).toFixed(2)} pJ at 4 bits and ${adc(3).toFixed(3)} at 3`,
      );
    });
  });

  it("how much depends on the converters", async () => {
    const crossbar = (rows: number, columns: number): Record<string, number> => ({
      ...{ CIM_UNITS_PER_COLUMN: rows, COLUMNS_PER_CROSSBAR: columns, N_ADC_PER_BANK: columns / 128 },
      ...{ CROSSBARS_PER_MACRO: 2048 / rows, MACROS_PER_TILE: 4096 / columns },
    });
    const library = (resolution: number): number =>
      componentEnergy({ class: "isaac_adc", attributes: { technology: 32, resolution } }, "read").value;
    const survey = (resolutionBits: number, conversionsPerSecond: number): number =>
      adcEnergyPj({ resolutionBits, conversionsPerSecond, technologyNm: 32 });
    /** Energy of a network with converters of this energy a conversion instead of the library's. */
    const energyWith = (
      dnn: string,
      variables: Record<string, number>,
      resolution: number,
      each: number,
    ): number =>
      listLayers(dnn).reduce((sum, layer) => {
        const { energyPj } = runLayer({
          ...{ architecture: "raella", dnn, layer },
          variables: { ...variables, ADC_RESOLUTION: resolution },
        });
        return sum + energyPj.total + energyPj.column_readout * (each / library(resolution) - 1);
      }, 0);
    const designs = [
      ["resnet18", 1024, 512],
      ["resnet18", 2048, 1024],
      ["qdqbert", 1024, 2048],
      ["qdqbert", 2048, 2048],
    ] as const;
    const [average, single] = [128 / 137.5e-9, 128 / 100e-9];
    const models = [library, (bits: number) => survey(bits, average), (bits: number) => survey(bits, single)];
    await hasTable(
      validation,
      "converters",
      [
        "energy against RAELLA's 512 × 512 with 7 bits",
        ...["library", "survey, 0.93·10⁹ conversions a second", "survey, 1.28·10⁹"],
      ],
      designs.map(([dnn, rows, columns]) => [
        `${names[dnn]}, ${rows} × ${columns} with 8 bits`,
        ...models.map((each) =>
          change(
            energyWith(dnn, crossbar(rows, columns), 8, each(8)) /
              energyWith(dnn, crossbar(512, 512), 7, each(7)),
          ),
        ),
      ]),
    );
    says(
      validation,
      `${change(library(8) / library(7)).slice(1)} more in the library`,
      `${(average / 1e9).toFixed(2)}·10⁹ with speculation`,
      `within one activation of 100 ns, ${(single / 1e9).toFixed(2)}·10⁹`,
    );
    says(comparison, `for converters of ${(average / 1e9).toFixed(2)} GS/s`);
  });

  it("beside AccelForge", async () => {
    const question = { architecture: "raella", dnn: "resnet18", layer: 10, nTiles: 1, batchSize: 1 };
    const survey = { adcBeyondLibrary: "survey-all", leakage: true } as const;
    const ours = [
      runLayer(question),
      runLayer({ ...question, search: "full" }),
      runLayer({ ...question, search: "full", ...survey }),
    ];
    const measured = (
      figure: PublishedFigure["figure"],
      component: string | null,
      statistic: string | null = null,
    ) =>
      published.find(
        (row) =>
          row.architecture === "accelforge" &&
          row.figure === figure &&
          row.component === component &&
          row.statistic === statistic,
      )?.value ?? NaN;
    const [dynamic, leaking] = ["dynamic", "leakage"].map((kind) =>
      measured("energyPerMac", "column_readout", kind),
    );
    const adc = measured("energyPerMac", "column_readout");
    const levels: readonly [string, string][] = [
      ["ADC", "column_readout"],
      ["cells", "pim_cell"],
      ["eDRAM", "eDRAM_buf"],
      ["input buffer", "input_buffer"],
      ["shift-add", "shift_add"],
      ["output register", "output_register"],
      ["row drivers", "input_drivers"],
    ];
    const theirs = levels.map(([name, level]): [string, string, string] => [
      name,
      level,
      level === "column_readout"
        ? `${dynamic} (${adc} with leakage)`
        : measured("energyPerMac", level).toFixed(1),
    ]);
    const perMac = ({ energyPj, macs }: LayerResult, name: string): string =>
      name in energyPj ? ((energyPj[name] / macs) * 1e3).toFixed(1) : "";
    await hasTable(
      comparison,
      "accelforge",
      ["fJ/MAC", "AccelForge", "greedy steps", "full space", "full space, ADC survey, leakage"],
      [
        ...theirs.map(([name, level, measured]) => [
          name,
          measured,
          ...ours.map((layer) => perMac(layer, level)),
        ]),
        ["leakage", `${leaking} of the ADC's`, ...ours.map((layer) => perMac(layer, "leakage"))],
        ["total", measured("energyPerMac", null).toFixed(1), ...ours.map((layer) => perMac(layer, "total"))],
        ["µs", measured("time", null).toFixed(1), ...ours.map(({ cycles }) => (cycles / 1e3).toFixed(1))],
      ],
    );
    const processor = published.filter(({ figure }) => figure === "processorTime").map(({ value }) => value);
    says(
      comparison,
      `**Time.** ${(ours[0].cycles / 1e3).toFixed(1)} µs here, 11 activations for every input with speculation, against ${measured("time", null)} µs`,
      `is leakage (${leaking} of ${adc})`,
      `${processor[0]} s for the layer above; ${processor[1]} s for a 1 × 1 layer when warm`,
      `${processor[2].toFixed(2)} s for the layer above at first, ${processor[3].toFixed(2)} s with the proof over all`,
      "**Cells** cost half as much there",
    );
    assert.ok(leaking > adc / 2);
    const cells = (ours[0].energyPj.pim_cell / ours[0].macs) * 1e3;
    assert.ok(Math.abs(measured("energyPerMac", "pim_cell") / cells - 0.5) < 0.05);
    const [mantissa, power] = Number(ours[1].fullSearch?.certificate.spaceSize).toExponential(0).split("e+");
    says(comparison, `with the proof over all ${mantissa}·10^${power} mappings`);
    const leakage = runLayer({ ...question, leakage: true });
    says(
      validation,
      `${(100 * (leakage.energyPj.total / ours[0].energyPj.total - 1)).toFixed(1)} % for one tile`,
    );
  });

  it("the tutorial, of the ideas one by one", () => {
    const [isaac, offset, slicing, raella] = all
      .find(({ dnn }) => dnn === "resnet18")
      ?.networks.map(({ layers }) => layers[10]) as LayerResult[];
    const buffer = offset.energyPj.input_buffer / isaac.energyPj.input_buffer;
    const cells = offset.energyPj.pim_cell / isaac.energyPj.pim_cell;
    const speculating = raella.energyPj.pim_cell / slicing.energyPj.pim_cell;
    const ofAdc = (layer: LayerResult): number =>
      layer.energyPj.column_readout + layer.energyPj.shift_add + layer.energyPj.timely_psubbuf;
    const back = (raella.energyPj.pim_cell - slicing.energyPj.pim_cell) / (ofAdc(slicing) - ofAdc(raella));
    const rising = (dnn: string): number => {
      const [before, after] = ["isaac_like", "raella_no_speculation_2b_cells"].map(
        (architecture) => networkOf(dnn, architecture).totals.energyPjByGroup,
      );
      return Object.keys(after).filter((group) => group !== "total" && after[group] > (before[group] ?? 0))
        .length;
    };
    assert.deepEqual([rising("resnet18"), rising("mobilenetv2")], [3, 4]);
    const saved = listDnns().map((dnn) => {
      const [without, with_] = ["raella_no_speculation", "raella"].map(
        (architecture) => networkOf(dnn, architecture).totals.conversions ?? NaN,
      );
      return Math.round(100 * (1 - with_ / without));
    });
    const worse = (dnn: string): number[] =>
      networkOf(dnn, "raella").layers.flatMap((layer, index) =>
        layer.energyPj.total > networkOf(dnn, "raella_no_speculation").layers[index].energyPj.total
          ? [layer.layer ?? NaN]
          : [],
      );
    assert.deepEqual(
      listDnns().filter((dnn) => worse(dnn).length > 0),
      ["googlenet", "mobilenetv2"],
    );
    const listed = (numbers: readonly number[]): string =>
      [numbers.slice(0, -1).join(", "), numbers.at(-1)].join(" and ");
    const exceptions = [...worse("googlenet"), ...worse("mobilenetv2")].length;
    assert.equal(exceptions, 9);
    says(
      tutorial,
      `the input buffer ${buffer.toFixed(2)} times as much`,
      `the cells ${Math.round(100 * (cells - 1))} % more`,
      "three of the seven components rise for ResNet18 and four for MobileNetV2",
      `the cells need ${speculating.toFixed(2)} times as much, which takes back ${Math.round(100 * back)} %`,
      `nine of the 410 layers: ${listed(worse("googlenet"))} of GoogLeNet, ${listed(worse("mobilenetv2"))} of MobileNetV2`,
      `Between ${Math.min(...saved)} and ${Math.max(...saved)} % of a network's conversions disappear`,
    );
    says("docs/modelling.md", `Between ${Math.min(...saved)} and ${Math.max(...saved)} % fewer conversions`);
  });

  it("the tutorial, of last layers", () => {
    const weights = ({ dnn, layer }: LayerResult): number => {
      const { bounds } = getSpec({ architecture: "raella", dnn: dnn ?? "", layer: layer ?? 0 }).workload;
      return ["C", "M", "R", "S", "G"].reduce((product, dimension) => product * bounds[dimension], 1);
    };
    const isLargest = (dnn: string): boolean => {
      const sizes = networkOf(dnn, "raella").layers.map(weights);
      return sizes.slice(0, -1).every((size) => size < (sizes.at(-1) ?? 0));
    };
    assert.deepEqual(listDnns().filter(isLargest), [
      "googlenet",
      "inceptionv3",
      "mobilenetv2",
      "shufflenet1_0",
    ]);
    const share = (dnn: string): number => {
      const { layers, totals } = networkOf(dnn, "raella");
      return (layers.at(-1)?.energyPj.total ?? NaN) / totals.energyPj.total;
    };
    for (const dnn of listDnns()) assert.ok(dnn === "qdqbert" || share(dnn) < 0.005, dnn);
    // Adaptive slicing costs energy on the last layers, and on no other.
    for (const { dnn, layers } of networks("raella_no_speculation")) {
      const before = networkOf(dnn, "raella_no_speculation_2b_cells").layers;
      const dearer = layers.filter((layer, index) => layer.energyPj.total > before[index].energyPj.total);
      assert.deepEqual(dearer, layers.slice(-1), dnn);
    }
    says(
      tutorial,
      "in GoogLeNet, InceptionV3, MobileNetV2 and ShuffleNet, no layer has more",
      `takes ${(100 * share("qdqbert")).toFixed(1)} % of the energy`,
    );
  });

  it("the tutorial, of what greedy steps leave @thorough", () => {
    const ascending = (figures: readonly number[]): number[] => [...figures].sort((a, b) => a - b);
    const spaces = all
      .flatMap((ablation) => ablation.networks)
      .flatMap(({ architecture, dnn, layers }) =>
        layers.map(({ layer, mapSpace }) => {
          const whole = getSpec({
            ...{ architecture, dnn, layer: layer ?? NaN, nTiles: 16, batchSize: 32 },
            greedySteps: [],
          });
          return { left: mapSpace.size, whole: buildMapSpace(whole).size };
        }),
      );
    const sizes = ascending(spaces.map(({ left }) => left));
    assert.equal(sizes.length, 1640);
    const wholes = ascending(spaces.map(({ whole }) => whole));
    const superscript = (value: number): string => {
      const [mantissa, power] = value.toExponential(1).split("e+");
      return `${mantissa}·10${[...power].map((digit) => "⁰¹²³⁴⁵⁶⁷⁸⁹"[Number(digit)]).join("")}`;
    };
    says(tutorial, `between ${superscript(wholes[0])} and ${superscript(wholes[1639])} mappings`);
    const shrunk = ascending(spaces.map(({ left, whole }) => Math.log10(whole / left)));
    assert.ok(shrunk[0] >= 6 && shrunk[0] < 7 && shrunk[1639] > 12.5 && shrunk[1639] < 13, String(shrunk));
    says(tutorial, "by six to nearly thirteen orders of magnitude");
    assert.ok((sizes.at(-1) ?? 0) <= 500_000 && sizes[0] === 1);
    says(tutorial, `for half of the layers, ${sizes[820]} or fewer`);
  });

  it("the exploration, of other models", () => {
    const notebook = readNotebook(`${__dirname}/../../${exploration}`);
    const [energies, densities] = textOf(cellOf(notebook, "models")).split("Change of density");
    const row = (table: string, dnn: string, size: string): string[] => {
      const line = table.split("\n").find((text) => text.startsWith(`${dnn} `) && text.includes(` ${size} `));
      assert.ok(line, `${dnn} ${size}`);
      return [...line.matchAll(/([−+]\d+) %/g)].map(([, number]) => number);
    };
    const answers = [
      row(energies, "ResNet18", "1024 × 512"),
      row(energies, "ResNet18", "2048 × 1024"),
      row(energies, "BERT", "1024 × 2048"),
      row(energies, "BERT", "2048 × 2048"),
    ];
    const column = (index: number): string => {
      const numbers = answers.map((answer) => answer[index]);
      return `${numbers.slice(0, -1).join(", ")} and ${numbers.at(-1)} %`;
    };
    const [before, survey, , alone] = row(densities, "BERT", "1024 × 2048");
    says(
      exploration,
      `with the survey's converters the table would say ${column(1)}`,
      `without the credit for the resistance of wires ${column(2)}`,
      `(BERT's ${before} % becomes ${alone} % at a batch of one)`,
      `(with the survey's, ${survey} %)`,
      ...answers.map(([as, other], index) =>
        [other.slice(1), index === 0 ? "% instead of" : "instead of", as.slice(1)].join(" "),
      ),
    );
  });
});
