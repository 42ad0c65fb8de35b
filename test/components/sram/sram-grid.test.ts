import assert from "node:assert/strict";
import { interpolateTechnology, mapFigures } from "../../../src/components/sram/sram-grid";
import { assertClose } from "../support";

describe("a memory between two technologies", () => {
  const nodes = { low: 20, high: 80, asked: 40 };

  it("has the geometric mean half way between them, as nodes go in proportion", () => {
    const { leakageW, ...figures } = interpolateTechnology(
      mapFigures(() => 1),
      mapFigures(() => 4),
      nodes,
    );
    assert.ok(leakageW > 0);
    for (const [quantity, figure] of Object.entries(figures)) assertClose(figure, 2, 1e-12, quantity);
  });

  it("leaks as it should where leakage goes with the node to the power of 1.5", () => {
    const leaking = (nodeNm: number) => mapFigures(() => 3 * nodeNm ** 1.5);
    const { leakageW } = interpolateTechnology(leaking(nodes.low), leaking(nodes.high), nodes);
    assertClose(leakageW, 3 * nodes.asked ** 1.5, 1e-12, "along the power law");
    // A third of the way from 20 to 80 nm, the share of the lower node is two thirds.
    const onlyLow = interpolateTechnology(
      mapFigures(() => 20 ** 1.5),
      mapFigures((quantity) => (quantity === "leakageW" ? 0 : 1)),
      nodes,
    );
    assertClose(onlyLow.leakageW, (40 ** 1.5 * 2) / 3, 1e-12, "of the lower node alone");
  });
});
