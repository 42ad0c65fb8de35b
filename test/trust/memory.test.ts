import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { estimate } from "../../src/components/estimate";
import { explainEnergy } from "../../src/components/explain";
import { RaellaError } from "../../src/errors";
import { mappingAt } from "../../src/mapspace/candidate-mapping";
import { buildMapSpace } from "../../src/mapspace/map-space";
import {
  contentNumber,
  contentOf,
  Derived,
  forgetEverything,
  freeze,
  serialNumber,
  setRemembering,
} from "../../src/memory";
import { getSpec } from "../../src/spec/get-spec";
import { loadSpecification } from "../../src/spec/load-specification";
import { diagnoseLayer } from "../../src/study/diagnose-layer";
import { evaluateGivenMapping, resultOf, runLayer } from "../../src/study/run-layer";
import { runLayers, runNetwork } from "../../src/study/run-network";
import { sweep } from "../../src/study/sweep/sweep";
import { Random } from "../fuzz/random";
import { copyWorkspace } from "../spec/support/workspace-copy";
import { withoutCoverage } from "../support/without-coverage";
import { fewAndMany } from "../support/thorough";
import { smallWhole } from "./bad-inputs/case";
import { allRuns, describeDrifts, driftsOf, figuresOf, keyOf, readPinned } from "./pinned-results";

const root = resolve(__dirname, "..", "..");

/** Something that users ask, as text, or the message of its error; with so many workers where it has any. */
type Question = (workers: number) => unknown;

/** What users ask of a folder with ResNet18's first two layers and two models of their own. */
function questionsIn(folder: string): ReadonlyMap<string, Question> {
  const workspace = copyWorkspace(folder, { "own/model.yaml": smallWhole });
  const own = { files: [join(folder, "own/model.yaml")], workspace };
  const design = { architecture: "raella", dnn: "resnet18", useTypicalStatistics: true, workspace };
  const layer = { ...design, layer: 10 };
  const network = { ...design, layers: [0, 10] };
  const tooLarge = { architecture: "isaac_like", dnn: "resnet18", layer: 16, nTiles: 1 };
  const swept = { architectures: "raella", dnns: "resnet18", typical: true, chunkSize: 1 };
  const questions: Record<string, Question> = {
    "a layer": () => runLayer(layer),
    "another layer": () => runLayer({ ...layer, layer: 0 }),
    "another architecture": () => runLayer({ ...layer, architecture: "isaac_like" }),
    "another resolution": () => runLayer({ ...layer, variables: { ADC_RESOLUTION: 6 } }),
    "other crossbars": () => runLayer({ ...layer, variables: { COLUMNS_PER_CROSSBAR: 256 } }),
    "corrected figures": () => runLayer({ ...layer, fidelity: "corrected" }),
    "Timeloop's walk": () => runLayer({ ...layer, search: "timeloop" }),
    "a full search": () => runLayer(loadSpecification({ ...own, greedySteps: [] }), { search: "full" }),
    "a specification": () => getSpec(layer),
    tables: () => estimate(getSpec(layer)),
    "an explanation": () => explainEnergy(getSpec(layer), "column_readout", "read"),
    "a diagnosis": () => diagnoseLayer(tooLarge),
    "own files": () => runLayer(loadSpecification({ ...own, greedySteps: [] })),
    "a mapping by number": () => {
      const specification = loadSpecification({ ...own, greedySteps: [] });
      const mapping = mappingAt(buildMapSpace(specification), 1n);
      return resultOf(evaluateGivenMapping(specification, mapping));
    },
    "an unknown variable": () => runLayer({ ...layer, variables: { ADC_RESOLUTIO: 6 } }),
    "an expression that fails": () => runLayer({ ...layer, variables: { ADC_RESOLUTION: "1 / 0" } }),
    "a result beyond numbers": () => runLayer({ ...layer, variables: { COLUMNS_PER_CROSSBAR: 8 } }),
    "what does not fit": () => runLayer(tooLarge),
    layers: (workers) => runLayers({ ...network, workers }),
    "a network": (workers) => runNetwork({ ...network, workers }),
    "a sweep": (workers) =>
      sweep(
        { ...swept, variables: { ADC_RESOLUTION: [6, 7], COLUMNS_PER_CROSSBAR: [8, 512] } },
        { workers, workspace },
      ),
  };
  return new Map(Object.entries(questions));
}

async function answerOf(question: Question, workers: number): Promise<string> {
  try {
    return JSON.stringify(await question(workers));
  } catch (error) {
    if (error instanceof RaellaError) return JSON.stringify(error.toJSON());
    throw error;
  }
}

function shuffled<Item>(items: readonly Item[], seed: number): readonly Item[] {
  const random = new Random(seed);
  const rest = [...items];
  return items.map(() => rest.splice(random.below(rest.length), 1)[0]);
}

describe("contents of values in keys", () => {
  it("tell values apart that look alike", () => {
    const values = [
      0,
      -0,
      "0",
      "-0",
      1,
      "1",
      true,
      "true",
      null,
      "null",
      undefined,
      "nothing",
      NaN,
      [],
      "",
      [1, 2],
      ["1", 2],
      [[1], 2],
    ];
    const contents = values.map(contentOf);
    assert.equal(new Set(contents).size, values.length);
    assert.deepEqual(values.map(contentOf), contents);
  });
});

