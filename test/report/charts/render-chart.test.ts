import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";

import { comparisonChart } from "../../../src/report/charts/comparison-chart";
import { renderSvg, saveChart } from "../../../src/report/charts/render-chart";
import { textWidth } from "../../../src/report/charts/text-width";

const chart = comparisonChart({ energyPj: { a: { ADC: 1 }, b: { ADC: 2 } } });

describe("saveChart", () => {
  const folder = mkdtempSync(path.join(tmpdir(), "raella-charts-"));
  after(() => rmSync(folder, { recursive: true, force: true }));

  it("writes a picture, a drawing or the specification, whichever the file's name asks for", async () => {
    const saved = async (name: string): Promise<Buffer> => {
      await saveChart(chart, path.join(folder, name));
      return readFileSync(path.join(folder, name));
    };
    assert.equal((await saved("a.PNG")).toString("latin1", 1, 4), "PNG");
    assert.equal((await saved("a.svg")).toString(), await renderSvg(chart));
    assert.deepEqual(JSON.parse((await saved("a.json")).toString()), chart);
  });

  it("says which names it takes", async () => {
    await assert.rejects(saveChart(chart, path.join(folder, "a.jpg")), {
      name: "RaellaError",
      code: "usage",
      message: /a\.jpg[^]*\.png, \.svg or \.json/,
    });
  });
});

describe("textWidth", () => {
  it("knows the glyphs of the font", () => {
    // Advance widths of DejaVu Sans 2.37, in 2048ths of the font size.
    const widths = { i: 569, M: 1767, "0": 1303, " ": 651, µ: 1303, "×": 1716 };
    for (const [character, width] of Object.entries(widths)) {
      assert.equal(Math.round(textWidth(character, 2048)), width, character);
    }
    assert.equal(textWidth("Mi", 10), textWidth("M", 10) + textWidth("i", 10));
    assert.ok(textWidth("\u{10FFFF}", 10) > 0, "also for what the font has no glyph for");
  });
});
