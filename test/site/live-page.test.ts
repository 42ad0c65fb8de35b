import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { chromium } from "playwright-core";
import type { Browser, Page } from "playwright-core";
import { addressOf, commandOf, usualChoice } from "../../site/live/choice";
import type { Choice } from "../../site/live/choice";
import { totalKey } from "../../src/study/component-groups";
import type { AblationResult } from "../../src/study/network-result";
import { findBrowser } from "../notebook/support/jupyter";
import { runCli } from "../support/run-cli";
import { builtSite } from "./support/built-site";
import { StaticServer } from "../support/static-server";

const { version } = JSON.parse(readFileSync(join(__dirname, "../../package.json"), "utf8")) as {
  version: string;
};

const all = null;
/** Ten choices, of every kind that the page offers. */
const tenChoices: readonly Partial<Choice>[] = [
  {},
  { architectures: ["isaac_like", "raella"], layers: "0,10,20" },
  { settings: { ADC_RESOLUTION: "8", N_ADC_PER_BANK: "8" }, layers: "3-5" },
  { tiles: 8, batch: 128, architectures: all, layers: "1" },
  { dnn: "mobilenetv2", layers: "0-3", ways: { fidelity: "corrected" } },
  { dnn: "qdqbert", layers: "0,1", ways: { typical: "yes" } },
  { layers: "7", ways: { search: "full" }, architectures: ["raella"] },
  { layers: "0-2", ways: { replication: "increment", leakage: "yes" } },
  { settings: { N_ADC_PER_BANK: "1", CIM_UNITS_PER_COLUMN: "256" }, layers: "6" },
  {
    dnn: "shufflenet1_0",
    layers: "5",
    settings: { CELL_CONFIG: 'getcwd() + "/cell_configs/isaac.cell"', TECH_NODE: "22" },
    ways: { checks: "adapt" },
  },
];

/** What the command line says of a choice. */
async function fromCommandLine(choice: Choice): Promise<AblationResult> {
  // As a shell would take the words apart.
  const words = [...commandOf(choice).matchAll(/'([^']*)'|(\S+)/g)].map(
    ([, quoted, plain]) => quoted ?? plain,
  );
  const { exitCode, stdout, stderr } = await runCli(...words.slice(2), "--json");
  assert.equal(exitCode, 0, stderr);
  return JSON.parse(stdout) as AblationResult;
}