describe("numbers in keys", () => {
  const level = (name: string, factors: readonly number[]): object => freeze({ name, factors: { factors } });

  it("are the same for the same contents, and others for others, also in parts that are shared", () => {
    const shared = freeze({ factors: [1, 2] });
    const same = [level("a", [1, 2]), level("a", [1, 2]), freeze({ name: "a", factors: shared })];
    assert.equal(new Set(same.map(contentNumber)).size, 1);
    const others = [level("b", [1, 2]), level("a", [2, 1]), level("a", [1, 2, 3]), level("a", [-0, 2])];
    assert.equal(new Set([same[0], ...others].map(contentNumber)).size, 5);
  });

  it("are looked up anew for data that may change", () => {
    const data = { factors: [1, 2] };
    const before = contentNumber(data);
    data.factors.push(3);
    assert.notEqual(contentNumber(data), before);
  });

  it("are those of one object alone, where they are serial", () => {
    const [one, other] = [level("a", [1]), level("a", [1])];
    assert.equal(serialNumber.of(one), serialNumber.of(one));
    assert.notEqual(serialNumber.of(one), serialNumber.of(other));
  });
});

describe("what follows from data", () => {
  afterEach(() => setRemembering(true));

  it("is found once where they are frozen, until all is forgotten, and every time where they may change", () => {
    let times = 0;
    const sum = new Derived<readonly number[], number>((numbers) => {
      times += 1;
      return numbers.reduce((total, number) => total + number, 0);
    });
    const frozen = freeze([1, 2]);
    assert.deepEqual([sum.of(frozen), sum.of(frozen), times], [3, 3, 1]);
    forgetEverything();
    assert.deepEqual([sum.of(frozen), times], [3, 2]);
    const open = [1, 2];
    assert.equal(sum.of(open), 3);
    open.push(3);
    assert.equal(sum.of(open), 6);
    setRemembering(false);
    times = 0;
    assert.deepEqual([sum.of(frozen), sum.of(frozen), times], [3, 3, 2]);
  });
});

describe("what is remembered", function () {
  this.timeout(300_000);
  afterEach(() => setRemembering(true));

  for (const [orders, tag] of fewAndMany(1, 3))
    it(`changes no answer, in ${orders} random orders and in however many threads they are asked${tag}`, async () => {
      const folder = mkdtempSync(join(tmpdir(), "raella-memory-"));
      try {
        const questions = questionsIn(folder);
        const names = [...questions.keys()];
        const ask = async (name: string, workers: number): Promise<string> =>
          answerOf(questions.get(name) as Question, workers);
        setRemembering("nothing");
        const expected = new Map<string, string>();
        for (const name of names) expected.set(name, await ask(name, 1));
        assert.match(expected.get("what does not fit") ?? "", /no-mapping/);
        assert.equal(
          new Set(expected.values()).size,
          names.length,
          "every question has an answer of its own",
        );
        const check = async (asked: readonly string[], workers: number, how: string): Promise<void> => {
          for (const name of asked)
            assert.equal(await ask(name, workers), expected.get(name), `${name}, ${how}`);
        };
        const threaded = ["layers", "a network", "a sweep"];
        setRemembering(false);
        await check(orders > 1 ? [...names, ...names] : names, 1, "with the memory of files alone");
        if (orders > 1) await check(threaded, 2, "two workers with the memory of files alone");
        setRemembering(true);
        await check(names, 1, "with memory");
        await check(threaded, 2, "two workers with memory");
        for (let seed = 1; seed < orders; seed += 1)
          await check(shuffled(names, seed), 1, `shuffled with seed ${seed}`);
        forgetEverything();
        await check(shuffled(names, orders), 1, "shuffled afresh");
        if (orders === 1) return;
        setRemembering("nothing");
        await check(threaded, 2, "two workers without memory");
      } finally {
        rmSync(folder, { recursive: true });
      }
    });

  it("has no part in the pinned figures", () => {
    const pinned = readPinned();
    const runs = allRuns().filter((_, index) => index % 97 === 50);
    for (const isWanted of ["nothing", false, true] as const) {
      setRemembering(isWanted);
      const drifts = shuffled(runs, 7).flatMap((run) =>
        driftsOf(keyOf(run), pinned.get(keyOf(run)) ?? new Map<string, number>(), figuresOf(run)),
      );
      assert.equal(describeDrifts(drifts), "");
    }
    assert.ok(runs.length > 15);
  });

  it("has no part in golden evaluations, searches and properties @thorough", () => {
    const files = [
      "test/model/golden-evaluations.test.ts",
      "test/model/loop-walker.test.ts",
      "test/mapspace/map-space.test.ts",
      "test/search/exhaustive/golden-search.test.ts",
      "test/components/published-figures.test.ts",
      "test/components/given-tables.test.ts",
      "test/study/designs.test.ts",
    ];
    const { status, stdout, stderr } = spawnSync(
      process.execPath,
      [
        join(root, "node_modules/mocha/bin/mocha.js"),
        "--require",
        "test/support/without-memory.ts",
        ...files,
      ],
      { cwd: root, encoding: "utf8", env: { ...withoutCoverage(), TEST_COMPILED: "", TEST_COUNTS_FILE: "" } },
    );
    assert.equal(status, 0, stdout + stderr);
    assert.match(stdout, /\d\d passing/);
  });
});
