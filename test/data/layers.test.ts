import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { listDnns, listLayers } from "../../src/spec/workspace";
import type { LayerFile } from "./support";
import { allLayers, dnns, layerId, readLayer, workspace } from "./support";

const encodings = [
  "unsigned_offset",
  "twos_compliment",
  "unsigned_offset_invert_dense",
  "zero_split",
  "median_split",
  "median_split_neg",
  "median_split_pos",
];

describe("layer files", () => {
  let layers: { dnn: string; layer: number; file: LayerFile }[];

  before(() => {
    layers = allLayers.map(({ dnn, layer }) => ({ dnn, layer, file: readLayer(dnn, layer) }));
  });

  const check = (what: (entry: { dnn: string; layer: number; file: LayerFile }) => void): void => {
    for (const entry of layers) {
      try {
        what(entry);
      } catch (error) {
        throw new Error(`${entry.dnn} ${layerId(entry.layer)}: ${String(error)}`, { cause: error });
      }
    }
  };

  it("are the 410 layers of seven DNNs, numbered without gaps", () => {
    assert.equal(allLayers.length, 410);
    assert.deepEqual([...listDnns()].sort(), Object.keys(dnns).sort());
    for (const [dnn, count] of Object.entries(dnns)) {
      const numbers = Array.from({ length: count }, (_, layer) => layer);
      assert.deepEqual(listLayers(dnn), numbers, dnn);
      const files = readdirSync(join(workspace.layersDirectory, dnn)).sort();
      assert.deepEqual(
        files,
        numbers.map((layer) => `${layerId(layer)}.yaml`),
      );
    }
  });

  it("have unique names within a DNN", () => {
    for (const dnn of Object.keys(dnns)) {
      const names = layers.filter((entry) => entry.dnn === dnn).map((entry) => entry.file.problem.layer_name);
      assert.equal(new Set(names).size, names.length, dnn);
    }
  });

  it("share one loop nest", () => {
    check(({ dnn, layer, file }) => {
      const { name } = file.problem.shape;
      const shape = { ...file.problem.shape, name: undefined };
      const first = { ...layers[0].file.problem.shape, name: undefined };
      assert.deepEqual(shape, first);
      assert.equal(name, dnn === "qdqbert" || layer === dnns[dnn] - 1 ? "FC" : "conv2D");
    });
    const { shape } = layers[0].file.problem;
    assert.equal(shape.dimensions.join(""), "CMRSNPQILTG");
    const projections = Object.fromEntries(
      shape.data_spaces.map((space) => [
        space.name,
        space.projection.map((sum) => sum.map((product) => product.join("*")).join("+")).join(" "),
      ]),
    );
    assert.deepEqual(projections, {
      Weights: "C M R S L G",
      Inputs: "N C R*Wdilation+P*Wstride S*Hdilation+Q*Hstride I G",
      Outputs: "N M Q P T G",
    });
    assert.deepEqual(
      shape.data_spaces.filter((space) => space.read_write).map((space) => space.name),
      ["Outputs"],
    );
  });

  it("have sizes that mappings can divide, and leave bits and batch to the architecture", () => {
    check(({ file }) => {
      const { instance, shape } = file.problem;
      assert.deepEqual(
        [instance.N, instance.I, instance.L, instance.T],
        ["BATCH_SIZE", "INPUT_BITS", "WEIGHT_BITS", "OUTPUT_BITS"],
      );
      for (const dimension of ["C", "M", "R", "S", "P", "Q", "G"]) {
        const size = Number(instance[dimension]);
        assert.ok(Number.isInteger(size) && size >= 1, `${dimension} = ${size}`);
        const rest = [2, 3, 5, 7, 11, 13].reduce((left, prime) => {
          while (left % prime === 0) left /= prime;
          return left;
        }, size);
        assert.equal(rest, 1, `${dimension} = ${size} has a large prime factor`);
      }
      for (const { name } of shape.coefficients) assert.ok([1, 2].includes(Number(instance[name])), name);
      if (shape.name === "FC")
        for (const one of ["R", "S", "P", "Q", "H", "W"]) assert.equal(instance[one], 1);
    });
  });

  it("have depthwise layers with one channel per group", () => {
    const depthwise = layers.filter(({ file }) => Number(file.problem.instance.G) > 1);
    assert.deepEqual([...new Set(depthwise.map(({ dnn }) => dnn))].sort(), ["mobilenetv2", "shufflenet1_0"]);
    for (const { file } of depthwise)
      assert.deepEqual([file.problem.instance.C, file.problem.instance.M], [1, 1]);
  });

  it("have densities of eight bits for each tensor and encoding, related as their names say", () => {
    const near = (actual: number, expected: number, what: string): void =>
      assert.ok(Math.abs(actual - expected) <= 1.01e-4, `${what}: ${actual} instead of ${expected}`);
    check(({ file }) => {
      const tensors = file.problem.densities;
      assert.deepEqual(Object.keys(tensors), ["Inputs", "Weights", "Outputs"]);
      for (const [tensor, texts] of Object.entries(tensors)) {
        assert.deepEqual(Object.keys(texts), encodings);
        const bits = Object.fromEntries(
          Object.entries(texts).map(([name, text]) => [name, text.split(" ").map(Number)]),
        );
        for (const [name, values] of Object.entries(bits)) {
          assert.equal(values.length, 8, `${tensor} ${name}`);
          assert.ok(
            values.every((value) => value >= 0 && value <= 1),
            `${tensor} ${name}`,
          );
        }
        const { unsigned_offset: plain, twos_compliment: signed, unsigned_offset_invert_dense: dense } = bits;
        near(plain[0] + signed[0], 1, `${tensor}, sum of the top bits`);
        for (let bit = 0; bit < 8; bit++) {
          if (bit > 0) near(signed[bit], plain[bit], `${tensor}, bit ${bit} of twos_compliment`);
          const smaller = Math.min(plain[bit], 1 - plain[bit]);
          if (tensor === "Weights")
            assert.ok(dense[bit] <= smaller + 1.01e-4, `bit ${bit} of inverted weights`);
          else near(dense[bit], smaller, `${tensor}, bit ${bit} inverted`);
          const halves = (bits.median_split_neg[bit] + bits.median_split_pos[bit]) / 2;
          near(bits.median_split[bit], halves, `${tensor}, bit ${bit} of median_split`);
        }
        near(bits.zero_split[7], plain[7] / 2, `${tensor}, lowest bit of zero_split`);
      }
    });
  });
});
