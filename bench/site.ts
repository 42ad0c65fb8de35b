// How long does the live page take to its first figure, and to another one when a knob is turned?
// ResNet18 on all architectures, in a Chromium. Run: npx tsx bench/site.ts [RUNS]
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { chromium } from "playwright-core";
import type { Browser, Page } from "playwright-core";
import { buildLivePage } from "../site/live-page";
import { formatFixed, formatTextTable } from "../src/report/text-table";
import { findBrowser } from "../test/notebook/support/jupyter";
import { StaticServer } from "../test/support/static-server";
import { median } from "./statistics";

/** What the page has to keep, in seconds and megabytes. */
const limits = { firstFigure: 3, turnOfKnob: 0.5, megabytes: 3 };

/** A connection at home: 10 Mbit/s, 40 ms. */
const home = { offline: false, latency: 40, downloadThroughput: 1.25e6, uploadThroughput: 1.25e6 };

const untilShown = "['figures', 'done'].includes(document.body.dataset.state)";

async function firstFigure(browser: Browser, address: string, isAtHome: boolean): Promise<number> {
  const context = await browser.newContext();
  const page = await context.newPage();
  if (isAtHome) {
    const session = await context.newCDPSession(page);
    await session.send("Network.enable");
    await session.send("Network.emulateNetworkConditions", home);
  }
  const startedAt = performance.now();
  await page.goto(`${address}/`, { waitUntil: "commit" });
  await page.waitForFunction(`document.body !== null && ${untilShown}`);
  const seconds = (performance.now() - startedAt) / 1e3;
  await context.close();
  return seconds;
}

/** From the turn to the drawn figure, as the page itself sees it. */
function turnKnob(page: Page, position: number): Promise<number> {
  return page.evaluate(`new Promise((resolve) => {
    const slider = document.querySelector('[aria-label="ADC_RESOLUTION, slider"]');
    const startedAt = performance.now();
    slider.value = "${position}";
    slider.dispatchEvent(new Event("input"));
    const look = () => ${untilShown} ? resolve((performance.now() - startedAt) / 1e3) : requestAnimationFrame(look);
    look();
  })`);
}

async function main(): Promise<void> {
  const runs = Number(process.argv[2] ?? 7);
  const executablePath = await findBrowser();
  if (executablePath === undefined) throw new Error("There is no Chromium: set CHROMIUM_PATH to one.");
  const folder = mkdtempSync(join(tmpdir(), "raella-site-"));
  await buildLivePage(folder);
  const size = readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((name) => /\.(js|css|html)$/.test(name) || /(models|resnet18)\.json$/.test(name))
    .reduce((sum, name) => sum + gzipSync(readFileSync(join(folder, name))).length, 0);
  const server = new StaticServer(folder);
  const address = await server.start();
  const browser = await chromium.launch({ executablePath, args: ["--no-sandbox", "--disable-gpu"] });
  const [near, atHome, turns]: number[][] = [[], [], []];
  try {
    for (let run = 0; run < runs; run += 1) {
      near.push(await firstFigure(browser, address, false));
      atHome.push(await firstFigure(browser, address, true));
    }
    const page = await browser.newPage();
    await page.goto(`${address}/`);
    for (let turn = 0; turn < 2 * runs; turn += 1) {
      await page.waitForFunction("document.body.dataset.state === 'done'");
      turns.push(await turnKnob(page, (turn + 2) % 7));
    }
  } finally {
    await browser.close();
    await server.end();
    rmSync(folder, { recursive: true });
  }
  const rows = [
    ["first figure from this machine, s", near, limits.firstFigure],
    ["first figure at 10 Mbit/s and 40 ms, s", atHome, limits.firstFigure],
    ["turn of a knob, ResNet18 on all architectures, s", turns, limits.turnOfKnob],
    ["page, engine and models, compressed, MB", [size / 1e6], limits.megabytes],
  ] as const;
  console.log(
    formatTextTable({
      columns: ["live page", "median", "at most"],
      rows: rows.map(([name, values, limit]) => [
        name,
        formatFixed(median(values), 3),
        formatFixed(limit, 1),
      ]),
    }),
  );
  if (rows.some(([, values, limit]) => median(values) > limit)) process.exitCode = 1;
}

void main();
