import assert from "node:assert/strict";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join, relative } from "node:path";
import { FileLook, FileReader } from "../../src/spec/file-memo";
import { filesInMemory, presentFiles, useFiles } from "../../src/spec/files";
import type { FileSource } from "../../src/spec/files";
import { loadSpecification } from "../../src/spec/load-specification";
import { defaultWorkspace, listDnns, workspaceAt } from "../../src/spec/workspace";
import { runLayer } from "../../src/study/run-layer";
import { smallModel, smallProblem, withFiles } from "./support/small-model";

const texts = { "a.yaml": "a: ü\n", "folder/b.yaml": "b: 2\n", "folder/deeper/c.csv": "" };

/** The texts on the disk and in memory, under the same paths. */
function inBoth(use: (source: FileSource, folder: string) => void): void {
  withFiles(texts, (folder) => {
    use(presentFiles(), folder);
    use(
      filesInMemory(
        Object.fromEntries(Object.entries(texts).map(([name, text]) => [join(folder, name), text])),
      ),
      folder,
    );
  });
}

/** Everything below a folder, by the path under which memory holds it. */
function contentsOf(folder: string, place: string): Record<string, string> {
  return Object.fromEntries(
    readdirSync(folder, { recursive: true, encoding: "utf8" })
      .filter((name) => statSync(join(folder, name)).isFile())
      .map((name) => [`${place}/${name}`, readFileSync(join(folder, name), "utf8")]),
  );
}

describe("files on a disk and in memory", () => {
  it("answer alike", () =>
    inBoth((source, folder) => {
      const decoder = new TextDecoder();
      assert.equal(decoder.decode(source.read(join(folder, "a.yaml"))), texts["a.yaml"]);
      assert.equal(source.stamp(join(folder, "a.yaml"))?.size, 6);
      assert.deepEqual(
        ["a.yaml", "folder", "folder/deeper", "none", "a.yaml/none"].map(
          (name) => source.stamp(join(folder, name))?.kind,
        ),
        ["file", "folder", "folder", undefined, undefined],
      );
      assert.deepEqual(source.list(folder), ["a.yaml", "folder"]);
      assert.deepEqual(source.list(join(folder, "folder")), ["b.yaml", "deeper"]);
      assert.deepEqual(source.list(join(folder, "none")), []);
      assert.equal(source.realPath(join(folder, "folder", "..", "a.yaml")), join(folder, "a.yaml"));
      assert.throws(() => source.read(join(folder, "none")), { code: "ENOENT" });
      new FileLook(source).during(() => {
        const reader = new FileReader();
        assert.equal(reader.read(join(folder, "a.yaml")).text, texts["a.yaml"]);
        assert.ok(reader.isFolder(join(folder, "folder")));
        assert.throws(
          () => reader.read(join(folder, "b.yaml")),
          /There is no file .*Did you mean "a\.yaml"/s,
        );
        assert.throws(() => reader.read(join(folder, "folder")), /is not a file/);
      });
    }));

  it("give the same hashes", () => {
    const hashes = new Set<string | undefined>();
    inBoth((source, folder) => hashes.add(new FileLook(source).digest(join(folder, "a.yaml"))));
    assert.equal(hashes.size, 1);
  });
});

describe("patterns of files", () => {
  it("stand for names, for parts of them and for folders of any depth, but for nothing hidden", () =>
    withFiles(
      {
        "a1.yaml": "",
        "a22.yaml": "",
        ".a3.yaml": "",
        "b/a4.yaml": "",
        "b/c/a5.yaml": "",
        "b/.c/a6.yaml": "",
      },
      (folder) => {
        const found = (pattern: string): readonly string[] =>
          new FileReader().matching(join(folder, pattern)).map((path) => relative(folder, path));
        assert.deepEqual(found("*.yaml"), ["a1.yaml", "a22.yaml"]);
        assert.deepEqual(found("a?.yaml"), ["a1.yaml"]);
        assert.deepEqual(found("*/a*"), ["b/a4.yaml"]);
        assert.deepEqual(found("**/a*.yaml"), ["a1.yaml", "a22.yaml", "b/a4.yaml", "b/c/a5.yaml"]);
        assert.deepEqual(found("b/.c/*"), ["b/.c/a6.yaml"]);
        assert.deepEqual(found(".a3.yaml"), [".a3.yaml"]);
        for (const nothing of ["none/*", "a1.yaml/*", "a+.yaml", "*.yml"])
          assert.deepEqual(found(nothing), []);
      },
    ));
});

describe("files in memory", () => {
  afterEach(() => useFiles());

  it("are read instead of the disk, and no longer when they are exchanged", () => {
    const load = (): number => loadSpecification({ files: ["/m/*.yaml"], greedySteps: [] }).workload.bounds.K;
    const size = (text: string): FileSource =>
      filesInMemory({ "/m/model.yaml": smallModel, "/m/problem.yaml": smallProblem.replace(/K: \d+/, text) });
    useFiles(size("K: 3"));
    assert.equal(load(), 3);
    useFiles(size("K: 5"));
    assert.equal(load(), 5);
    useFiles();
    assert.throws(load, { code: "file-not-found" });
  });

  it("make a workspace with the figures of the disk", () => {
    const { modelsDirectory, layersDirectory, statisticsDirectory } = defaultWorkspace();
    const options = { architecture: "raella", dnn: "resnet18", layer: 10 };
    const { energyPj, cycles, manifest } = runLayer(options);
    useFiles(
      filesInMemory({
        ...contentsOf(modelsDirectory, "/w/models"),
        ...contentsOf(join(layersDirectory, "resnet18"), "/w/dnn_layers/resnet18"),
        "/w/dnn_layers/problem_shape.yaml": readFileSync(join(layersDirectory, "problem_shape.yaml"), "utf8"),
        ...contentsOf(statisticsDirectory, "/w/recorded_statistics"),
      }),
    );
    const workspace = workspaceAt("/w");
    assert.deepEqual(listDnns(workspace), ["resnet18"]);
    const held = runLayer({ ...options, workspace });
    assert.deepEqual([held.energyPj, held.cycles, held.manifest?.files], [energyPj, cycles, manifest?.files]);
  });

  it("are kept by what has started with them", () =>
    withFiles({ "a.txt": "disk" }, (folder) => {
      const look = new FileLook();
      useFiles(filesInMemory({ [join(folder, "a.txt")]: "memory" }));
      const read = (): string => new FileReader().read(join(folder, "a.txt")).text;
      assert.equal(look.during(read), "disk");
      assert.equal(read(), "memory");
    }));

  it("may be refused, which is no fault of the program", () => {
    const workspace = workspaceAt("/w");
    const files = filesInMemory({ "/w/dnn_layers/mynet/000.yaml": "" });
    const refusing = (error: Error): void =>
      useFiles({
        ...files,
        list(folder, ...options) {
          if (folder !== "/w/dnn_layers") return files.list(folder, ...options);
          throw error;
        },
      });
    refusing(Object.assign(new Error("refused"), { code: "EACCES" }));
    assert.throws(() => listDnns(workspace), /^RaellaError: \/w\/dnn_layers cannot be read: EACCES\.$/);
    const fault = new TypeError("a fault");
    refusing(fault);
    assert.throws(() => listDnns(workspace), fault);
  });

  it("are copied: what a caller changes later has no effect", () => {
    const bytes = new TextEncoder().encode("before");
    const files = { "/a.txt": bytes };
    const source = filesInMemory(files);
    bytes.fill(0);
    assert.equal(new TextDecoder().decode(source.read("/a.txt")), "before");
  });
});
