import assert from "node:assert/strict";
import { join } from "node:path";
import * as raella from "../support/public-api";

/** Paths of everything in a value that can still be changed. */
function changeable(value: unknown, path = "", seen = new Set<object>()): string[] {
  if (typeof value !== "object" || value === null || seen.has(value)) return [];
  seen.add(value);
  const inner = Object.entries(value).flatMap(([key, item]) => changeable(item, `${path}.${key}`, seen));
  return Object.isFrozen(value) ? inner : [path || "the value itself", ...inner];
}

const network = { architecture: "raella", dnn: "resnet18" } as const;
const layer = { ...network, layer: 10 } as const;
const ownFile = join(__dirname, "..", "fixtures", "own-architecture-with-bandwidth.yaml");
const own = (): raella.Specification => raella.loadSpecification({ files: [ownFile], greedySteps: [] });

/** What the package hands out, by name. */
const handedOut: Readonly<Record<string, () => unknown>> = {
  "a specification": () => raella.getSpec(layer),
  "a specification from files": own,
  "greedy steps": () => [raella.defaultGreedySteps, raella.greedy({ dimensions: ["C"], levels: ["tile"] })],
  lists: () => [raella.listArchitectures(), raella.listDnns(), raella.listLayers("resnet18")],
  workspaces: () => [raella.defaultWorkspace(), raella.workspaceAt("/some/where")],
  "component groups": () => raella.loadComponentGroups(),
  differences: () => [raella.fidelityDifferences, raella.estimationDifferences],
  "reference tables": () => raella.estimate(raella.getSpec(layer)),
  leakage: () => raella.leakagePower(raella.getSpec(layer)),
  "a component": () =>
    raella.componentEnergy({ class: "isaac_adc", attributes: { technology: 32, resolution: 7 } }, "convert"),
  "component models": () => raella.componentModels(),
  explanations: () => raella.explainEnergy(raella.getSpec(layer), "column_readout", "read"),
  "a map space": () => raella.buildMapSpace(own()),
  "a mapping": () => raella.mappingAt(raella.buildMapSpace(own()), 3),
  "an evaluation": () =>
    raella.evaluateMapping(own(), raella.estimate(own()).energy, raella.mapLayer(own()).mapping),
  "a full search": () => raella.searchFullMapSpace(own(), raella.estimate(own()).energy),
  "a mapped layer": () => raella.mapLayer(layer),
  "a mapped specification": () => raella.mapLayer(structuredClone(own())),
  "a given mapping": () =>
    raella.evaluateGivenMapping(own(), structuredClone(raella.mapLayer(own()).mapping)),
  "a result": () => raella.runLayer(layer),
  "a result of Timeloop's walk": () => raella.runLayer(own(), { search: "timeloop" }),
  "a result of a full search": () =>
    raella.runLayer(own(), {
      search: "full",
      objective: { energyExponent: 1, cyclesExponent: 2 },
    }),
  "a result with variables": () => raella.runLayer({ ...layer, variables: { ADC_RESOLUTION: 6 } }),
  layers: () => raella.runLayers({ ...network, layers: [3, 10] }),
  "layers of other threads": () => raella.runLayers({ ...network, layers: [3, 10, 15], workers: 2 }),
  "a DNN": () => raella.runNetwork(network),
  "an ablation": () =>
    raella.runAblation("resnet18", { architectures: ["raella", "isaac_like"], layers: [3] }),
  everything: () => raella.runAll({ dnns: ["resnet18"], architectures: ["raella"] }),
  "a diagnosis": () => raella.diagnoseLayer(layer),
  "a diagnosis of what does not fit": () => raella.diagnoseLayer({ ...layer, nTiles: 1 }),
  "a verification": () => raella.verifyResult(JSON.parse(JSON.stringify(raella.runLayer(layer)))),
  "a plan": () =>
    raella.planSweep({ architectures: "raella", dnns: "resnet18", points: [{ ADC_RESOLUTION: 5 }] }),
  "a sweep": () => raella.sweep({ architectures: "raella", dnns: "resnet18" }),
  replication: () => raella.replicateByDoubling([10, 20], 16, 64),
};

describe("what the package hands out", function () {
  this.timeout(60_000);

  for (const [name, hand] of Object.entries(handedOut))
    it(`cannot be changed: ${name}`, async () => {
      const value = await hand();
      // A list that is built here holds what is looked at.
      const parts = Array.isArray(value) && !Object.isFrozen(value) ? value : [value];
      assert.deepEqual(
        parts.flatMap((part) => changeable(part)),
        [],
      );
    });

  it("leaves alone what callers hand in", async () => {
    const variables = { ADC_RESOLUTION: 6 };
    const objective = { energyExponent: 2, cyclesExponent: 1 };
    const workspace = { ...raella.defaultWorkspace() };
    const mine = structuredClone(own());
    const mapping = structuredClone(raella.mapLayer(own()).mapping);
    const description = {
      architectures: ["raella"],
      dnns: ["resnet18"],
      variables: { ADC_RESOLUTION: [5, 6] },
    };
    const levels = ["tile"];
    raella.runLayer({ ...layer, variables, workspace });
    raella.runLayer(mine);
    raella.evaluateGivenMapping(mine, mapping);
    raella.buildMapSpace(mine);
    raella.explainArea(mine, "memory");
    raella.greedy({ levels });
    await raella.sweep(description);
    for (const given of [variables, objective, workspace, mine, mapping, description, levels])
      assert.ok(changeable(given).includes("the value itself"));
    assert.ok(changeable(mine).length > 20);
  });

  it("follows what callers change in their own", () => {
    const mine = structuredClone(raella.getSpec({ ...layer, nTiles: 16, batchSize: 32 }));
    const areaOf = (depth: number): number => {
      for (const { name, attributes } of mine.levels)
        if (name === "input_buffer") (attributes as Record<string, raella.Value>).depth = depth;
      const { areaUm2 } = raella.runLayer(mine);
      return areaUm2.total;
    };
    const alone = (depth: number): number =>
      raella.runLayer({
        ...mine,
        levels: mine.levels.map((level) =>
          level.name === "input_buffer" ? { ...level, attributes: { ...level.attributes, depth } } : level,
        ),
      }).areaUm2.total;
    const sizes = [4096, 65536, 4096];
    assert.deepEqual(sizes.map(areaOf), sizes.map(alone));
    assert.notEqual(areaOf(4096), areaOf(65536));
  });
});
