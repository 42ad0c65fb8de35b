import assert from "node:assert/strict";
import { join } from "node:path";
import fc from "fast-check";
import { RaellaError } from "../../src/errors";
import { buildMapSpace } from "../../src/mapspace/map-space";
import { forgetEverything, Memo, setRemembering } from "../../src/memory";
import { getSpec } from "../../src/spec/get-spec";
import { loadSpecification } from "../../src/spec/load-specification";
import type { Level, Specification } from "../../src/spec/specification";
import { runLayer } from "../../src/study/run-layer";
import type { SearchKind } from "../../src/study/search-kind";
import { randomSpecifications } from "../mapspace/random-specification";
import type { RandomSpecification } from "../mapspace/random-specification";
import { fewAndMany } from "../support/thorough";

const ownArchitecture = join(__dirname, "..", "fixtures", "own-architecture-with-bandwidth.yaml");

const bandwidthNames = ["read_bandwidth", "write_bandwidth", "shared_bandwidth"];

/** The same architecture with its bandwidths times a factor. */
function withBandwidths(specification: Specification, factor: number): Specification {
  const levels = specification.levels.map((level): Level => {
    const attributes = { ...level.attributes };
    for (const name of bandwidthNames) if (typeof attributes[name] === "number") attributes[name] *= factor;
    return { ...level, attributes };
  });
  return { ...specification, levels };
}

/** A random architecture as a specification whose tables are given. */
function specificationOf({ specification, energyTable }: RandomSpecification): Specification {
  const example = loadSpecification({ files: [ownArchitecture], greedySteps: [] });
  return {
    ...example,
    ...specification,
    energyTable: energyTable.energyPj,
    areaTable: Object.fromEntries(specification.levels.map(({ name }) => [name, 1])),
    mapper: { ...example.mapper, searchSize: 40, victoryCondition: 20 },
  };
}

function outcome(specification: Specification, search: SearchKind): string {
  try {
    return JSON.stringify(runLayer(specification, { search }));
  } catch (error) {
    if (error instanceof RaellaError) return error.message;
    throw error;
  }
}

describe("remembered mappings", function () {
  this.timeout(120_000);

  afterEach(() => setRemembering(true));

  it("are those of the bandwidths asked for", () => {
    const run = (bandwidth: number, search: SearchKind): string =>
      outcome(
        loadSpecification({ files: [ownArchitecture], greedySteps: [], variables: { BW: bandwidth } }),
        search,
      );
    for (const search of ["optimal", "timeloop", "full"] as const) {
      setRemembering(false);
      const alone = [1000, 0.5, 2].map((bandwidth) => run(bandwidth, search));
      setRemembering(true);
      for (const order of [
        [0, 1, 2],
        [2, 1, 0],
        [1, 0, 2],
      ])
        for (const index of order) assert.equal(run([1000, 0.5, 2][index], search), alone[index], search);
    }
  });

  it("say of Timeloop's walk what the optimum is at the latency asked for", () => {
    const run = (latency: number): string =>
      JSON.stringify(
        runLayer({
          architecture: "raella",
          dnn: "resnet18",
          layer: 10,
          search: "timeloop",
          variables: { CROSSBAR_LATENCY: latency },
        }).walk,
      );
    const remembered = [1, 50, 1].map(run);
    setRemembering(false);
    assert.deepEqual(remembered, [1, 50, 1].map(run));
    assert.notEqual(remembered[0], remembered[1]);
  });

  for (const [count, tag] of fewAndMany(60, 400))
    it(`of ${count} random architectures do not depend on what was asked before${tag}`, () => {
      const architectures = fc
        .record({
          openOrders: fc.boolean(),
          undecided: fc.boolean(),
          linkTransfers: fc.boolean(),
        })
        .chain((freedom) => randomSpecifications({ levels: 2, ...freedom }));
      let found = 0;
      fc.assert(
        fc.property(
          architectures,
          fc.array(fc.constantFrom(0.02, 0.3, 1, 4, 1000), { minLength: 2, maxLength: 3 }),
          fc.constantFrom<SearchKind>("optimal", "timeloop"),
          (random, factors, search) => {
            const base = specificationOf(random);
            if (!isSmall(base)) return;
            const asked = factors.map((factor) => withBandwidths(base, factor));
            setRemembering(true);
            const remembered = asked.map((specification) => outcome(specification, search));
            setRemembering(false);
            const alone = asked.map((specification) => outcome(specification, search));
            assert.deepEqual(remembered, alone);
            if (alone[0].startsWith("{")) found += 1;
          },
        ),
        { numRuns: count, seed: 7 },
      );
      assert.ok(found >= count / 4, String(found));
    });

  it("are the same with all memory switched off", () => {
    const requests = ["raella", "isaac_like"].flatMap((architecture) =>
      [0, 10, 17].map((layer) => ({ architecture, dnn: "resnet18", layer })),
    );
    const run = (): string =>
      JSON.stringify(requests.map((request) => [runLayer(request), getSpec(request)]));
    const remembered = run();
    setRemembering(false);
    assert.equal(run(), remembered);
  });
});

function isSmall(specification: Specification): boolean {
  try {
    return buildMapSpace(specification).size <= 2000;
  } catch (error) {
    if (error instanceof RaellaError) return false;
    throw error;
  }
}

describe("a memo", () => {
  afterEach(() => setRemembering(true));

  it("computes what it does not know, and forgets the oldest first", () => {
    let computed = 0;
    const memo = new Memo<number>(200, () => 9);
    const ask = (value: number): number => memo.get(String(value), () => (computed += 1));
    for (let round = 0; round < 2; round += 1) for (let value = 0; value < 10; value += 1) ask(value);
    assert.equal(computed, 10);
    for (let value = 100; value < 130; value += 1) ask(value);
    const before = computed;
    ask(129);
    assert.equal(computed, before);
    ask(0);
    assert.equal(computed, before + 1);
    forgetEverything();
    ask(0);
    assert.equal(computed, before + 2);
  });

  it("of files stays on where what was computed is not remembered", () => {
    for (const [remembering, times] of [
      [true, { files: 1, computed: 1 }],
      [false, { files: 1, computed: 2 }],
      ["nothing", { files: 2, computed: 2 }],
    ] as const) {
      setRemembering(remembering);
      for (const joint of ["files", "computed"] as const) {
        const memo = new Memo<number>(100, () => 1, joint);
        let count = 0;
        for (const key of ["a", "a"]) memo.get(key, () => (count += 1));
        assert.equal(count, times[joint], `${String(remembering)}, ${joint}`);
      }
    }
  });

  it("remembers null, but nothing that was thrown", () => {
    let computed = 0;
    const memo = new Memo<null>(200, () => 9);
    for (let time = 0; time < 2; time += 1)
      assert.throws(() => memo.get("a", () => assert.fail(String((computed += 1)))));
    assert.equal(computed, 2);
    for (let time = 0; time < 3; time += 1)
      memo.get("a", () => {
        computed += 1;
        return null;
      });
    assert.equal(computed, 3);
  });
});
