import assert from "node:assert/strict";
import { RaellaError } from "../../src/errors";
import { getSpec, type GetSpecOptions } from "../../src/spec/get-spec";
import { defaultGreedySteps, greedy } from "../../src/spec/greedy";
import { loadSpecification, type LoadSpecificationOptions } from "../../src/spec/load-specification";
import type { Specification } from "../../src/spec/specification";
import { listArchitectures, listLayers } from "../../src/spec/workspace";
import { smallModel, smallProblem, withFiles } from "./support/small-model";
import { withWorkspace } from "./support/workspace-copy";

/** A specification as text, or what is wrong with it, with file names as seen from a folder. */
function textSeenFrom(folder: string, compute: () => Specification): string {
  const text = (value: unknown): string => JSON.stringify(value).replaceAll(`${folder}/`, "");
  try {
    return text(compute());
  } catch (error) {
    if (error instanceof RaellaError) return text(error.toJSON());
    throw error;
  }
}

describe("work that specifications share", () => {
  it("changes no specification of a layer", () => {
    const requests: Omit<GetSpecOptions, "architecture">[] = [
      { dnn: "resnet18", layer: 0 },
      { dnn: "resnet18", layer: 10, nTiles: 4, batchSize: 2 },
      { dnn: "resnet18", layer: 10, variables: { ADC_RESOLUTION: 5, COLUMNS_PER_CROSSBAR: "2 ** 7" } },
      { dnn: "resnet18", layer: 10, variables: { DAC_RESOLUTION: 9 } },
    ];
    for (const { name: architecture } of listArchitectures()) {
      for (const layer of listLayers("resnet18")) getSpec({ architecture, dnn: "resnet18", layer });
      for (const request of requests) {
        const options = { ...request, architecture, useTypicalStatistics: true };
        const shared = textSeenFrom(process.cwd(), () => getSpec(options));
        const alone = withWorkspace({}, (workspace, root) =>
          textSeenFrom(root, () => getSpec({ ...options, workspace })),
        );
        assert.equal(shared, alone, `${architecture}, ${JSON.stringify(request)}`);
      }
    }
  });

  it("follows a list of greedy steps that is edited in place", () => {
    const greedySteps = [...defaultGreedySteps];
    const options = { architecture: "raella", dnn: "resnet18", layer: 10, greedySteps };
    const before = JSON.stringify(getSpec(options));
    greedySteps.splice(5, 1);
    const after = JSON.stringify(getSpec(options));
    assert.notEqual(after, before);
    assert.equal(after, JSON.stringify(getSpec({ ...options, greedySteps: [...greedySteps] })));
  });

  it("changes no specification from files, nor its warnings and mistakes", () => {
    const model = smallModel.replace("factors: [K=1]", "factors: [K=1, M=ROWS, N<=WORD]");
    assert.notEqual(model, smallModel);
    const files = { "small/model.yaml": model, "small/problem.yaml": smallProblem };
    const load = (folder: string, variables: LoadSpecificationOptions["variables"]): string =>
      textSeenFrom(folder, () =>
        loadSpecification({
          files: ["model", "problem"].map((name) => `${folder}/small/${name}.yaml`),
          variables,
          greedySteps: [greedy({ dimensions: "NK", closeOthers: true })],
        }),
      );
    const rows = [2, 4, 16, "WORD // 2", 0, 2, "1 / 0", 16, 4];
    const [shared, alone] = [
      withFiles(files, (folder) => rows.map((ROWS) => load(folder, { ROWS }))),
      rows.map((ROWS) => withFiles(files, (folder) => load(folder, { ROWS }))),
    ];
    assert.deepEqual(shared, alone);
    assert.ok(shared[2].includes("exceeds the dimension"), "M=16 is too large and warned of");
    assert.ok(shared[4].includes('"code"') && shared[6].includes('"code"'), "mistakes are refused");
    assert.equal(shared[0], shared[5]);
  });
});
