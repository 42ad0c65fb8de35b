import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { defaultWorkspace } from "../../src/spec/workspace";
import { diagnoseLayer } from "../../src/study/diagnose-layer";
import { runLayer } from "../../src/study/run-layer";
import { withWorkspace } from "../spec/support/workspace-copy";

const written = readFileSync(join(defaultWorkspace().layersDirectory, "resnet18/010.yaml"), "utf8");
const options = { architecture: "raella", dnn: "resnet18", layer: 10, useTypicalStatistics: true };

describe("diagnosis of a layer whose size is a prime", () => {
  it("offers the nearest sizes that divide well, which fit indeed", () => {
    const layer = (channels: number): Record<string, string> => ({
      "dnn_layers/resnet18/010.yaml": written.replace("M: 256", `M: ${channels}`),
    });
    const offered = withWorkspace(layer(1009), (workspace) => {
      const { fits, remedies } = diagnoseLayer({ ...options, workspace });
      assert.equal(fits, false);
      return remedies.filter(({ name }) => name === "M").map(({ to }) => to);
    });
    assert.deepEqual(offered, [1008, 1024]);
    for (const channels of offered)
      withWorkspace(layer(channels), (workspace) => runLayer({ ...options, workspace }));
  });
});
