import assert from "node:assert/strict";
import { greedy } from "../../src/spec/greedy";
import { listArchitectures, listDnns } from "../../src/spec/workspace";
import { largestVisit } from "../../src/search/full/anytime-search";
import { defaultWorkLimit } from "../../src/search/full/search-full-map-space";
import type { NetworkResult } from "../../src/study/network-result";
import { runLayer } from "../../src/study/run-layer";
import { runAblation } from "../../src/study/run-network";
import { dnnNames, hasTable, says } from "../support/documents";

// What documents state about the full map space, computed by proving the best mapping of every layer.

const document = "docs/full-search.md";
const order = ["resnet18", "resnet50", "googlenet", "inceptionv3", "mobilenetv2", "shufflenet1_0", "qdqbert"];
const titles = ["ISAAC-like", "Center+Offset", "+ Adaptive Slicing", "RAELLA"];

/** 1.5·10^8 */
function scientific(value: number): string {
  const [mantissa, power] = value.toExponential(1).split("e+");
  return `${mantissa}·10^${power}`;
}

const cyclesOf = ({ layers }: NetworkResult): number => layers.reduce((sum, { cycles }) => sum + cycles, 0);

/** Energy and cycles of a network with greedy steps over those of a full search. */
function greedyOver(network: NetworkResult): readonly [energy: number, cycles: number] {
  const heuristic = network.totals.fullSearch?.heuristic;
  assert.ok(heuristic);
  return [heuristic.energyPj / network.totals.energyPj.total, heuristic.cycles / cyclesOf(network)];
}

const ratios = (pair: readonly number[]): string => pair.map((ratio) => ratio.toFixed(3)).join(" / ");

