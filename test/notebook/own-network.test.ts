import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { copyFileSync, cpSync } from "node:fs";
import * as path from "node:path";
import { readNotebook, withoutPictures } from "./support/executed-notebook";
import { root, Scratch } from "./support/jupyter";

const ownNetwork = path.join(root, "notebooks/OwnNetwork.ipynb");

describe("OwnNetwork.ipynb @thorough", function () {
  this.timeout(300_000);

  it("executes through tslab, to the very outputs that are kept", () => {
    const scratch = new Scratch();
    try {
      const executed = path.join(scratch.notebooks, "OwnNetwork.ipynb");
      copyFileSync(ownNetwork, executed);
      const networks = path.join(scratch.notebooks, "../examples/networks");
      cpSync(path.join(root, "examples/networks"), networks, { recursive: true });
      const program = path.join(root, "tools/execute-notebook.mjs");
      const { status, stderr } = spawnSync(process.execPath, [program, executed], { encoding: "utf8" });
      assert.equal(status, 0, stderr);
      assert.deepEqual(withoutPictures(readNotebook(executed)), withoutPictures(readNotebook(ownNetwork)));
    } finally {
      scratch.remove();
    }
  });
});
