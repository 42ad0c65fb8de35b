import assert from "node:assert/strict";
import { copyFileSync } from "node:fs";
import * as path from "node:path";

import { chromium, type Browser, type Locator, type Page } from "playwright-core";

import { findBrowser, findJupyter, JupyterLab, resultsFolder, root, Scratch } from "./support/jupyter";

/** The machine may be closed off; without these Chromium keeps asking servers that nobody here wants. */
const browserArguments = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/** How long anything may take on a page, in ms: the machine may have much else to do. */
const patience = 120_000;

async function openNotebook(browser: Browser, lab: JupyterLab, name: string): Promise<Page> {
  const page = await browser.newPage({ viewport: { width: 1400, height: 1000 } });
  page.setDefaultTimeout(patience);
  await page.goto(`${lab.address}/lab/tree/notebooks/${name}?token=${lab.token}&reset`);
  await page.getByText("TypeScript | Idle").waitFor();
  return page;
}

/** All cells are run, and none failed, when the kernel is idle and every code cell has its number. */
async function waitUntilRun(page: Page, codeCells: Locator, first: number): Promise<void> {
  const count = await codeCells.count();
  const last = codeCells.nth(count - 1).locator(".jp-InputPrompt");
  await last.filter({ hasText: `[${first + count - 1}]` }).waitFor();
  await page.getByText("TypeScript | Idle").waitFor();
  assert.equal(await page.locator('[data-mime-type="application/vnd.jupyter.error"]').count(), 0);
}

async function runAllCells(page: Page): Promise<void> {
  await page.getByRole("menuitem", { name: "Run", exact: true }).click();
  await page.getByText("Run All Cells", { exact: true }).first().click();
}

/** The picture that a chart shows. */
function picture(cell: Locator): Promise<string> {
  return cell
    .locator("canvas")
    .first()
    .evaluate((canvas) => (canvas as unknown as { toDataURL: () => string }).toDataURL());
}

/** The picture that a chart shows as soon as it is another one, or after a while. */
async function untilPictureChanges(page: Page, cell: Locator, before: string): Promise<string> {
  for (let tries = 0; tries < 200; tries++) {
    const now = await picture(cell);
    if (now !== before) return now;
    await page.waitForTimeout(50);
  }
  return before;
}

describe("JupyterLab @thorough", function () {
  this.timeout(300_000);
  let scratch: Scratch;
  let lab: JupyterLab;
  let browser: Browser;

  before(async function () {
    const [jupyter, executablePath] = [await findJupyter(), await findBrowser()];
    if (jupyter === undefined || executablePath === undefined) return this.skip();
    scratch = new Scratch();
    copyFileSync(path.join(root, "notebooks/RAELLA.ipynb"), path.join(scratch.notebooks, "RAELLA.ipynb"));
    lab = await JupyterLab.start(jupyter, scratch.folder);
    browser = await chromium.launch({ executablePath, args: browserArguments });
  });

  after(async () => {
    await browser?.close();
    await lab?.stop();
    scratch?.remove();
  });

  it("runs the tutorial, runs it again with another choice, and shows other charts", async () => {
    const page = await openNotebook(browser, lab, "RAELLA.ipynb");
    const shot = (name: string): string => path.join(resultsFolder(), `${name}.png`);
    try {
      const codeCells = page.locator(".jp-Notebook .jp-CodeCell");
      const cellWith = (code: string): Locator => codeCells.filter({ hasText: code });

      const start = performance.now();
      await runAllCells(page);
      await waitUntilRun(page, codeCells, 1);
      console.log(`      (all cells ran in ${((performance.now() - start) / 1000).toFixed(1)} s)`);

      const chartCell = cellWith("showChart(layerChart(result,");
      const count = await page.locator(".jp-OutputArea canvas").count();
      assert.equal(count, 11, "every chart is interactive");
      const before = await picture(chartCell);
      for (let index = 0; index < count; index++) {
        const chart = page.locator(".jp-OutputArea canvas").nth(index);
        await chart.scrollIntoViewIfNeeded();
        await chart.screenshot({ path: shot(`chart-${index + 1}`) });
      }

      const parameters = cellWith("const ARCHITECTURE =");
      await parameters.scrollIntoViewIfNeeded();
      await parameters.locator(".cm-line", { hasText: "const LAYER" }).click();
      await page.keyboard.press("Home");
      await page.keyboard.press("Shift+End");
      await page.keyboard.insertText("const LAYER = 3;");
      await runAllCells(page);
      await waitUntilRun(page, codeCells, 1 + (await codeCells.count()));
      await chartCell.scrollIntoViewIfNeeded();
      await page.screenshot({ path: shot("after-the-change") });
      const afterChange = await picture(chartCell);
      assert.notEqual(afterChange, before);

      // The legend stands at the right; its first entry is below its title.
      const canvas = chartCell.locator("canvas").first();
      const box = await canvas.boundingBox();
      assert.ok(box);
      await canvas.click({ position: { x: box.width - 80, y: 94 } });
      const selected = await untilPictureChanges(page, chartCell, afterChange);
      assert.notEqual(selected, afterChange, "a click on the legend brings out a component");
      await canvas.screenshot({ path: shot("selected-component") });
    } catch (error) {
      await page.screenshot({ path: shot("failure") });
      throw error;
    } finally {
      await page.close();
    }
  });

  it("interrupts a cell and restarts the kernel from the menu", async () => {
    const demo = path.join(__dirname, "fixtures/demo.ipynb");
    copyFileSync(demo, path.join(scratch.notebooks, "demo.ipynb"));
    const page = await openNotebook(browser, lab, "demo.ipynb");
    try {
      const cell = page.locator(".jp-Notebook .jp-CodeCell").first();
      await cell.locator(".cm-content").click();
      await page.keyboard.press("Control+a");
      await page.keyboard.insertText("await null; for (;;) {}");
      await page.keyboard.press("Control+Enter");
      await page.getByText("TypeScript | Busy").waitFor();
      await page.getByRole("menuitem", { name: "Kernel", exact: true }).click();
      await page.getByText("Interrupt Kernel", { exact: true }).click();
      await cell.getByText("Interrupted: The cell was interrupted.").waitFor();
      await page.getByText("TypeScript | Idle").waitFor();

      await cell.locator(".cm-content").click();
      await page.keyboard.press("Control+a");
      await page.keyboard.insertText("const fresh = 40 + 2; console.log(`still ${fresh}`);");
      await page.getByRole("menuitem", { name: "Kernel", exact: true }).click();
      await page.getByText("Restart Kernel…", { exact: true }).click();
      await page.getByRole("button", { name: "Confirm Kernel Restart" }).click();
      await page.getByText("TypeScript | Idle").waitFor();
      await cell.locator(".cm-content").click();
      await page.keyboard.press("Control+Enter");
      await cell.getByText("still 42").waitFor();
      await cell.locator(".jp-InputPrompt").filter({ hasText: "[1]" }).waitFor();
    } finally {
      await page.close();
    }
  });
});