/** The figures that people see in the table, in full precision. */
async function figuresShown(page: Page): Promise<Readonly<Record<string, readonly number[]>>> {
  return page.$$eval("#totals tbody tr", (rows) =>
    Object.fromEntries(
      rows.map((row) => [
        (row.getAttribute("data-figure") ?? "").replace(/ \(.*/, ""),
        [...row.querySelectorAll("td")].map((cell) => Number(cell.getAttribute("data-value"))),
      ]),
    ),
  );
}

describe("the live page @thorough", function () {
  this.timeout(120_000);
  let folder: string;
  let server: StaticServer;
  let address: string;
  let browser: Browser;
  let page: Page;
  const faults: string[] = [];

  const open = async (options: Parameters<Browser["newPage"]>[0] = {}): Promise<Page> => {
    const opened = await browser.newPage({ acceptDownloads: true, ...options });
    opened.on("pageerror", (error) => faults.push(String(error)));
    return opened;
  };
  const settled = async (at = page): Promise<void> => {
    await at.waitForFunction(() => ["done", "refused"].includes(document.body.dataset.state ?? ""));
  };
  /** Does something, and waits until what it asks for is shown. */
  const settlingAfter = async (act: () => Promise<unknown>, at = page): Promise<void> => {
    await at.evaluate(() => (document.body.dataset.state = "waiting"));
    await act();
    await settled(at);
  };
  const show = async (choice: Partial<Choice>, at = page): Promise<void> => {
    const hash = addressOf({ ...usualChoice, ...choice }, version);
    if (at.url() === "about:blank") await at.goto(`${address}/#${hash}`);
    else if (!at.url().endsWith(`#${hash}`))
      await settlingAfter(() => at.evaluate((to) => (location.hash = to), hash), at);
    await settled(at);
  };

  before(async function () {
    const executablePath = await findBrowser();
    if (executablePath === undefined) return this.skip();
    folder = join(builtSite(), "live");
    server = new StaticServer(folder);
    [address, browser] = await Promise.all([
      server.start(),
      chromium.launch({ executablePath, args: ["--no-sandbox", "--disable-gpu"] }),
    ]);
    page = await open();
  });
  after(async () => {
    await browser?.close();
    await server?.end();
  });
  afterEach(() => assert.deepEqual(faults.splice(0), []));

  it("is smaller than 3 MB with its engine, and fetches networks as they are needed", async () => {
    const sizes = readdirSync(folder, { recursive: true, encoding: "utf8" })
      .filter((name) => /\.(js|css|html)$/.test(name) || name.endsWith("models.json"))
      .map((name) => gzipSync(readFileSync(join(folder, name))).length);
    assert.ok(sizes.reduce((sum, size) => sum + size, 0) < 1_000_000);
    await page.goto(`${address}/`);
    await settled();
    const data = (): string[] => server.asked.filter((path) => path.includes("/data/"));
    assert.deepEqual([...new Set(data())].sort(), ["/data/models.json", "/data/resnet18.json"]);
    await show({ dnn: "googlenet", layers: "0" });
    assert.equal(data().at(-1), "/data/googlenet.json");
  });

  it("gives the figures of the command line for ten choices, to the last digit", async () => {
    for (const given of tenChoices) {
      const choice = { ...usualChoice, ...given };
      await show(choice);
      const [expected, download] = await Promise.all([
        fromCommandLine(choice),
        page.waitForEvent("download").then((file) => file.path()),
        page.getByRole("button", { name: "All figures (JSON)" }).click(),
      ]);
      assert.deepEqual(JSON.parse(readFileSync(download, "utf8")), expected, JSON.stringify(given));
      const shown = await figuresShown(page);
      const totals = expected.networks.map((network) => network.totals);
      assert.deepEqual(
        [shown["Energy of a batch"], shown["Area of a chip"], shown.Throughput, shown["TOPS/W"]],
        [
          totals.map(({ energyPj }) => energyPj[totalKey]),
          totals.map(({ areaUm2 }) => areaUm2.total),
          totals.map(({ throughputBatchesPerSecond }) => throughputBatchesPerSecond),
          totals.map(({ topsPerWatt }) => topsPerWatt),
        ],
      );
      // And the chart says so, too.
      assert.ok((await page.locator("#ablation-chart svg path").count()) > 3);
    }
  });

  it("shows the mapping of a layer, and leaves the figures above it", async () => {
    await show({ layers: "0-2", layer: 2, on: "raella" });
    const { mapping, energyPj } = JSON.parse(
      (await runCli("layer", "-a", "raella", "-d", "resnet18", "-l", "2", "--json")).stdout,
    ) as { mapping: { loops: { factor: number }[] }[]; energyPj: Record<string, number> };
    const nest = (await page.locator("#layer pre").textContent()) ?? "";
    for (const { factor } of mapping.flatMap(({ loops }) => loops)) assert.ok(nest.includes(`[0:${factor})`));
    const energy = page.locator('#layer tr[data-level="total"] td').first();
    assert.equal(Number(await energy.getAttribute("data-value")), energyPj.total);
    const before = await figuresShown(page);
    await page.locator("#layer-on").selectOption("isaac_like");
    await page.getByText("Levels of ISAAC-like").waitFor();
    assert.deepEqual(await figuresShown(page), before);
    assert.match(page.url(), /layer=2&on=isaac_like/);
  });

  it("has a link that reproduces everything", async () => {
    await show({
      layers: "0,20",
      settings: { ADC_RESOLUTION: "9" },
      layer: 20,
      on: "isaac_like",
      speed: "cycles",
    });
    const link = (await page.locator("#link").textContent()) ?? "";
    const other = await open();
    await other.goto(link);
    await settled(other);
    assert.deepEqual(await figuresShown(other), await figuresShown(page));
    for (const selector of ["#layer", "#ablation-chart", "#cell", "#command"])
      assert.equal(await other.locator(selector).innerText(), await page.locator(selector).innerText());
    assert.equal(await other.locator("#notice").isVisible(), false);
    await other.goto(link.replace(`version=${version}`, "version=0.0.1"));
    await other.getByText("made with version 0.0.1").waitFor();
    await other.close();
  });

  it("warns of designs that cannot be built, and says what cannot be computed", async () => {
    await show({ layers: "0", settings: { N_ADC_PER_BANK: "1" } });
    const warning = await page.locator("#warnings").innerText();
    assert.match(warning, /RAELLA: cannot be built like this/);
    assert.match(warning, /The converters cannot keep up/);
    assert.equal(await page.locator("#totals th .badge").count(), 3);
    assert.match((await page.locator("#status").textContent()) ?? "", /Cannot be built/);
    const wrong: readonly (readonly [string, RegExp])[] = [
      ["dnn=resnet", /no network "resnet"/],
      ["architectures=raela", /no architecture "raela"/],
      ["dnn=resnet18&set.ADC_RESOLUTON=8", /Did you mean "ADC_RESOLUTION"/],
      ["dnn=resnet18&layers=99", /resnet18 has no layer 99/],
      ["dnn=resnet18&layers=18&tiles=1&set.MACROS_PER_TILE=1&set.CROSSBARS_PER_MACRO=1", /fit nowhere/],
      ["colour=red", /knows no "colour"/],
    ];
    for (const [hash, message] of wrong) {
      await settlingAfter(() => page.evaluate((to) => (location.hash = to), hash));
      assert.match((await page.locator("#trouble").textContent()) ?? "", message, hash);
      assert.equal(await page.locator("#computed").isVisible(), false);
    }
    await show({ layers: "0" });
    assert.equal(await page.locator("#trouble").isVisible(), false);
    assert.equal(await page.locator("#computed").isVisible(), true);
  });

  it("says when its engine or its files cannot be had", async () => {
    for (const [missing, message] of [
      ["**/engine.js*", /The engine does not run/],
      ["**/data/models.json", /files of models could not be fetched/],
      ["**/data/resnet50.json", /files of resnet50 could not be fetched: the host answers 503/],
    ] as const) {
      const own = await open();
      await own.route(missing, (route) => route.fulfill({ status: 503, body: "" }));
      await own.goto(`${address}/#dnn=resnet50&layers=0`);
      await settled(own);
      assert.match((await own.locator("#trouble").textContent()) ?? "", message);
      assert.equal(await own.locator("#computed").isVisible(), false);
      // Once they are there, the same page goes on.
      await own.unroute(missing);
      if (missing.includes("resnet50")) {
        await settlingAfter(() => own.locator("#layers").fill("1"), own);
        assert.equal(await own.locator("#computed").isVisible(), true);
      }
      await own.close();
    }
  });

  it("works with the keyboard alone", async () => {
    const own = await open({ viewport: { width: 1280, height: 900 } });
    await show({ layers: "0" }, own);
    const { keyboard } = own;
    const focused = (): Promise<string> =>
      own.evaluate(() => {
        const at = document.activeElement;
        return at?.id || at?.getAttribute("value") || at?.textContent || "";
      });
    const tabTo = async (wanted: string): Promise<void> => {
      for (let presses = 0; presses < 80; presses += 1) {
        await keyboard.press("Tab");
        if ((await focused()) === wanted) return;
      }
      assert.fail(`The key Tab does not lead to ${wanted}.`);
    };
    await keyboard.press("Tab");
    assert.match(await focused(), /Skip/);
    await keyboard.press("Enter");
    assert.equal(await focused(), "figures-heading");
    await own.evaluate(() => (document.activeElement as HTMLElement).blur());
    await own.reload();
    await settled(own);
    await tabTo("architecture-raella_no_speculation");
    await settlingAfter(() => keyboard.press("Space"), own);
    assert.match(own.url(), /architectures=isaac_like,raella_no_speculation_2b_cells,raella&/);
    await tabTo("knob-ADC_RESOLUTION");
    await keyboard.press("Shift+Tab");
    await settlingAfter(() => keyboard.press("ArrowRight"), own);
    assert.match(own.url(), /set\.ADC_RESOLUTION=9/);
    await keyboard.press("Tab");
    await keyboard.press("Control+A");
    await keyboard.type("6");
    await settlingAfter(() => keyboard.press("Enter"), own);
    assert.match(own.url(), /set\.ADC_RESOLUTION=6/);
    await own.close();
  });

  it("gives every control a name, and every chart words", async () => {
    await show({ layers: "0" });
    const nameless = await page.$$eval(
      "input, select, textarea, button, summary, [role=graphics-document], [role=region]",
      (all) =>
        all
          .filter((found) => {
            const labels = "labels" in found ? (found as HTMLInputElement).labels : null;
            const named =
              found.getAttribute("aria-label") ?? labels?.[0]?.textContent ?? found.textContent ?? "";
            return named.trim() === "";
          })
          .map((found) => found.outerHTML),
    );
    assert.deepEqual(nameless, []);
    const words = await page.locator("#ablation-chart [role=graphics-document]").getAttribute("aria-label");
    assert.match(words ?? "", /ISAAC-like: .* batches per second/);
  });

  it("fits on a phone", async () => {
    const phone = await open({ viewport: { width: 360, height: 740 }, isMobile: true, hasTouch: true });
    const choices: readonly Partial<Choice>[] = [
      { layers: "0" },
      { settings: { N_ADC_PER_BANK: "1" } },
      { settings: { NOTHING_THAT_THERE_IS_IN_ANY_OF_THE_MODELS_OF_THIS_PACKAGE: "1" } },
    ];
    for (const choice of choices) {
      await show(choice, phone);
      await phone.$$eval("details", (all) => all.forEach((details) => (details.open = true)));
      const [wide, room] = await phone.evaluate(() => [document.documentElement.scrollWidth, innerWidth]);
      assert.ok(wide <= room, `${wide} > ${room}`);
    }
    await phone.close();
  });
});
