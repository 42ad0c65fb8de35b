import assert from "node:assert/strict";
import { execFileSync, spawn, spawnSync } from "node:child_process";
import {
  chmodSync,
  linkSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { RaellaError } from "../../src/errors";
import {
  openOutput,
  temporaryName,
  writeFileAtomically,
  writeFilesAtomically,
} from "../../src/report/write-atomically";
import { device } from "../support/device";

describe("writing files", () => {
  let directory: string;
  const place = (name: string): string => join(directory, name);
  const text = (name: string): string => readFileSync(place(name), "utf8");
  const refuses = (path: string, message: RegExp): void =>
    assert.throws(
      () => writeFileAtomically(path, "new"),
      (error) => {
        assert.ok(error instanceof RaellaError && error.code === "usage", String(error));
        assert.match(error.message, message);
        assert.ok(error.message.includes(path));
        return true;
      },
    );
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), "raella-write-"));
  });
  afterEach(() => rmSync(directory, { recursive: true, force: true }));

  it("writes several files, makes missing folders and leaves nothing else behind", () => {
    writeFilesAtomically(place("a/b"), { "one.txt": "1", "two.bin": new Uint8Array([2]) });
    assert.deepEqual(readdirSync(place("a/b")).sort(), ["one.txt", "two.bin"]);
    assert.equal(text("a/b/one.txt"), "1");
  });

  it("replaces a file and leaves its neighbours alone", () => {
    writeFileSync(place("other"), "kept");
    writeFileSync(place("file"), "old");
    writeFileAtomically(place("file"), "new");
    assert.equal(text("file"), "new");
    assert.equal(text("other"), "kept");
    assert.deepEqual(readdirSync(directory).sort(), ["file", "other"]);
  });

  it("keeps the mode of a file", () => {
    for (const mode of [0o600, 0o640, 0o755, 0o666]) {
      writeFileSync(place("file"), "old");
      chmodSync(place("file"), mode);
      writeFileAtomically(place("file"), "new");
      assert.equal(statSync(place("file")).mode & 0o7777, mode);
      assert.equal(text("file"), "new");
    }
  });

  it("writes through links, also to what is not there yet", () => {
    mkdirSync(place("far"));
    writeFileSync(place("far/target"), "old");
    symlinkSync("far/target", place("link"));
    symlinkSync("link", place("link to link"));
    symlinkSync("far/missing", place("dangling"));
    writeFileAtomically(place("link to link"), "new");
    writeFileAtomically(place("dangling"), "made");
    assert.equal(text("far/target"), "new");
    assert.equal(text("far/missing"), "made");
    assert.equal(readlinkSync(place("link to link")), "link");
    assert.equal(readlinkSync(place("dangling")), "far/missing");
    assert.deepEqual(readdirSync(place("far")).sort(), ["missing", "target"]);
  });

  it("writes to all names of a file", () => {
    writeFileSync(place("one"), "old");
    linkSync(place("one"), place("other"));
    writeFileAtomically(place("one"), "new");
    assert.equal(text("other"), "new");
  });

  it("writes to pipes as they stand", async function () {
    if (process.platform === "win32") this.skip();
    execFileSync("mkfifo", [place("pipe")]);
    const reader = spawn("cat", [place("pipe")]);
    let read = "";
    reader.stdout.on("data", (chunk: Buffer) => (read += chunk.toString()));
    const ended = new Promise((resolve) => reader.once("close", resolve));
    const long = "line\n".repeat(50_000);
    // In a process of its own: it waits until the reader is there.
    const script = `require("tsx/cjs"); const { writeFileAtomically } = require("./src/report/write-atomically");
      writeFileAtomically(${JSON.stringify(place("pipe"))}, "line\\n".repeat(50_000));`;
    const { status, stderr } = spawnSync(process.execPath, ["-e", script], { encoding: "utf8" });
    assert.equal(status, 0, stderr);
    await ended;
    assert.equal(read, long);
    assert.ok(lstatSync(place("pipe")).isFIFO());
  });

  it("leaves devices devices", function () {
    const [nothing, full] = [device(directory, "null"), device(directory, "full")];
    if (nothing === undefined || full === undefined) return this.skip();
    writeFileAtomically(nothing, "gone");
    refuses(full, /Cannot write to .*: the disk is full\.\n {2}Make room/);
    for (const path of [nothing, full]) assert.ok(statSync(path).isCharacterDevice());
  });

  it("says where it cannot write, and why, and changes nothing", () => {
    writeFileSync(place("file"), "content");
    mkdirSync(place("folder"));
    symlinkSync("circle", place("circle"));
    refuses(place("file/x.txt"), /the path leads through a file/);
    refuses(place("folder"), /it is a folder/);
    refuses(place("circle"), /lead in a circle/);
    refuses(place("x".repeat(300)), /the name is too long/);
    assert.throws(() => writeFilesAtomically(place("file"), { "x.txt": "x" }), /Cannot write to/);
    assert.equal(text("file"), "content");
    assert.deepEqual(readdirSync(directory).sort(), ["circle", "file", "folder"]);
  });

  it("writes names of any length that the system takes", () => {
    const name = "ü".repeat(127);
    writeFileAtomically(place(name), "one");
    writeFileAtomically(place(name), "two");
    assert.deepEqual(readdirSync(directory), [name]);
    assert.equal(text(name), "two");
  });

  it("writes all files or none", () => {
    writeFileSync(place("a"), "old");
    mkdirSync(place("b"));
    assert.throws(() => writeFilesAtomically(directory, { a: "new", b: "new" }), /it is a folder/);
    assert.equal(text("a"), "old");
    assert.deepEqual(readdirSync(directory).sort(), ["a", "b"]);
  });

  it("leaves the old file until all is written", () => {
    writeFileSync(place("file"), "old");
    const given = openOutput(place("file"));
    given.write("half");
    given.abandon();
    assert.equal(text("file"), "old");
    const kept = openOutput(place("file"));
    kept.write("ne");
    assert.equal(text("file"), "old");
    kept.write("w");
    kept.commit();
    kept.abandon();
    assert.equal(text("file"), "new");
    assert.deepEqual(readdirSync(directory), ["file"]);
  });

  it("removes what killed processes have left, not what others are writing", () => {
    const { pid } = spawnSync(process.execPath, ["-e", ""]);
    const leftover = temporaryName(place("file")).replace(`.${process.pid}.`, `.${pid}.`);
    const underWay = temporaryName(place("file"));
    const ofAnother = temporaryName(place("other")).replace(`.${process.pid}.`, `.${pid}.`);
    for (const file of [leftover, underWay, ofAnother]) writeFileSync(file, "half");
    writeFileAtomically(place("file"), "new");
    assert.deepEqual(readdirSync(directory).sort(), [basename(underWay), basename(ofAnother), "file"].sort());
  });

  it("gives up where the system makes no folders", function () {
    if (process.platform !== "linux") this.skip();
    assert.throws(() => writeFileAtomically("/proc/none/below/file", ""), /Cannot write to \/proc\/none/);
  });
});
