import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Random } from "../fuzz/random";
import { commandLineProcess } from "../support/command-line-process";
import { killCommands } from "../support/kill-commands";
import { fewAndMany } from "../support/thorough";

describe("commands that are killed, or run beside each other", () => {
  for (const [kills, tag] of fewAndMany(2, 10))
    it(`give the same files when they are run again, ${kills} times, and leave nothing else${tag}`, async function () {
      this.timeout(300_000);
      const random = new Random(20_261_128);
      const killed = await killCommands(kills, () => random.next());
      assert.ok(killed >= kills / 2, `${killed} of ${kills} were killed before their end`);
    });

  it("share the folder of a sweep, and both finish @thorough", async function () {
    this.timeout(120_000);
    const scratch = mkdtempSync(join(tmpdir(), "raella-two-"));
    try {
      const file = join(scratch, "sweep.yaml");
      writeFileSync(
        file,
        "{architectures: raella, dnns: resnet18, variables: {ADC_RESOLUTION: [5, 6, 7, 8, 9]}, chunkSize: 1}\n",
      );
      const [program, ...words] = await commandLineProcess();
      const run = (folder: string): Promise<string> =>
        new Promise((resolve) => {
          const command = [...words, "sweep", file, "--workers", "1", "--out", join(scratch, folder)];
          const child = spawn(program, command, { stdio: ["ignore", "ignore", "pipe"] });
          let stderr = "";
          child.stderr.on("data", (chunk: Buffer) => (stderr += chunk.toString()));
          child.once("close", (code) => resolve(`${code} ${stderr}`));
        });
      assert.match(await run("alone"), /^0 /);
      for (const ending of await Promise.all([run("shared"), run("shared"), run("shared")]))
        assert.match(ending, /^0 /);
      const result = (folder: string): Buffer => readFileSync(join(scratch, folder, "results.parquet"));
      assert.ok(result("shared").equals(result("alone")));
      const names = readdirSync(join(scratch, "shared"), { recursive: true, encoding: "utf8" });
      assert.equal(names.length, 8, names.join(", "));
    } finally {
      rmSync(scratch, { recursive: true });
    }
  });
});