describe("what documents state about the full map space @thorough", function () {
  this.timeout(1_800_000);
  let networks: ReadonlyMap<string, readonly NetworkResult[]>;

  before(async () => {
    assert.deepEqual([...order].sort(), [...listDnns()].sort());
    const found: [string, readonly NetworkResult[]][] = [];
    for (const dnn of order) found.push([dnn, (await runAblation(dnn, { search: "full" })).networks]);
    networks = new Map(found);
  });

  it("what greedy steps cost", async () => {
    await hasTable(
      document,
      "greedy",
      ["DNN", ...titles],
      [...networks].map(([dnn, ablation]) => [
        dnnNames[dnn],
        ...ablation.map(
          (network) =>
            `${ratios(greedyOver(network))} (${network.totals.fullSearch?.greedyIsBest} of ${network.layers.length})`,
        ),
      ]),
    );
    const all = [...networks.values()].flat();
    const best = all.reduce((sum, { totals }) => sum + (totals.fullSearch?.greedyIsBest ?? 0), 0);
    const raella = all.filter(({ architecture }) => architecture !== listArchitectures()[0].name);
    const most = Math.max(...raella.map((network) => greedyOver(network)[0] - 1));
    says(
      document,
      "All 1,640 pairs of architecture and layer are proven, to the last bit.",
      `The greedy mapping is already optimal for ${best} of them.`,
      `So the steps cost RAELLA's three variants at most ${(100 * most).toFixed(1)} % of a network's energy.`,
    );
    // "two layers of three"
    assert.ok(Math.abs(1 - best / 1640 - 2 / 3) < 0.01);
    says("docs/modelling.md", "there is a better one for two layers of three");
  });

  it("what they cost ResNet18", () => {
    const [isaac, , , raella] = networks.get("resnet18") ?? [];
    const [energy, cycles] = greedyOver(raella);
    assert.deepEqual([energy.toFixed(2), cycles.toFixed(2)], ["1.03", "1.00"]);
    const twice = isaac.layers.map(
      ({ fullSearch, cycles: best }) => (fullSearch?.heuristic?.cycles ?? NaN) / best,
    );
    assert.deepEqual(twice.slice(0, 3).map(Math.round), [2, 2, 2]);
    says(
      "notebooks/RAELLA.ipynb",
      "With RAELLA and ResNet18, the steps cost no time and about 3 % of the energy",
      "the first few layers could run twice as fast",
    );
  });

  it("how large it is, how near bounds are, and that all is proven", () => {
    const layers = [...networks.values()].flatMap((ablation) =>
      ablation.flatMap((network) => network.layers),
    );
    assert.equal(layers.length, 1640);
    const searched = layers.map(({ fullSearch, energyPj, cycles }) => {
      assert.ok(fullSearch);
      const { certificate } = fullSearch;
      assert.ok(certificate.isProven && certificate.isExactToTheBit);
      return {
        size: Number(certificate.spaceSize),
        points: certificate.relaxation.points,
        below: 1 - certificate.relaxation.bound / (energyPj.total * cycles),
      };
    });
    const ends = (figures: readonly number[]): readonly [number, number] => [
      Math.min(...figures),
      Math.max(...figures),
    ];
    const [least, largest] = ends(searched.map(({ size }) => size));
    const [fewest, most] = ends(searched.map(({ points }) => points));
    const [, farthest] = ends(searched.map(({ below }) => below));
    says(
      document,
      `(${scientific(least)} to ${scientific(largest)} for a layer)`,
      `${fewest} to ${most.toLocaleString("en-US")} points are reached for a layer`,
      `0 to ${Math.round(100 * farthest)} % below the optimum`,
    );
    assert.ok(searched.filter(({ below }) => below < 0.01).length > 0.9 * searched.length);
    const superscript = (power: number): string =>
      [...String(power)].map((digit) => "⁰¹²³⁴⁵⁶⁷⁸⁹"[Number(digit)]).join("");
    const powers = [Math.floor(Math.log10(least)), Math.ceil(Math.log10(largest))].map(superscript);
    says("README.md", `proves the best of all 10${powers[0]} to 10${powers[1]} mappings of a layer`);
  });

  it("what slices apart from one another are worth", async () => {
    const neighbours = [greedy({ dimensions: "L", levels: ["column"] })];
    const listed: string[] = [];
    const gains: number[] = [];
    for (const dnn of ["resnet18", "resnet50", "qdqbert"]) {
      const architectures = ["isaac_like"];
      const [bound] = (await runAblation(dnn, { architectures, search: "full", greedySteps: neighbours }))
        .networks;
      const [free] = networks.get(dnn) ?? [];
      const heuristic = free.totals.fullSearch?.heuristic;
      assert.ok(heuristic);
      const energy = bound.totals.energyPj.total;
      listed.push(
        `${ratios([heuristic.energyPj / energy, heuristic.cycles / cyclesOf(bound)])} for ${dnnNames[dnn]}`,
      );
      gains.push(1 - free.totals.energyPj.total / energy);
    }
    const [least, most] = [Math.min(...gains), Math.max(...gains)].map((gain) => (100 * gain).toFixed(0));
    says(
      document,
      `${listed[0]}, ${listed[1].replace(" for", " for")}, ${listed[2]}`,
      `optima do, ${least} to ${most} % of the energy of ResNet18, ResNet50 and BERT`,
    );
  });

  it("slices apart from one another are worth nothing on RAELLA", async () => {
    const architectures = ["raella"];
    const neighbours = [greedy({ dimensions: "L", levels: ["column"] })];
    const [bound] = (
      await runAblation("resnet18", { architectures, search: "full", greedySteps: neighbours })
    ).networks;
    const free = networks.get("resnet18")?.find(({ architecture }) => architecture === "raella");
    says(document, "RAELLA never gains from that.");
    assert.deepEqual(
      bound.layers.map(({ energyPj, cycles }) => (energyPj.total * cycles).toPrecision(12)),
      free?.layers.map(({ energyPj, cycles }) => (energyPj.total * cycles).toPrecision(12)),
    );
  });

  it("the certificate of layer 10, and the limits of a search", () => {
    const { fullSearch } = runLayer({ architecture: "raella", dnn: "resnet18", layer: 10, search: "full" });
    assert.ok(fullSearch?.heuristic);
    const { certificate, heuristic } = fullSearch;
    const { expanded, created, evaluated } = certificate.search;
    says(
      document,
      `${Number(certificate.spaceSize).toLocaleString("en-US")} mappings`,
      `${expanded} partial ones continued, ${created} made, ${evaluated} complete one evaluated`,
      `${heuristic.edpOverBest.toFixed(3)} times the energy, as many cycles`,
      `largest number of expanded partial mappings (${defaultWorkLimit.toLocaleString("en-US")})`,
      `a space of up to ${largestVisit.toLocaleString("en-US")} mappings`,
    );
    const { cycles } = runLayer({ architecture: "raella", dnn: "resnet18", layer: 10, search: "full" });
    assert.equal(heuristic.cycles, cycles);
  });
});
