import assert from "node:assert/strict";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

import { chromium, type Browser } from "playwright-core";

import { comparisonChart } from "../../src/report/charts/comparison-chart";
import { renderSvg } from "../../src/report/charts/render-chart";
import { layOutTable, tableHtml } from "../../src/report/notebook/show-table";
import { findBrowser, root } from "./support/jupyter";

/** Texts that would run a script wherever they are taken for markup. */
const hostileTexts = [
  "<script>window.ran = true</script>",
  '<img src="x" onerror="window.ran = true">',
  '"><svg onload="window.ran = true">',
  "</title></style></text><script>window.ran = true</script>",
  '" onmouseover="window.ran = true" x="',
  "<a href=\"javascript:window.ran = true\" autofocus onfocus='window.ran = true'>link</a>",
];

interface HtmlPage {
  readonly htmlPage: (notebook: object, title: string) => string;
}

describe("hostile texts", function () {
  this.timeout(120_000);
  let browser: Browser;

  before(async function () {
    const executablePath = await findBrowser();
    if (executablePath === undefined) return this.skip();
    browser = await chromium.launch({ executablePath, args: ["--no-sandbox", "--disable-gpu"] });
  });

  after(async () => {
    await browser?.close();
  });

  /** Whether a page has run something that its texts held, after everything on it was pointed at and clicked. */
  async function runsScripts(html: string): Promise<boolean> {
    const page = await browser.newPage();
    try {
      await page.setContent(html);
      for (const element of await page.locator("a, img, td, th, text, path, svg").all()) {
        await element.dispatchEvent("mouseover");
        await element.dispatchEvent("click");
      }
      await page.waitForTimeout(200);
      return await page.evaluate(() => "ran" in globalThis);
    } finally {
      await page.close();
    }
  }

  it("would run in a page that takes them for markup", async () => {
    assert.ok(await runsScripts(hostileTexts[1]));
    assert.ok(await runsScripts(hostileTexts[2]));
  });

  it("run neither as names nor as cells of a table", async () => {
    const rows = hostileTexts.map((text) => ({ [text]: text, figure: 1 }));
    assert.equal(await runsScripts(tableHtml(layOutTable(rows, {}))), false);
  });

  it("do not run in the picture of a chart, its titles and descriptions", async () => {
    const energyPj = Object.fromEntries(hostileTexts.map((text) => [text, { [text]: 1e6 }]));
    const svg = await renderSvg(comparisonChart({ energyPj, title: hostileTexts[0] }));
    assert.equal(await runsScripts(svg), false);
  });

  it("do not run in the page of an executed notebook", async () => {
    const { htmlPage } = (await import(
      pathToFileURL(join(root, "tools/notebook/html-page.mjs")).href
    )) as HtmlPage;
    const text = hostileTexts.join("\n\n");
    const outputs = [
      { output_type: "display_data", data: { "text/html": text }, metadata: {} },
      { output_type: "stream", name: "stdout", text },
    ];
    const cells = [
      {
        cell_type: "markdown",
        source: `# ${hostileTexts[1]}\n\n[link](javascript:window.ran=true)\n\n${text}`,
      },
      { cell_type: "raw", source: text },
      { cell_type: "code", source: text, outputs, execution_count: 1 },
    ];
    assert.equal(await runsScripts(htmlPage({ cells }, hostileTexts[3])), false);
  });
});
