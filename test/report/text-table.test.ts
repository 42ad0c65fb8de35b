import assert from "node:assert/strict";
import { figureColumn, formatCount, formatFixed, formatTextTable } from "../../src/report/text-table";

describe("tables for the terminal", () => {
  it("aligns the first column left, figures right, and rules off the footer", () => {
    const text = formatTextTable({
      columns: ["component", "µJ"],
      rows: [
        ["ADC", "1.00"],
        ["Crossbar", "10.00"],
      ],
      footer: ["total", "11.00"],
    });
    assert.equal(
      text,
      [
        "component     µJ",
        "─────────  ─────",
        "ADC         1.00",
        "Crossbar   10.00",
        "─────────  ─────",
        "total      11.00",
      ].join("\n"),
    );
  });

  it("puts the figures of a column into one unit", () => {
    const column = figureColumn("energyPj", [1234567, 4000, 0, 1, null]);
    assert.equal(column.unit.symbol, "µJ");
    assert.deepEqual(column.cells, ["1.23", "<0.01", "0.00", "<0.01", ""]);
  });

  it("separates thousands", () => {
    assert.equal(formatCount(1234567), "1,234,567");
    assert.equal(formatFixed(-1234.5, 1), "-1,234.5");
    assert.equal(formatFixed(999, 0), "999");
  });
});
