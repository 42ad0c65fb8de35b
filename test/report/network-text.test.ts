import assert from "node:assert/strict";
import { formatAblationText, formatNetworkText } from "../../src/report/network-text";
import type { AblationResult, NetworkResult } from "../../src/study/network-result";
import { runAblation } from "../../src/study/run-network";

describe("text of a network", () => {
  let ablation: AblationResult;
  let network: NetworkResult;
  before(async () => {
    ablation = await runAblation("resnet18", {
      ...{ architectures: ["isaac_like", "raella"], layers: [20], search: "full", replication: "increment" },
    });
    [, network] = ablation.networks;
  });

  it("names one layer and one tile as one", () => {
    assert.match(formatNetworkText(network), /^raella · resnet18, 1 layer · 16 tiles a layer · batch 32$/m);
    assert.match(formatNetworkText({ ...network, nTiles: 1 }), /, 1 layer · 1 tile a layer · batch 32$/m);
    assert.match(
      formatNetworkText({ ...network, nTiles: null, batchSize: null }),
      /^raella · resnet18, 1 layer$/m,
    );
  });

  it("says how replicas were added", () => {
    assert.match(formatNetworkText(network), /^pipeline, replicas added one by one +raella$/m);
    const doubled = { ...network, replication: { ...network.replication, scheme: "doubling" as const } };
    assert.match(formatNetworkText(doubled), /^pipeline, replicas doubled +raella$/m);
  });

  it("says what a full search has proven, and what the greedy steps cost", () => {
    const { energyPj, cycles, fullSearch } = network.layers[0];
    const heuristic = fullSearch?.heuristic;
    assert.ok(heuristic);
    const text = formatNetworkText(network);
    assert.match(text, /^layers proven +1 of 1$/m);
    assert.match(text, /^greedy steps already best +[01] of 1$/m);
    const [, energy] = /^energy with greedy steps +(\S+)×$/m.exec(text) ?? [];
    const [, time] = /^cycles with greedy steps +(\S+)×$/m.exec(text) ?? [];
    assert.ok(Math.abs(Number(energy) - heuristic.energyPj / energyPj.total) <= 0.0005);
    assert.ok(Math.abs(Number(time) - heuristic.cycles / cycles) <= 0.0005);
  });

  it("says nothing of greedy steps that leave no mapping", () => {
    const [layer] = network.layers;
    const { fullSearch } = network.totals;
    assert.ok(layer.fullSearch && fullSearch);
    const text = formatNetworkText({
      ...network,
      layers: [{ ...layer, fullSearch: { ...layer.fullSearch, heuristic: null } }],
      totals: { ...network.totals, fullSearch: { ...fullSearch, heuristic: null } },
    });
    assert.match(text, /^energy with greedy steps +—$/m);
    assert.match(text, /^20 +fc +none fits$/m);
  });

  it("leaves a cell empty where an architecture lacks a component", () => {
    const [first, second] = ablation.networks;
    const { totals } = first;
    const energyPjByGroup = { cooler: totals.energyPj.total, ...totals.energyPjByGroup };
    const cooled = { ...first, totals: { ...totals, energyPjByGroup } };
    const rows = formatAblationText({ ...ablation, networks: [cooled, second] }).split("\n");
    assert.match(rows.find((row) => row.startsWith("cooler")) ?? "", /^cooler +\d+\.\d+ *$/);
  });
});
