import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { RaellaError } from "../../src/errors";
import { writeFileAtomically, writeFilesAtomically } from "../../src/report/write-atomically";

describe("writing files", () => {
  let directory: string;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), "raella-write-"));
  });
  afterEach(() => rmSync(directory, { recursive: true, force: true }));

  it("writes several files, makes missing folders and leaves nothing else behind", () => {
    const place = join(directory, "a", "b");
    writeFilesAtomically(place, { "one.txt": "1", "two.bin": new Uint8Array([2]) });
    assert.deepEqual(readdirSync(place).sort(), ["one.txt", "two.bin"]);
    assert.equal(readFileSync(join(place, "one.txt"), "utf8"), "1");
  });

  it("replaces a file and leaves its neighbours alone", () => {
    writeFileSync(join(directory, "other"), "kept");
    writeFileSync(join(directory, "file"), "old");
    writeFileAtomically(join(directory, "file"), "new");
    assert.equal(readFileSync(join(directory, "file"), "utf8"), "new");
    assert.equal(readFileSync(join(directory, "other"), "utf8"), "kept");
    assert.deepEqual(readdirSync(directory).sort(), ["file", "other"]);
  });

  it("says where it cannot write, and changes nothing", () => {
    const file = join(directory, "file");
    writeFileSync(file, "content");
    assert.throws(
      () => writeFilesAtomically(file, { "x.txt": "x" }),
      (error) => error instanceof RaellaError && error.code === "usage" && error.message.includes(file),
    );
    assert.equal(readFileSync(file, "utf8"), "content");
  });

  it("gives up where the system makes no folders", function () {
    if (process.platform !== "linux") this.skip();
    assert.throws(() => writeFileAtomically("/proc/none/below/file", ""), /Cannot write to \/proc\/none/);
  });
});
