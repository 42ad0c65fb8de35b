import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { RaellaError } from "../../src/errors";
import { formatMappingYaml } from "../../src/report/mapping-text";
import { getSpec } from "../../src/spec/get-spec";
import { readMappingFile } from "../../src/spec/read-mapping-file";
import type { Specification } from "../../src/spec/specification";
import { mappingFileOptions, mappingFromEntries } from "../../src/study/given-mapping";
import { evaluateGivenMapping, mapLayer } from "../../src/study/run-layer";

describe("a given mapping", () => {
  let directory: string;
  let file: string;
  before(() => {
    directory = mkdtempSync(join(tmpdir(), "raella-mapping-"));
    file = join(directory, "mapping.yaml");
  });
  after(() => rmSync(directory, { recursive: true, force: true }));

  function read(text: string, specification: Specification): ReturnType<typeof mappingFromEntries> {
    writeFileSync(file, text);
    return mappingFromEntries(specification, readMappingFile(file).entries);
  }

  const specification = getSpec({
    architecture: "raella",
    dnn: "resnet18",
    layer: 20,
    nTiles: 16,
    batchSize: 32,
  });

  it("reads back as it was written", () => {
    for (const layer of [0, 7, 10, 20]) {
      for (const architecture of ["isaac_like", "raella"]) {
        const own = getSpec({ architecture, dnn: "resnet18", layer, nTiles: 16, batchSize: 32 });
        const { mapping, evaluation } = mapLayer(own);
        const again = read(formatMappingYaml(own, mapping), own);
        assert.deepEqual(again, mapping);
        assert.deepEqual(evaluateGivenMapping(own, again).evaluation, evaluation);
      }
    }
  });

  it("is read with folders to include from that are there", () => {
    writeFileSync(file, "mapping: []\n");
    assert.deepEqual(readMappingFile(file, { includeRoots: [directory] }).entries, []);
    const missing = join(directory, "nowhere");
    assert.throws(() => readMappingFile(file, { includeRoots: [missing] }), {
      code: "file-not-found",
      message: new RegExp(`^There is no folder ${missing}\\.`),
    });
    assert.throws(() => readMappingFile(file, { includeRoots: [file] }), { message: /is no folder\./ });
  });

  it("may include from the folders of the model's files, but patterns name none", () => {
    const files = ["/m/a.yaml", "/n/*.yaml", "/m/b?/c.yaml", "/m/b?/*.yaml", "/*/d.yaml", "/**/m/e.yaml"];
    const { includeRoots } = mappingFileOptions({ files, includeRoots: ["/own"] });
    assert.deepEqual(includeRoots, ["/own", "/m", "/n", "/m/b?"]);
  });

  it("takes what it does not state from the architecture", () => {
    const { mapping } = mapLayer(specification);
    const loops = formatMappingYaml(specification, mapping).replace(
      / {2}- target: \S+\n {4}type: dataspace\n( {4}(keep|bypass|passthrough): .*\n)+/g,
      "",
    );
    assert.ok(!loops.includes("dataspace"));
    assert.deepEqual(read(loops, specification), mapping);
  });

  it("may hold other data spaces and carry other directives than the architecture says", () => {
    const { mapping } = mapLayer(specification);
    const text = `${formatMappingYaml(specification, mapping)
      .replace(
        /( {2}- target: input_buffer\n {4}type: dataspace\n {4}keep: )\[Inputs\]\n {4}bypass: .*\n/,
        "$1[Outputs]\n    bypass: [Inputs]\n",
      )
      .replace(/( {2}- target: chip\n {4}type: temporal\n)/, "$1    no_temporal_reuse: [Inputs]\n")}`;
    const changed = read(text, specification);
    const level = (name: string): (typeof changed.levels)[number] | undefined =>
      changed.levels.find((candidate) => candidate.level === name);
    assert.deepEqual(level("input_buffer")?.keep, ["Outputs"]);
    assert.deepEqual(level("chip")?.noTemporalReuse, ["Inputs"]);
    assert.deepEqual(level("output_register")?.keep, ["Outputs"]);
  });

  it("states only the data spaces that it names", () => {
    const kept = (entry: string): readonly string[] | undefined => {
      const loops = formatMappingYaml(specification, mapLayer(specification).mapping).replace(
        / {2}- target: eDRAM_buf\n {4}type: dataspace\n( {4}(keep|bypass): .*\n)+/,
        `  - {target: eDRAM_buf, type: bypass, ${entry}}\n`,
      );
      return read(loops, specification).levels.find(({ level }) => level === "eDRAM_buf")?.keep;
    };
    assert.deepEqual(kept("keep: []"), ["Inputs", "Outputs"]);
    assert.deepEqual(kept("bypass: [Outputs]"), ["Inputs"]);
    assert.deepEqual(kept("keep: [Weights]"), ["Weights", "Inputs", "Outputs"]);
    assert.deepEqual(kept("keep: [Weights], bypass: [Inputs]"), ["Weights", "Outputs"]);
    assert.throws(() => kept("keep: [Inputs], bypass: [Inputs]"), /both keeps and bypasses Inputs/);
  });

  it("accepts factors in all spellings, 0 for the whole dimension, and instance ranges", () => {
    const entry = (text: string): ReturnType<typeof readMappingFile>["entries"][number] => {
      writeFileSync(file, `mapping:\n  - ${text}\n`);
      return readMappingFile(file).entries[0];
    };
    const factors = [
      { dimension: "C", value: 4 },
      { dimension: "M", value: 0 },
    ];
    for (const text of ["C=4 M=0", "C4,M0", "C4M0", "C = 4 M= 0", '"C = 4, M = 0"', "[C=4, M=0]"]) {
      assert.deepEqual(
        entry(
          `{target: "chip[1..1]", type: temporal, factors: ${text.includes(",") && !/^["[]/.test(text) ? `"${text}"` : text}}`,
        ).factors,
        factors,
        text,
      );
    }
    assert.equal(entry('{target: "chip[1..1]", type: temporal}').target, "chip");
    assert.equal(entry("{target: chip, type: bypass, keep: [Inputs]}").type, "dataspace");
  });

  it("may name variables for values, as constraints do", () => {
    const { mapping } = mapLayer(specification);
    const text = formatMappingYaml(specification, mapping);
    const named = text
      .replace(/\bN=16\b/, "N=TILES_PER_ARCH")
      .replace(/\bC=512\b/, "C=CIM_UNITS_PER_COLUMN")
      .replace("split: 11", "split: N_LOOPS");
    assert.equal(named.match(/TILES_PER_ARCH|CIM_UNITS_PER_COLUMN|N_LOOPS/g)?.length, 3);
    const withLoops = { ...specification, variableValues: { ...specification.variableValues, N_LOOPS: 11 } };
    assert.deepEqual(read(named, withLoops), mapping);
  });

  const mistakes: [string, string, RegExp][] = [
    ["no list", "mapping: {}\n", /not a mapping file/],
    ["no target", "mapping:\n  - {type: temporal}\n", /"target" is missing/],
    ["an unknown type", "mapping:\n  - {target: chip, type: time}\n", /"time" is not accepted here/],
    ["an unknown key", "mapping:\n  - {target: chip, type: temporal, order: CM}\n", /"order" is not a key/],
    ["no factor", "mapping:\n  - {target: chip, type: temporal, factors: C=}\n", /"C=" is not a factor/],
    ["a limit", "mapping:\n  - {target: chip, type: temporal, factors: C<=4}\n", /"C<=4" is not a factor/],
    [
      "a free factor",
      "mapping:\n  - {target: chip, type: temporal, factors: C=-1}\n",
      /"C=-1" is not a factor/,
    ],
    [
      "an unknown name",
      "mapping:\n  - {target: chip, type: temporal, factors: N=BATCH_SIZ}\n",
      /mapping\.yaml:2:[^]*N=BATCH_SIZ of a mapping has no whole value[^]*Did you mean "BATCH_SIZE"/,
    ],
    [
      "a name for no whole number",
      "mapping:\n  - {target: chip, type: temporal, factors: N=AVERAGE_INPUT_VALUE}\n",
      /N=AVERAGE_INPUT_VALUE of a mapping \(0\.\d+\) has no whole value/,
    ],
    [
      "a calculation where nothing is calculated",
      "mapping:\n  - {target: chip, type: temporal, factors: N=BATCH_SIZE/2}\n",
      /N=BATCH_SIZE\/2 of a mapping \(32\/2\) has no whole value/,
    ],
    [
      "no number of loops",
      "mapping:\n  - {target: chip, type: spatial, split: -1}\n",
      /-1 is not accepted here[^]*at least 0/,
    ],
    ["an unknown level", "mapping:\n  - {target: chop, type: temporal}\n", /"chop"[^]*Did you mean "chip"/],
    [
      "an unknown dimension",
      "mapping:\n  - {target: chip, type: temporal, factors: X=2}\n",
      /"X", which is not a dim/,
    ],
    [
      "an unknown data space",
      "mapping:\n  - {target: chip, type: bypass, keep: [Input]}\n",
      /Did you mean "Inputs"/,
    ],
    [
      "a second entry",
      "mapping:\n  - {target: chip, type: temporal}\n  - {target: chip, type: temporal}\n",
      /second/,
    ],
    ["a factor twice", "mapping:\n  - {target: chip, type: temporal, factors: N=1 N=2}\n", /name N twice/],
    ["a product that is wrong", "mapping: []\n", /factors of C multiply to 1, but its bound is 512/],
  ];
  for (const [name, text, message] of mistakes) {
    it(`is refused with ${name}`, () => {
      assert.throws(
        () => read(text, specification),
        (error) => error instanceof RaellaError && message.test(error.message),
      );
    });
  }

  it("that does not fit the hardware is refused with the numbers", () => {
    const { mapping } = mapLayer(specification);
    const fixed = formatMappingYaml(specification, mapping)
      .replace(/N=\d+/g, "N=1")
      .replace(/(target: inter_tile_spatial_dummy\n {4}type: spatial\n {4}factors: .*)N=1/, "$1N=32");
    assert.throws(
      () => evaluateGivenMapping(specification, read(fixed, specification)),
      (error) => error instanceof RaellaError && error.code === "invalid-mapping" && /16/.test(error.message),
    );
  });
});
