import { averageInput, inputHistogram } from "../../src/network/statistics";
import { goldenLayers, near } from "./golden-layers";

describe("Statistics of a layer", () => {
  it("give the golden mean drive of the rows", () => {
    for (const { id, layer, averageInput: plain, averageInputSpeculation } of goldenLayers()) {
      const histogram = inputHistogram(layer);
      const { inputZero } = layer;
      near(averageInput(histogram, inputZero, { speculation: false }), plain, `layer ${id}`);
      near(averageInput(histogram, inputZero, { speculation: true }), averageInputSpeculation, `layer ${id}`);
    }
  });
});
