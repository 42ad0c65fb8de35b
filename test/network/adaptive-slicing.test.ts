import assert from "node:assert/strict";
import { chooseSlicing, findSlicings } from "../../src/network/adaptive-slicing";
import { goldenLayers, near } from "./golden-layers";

describe("Adaptive weight slicing", () => {
  const layers = goldenLayers();

  it("chooses the golden slicings among the common ones first", () => {
    for (const { id, layer, output, chosenCommon } of layers) {
      const { slicing, error } = chooseSlicing(layer, output);
      assert.equal(slicing.join(""), chosenCommon.slicing, `layer ${id}`);
      near(error ?? NaN, chosenCommon.error, `layer ${id}`);
    }
  });

  it("chooses the golden slicings among all", () => {
    for (const { id, layer, output, chosenFull } of layers) {
      const { slicing, error, errors } = chooseSlicing(layer, output, { search: "full" });
      assert.equal(slicing.join(""), chosenFull.slicing, `layer ${id}`);
      near(error ?? NaN, chosenFull.error, `layer ${id}`);
      const tried = Object.entries(errors)
        .slice(0, 40)
        .map(([name, value]) => [name.replaceAll("-", ""), value] as const);
      assert.deepEqual(tried.map(([name]) => name).sort(), Object.keys(chosenFull.errors).sort());
      for (const [name, value] of tried) near(value, chosenFull.errors[name], `layer ${id}, ${name}`);
    }
  });

  it("finds the same with few samples of those that are too coarse, for several converters together @thorough", () => {
    for (const { id, layer, output, chosenCommon, chosenFull } of layers) {
      assert.equal(findSlicings(layer, output, {}, [7])[0].join(""), chosenCommon.slicing, `layer ${id}`);
      const [full] = findSlicings(layer, output, { search: "full" }, [7]);
      assert.equal(full.join(""), chosenFull.slicing, `layer ${id}`);
      const converters = [6, 4, 7, 5];
      for (const options of [{}, { rows: 64, cellBits: 2 }])
        assert.deepEqual(
          findSlicings(layer, output, options, converters),
          converters.map(
            (converterBits) => chooseSlicing(layer, output, { ...options, converterBits }).slicing,
          ),
        );
    }
  });
});
