import assert from "node:assert/strict";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parse } from "yaml";
import { getSpec } from "../../src/spec/get-spec";
import { defaultWorkspace } from "../../src/spec/workspace";
import type { LayerResult } from "../../src/study/layer-result";
import type { AblationResult, NetworkResult } from "../../src/study/network-result";
import { runCli } from "../support/run-cli";
import { smallWhole } from "../trust/bad-inputs/case";

const oneLayer = ["layer", "--architecture", "raella", "--dnn", "resnet18", "--layer", "10"];
const contract = [
  ...["architecture", "dnn", "layer", "layerName", "nTiles", "batchSize", "cycles", "computes", "macs"],
  ...["utilization", "energyPj", "edp", "areaUm2", "energyPerActionPj", "accesses", "mapSpace", "mapping"],
];

describe("raella", () => {
  let directory: string;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), "raella-cli-"));
  });
  afterEach(() => rmSync(directory, { recursive: true, force: true }));

  async function json<T>(...command: string[]): Promise<T> {
    const { exitCode, stdout, stderr } = await runCli(...command, "--json");
    assert.equal(exitCode, 0, stderr);
    return JSON.parse(stdout) as T;
  }

  describe("layer", () => {
    it("prints the object of the contract", async () => {
      const result = await json<LayerResult>(...oneLayer);
      for (const key of contract) assert.ok(key in result, key);
      const { architecture, dnn, layer, layerName, nTiles, batchSize } = result;
      assert.deepEqual(
        { architecture, dnn, layer, layerName, nTiles, batchSize },
        {
          ...{ architecture: "raella", dnn: "resnet18", layer: 10, layerName: "layer3.0.conv1" },
          ...{ nTiles: 16, batchSize: 32 },
        },
      );
      assert.equal(result.cycles, 107_800);
      assert.equal(result.computes, 2_841_120_866_304);
      assert.equal(result.macs, 1_849_688_064);
      const { total, ...levels } = result.energyPj;
      const sum = Object.values(levels).reduce((a, b) => a + b, 0);
      assert.ok(Math.abs(sum - total) <= total * 1e-12);
      assert.ok(Math.abs(result.edp - total * result.cycles * 1e-12) <= result.edp * 1e-12);
      assert.deepEqual(result.mapping[0], {
        ...{ level: "chip", kind: "temporal" },
        loops: [{ dimension: "Q", factor: 7 }],
      });
      assert.equal(result.manifest?.search, "optimal");
      assert.match(result.manifest?.files[0].sha256 ?? "", /^[0-9a-f]{64}$/);
    });

    it("warns of a design that cannot be built, refuses it with --strict, and adapts it where asked to", async () => {
      const starved = [...oneLayer, "--set", "N_ADC_PER_BANK=1"];
      const warned = await runCli(...starved, "--json");
      assert.match(warned.stderr, /^warning: .*models\/macros\.yaml:\d+:\d+.*The converters cannot keep up/m);
      assert.equal((JSON.parse(warned.stdout) as LayerResult).warnings[0].code, "check");
      const refused = await runCli(...starved, "--strict");
      assert.equal(refused.exitCode, 2);
      assert.equal(refused.stdout, "");
      assert.match(refused.stderr, /models\/macros\.yaml:\d+:\d+.*The converters cannot keep up/);
      const adapted = await runCli(...starved, "--unmet-checks", "adapt", "--strict");
      assert.equal(adapted.stderr, "");
      assert.match(adapted.stdout, /^ {2}Cycles +313,600/m);
      assert.match(adapted.stdout, /^note: Adapted: CROSSBAR_LATENCY is 4e-07\./m);
      for (const command of ["layer", "spec"]) {
        const { exitCode, stderr } = await runCli(command, ...oneLayer.slice(1), "--strict");
        assert.equal(exitCode, 0);
        assert.equal(stderr, "");
      }
    });

    it("interpolates technologies rightly, and as the original does where asked to", async () => {
      const at31 = [...oneLayer, "--set", "TECH_NODE=31"];
      const { energyPj } = await json<LayerResult>(...at31);
      const original = await json<LayerResult>(...at31, "--technology-interpolation", "original");
      assert.equal(Math.round(energyPj.total / 1e6), 177);
      assert.equal(Math.round(original.energyPj.total / 1e6), 126);
    });

    it("prints a table for people", async () => {
      const { exitCode, stdout } = await runCli(...oneLayer);
      assert.equal(exitCode, 0);
      assert.match(stdout, /^raella · resnet18, layer 10 \(layer3\.0\.conv1\) · 16 tiles, batch 32$/m);
      assert.match(stdout, /^ {2}Cycles +107,800 +107\.8 µs/m);
      assert.match(stdout, /^column_readout +ADC +512 /m);
      assert.match(stdout, /^chip +in time +Q 7$/m);
    });

    it("changes with --set, --tiles, --batch and --typical", async () => {
      const base = await json<LayerResult>(...oneLayer);
      const finer = await json<LayerResult>(...oneLayer, "--set", "ADC_RESOLUTION=8");
      assert.ok(finer.energyPj.column_readout > base.energyPj.column_readout);
      assert.deepEqual(finer.manifest?.variables, { ADC_RESOLUTION: 8 });
      const small = await json<LayerResult>(...oneLayer, "--tiles", "8", "--batch", "4");
      assert.deepEqual([small.nTiles, small.batchSize], [8, 4]);
      assert.ok(small.areaUm2.total < base.areaUm2.total);
      const tilesByName = await json<LayerResult>(...oneLayer, "--set", "TILES_PER_ARCH=8");
      assert.equal(tilesByName.nTiles, 8);
      const typical = await json<LayerResult>(...oneLayer, "--typical");
      assert.notEqual(typical.energyPj.total, base.energyPj.total);
      assert.equal(typical.manifest?.typicalStatistics, true);
    });

    it("re-enacts Timeloop's search, and searches the full map space", async () => {
      const [optimal, timeloop, full] = [
        await json<LayerResult>(...oneLayer),
        await json<LayerResult>(...oneLayer, "--search", "timeloop"),
        await json<LayerResult>(...oneLayer, "--search", "full"),
      ];
      assert.ok((timeloop.walk?.edpOverOptimum ?? 0) >= 1);
      assert.equal(timeloop.walk?.optimum.edp, optimal.edp);
      assert.ok(full.edp < optimal.edp);
      assert.ok(full.mapSpace.size > 1e11);
      assert.equal(full.fullSearch?.certificate.isProven, true);
      assert.equal(full.fullSearch?.heuristic?.edp, optimal.edp);
      assert.equal(full.fullSearch?.heuristic?.edpOverBest, full.fullSearch && optimal.edp / full.edp);
      const { stdout } = await runCli(...oneLayer, "--search", "full", "--objective", "cycles");
      assert.match(stdout, /^ {2}Proof +complete/m);
      assert.match(stdout, /^ {2}Greedy steps +1\.042× EDP/m);
      const weighted = await json<LayerResult>(
        ...oneLayer,
        "--search",
        "full",
        "--objective",
        "energy^2*cycles",
      );
      assert.deepEqual(weighted.fullSearch?.objective, { energyExponent: 2, cyclesExponent: 1 });
    });

    it("refuses what a full search cannot do, and its options without it", async () => {
      for (const [options, message] of [
        [
          ["--search", "full", "--objective", "power"],
          /objective of the search is "power"[^]*edp, energy, cycles/,
        ],
        [["--search", "full", "--objective", "energy^0*cycles^0"], /exponents?/i],
        [["--search", "full", "--time-limit", "0"], /--time-limit cannot be "0"/],
        [["--objective", "energy"], /--objective[^]*Add --search full/],
        [["--search", "timeloop", "--time-limit", "1"], /--time-limit[^]*Add --search full/],
      ] as const) {
        const { exitCode, stderr } = await runCli(...oneLayer, ...options);
        assert.equal(exitCode, 2);
        assert.match(stderr, message);
      }
    });

    it("writes the files that the original tools leave behind", async () => {
      const { exitCode } = await runCli(...oneLayer, "--out", directory);
      assert.equal(exitCode, 0);
      assert.deepEqual(readdirSync(directory).sort(), [
        "input.yaml",
        "result.json",
        "timeloop_mapper.ART.yaml",
        "timeloop_mapper.ERT.yaml",
        "timeloop_mapper.map.txt",
        "timeloop_mapper.map.yaml",
        "timeloop_mapper.stats.txt",
      ]);
      const read = (name: string): string => readFileSync(join(directory, name), "utf8");
      const result = JSON.parse(read("result.json")) as LayerResult;
      assert.match(read("timeloop_mapper.map.txt"), /^chip \[ Inputs:27557888 \(27557888\) /);

      // As the tutorial's helper reads the statistics: energy of a level = pJ/Compute x Computes.
      const statistics = read("timeloop_mapper.stats.txt");
      assert.match(statistics, /^Cycles: 107800$/m);
      const computes = Number(/^Computes = (\d+)$/m.exec(statistics)?.[1]);
      assert.equal(computes, result.computes);
      for (const [level, energy] of Object.entries(result.energyPj)) {
        const name = level === "total" ? "Total" : level;
        const perCompute = Number(new RegExp(`^ {4}${name} += (\\S+)$`, "m").exec(statistics)?.[1]);
        assert.ok(Math.abs(perCompute * computes - energy) <= energy * 0.005, level);
      }

      const areas = parse(read("timeloop_mapper.ART.yaml")) as {
        ART: { tables: { name: string; area: number }[] };
      };
      const eDram = areas.ART.tables.find(({ name }) => name === "top_level.eDRAM_buf[1..16]");
      assert.deepEqual(eDram, { name: "top_level.eDRAM_buf[1..16]", area: 83000 });
      const input = parse(read("input.yaml"), { logLevel: "error" }) as {
        problem: { instance: Record<string, number> };
      };
      assert.equal(input.problem.instance.C, 128);
    });
  });

  describe("map and model", () => {
    const { modelsDirectory, layersDirectory } = defaultWorkspace();
    const files = [
      join(modelsDirectory, "raella", "arch.yaml"),
      join(modelsDirectory, "raella", "variables.yaml"),
      join(modelsDirectory, "common_components", "*.yaml"),
      join(modelsDirectory, "mapper.yaml"),
      join(layersDirectory, "resnet18", "010.yaml"),
    ];

    it("map a specification from files, and evaluate its mapping to the same figures", async () => {
      const size = ["--tiles", "16", "--batch", "32", "--use-placeholders"];
      const mapped = await json<LayerResult>("map", ...files, ...size, "--out", directory);
      const mapping = join(directory, "timeloop_mapper.map.yaml");
      const evaluated = await json<LayerResult>("model", ...files, ...size, "--mapping", mapping);
      for (const key of ["energyPj", "cycles", "accesses", "mapping", "areaUm2"] as const) {
        assert.deepEqual(evaluated[key], mapped[key], key);
      }
      assert.deepEqual(evaluated.mapSpace, { size: 1, valid: 1, evaluated: 1 });
    });

    it("need the statistics of the layer, which give the figures of the layer by name", async () => {
      const size = ["--tiles", "16", "--batch", "32"];
      const refused = await runCli("map", ...files, ...size, "--json");
      assert.equal(refused.exitCode, 2);
      assert.match(
        refused.stderr,
        /CIM_UNITS_PER_WEIGHT, AVERAGE_INPUT_VALUE, AVERAGE_WEIGHT_VALUE, ADC_ACTION_SHARE are placeholders[^]*--statistics FILE[^]*--use-placeholders/m,
      );
      const named = await json<LayerResult>(...oneLayer);
      const { variables } = getSpec({ architecture: "raella", dnn: "resnet18", layer: 10 });
      const given = [
        "CIM_UNITS_PER_WEIGHT",
        "AVERAGE_INPUT_VALUE",
        "AVERAGE_WEIGHT_VALUE",
        "ADC_ACTION_SHARE",
      ].map((name) => {
        const value = variables[name];
        return `${name}=${typeof value === "object" && value !== null && "expression" in value ? value.expression : String(value)}`;
      });
      const file = join(directory, "statistics.txt");
      writeFileSync(file, given.join("\n"));
      const mapped = await json<LayerResult>(
        ...["map", ...files, ...size, "--statistics", file, "--out", directory],
      );
      assert.deepEqual([mapped.energyPj, mapped.cycles], [named.energyPj, named.cycles]);
      assert.equal(mapped.manifest?.inputs?.statistics, file);
      assert.equal((await runCli("verify", join(directory, "result.json"))).exitCode, 0);
      const set = await json<LayerResult>(
        "map",
        ...files,
        ...size,
        ...given.flatMap((text) => ["--set", text]),
      );
      assert.deepEqual([set.energyPj, set.cycles], [named.energyPj, named.cycles]);
      const some = await runCli("map", ...files, ...size, "--set", given[0]);
      assert.match(
        some.stderr,
        /error: AVERAGE_INPUT_VALUE, AVERAGE_WEIGHT_VALUE, ADC_ACTION_SHARE are placeholders/,
      );
      const shown = await runCli("spec", ...files);
      assert.equal(shown.exitCode, 0);
      assert.match(shown.stderr, /ADC_ACTION_SHARE are placeholders/);
      const misplaced = await runCli("spec", ...oneLayer.slice(1), "--statistics", file);
      assert.match(misplaced.stderr, /--statistics belongs to a layer given as files/);
    });

    it("search the full map space of files, without greedy steps but compared with them", async () => {
      const size = ["--tiles", "16", "--batch", "32", "--use-placeholders"];
      const search = [...size, "--search", "full"];
      const full = await json<LayerResult>("map", ...files, ...search, "--out", directory);
      const greedy = await json<LayerResult>("map", ...files, ...size);
      assert.equal(full.fullSearch?.certificate.isProven, true);
      assert.equal(full.fullSearch.heuristic?.edp, greedy.edp);
      assert.ok(full.edp < greedy.edp);
      const alone = await json<LayerResult>("map", ...files, ...search, "--no-greedy");
      assert.deepEqual([alone.edp, alone.fullSearch?.heuristic], [full.edp, null]);
      assert.equal((await runCli("verify", join(directory, "result.json"))).exitCode, 0);
    });

    it("refuse a mapping whose factors do not multiply to the bounds, with all mistakes", async () => {
      const mapping = join(directory, "mapping.yaml");
      writeFileSync(
        mapping,
        "mapping:\n  - {target: chip, type: temporal, factors: Q=7 N2, permutation: QN}\n",
      );
      const { exitCode, stdout, stderr } = await runCli(
        ...["model", ...files, "--mapping", mapping, "--use-placeholders", "--json"],
      );
      assert.equal(exitCode, 2);
      assert.match(stderr, /The factors of Q multiply to 7, but its bound is 14\./);
      const { error } = JSON.parse(stdout) as { error: { code: string; errors: { message: string }[] } };
      assert.equal(error.code, "invalid-mapping");
      assert.ok(error.errors.some(({ message }) => message.startsWith("The factors of C multiply to 1,")));
    });
  });

  describe("leakage and sparse optimizations", () => {
    it("leakage is a line of its own, minimised with the rest", async () => {
      const plain = await json<LayerResult>(...oneLayer);
      const leaking = await json<LayerResult>(...oneLayer, "--leakage");
      assert.deepEqual([plain.energyPj.leakage, plain.leakagePj, plain.warnings], [undefined, undefined, []]);
      const { leakagePj = {}, energyPj, cycles } = leaking;
      assert.ok(leakagePj.input_drivers > 0 && energyPj.leakage > leakagePj.input_drivers);
      assert.ok(Math.abs(energyPj.total - plain.energyPj.total - energyPj.leakage) < 1e-9 * energyPj.total);
      assert.equal(leaking.edp, (energyPj.total * cycles) / 1e12);
      assert.match(
        leaking.warnings[0].message,
        /not counted where no figure of it is known: on_chip_network \(isaac_router\)/,
      );
      const { stdout } = await runCli(...oneLayer, "--leakage");
      assert.match(stdout, /^leakage +Leakage +6\.61 +3\.5 %/m);
      const full = await json<LayerResult>(...oneLayer, "--leakage", "--search", "full");
      assert.equal(full.fullSearch?.certificate.isProven, true);
      assert.equal(full.fullSearch.heuristic?.edp, leaking.edp);
      const network = await runCli("ablation", "--dnn", "resnet18", "--layers", "10", "--leakage");
      assert.match(network.stdout, /^Leakage /m);
      const components = await runCli("components", "--leakage", "--level", "output_register");
      assert.match(components.stdout, /leak 0\.0069/);
    });

    it("sparse optimizations are refused, or left out where that is asked for", async () => {
      const file = join(directory, "sparse.yaml");
      writeFileSync(
        file,
        `${smallWhole}sparse_optimizations: {targets: [{name: buffer, action_optimization: [{type: gating}]}]}\n`,
      );
      const refused = await runCli("map", file);
      assert.equal(refused.exitCode, 2);
      assert.match(refused.stderr, /not modelled: buffer \(action_optimization\)[^]*--sparse dense/);
      const dense = await json<LayerResult>("map", file, "--sparse", "dense");
      assert.equal(dense.manifest?.sparse, "dense");
      assert.match(dense.warnings[0].message, /left out as asked/);
      assert.match((await runCli("map", file, "--sparse", "yes")).stderr, /refuse, dense/);
    });
  });

  describe("spec", () => {
    it("prints the flat form", async () => {
      const flat = await json<{ levels: { name: string }[] }>("spec", ...oneLayer.slice(1));
      assert.equal(flat.levels[0].name, "chip[1..1]");
      assert.equal(flat.levels.at(-1)?.name, "virtual_bitwise_mac[1..8589934592]");
    });

    it("prints levels for people, and asks for what is missing", async () => {
      const { stdout } = await runCli("spec", ...oneLayer.slice(1));
      assert.match(stdout, /^eDRAM_buf\[1\.\.16\] {2}isaac_edram$/m);
      const { exitCode, stderr } = await runCli("spec");
      assert.equal(exitCode, 2);
      assert.match(stderr, /YAML files, or --architecture, --dnn and --layer/);
    });
  });

  describe("network, ablation and all", () => {
    it("prints layers and totals of one architecture", async () => {
      const network = await json<NetworkResult>("network", "--dnn", "resnet18", "--architecture", "raella");
      assert.equal(network.layers.length, 21);
      const { totals } = network;
      assert.deepEqual(
        totals.cycles,
        network.layers.map(({ cycles }) => cycles),
      );
      assert.equal(totals.tileBudget, 65_536);
      assert.ok(totals.tilesUsed <= 65_536);
      assert.ok(totals.throughputBatchesPerSecond > 0);
      const { total, ...groups } = totals.energyPjByGroup;
      assert.equal(
        Object.values(groups).reduce((a, b) => a + b, 0),
        total,
      );
      assert.equal(total, totals.energyPj.total);
    });

    it("compares architectures on chosen layers, and writes tables", async () => {
      const csv = join(directory, "rows.csv");
      const ablation = await json<AblationResult>(
        ...["ablation", "--dnn", "resnet18", "--architecture", "isaac_like,raella", "--layers", "0,20"],
        ...["--csv", csv],
      );
      assert.deepEqual(ablation.architectures, ["isaac_like", "raella"]);
      assert.deepEqual(
        ablation.networks.map(({ layers }) => layers.map(({ layer }) => layer)),
        [
          [0, 20],
          [0, 20],
        ],
      );
      const lines = readFileSync(csv, "utf8").trimEnd().split("\n");
      assert.match(lines[0], /^architecture,dnn,layer,.*component,group,energyPj,areaUm2/);
      const readout = lines.filter((line) => line.includes(",column_readout,ADC,"));
      assert.equal(readout.length, 4);
    });

    it("prints tables for people", async () => {
      const { stdout } = await runCli("ablation", "--dnn", "resnet18", "--layers", "10");
      assert.match(stdout, /^energy, µJ +isaac_like +raella_no_speculation_2b_cells /m);
      assert.match(stdout, /^ADC +\d/m);
      assert.match(stdout, /^batches per second +\d/m);
    });

    it("prints a DNN on one architecture, and on several", async () => {
      const whole = ["network", "--dnn", "resnet18", "--workers", "1", "--architecture"];
      const one = await runCli(...whole, "raella");
      assert.match(one.stdout, /^raella · resnet18, 21 layers/m);
      const parquet = join(directory, "rows.parquet");
      const two = await runCli(...whole, "isaac_like,raella", "--parquet", parquet);
      assert.match(two.stdout, /^energy, mJ +isaac_like +raella$/m);
      assert.equal(two.stderr, `Wrote ${parquet}.\n`);
      assert.equal(readFileSync(parquet, "latin1").slice(0, 4), "PAR1");
    });

    it("runs several DNNs", async () => {
      const { ablations } = await json<{ ablations: AblationResult[] }>(
        ...["all", "--dnn", "resnet18", "--architecture", "raella"],
      );
      assert.deepEqual(
        ablations.map(({ dnn, networks }) => [dnn, networks.length, networks[0].layers.length]),
        [["resnet18", 1, 21]],
      );
    });
  });

  describe("components", () => {
    it("shows what every level costs, and where it comes from", async () => {
      const table = await runCli("components");
      assert.match(table.stdout, /^eDRAM_buf +isaac_edram +16 +83,000 +1\.33 +read 20\.45/m);
      const tree = await runCli("components", "--level", "output_register", "--explain");
      assert.match(tree.stdout, /^output_register area = 1590\.81 um\^2/m);
      assert.match(tree.stdout, /source: CACTI 7/);
      assert.doesNotMatch(tree.stdout, /idle/);
      const rows = await json<{ level: string; areaUm2: number }[]>("components", "--level", "eDRAM_buf");
      assert.deepEqual(
        rows.map(({ level, areaUm2 }) => [level, areaUm2]),
        [["eDRAM_buf", 83_000]],
      );
      const leaves = await json<{ component: string; tableValue: number }[]>(
        ...["components", "--level", "eDRAM_buf", "--explain"],
      );
      assert.deepEqual(leaves[0].tableValue, 83_000);
      const { exitCode, stderr } = await runCli("components", "--level", "eDRAM");
      assert.equal(exitCode, 2);
      assert.match(stderr, /There is no level "eDRAM"/);
    });
  });

  describe("diagnose", () => {
    const misfit = ["diagnose", "-a", "isaac_like", "-d", "resnet18", "-l", "18", "--tiles", "1"];

    it("says why a layer does not fit and what helps", async () => {
      const { exitCode, stdout } = await runCli(...misfit);
      assert.equal(exitCode, 0);
      assert.match(stdout, /1 tile, batch 32: does not fit\./);
      assert.match(stdout, /8 of M fit nowhere/);
      assert.match(stdout, /It fits on 8 tiles instead of 1\./);
      const { remedies } = await json<{ remedies: { name: string; to: number }[] }>(...misfit);
      assert.deepEqual(
        remedies.map(({ name, to }) => [name, to]),
        [["TILES_PER_ARCH", 8]],
      );
    });

    it("takes files as well as names", async () => {
      const { modelsDirectory, layersDirectory } = defaultWorkspace();
      const ofFiles = await runCli(
        "diagnose",
        ...["raella/arch.yaml", "raella/variables.yaml", "common_components/*.yaml", "mapper.yaml"].map(
          (file) => join(modelsDirectory, file),
        ),
        join(layersDirectory, "resnet18", "010.yaml"),
      );
      assert.equal(ofFiles.exitCode, 0, ofFiles.stderr);
      assert.match(ofFiles.stdout, /: fits\.$/m);
      assert.match(ofFiles.stdout, /^inter_cim_unit_spatial_dummy +384 +512/m);
    });

    it("shows what a mapping leaves idle", async () => {
      const { stdout } = await runCli("diagnose", ...oneLayer.slice(1));
      assert.match(stdout, /: fits\.$/m);
      assert.match(stdout, /^inter_cim_unit_spatial_dummy +384 +512 +75\.0 % +R 3 x C 128$/m);
    });
  });

  describe("lists", () => {
    it("architectures and DNNs", async () => {
      const architectures = await json<{ name: string }[]>("architectures");
      assert.deepEqual(
        architectures.map(({ name }) => name),
        ["isaac_like", "raella_no_speculation_2b_cells", "raella_no_speculation", "raella"],
      );
      const dnns = await json<{ name: string; layers: number }[]>("dnns");
      assert.equal(
        dnns.reduce((sum, { layers }) => sum + layers, 0),
        410,
      );
      assert.match((await runCli("architectures")).stdout, /^raella \(/m);
      assert.match((await runCli("dnns", "--dnn", "resnet18")).stdout, /^20 +fc +512 +1,024/m);
      const { layers } = await json<{ layers: { layerName: string; bounds: Record<string, number> }[] }>(
        ...["dnns", "--dnn", "resnet18"],
      );
      assert.equal(layers.length, 21);
      assert.deepEqual([layers[20].layerName, layers[20].bounds.C], ["fc", 512]);
    });
  });

  describe("mistakes", () => {
    const cases: [string, string[], RegExp][] = [
      [
        "an unknown architecture",
        ["layer", "-a", "raela", "-d", "resnet18", "-l", "0"],
        /Did you mean "raella"\?/,
      ],
      ["an unknown DNN", ["layer", "-a", "raella", "-d", "resnet19", "-l", "0"], /Did you mean "resnet18"\?/],
      ["an unknown layer", ["layer", "-a", "raella", "-d", "resnet18", "-l", "21"], /no layer 21/],
      ["no tiles", [...oneLayer, "--tiles", "0"], /--tiles cannot be "0"/],
      ["a bad setting", [...oneLayer, "--set", "ADC"], /--set cannot read "ADC"/],
      ["a bad new setting", [...oneLayer, "--set-new", "ADC"], /--set-new cannot read "ADC"/],
      ["a misspelt variable", [...oneLayer, "--set", "ADC_RESOLUTON=8"], /Did you mean "ADC_RESOLUTION"\?/],
      ["a variable of another name", [...oneLayer, "--set", "TECHNOLOGY=22"], /Did you mean "TECH_NODE"\?/],
      ["a new variable that is not new", [...oneLayer, "--set-new", "TECH_NODE=22"], /is not new/],
      [
        "a text for a number",
        [...oneLayer, "--set", "ADC_RESOLUTION='7'"],
        /"ADC_RESOLUTION" is set to a text/,
      ],
      ["a number too large", [...oneLayer, "--set", "ADC_ACTION_SHARE=1e308"], /ADC_ACTION_SHARE is 1e\+308/],
      ["an unknown search", [...oneLayer, "--search", "best"], /Allowed choices are optimal/],
      ["an unknown command", ["layr"], /Did you mean layer/],
      ["a missing option", ["layer", "--dnn", "resnet18"], /required option/],
      ["an unknown option", [...oneLayer, "--tile", "4"], /unknown option/],
      ["a file that is not there", ["map", "nowhere.yaml"], /nowhere\.yaml/],
    ];
    for (const [name, command, message] of cases) {
      it(`${name}: exit code 2, the message on standard error`, async () => {
        const { exitCode, stdout, stderr } = await runCli(...command);
        assert.equal(exitCode, 2);
        assert.match(stderr, message);
        assert.equal(stdout, "");
        const asJson = await runCli(...command, "--json");
        assert.equal(asJson.exitCode, 2);
        const { error } = JSON.parse(asJson.stdout) as { error: { code: string; message: string } };
        assert.ok(error.code.length > 0 && error.message.length > 0);
      });
    }

    it("a place that cannot be written to", async () => {
      const file = join(directory, "file");
      writeFileSync(file, "");
      const { exitCode, stderr } = await runCli(...oneLayer, "--out", join(file, "below"));
      assert.equal(exitCode, 2);
      assert.match(stderr, /Cannot write to/);
      assert.ok(existsSync(file));
    });
  });

  it("explains itself", async () => {
    const { exitCode, stdout } = await runCli("--help");
    assert.equal(exitCode, 0);
    assert.match(stdout, /raella layer --architecture raella --dnn resnet18 --layer 10/);
    const help = await runCli("layer", "--help");
    for (const key of contract) assert.ok(help.stdout.includes(key), key);
    assert.match((await runCli("--version")).stdout, /^\d+\.\d+\.\d+/);
  });
});
