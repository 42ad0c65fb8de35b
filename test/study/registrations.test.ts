import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { registerComponentLibrary, registerEstimator } from "../../src/components/registry";
import type { LayerResult } from "../../src/study/layer-result";
import { runLayer } from "../../src/study/run-layer";
import { runLayers, runNetwork } from "../../src/study/run-network";
import { sweep } from "../../src/study/sweep/sweep";

const router = {
  name: "my router",
  classNames: ["isaac_router"],
  accuracyPercent: 99,
  parameters: {},
  actions: ["read", "write", "update", "idle"],
  areaUm2: () => 1000,
  energyPj: (action: string) => (action === "read" ? 777 : 0),
} as const;

const library = `name,action,technology,resolution,n_instances,energy,area
isaac_router,read,32,,,555,900
isaac_router,idle|update|write,32,,,0,900
`;

const routerEnergy = ({ energyPerActionPj }: LayerResult): number =>
  Math.max(...Object.values(energyPerActionPj).map(({ read = 0 }) => read));
const priced = (energy: number) => (result: LayerResult) =>
  Object.values(result.energyPerActionPj).some(({ read }) => read === energy);

const layers = { architecture: "raella", dnn: "resnet18", layers: [3, 10, 15, 20] } as const;

describe("what users register", function () {
  this.timeout(120_000);

  it("holds for every layer of a run, whatever the number of workers", async () => {
    const remove = registerEstimator(router);
    try {
      for (const workers of ["auto", 1, 3] as const) {
        const results = await runLayers({ ...layers, workers });
        assert.ok(results.every(priced(777)), String(workers));
      }
      const { layers: full } = await runNetwork({ ...layers, layers: [3, 4], search: "full" });
      assert.ok(full.every(priced(777)));
    } finally {
      remove();
    }
    assert.ok(!(await runLayers({ ...layers, workers: 2 })).some(priced(777)));
  });

  it("holds for every point of a sweep, whatever the number of workers", async () => {
    const description = {
      architectures: "raella",
      dnns: "resnet18",
      variables: { ADC_RESOLUTION: [5, 6, 7] },
      chunkSize: 1,
    };
    const before = await sweep(description, { workers: 1 });
    const remove = registerEstimator(router);
    try {
      const [one, three] = [
        await sweep(description, { workers: 1 }),
        await sweep(description, { workers: 3 }),
      ];
      assert.deepEqual(three.rows, one.rows);
      one.rows.forEach(({ energyPj }, index) =>
        assert.ok(Number(energyPj) > Number(before.rows[index].energyPj)),
      );
    } finally {
      remove();
    }
  });

  it("reaches other threads where it is a component library", async () => {
    const folder = mkdtempSync(join(tmpdir(), "raella-registered-"));
    writeFileSync(join(folder, "own.csv"), library);
    const remove = registerComponentLibrary(folder);
    try {
      for (const workers of [1, 2]) {
        const results = await runLayers({ ...layers, workers });
        assert.ok(results.every(priced(555)), String(workers));
      }
      const description = { architectures: "raella", dnns: "resnet18", chunkSize: 1, nTiles: [8, 16] };
      const [one, two] = [await sweep(description, { workers: 1 }), await sweep(description, { workers: 2 })];
      assert.deepEqual(two.rows, one.rows);
    } finally {
      remove();
      rmSync(folder, { recursive: true });
    }
  });

  it("is what it was when a run began", async () => {
    let remove: (() => void) | undefined;
    try {
      const results = await runLayers({
        ...layers,
        onProgress: () => (remove ??= registerEstimator(router)),
      });
      assert.ok(!results.some(priced(777)));
      const { architecture, dnn } = layers;
      assert.equal(routerEnergy(runLayer({ architecture, dnn, layer: 3 })), 777);
    } finally {
      remove?.();
    }
  });
});
