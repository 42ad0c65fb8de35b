import assert from "node:assert/strict";
import { connectionStatistics } from "../../src/model/connection-statistics";
import { evaluateMapping } from "../../src/model/evaluate-mapping";
import type { LevelMapping, Mapping } from "../../src/model/mapping";
import { smallEnergies, smallSpecification } from "../mapspace/small-specification";
import { readGoldenLines } from "../support/golden";
import { goldenMapping, goldenSpecification } from "./golden-form";
import type { GoldenCase } from "./golden-form";

const sumOf = (numbers: readonly number[]): number => numbers.reduce((sum, number) => sum + number, 0);

describe("connection statistics", () => {
  it("carry what the outer level exchanges with its children", () => {
    for (const recorded of readGoldenLines<GoldenCase>("evaluations").slice(0, 40)) {
      const { specification, energyTable } = goldenSpecification(recorded);
      const mapping = goldenMapping(recorded);
      const evaluation = evaluateMapping(specification, energyTable, mapping);
      const connections = connectionStatistics(specification, mapping);
      assert.equal(connections.length, evaluation.levels.length);
      assert.equal(connections[connections.length - 1].inner, recorded.compute.name);
      connections.forEach(({ outer, traffic }, index) => {
        const { level, accesses } = evaluation.levels[index];
        assert.equal(outer, level);
        for (const [dataSpace, connection] of Object.entries(traffic)) {
          const { ingresses, fanOut, multicastFactor, linkTransfers, spatialReductions } = connection;
          assert.equal(sumOf(ingresses.map(({ multicast, scatter }) => multicast * scatter)), fanOut);
          assert.equal(multicastFactor, ingresses[ingresses.length - 1].multicast);
          assert.equal(linkTransfers, 0);
          const words = sumOf(ingresses.map((ingress) => ingress.words));
          const inner = dataSpace === "Outputs" ? accesses[dataSpace]?.updates : accesses[dataSpace]?.reads;
          if (inner !== undefined) assert.equal(words, inner, `${recorded.name} ${level} ${dataSpace}`);
          if (dataSpace !== "Outputs") assert.equal(spatialReductions, 0);
          else assert.equal(spatialReductions, sumOf(ingresses.map((i) => (i.multicast - 1) * i.words)));
        }
      });
    }
  });

  it("count partial sums both ways where the level cannot combine them", () => {
    const [recorded] = readGoldenLines<GoldenCase>("evaluations");
    const { specification } = goldenSpecification(recorded);
    const [chip, ...others] = specification.levels;
    const oneWay = { ...chip, attributes: { ...chip.attributes, reduction_supported: false } };
    const mapping = goldenMapping(recorded);
    const usual = connectionStatistics(specification, mapping)[0].traffic.Outputs.ingresses;
    const [both] = connectionStatistics({ ...specification, levels: [oneWay, ...others] }, mapping);
    const outputs = sumOf(usual.map(({ words }) => words));
    // All sums are complete inside, so every output travels once, and the formula gives 2 x - partition.
    assert.deepEqual(
      both.traffic.Outputs.ingresses.map(({ words }) => words),
      usual.map(({ words }) => 2 * words - outputs),
    );
    assert.deepEqual(Object.keys(both.traffic), ["Inputs", "Outputs"]);
  });

  it("tell what neighbours pass on, through levels that only relay as well", () => {
    const specification = smallSpecification({ M: 4, P: 8 }, [
      { name: "outer", fan: [4, 1], spatial: "", noLinkTransfer: [] },
      { name: "inner", keep: ["Weights"], attributes: { depth: 8 } },
    ]);
    const plain = {
      passthrough: [],
      noTemporalReuse: [],
      rmwOnFirstWriteback: [],
      noMulticastNoReduction: [],
    };
    const row: LevelMapping["spatial"] = [{ dimension: "P", factor: 4, axis: "X" }];
    const mapping = (noLinkTransfer: readonly string[], keep: readonly string[]): Mapping => ({
      levels: [
        {
          ...plain,
          level: "outer",
          spatial: row,
          temporal: [
            { dimension: "P", factor: 2 },
            { dimension: "M", factor: 4 },
          ],
          keep: ["Weights", "Inputs", "Outputs"],
          noTemporalReuse: [],
          noLinkTransfer,
        },
        {
          ...plain,
          level: "inner",
          spatial: [],
          temporal: [],
          keep,
          noTemporalReuse: ["Weights"],
          noLinkTransfer: [],
        },
      ],
    });
    const weightsOf = (candidate: Mapping): [number, number, number] => {
      const [{ traffic }] = connectionStatistics(specification, candidate);
      const { accesses } = evaluateMapping(specification, smallEnergies(specification), candidate).levels[0];
      const { ingresses, linkTransfers } = traffic.Weights;
      return [sumOf(ingresses.map(({ words }) => words)), linkTransfers, accesses.Weights.reads];
    };
    // Without forwarding the row shares one delivery per step.
    assert.deepEqual(weightsOf(mapping(["Weights"], ["Weights"])), [8, 0, 8]);
    // A step that fetches the same weights again takes them from a neighbour: 0 steps here, M moves every time.
    const forwarded = weightsOf(mapping([], ["Weights"]));
    assert.deepEqual(forwarded.slice(0, 2), [8, 0]);
    // With P innermost every second step repeats the weights of the step before.
    const repeating = mapping([], ["Weights"]);
    const [outer, inner] = repeating.levels;
    const swapped: Mapping = {
      levels: [{ ...outer, temporal: [...outer.temporal].reverse() }, inner],
    };
    const [words, links, reads] = weightsOf(swapped);
    assert.deepEqual([words, links], [4, 16]);
    assert.equal(reads, 4);
    // The children count what they pass on among their reads, and among their fills what reaches them.
    const [, children] = evaluateMapping(specification, smallEnergies(specification), swapped).levels;
    assert.equal(children.accesses.Weights.fills, 4 + 16 / 4);
    assert.equal(children.accesses.Weights.reads, 8 + 16 / 4);
    // A child that keeps nothing relays: the parent is asked for what lies inside, and nothing counts as passed on.
    const relayed = { levels: [swapped.levels[0], { ...inner, keep: [] }] };
    const [, relayedLinks] = weightsOf(relayed);
    assert.equal(relayedLinks, 0);
  });
});
