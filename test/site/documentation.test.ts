import assert from "node:assert/strict";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium } from "playwright-core";
import { brokenLinks } from "../../site/check-links";
import { findBrowser } from "../notebook/support/jupyter";
import { StaticServer } from "../support/static-server";
import { builtSite } from "./support/built-site";

describe("the documentation", function () {
  this.timeout(180_000);

  it("is built from the documents, the docstrings and the notebooks, without a broken link @thorough", () => {
    const folder = builtSite();
    assert.deepEqual(brokenLinks(folder), []);
    for (const page of [
      "index",
      "tutorial",
      "exploration",
      "own-network",
      "live/index",
      "documents/Component_models",
      "documents/Sweeps__thousands_of_designs",
      "functions/raella.runLayer",
      "functions/raella_advanced.listVariables",
      "modules/raella_charts",
    ])
      assert.ok(existsSync(join(folder, `${page}.html`)), page);
    const guide = readFileSync(join(folder, "index.html"), "utf8");
    assert.match(guide, /href="tutorial\.html"/);
    assert.match(guide, /href="live\/index\.html"/);
    assert.match(guide, /<img src="media\/ablation\.png"/);
    const tutorial = readFileSync(join(folder, "tutorial.html"), "utf8");
    assert.ok(tutorial.includes("data:image/png;base64,"), "The notebook has its outputs.");
  });

  it("finds broken links of every kind", () => {
    const folder = mkdtempSync(join(tmpdir(), "raella-links-"));
    try {
      const other = '<h1 id="a&amp;b">x</h1><p id="two words">x</p>';
      writeFileSync(join(folder, "other.html"), other);
      const good = [
        "other.html",
        "other.html#a&amp;b",
        "#here",
        "other.html#two%20words",
        "https://example.org/x",
      ];
      const bad = ["missing.html", "other.html#c", "#there", "../outside.html", "picture.png", "other.html/"];
      const links = [...good, ...bad].map((link) => `<a href="${link}">x</a>`).join("");
      writeFileSync(join(folder, "page.html"), `<p id="here">${links}<script>a = ' href="no"'</script></p>`);
      assert.deepEqual(
        brokenLinks(folder),
        bad.map((link) => `page.html: ${link}`),
      );
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it("has a search that finds functions and words of the guide @thorough", async function () {
    const executablePath = await findBrowser();
    if (executablePath === undefined) return this.skip();
    const server = new StaticServer(builtSite());
    const browser = await chromium.launch({ executablePath, args: ["--no-sandbox", "--disable-gpu"] });
    try {
      const page = await browser.newPage();
      const address = await server.start();
      for (const [words, title] of [
        ["runAblation", "runAblation"],
        ["Stillmaker", "Component models"],
      ]) {
        await page.goto(`${address}/index.html`);
        await page.locator("#tsd-search-trigger").click();
        await page.locator("#tsd-search-input").fill(words);
        await page.locator("#tsd-search-results a", { hasText: title }).first().waitFor();
      }
    } finally {
      await browser.close();
      await server.end();
    }
  });
});
