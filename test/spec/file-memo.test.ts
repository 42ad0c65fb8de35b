import assert from "node:assert/strict";
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  unlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { componentEnergy } from "../../src/components/estimate-component";
import { loadComponentGroups } from "../../src/spec/component-groups";
import { filesInMemory } from "../../src/spec/files";
import type { FileSource } from "../../src/spec/files";
import { FileLook, FileMemo, FileReader } from "../../src/spec/file-memo";
import { getSpec } from "../../src/spec/get-spec";
import { readMappingFile } from "../../src/spec/read-mapping-file";
import { defaultWorkspace, listArchitectures, listDnns } from "../../src/spec/workspace";
import type { Workspace } from "../../src/spec/workspace";
import { runLayer } from "../../src/study/run-layer";
import { runLayers } from "../../src/study/run-network";
import { sweep } from "../../src/study/sweep/sweep";
import { withFiles } from "./support/small-model";
import { copyWorkspace, withWorkspace } from "./support/workspace-copy";

/** Ways to change a file of the same length so that little or nothing of its times shows it. */
const replacements: Readonly<Record<string, (file: string, text: string) => void>> = {
  "written again": writeFileSync,
  "written with its old times": (file, text) => {
    const { atime, mtime } = statSync(file);
    writeFileSync(file, text);
    utimesSync(file, atime, mtime);
  },
  "replaced by a copy that keeps times": (file, text) => {
    const { atime, mtime } = statSync(file);
    writeFileSync(`${file}.other`, text);
    utimesSync(`${file}.other`, atime, mtime);
    cpSync(`${file}.other`, file, { preserveTimestamps: true });
    rmSync(`${file}.other`);
  },
  "replaced by another file of the same times": (file, text) => {
    const { atime, mtime } = statSync(file);
    writeFileSync(`${file}.other`, text);
    utimesSync(`${file}.other`, atime, mtime);
    renameSync(`${file}.other`, file);
  },
  "replaced by a link": (file, text) => {
    writeFileSync(`${file}.${text}`, text);
    unlinkSync(file);
    symlinkSync(`${file}.${text}`, file);
  },
};

describe("files that change", () => {
  it("are read again where only their mark is another one, however long ago they were changed", () => {
    const path = "/long/ago.yaml";
    const digestOf = (text: string, version: number): string | undefined => {
      const source = filesInMemory({ [path]: text });
      const stamp: FileSource["stamp"] = (asked) =>
        asked === path
          ? { kind: "file", size: text.length, version: [BigInt(version)], changedMs: 0 }
          : source.stamp(asked);
      return new FileLook({ ...source, stamp }).digest(path);
    };
    const first = digestOf("A: 1", 1);
    assert.notEqual(digestOf("A: 2", 2), first);
    assert.equal(digestOf("A: 1", 3), first);
  });

  for (const [name, replace] of Object.entries(replacements))
    it(`are read again at once when ${name}`, () =>
      withFiles({ "a.txt": "0000" }, (folder) => {
        const file = join(folder, "a.txt");
        const memo = new FileMemo<string>(4);
        const read = (): string => memo.get(file, (reader) => reader.read(file).text);
        for (let round = 0; round < 40; round += 1) {
          const text = String(round).padStart(4, "0");
          replace(file, text);
          assert.equal(read(), text);
          assert.equal(read(), text);
        }
      }));

  it("are read again when they appear and disappear, alone or in a folder", () =>
    withFiles({ "kept.txt": "" }, (folder) => {
      const file = join(folder, "new.txt");
      const memo = new FileMemo<string>(4);
      const see = (): string =>
        memo.get(folder, (reader) => `${reader.has(file)} ${reader.list(folder).join(" ")}`);
      for (let round = 0; round < 5; round += 1) {
        assert.equal(see(), "false kept.txt");
        writeFileSync(file, "");
        assert.equal(see(), "true kept.txt new.txt");
        unlinkSync(file);
        mkdirSync(file);
        assert.equal(see(), "true kept.txt new.txt");
        rmSync(file, { recursive: true });
      }
    }));

  it("are read by a result and by a part of it that is remembered by itself", () =>
    withFiles({ "whole.txt": "1", "part.txt": "2" }, (folder) => {
      const [whole, part] = [join(folder, "whole.txt"), join(folder, "part.txt")];
      const [results, parts] = [new FileMemo<string>(4), new FileMemo<string>(4)];
      let partsRead = 0;
      const partOf = (reader: FileReader): string =>
        parts.within(reader, part, (own) => ((partsRead += 1), own.read(part).text));
      const see = (): string =>
        results.get(whole, (reader) => {
          const text = reader.read(whole).text + partOf(reader);
          return `${text} ${reader
            .sources()
            .map(({ path }) => basename(path))
            .join(" ")}`;
        });
      assert.equal(see(), "12 whole.txt part.txt");
      writeFileSync(whole, "3");
      assert.equal(see(), "32 whole.txt part.txt");
      assert.equal(partsRead, 1);
      writeFileSync(part, "4");
      assert.equal(see(), "34 whole.txt part.txt");
      assert.equal(partsRead, 2);
    }));

  it("are not computed again when only their times change", () =>
    withFiles({ "a.txt": "same" }, (folder) => {
      const file = join(folder, "a.txt");
      const memo = new FileMemo<object>(4);
      const read = (): object => memo.get(file, (reader) => ({ text: reader.read(file).text }));
      const first = read();
      for (const seconds of [1, 2_000_000_000]) {
        utimesSync(file, seconds, seconds);
        assert.equal(read(), first);
      }
    }));

  it("are seen as they were by everything in one look, however often they are read", () =>
    withFiles({ "a.txt": "before" }, (folder) => {
      const file = join(folder, "a.txt");
      const memo = new FileMemo<string>(4);
      const read = (): string => memo.get(file, (reader) => reader.read(file).text);
      const look = new FileLook();
      assert.equal(look.during(read), "before");
      writeFileSync(file, "after!");
      assert.equal(
        look.during(() => new FileReader().read(file).text),
        "before",
      );
      assert.equal(look.during(read), "before");
      assert.equal(read(), "after!");
      assert.equal(look.during(read), "before");
    }));

  it("give the same messages from whatever folder they were read before", () =>
    withFiles({ "a.txt": "" }, (folder) => {
      const memo = new FileMemo<string>(4);
      const seen = (): string => memo.get("key", () => process.cwd());
      const before = process.cwd();
      assert.equal(seen(), before);
      process.chdir(folder);
      try {
        assert.equal(seen(), process.cwd());
      } finally {
        process.chdir(before);
      }
    }));
});

