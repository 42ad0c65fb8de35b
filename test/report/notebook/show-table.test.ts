import assert from "node:assert/strict";
import { layOutTable, tableHtml, tableText } from "../../../src/report/notebook/show-table";

const rows = [
  { design: "isaac_like", energyPj: 4.64e9, areaUm2: 9.28e6, cycles: 2508800, share: 0.5, note: null },
  { design: "a < b & c", energyPj: 3.2e7, areaUm2: 1.07e7, cycles: 358400, share: 0.25, note: "x" },
];

describe("tables", () => {
  it("take units from the names of columns and fit them to the figures", () => {
    const { columns, rows: texts } = layOutTable(rows);
    assert.deepEqual(
      columns.map(({ title, unit }) => [title, unit]),
      [
        ["design", ""],
        ["energy", "mJ"],
        ["area", "mm²"],
        ["cycles", ""],
        ["share", ""],
        ["note", ""],
      ],
    );
    assert.deepEqual(texts[0], ["isaac_like", "4.640", "9.280", "2,508,800", "50\u00a0%", ""]);
    assert.deepEqual(texts[1].slice(1), ["0.03200", "10.70", "358,400", "25\u00a0%", "x"]);
  });

  it("show as many rows as asked for and count the others", () => {
    const many = Array.from({ length: 1500 }, (_, index) => ({ index }));
    const table = layOutTable(many, { maxRows: 3 });
    assert.equal(table.rows.length, 3);
    assert.match(tableText(table), /… and 1,497 more rows$/);
    assert.match(tableHtml(table), /… and 1,497 more rows/);
    assert.doesNotMatch(tableText(layOutTable(many.slice(0, 3))), /more/);
  });

  it("escape what is no markup", () => {
    const html = tableHtml(layOutTable(rows, { title: "<i>" }));
    assert.ok(html.includes("a &lt; b &amp; c"));
    assert.ok(html.includes("&lt;i&gt;"));
  });

  it("align figures to the right", () => {
    assert.equal(
      tableText(layOutTable(rows, { columns: ["design", "cycles"] })),
      [
        "design         cycles",
        "──────────  ─────────",
        "isaac_like  2,508,800",
        "a < b & c     358,400",
      ].join("\n"),
    );
  });

  it("take columns, headings and ways of writing that are asked for", () => {
    const table = layOutTable(rows, {
      columns: ["cycles", "energyPj"],
      columnOptions: {
        cycles: { title: "time", unit: "ns" },
        energyPj: { format: (value) => `${Number(value) / 1e6} µJ` },
      },
    });
    assert.deepEqual(table.columns, [
      { title: "time", unit: "ns", numeric: true },
      { title: "energy", unit: "", numeric: true },
    ]);
    assert.deepEqual(table.rows[0], ["2,508,800", "4640 µJ"]);
  });

  it("write very large figures with powers of ten and those beside them in full", () => {
    const { rows: texts } = layOutTable([{ computes: 7734162358272 }, { computes: 2.5e6 }]);
    assert.deepEqual(texts, [["7.734×10¹²"], ["2,500,000"]]);
  });

  it("take data frames", async () => {
    const { default: pl } = await import("nodejs-polars");
    const frame = pl.DataFrame({ design: ["a", "b", "c"], energyPj: [1.5e6, 2.5e6, 3.5e6] });
    const table = layOutTable(frame, { maxRows: 2 });
    assert.deepEqual(table.rows, [
      ["a", "1.500"],
      ["b", "2.500"],
    ]);
    assert.equal(table.columns[1].unit, "µJ");
    assert.equal(table.hiddenRows, 1);
  });
});
