import assert from "node:assert/strict";
import { architectures, dnns, layerId, readLayer, readRecorded, readTypical } from "./support";

const values = ["AVERAGE_WEIGHT_VALUE", "AVERAGE_INPUT_VALUE", "ADC_ACTION_SHARE"];

describe("recorded statistics", () => {
  for (const architecture of architectures) {
    it(`have every layer of every DNN on ${architecture}, in order`, () => {
      for (const [dnn, count] of Object.entries(dnns)) {
        const rows = readRecorded(architecture, dnn);
        assert.deepEqual(
          rows.map((row) => [row.layer, row.layer_name]),
          Array.from({ length: count }, (_, layer) => [
            layerId(layer),
            readLayer(dnn, layer).problem.layer_name,
          ]),
        );
        const speculation = architecture === "raella" ? [] : ["SPECULATION_ENABLED"];
        for (const row of rows) {
          assert.deepEqual(Object.keys(row).slice(2), [...values, "CIM_UNITS_PER_WEIGHT", ...speculation]);
          for (const name of values) assert.ok(Number(row[name]) > 0, `${dnn} ${row.layer} ${name}`);
          if (architecture !== "raella") {
            // The text matters: estimators see it as it stands.
            assert.equal(row.ADC_ACTION_SHARE, "1.0");
            assert.equal(row.SPECULATION_ENABLED, "0");
          }
        }
      }
    });
  }

  it("cut weights into eight slices in the last layer of each DNN, into two or three elsewhere", () => {
    const counts: Record<string, number> = {};
    for (const architecture of ["raella", "raella_no_speculation"])
      for (const [dnn, count] of Object.entries(dnns))
        for (const row of readRecorded(architecture, dnn)) {
          const slices = row.CIM_UNITS_PER_WEIGHT;
          counts[`${architecture} ${slices}`] = (counts[`${architecture} ${slices}`] ?? 0) + 1;
          assert.equal(slices === "8", Number(row.layer) === count - 1, `${dnn} ${row.layer}`);
        }
    assert.deepEqual(counts, {
      "raella 2": 74,
      "raella 3": 329,
      "raella 8": 7,
      "raella_no_speculation 2": 74,
      "raella_no_speculation 3": 329,
      "raella_no_speculation 8": 7,
    });
  });

  it("cut weights into four slices in the variant of 2-bit slices", () => {
    for (const dnn of Object.keys(dnns))
      for (const row of readRecorded("raella_no_speculation_2b_cells", dnn))
        assert.equal(row.CIM_UNITS_PER_WEIGHT, "4");
  });

  it("stay in the ranges that speculation gives", () => {
    const rows = Object.keys(dnns).flatMap((dnn) => readRecorded("raella", dnn));
    const within = (name: string, low: number, high: number): void => {
      const numbers = rows.map((row) => Number(row[name]));
      assert.ok(Math.min(...numbers) >= low && Math.max(...numbers) <= high, name);
    };
    within("AVERAGE_WEIGHT_VALUE", 0.008, 0.193);
    within("AVERAGE_INPUT_VALUE", 0.038, 1.15);
    within("ADC_ACTION_SHARE", 0.3749, 0.75);
  });

  it("save conversions only where the layer speculates, with the same weights", () => {
    for (const dnn of Object.keys(dnns)) {
      const without = readRecorded("raella_no_speculation", dnn);
      readRecorded("raella", dnn).forEach((row, layer) => {
        assert.equal(row.AVERAGE_WEIGHT_VALUE, without[layer].AVERAGE_WEIGHT_VALUE);
        assert.ok(Number(row.AVERAGE_INPUT_VALUE) >= Number(without[layer].AVERAGE_INPUT_VALUE));
        assert.ok(Number(row.ADC_ACTION_SHARE) < 1);
      });
    }
  });
});

describe("typical statistics", () => {
  it("are the documented values, in the documented order", () => {
    const texts = Object.fromEntries(
      architectures.map((name) => [
        name,
        readTypical(name)
          .map((pair) => pair.join("="))
          .join(" "),
      ]),
    );
    const average = "AVERAGE_WEIGHT_VALUE=0.06 AVERAGE_INPUT_VALUE=0.13 ADC_ACTION_SHARE=1";
    assert.deepEqual(texts, {
      isaac_like:
        "AVERAGE_WEIGHT_VALUE=0.5 AVERAGE_INPUT_VALUE=0.13 ADC_ACTION_SHARE=1 SPECULATION_ENABLED=0",
      raella_no_speculation_2b_cells: `${average} CIM_UNITS_PER_WEIGHT=4 SPECULATION_ENABLED=0`,
      raella_no_speculation: `${average} CIM_UNITS_PER_WEIGHT=3 SPECULATION_ENABLED=0`,
      raella:
        "AVERAGE_WEIGHT_VALUE=0.06 AVERAGE_INPUT_VALUE=0.33 ADC_ACTION_SHARE=0.42 CIM_UNITS_PER_WEIGHT=3",
    });
  });
});