describe("a script that writes files and runs in a loop", () => {
  it("sees every model, layer, statistic and table that it has just written", () =>
    withWorkspace({}, (workspace, root) => {
      const write = (name: string, text: string): void => writeFileSync(join(root, name), text);
      const options = {
        architecture: "raella",
        dnn: "resnet18",
        layer: 10,
        useTypicalStatistics: true,
        workspace,
      };
      const written = readFileSync(join(root, "dnn_layers/resnet18/010.yaml"), "utf8");
      const layer = (size: number): string => written.replace("C: 128", `C: ${size}`);
      for (let round = 0; round < 3; round += 1) {
        const size = 64 + 8 * round;
        write("dnn_layers/resnet18/010.yaml", layer(size));
        assert.equal(getSpec(options).workload.bounds.C, size);
        write("models/common_components/extra.yaml", `variables: {EXTRA: ${round}}\n`);
        assert.equal(getSpec(options).variables.EXTRA, round);
        write("recorded_statistics/typical_values/raella", `AVERAGE_INPUT_VALUE=0.${round + 1}\n`);
        assert.equal(String(getSpec(options).variableValues.AVERAGE_INPUT_VALUE), `0.${round + 1}`);
        write("models/component_groups.yaml", `component_groups: [{name: g${round}, levels: [x]}]\n`);
        assert.equal(loadComponentGroups(workspace)[0].name, `g${round}`);
        write(
          "models/architectures.yaml",
          `architectures: [{name: n${round}, directory: raella}, {name: raella, directory: raella, statistics: {}}]\n`,
        );
        assert.equal(listArchitectures(workspace)[0].name, `n${round}`);
        mkdirSync(join(root, `dnn_layers/dnn${round}`));
        write(`dnn_layers/dnn${round}/000.yaml`, layer(8));
        assert.ok(listDnns(workspace).includes(`dnn${round}`));
        assert.equal(getSpec({ ...options, dnn: `dnn${round}`, layer: 0 }).workload.bounds.C, 8);
        write(
          "models/component_library/own.csv",
          `name,actions,energy_pj,area_um2,technology\nown_part,read,${round + 1},1,32nm\n`,
        );
        write("mapping.yaml", `mapping: [{target: x, type: temporal, factors: [C=${round + 1}]}]\n`);
        const [entry] = readMappingFile(join(root, "mapping.yaml")).entries;
        assert.deepEqual(entry.factors, [{ dimension: "C", value: round + 1 }]);
        const part = { class: "own_part", attributes: { technology: 32 } };
        assert.equal(componentEnergy(part, "read", { workspace }).value, round + 1);
      }
    }));

  it("gets the figures that a fresh copy of the files gives, from every kind of run", async () => {
    const place = mkdtempSync(join(tmpdir(), "raella-files-"));
    const written = readFileSync(join(defaultWorkspace().layersDirectory, "resnet18/010.yaml"), "utf8");
    const name = "dnn_layers/resnet18/010.yaml";
    const texts = [64, 128, 256, 64].map((size) => written.replace("C: 128", `C: ${size}`));
    const figures = async (workspace: Workspace): Promise<unknown[]> => {
      const options = { architecture: "raella", dnn: "resnet18", useTypicalStatistics: true, workspace };
      const [first] = await runLayers({ ...options, layers: [10] });
      const description = { architectures: "raella", dnns: "resnet18", typical: true };
      const { rows } = await sweep(description, { workspace });
      const { energyPj, cycles } = runLayer({ ...options, layer: 10 });
      return [energyPj, cycles, first.energyPj, first.cycles, rows];
    };
    try {
      const alone: unknown[] = [];
      for (const [index, text] of texts.entries())
        alone.push(await figures(copyWorkspace(join(place, String(index)), { [name]: text })));
      assert.notDeepEqual(alone[0], alone[1]);
      const workspace = copyWorkspace(join(place, "one"), {});
      for (const [index, text] of texts.entries()) {
        writeFileSync(join(place, "one", name), text);
        assert.deepEqual(await figures(workspace), alone[index]);
      }
    } finally {
      rmSync(place, { recursive: true });
    }
  });
});
