import assert from "node:assert/strict";
import { RaellaError } from "../../src/errors";
import { mappingAt } from "../../src/mapspace/candidate-mapping";
import { buildMapSpace } from "../../src/mapspace/map-space";
import { describeCosts } from "../../src/model/access-costs";
import { scorerFactory } from "../../src/search/create-scorer";
import { findBestMapping } from "../../src/search/exhaustive/find-best-mapping";
import { parseMetrics } from "../../src/search/ranking";
import { smallEnergies, smallSpecification } from "./small-specification";
import type { SmallLevel } from "./small-specification";

const outer: SmallLevel = { name: "outer" };
const inner: SmallLevel = { name: "inner", bypass: [] };

function messageOf(run: () => unknown, code: string): string {
  try {
    run();
  } catch (error) {
    assert.ok(error instanceof RaellaError, String(error));
    assert.equal(error.code, code);
    return error.message;
  }
  throw new assert.AssertionError({ message: "nothing was thrown" });
}

describe("a map space", () => {
  it("is the product of the ways to place each dimension's factors", () => {
    const space = buildMapSpace(
      smallSpecification({ C: 4, M: 6, P: 5 }, [
        { ...outer, temporal: "P=5", fan: [4, 1], spatial: "C=2 M<=3" },
        { ...inner, temporal: "P=1" },
      ]),
    );
    assert.deepEqual(
      space.slots.map(({ levelName, kind }) => `${levelName} ${kind}`),
      ["inner time", "outer space", "outer time"],
    );
    // C: 2 over two slots; M: 6 over three, at most 3 in space; P: nothing left.
    assert.deepEqual(
      space.choices.map(({ quotient, count }) => [quotient, count]),
      [
        [2, 2],
        [6, 8],
        [1, 1],
      ],
    );
    assert.equal(space.size, 16);
    assert.equal(space.sizeIsExact, true);
  });

  it("keeps what passes through a level, unless the level bypasses it", () => {
    const undecided = (rules: Partial<SmallLevel>): number =>
      buildMapSpace(smallSpecification({ C: 2 }, [outer, { ...inner, keep: ["Inputs"], ...rules }])).undecided
        .length;
    assert.equal(undecided({ bypass: ["Outputs"] }), 1);
    assert.equal(undecided({ bypass: ["Outputs"], passthrough: ["Weights"] }), 0);
    assert.equal(undecided({ bypass: ["Outputs", "Weights"], passthrough: ["Weights"] }), 0);
  });

  it("takes 0 for the full bound and -1 for free, and ignores factors above the bound with a warning", () => {
    const space = buildMapSpace(
      smallSpecification({ C: 4, M: 6, P: 2 }, [
        { ...outer, temporal: "C=0 M=-1 P=8" },
        { ...inner, temporal: "M=3" },
      ]),
    );
    assert.deepEqual(
      space.choices.map(({ quotient, freeSlots }) => [quotient, [...freeSlots]]),
      [
        [1, [0]],
        [2, [1]],
        [2, [0, 1]],
      ],
    );
    assert.equal(space.warnings.length, 1);
    assert.match(space.warnings[0].message, /temporal constraint of outer fixes P=8, more than its bound 2/);
  });

  it("is refused where fixed factors exceed a bound together, however free the rest is", () => {
    const specification = smallSpecification({ C: 4, M: 6, P: 2 }, [
      { ...outer, temporal: "C=4 M<=2", order: "", fan: [4, 1], spatial: "C=4" },
      { ...inner, temporal: "C<=1", order: "" },
    ]);
    const message = messageOf(() => buildMapSpace(specification), "constraint");
    assert.match(message, /fixed factors of C do not divide its bound: 4 is no multiple of 4 .* x 4/);
  });

  it("limits dimensions without a factor of their own by the default", () => {
    const space = buildMapSpace(
      smallSpecification({ C: 8, M: 8, P: 8 }, [{ ...outer, temporal: "C=-1 M<=4", maxFactor: 2 }, inner]),
    );
    assert.deepEqual(
      space.choices.map(({ count }) => count),
      [4, 3, 2],
    );
  });

  it("numbers mappings with the first dimension least significant", () => {
    const space = buildMapSpace(smallSpecification({ C: 2, M: 3 }, [outer, inner]));
    const loops = (number: number): string =>
      mappingAt(space, number)
        .levels.map(({ temporal }) => temporal.map(({ dimension, factor }) => dimension + factor).join(" "))
        .join(" | ");
    assert.deepEqual([0, 1, 2, 3].map(loops), [" | M3 C2", "C2 | M3", "M3 | C2", "M3 C2 | "]);
    assert.equal(loops(3n as never), "M3 C2 | ");
    assert.match(
      messageOf(() => mappingAt(space, 4), "usage"),
      /no mapping number 4[^]*from 0 to 3/,
    );
    messageOf(() => mappingAt(space, 0.5), "usage");
    messageOf(() => mappingAt(space, -1), "usage");
  });

  it("counts loop orders and undecided data spaces", () => {
    const fixed = buildMapSpace(smallSpecification({ C: 2, M: 2 }, [outer, inner]));
    assert.equal(fixed.size, 4);
    // Only the two mappings with both loops outside have two orders; inside there is one order anyway.
    const open = buildMapSpace(smallSpecification({ C: 2, M: 2 }, [{ ...outer, order: "" }, inner]));
    assert.equal(open.size, 5);
    const undecided = buildMapSpace(
      smallSpecification({ C: 2, M: 2 }, [outer, { ...inner, keep: ["Inputs"], bypass: [] }]),
    );
    assert.equal(undecided.size, 16);
    assert.deepEqual(undecided.undecided, [
      { level: 0, tensor: 0 },
      { level: 0, tensor: 2 },
    ]);
  });

  it("puts dimensions behind a _ outside those whose order is free", () => {
    const space = buildMapSpace(
      smallSpecification({ C: 2, M: 2, P: 2 }, [
        { ...outer, order: "P_C" },
        { ...inner, temporal: "C=1 M=1 P=1" },
      ]),
    );
    const { innerOrder, freeOrder, outerOrder } = space.slots[1];
    assert.deepEqual([innerOrder, freeOrder, outerOrder], [[2], [1], [0]]);
    assert.equal(space.size, 1);
    assert.deepEqual(
      mappingAt(space, 0).levels[0].temporal.map(({ dimension }) => dimension),
      ["C", "M", "P"],
    );
  });

  it("bounds the number of loop orders where counting them would take long", () => {
    const wide = Array.from({ length: 9 }, (_, index): SmallLevel => ({ name: `level${index}`, order: "" }));
    const space = buildMapSpace(smallSpecification({ C: 2 ** 20, M: 2 }, wide));
    assert.equal(space.sizeIsExact, false);
    // 2^20 and 2 over nine slots, two orders in each of the eight slots whose order is free.
    assert.equal(space.sizeText, String(3_108_105 * 9 * 2 ** 8));
  });

  it("keeps at the outermost level what nothing is said about", () => {
    const space = buildMapSpace(
      smallSpecification({ C: 2 }, [{ ...outer, keep: [], bypass: ["Inputs"] }, inner]),
    );
    assert.deepEqual(space.rules[1].keep, ["keep", "bypass", "keep"]);
  });

  it("refuses constraints that cannot hold", () => {
    const build = (levels: readonly SmallLevel[], code = "constraint"): string =>
      messageOf(() => buildMapSpace(smallSpecification({ C: 6, M: 4 }, levels)), code);
    assert.match(build([{ ...outer, temporal: "C=4" }, inner]), /6 is no multiple of 4 \(outer, temporal\)/);
    assert.match(build([{ ...outer, temporal: "C=2 C=3" }, inner]), /fixes C twice, as 2 and as 3/);
    assert.match(
      build([{ ...outer, spatial: "C=2" }, inner]),
      /outer has the spatial factor C=2, but only one child/,
    );
    assert.match(build([{ ...outer, temporal: "C<=0" }, inner]), /has the factor C<=0/);
    assert.match(build([{ ...outer, order: "CC" }, inner]), /lists C twice/);
    assert.match(build([{ ...outer, order: "CX" }, inner], "unknown-name"), /names "X"[^]*C, M, P/);
    assert.match(build([{ ...outer, temporal: "D=2" }, inner], "unknown-name"), /names "D"/);
    assert.match(
      build([{ ...outer, keep: ["Input"], bypass: [] }, inner], "unknown-name"),
      /name "Input"[^]*Did you mean "Inputs"/,
    );
    assert.match(build([outer, { ...inner, bypass: ["Inputs"] }]), /inner both keeps and bypasses Inputs/);
    assert.match(
      build([
        { ...outer, temporal: "C=6", order: "P" },
        { name: "middle", temporal: "C=6" },
        { ...inner, temporal: "C<=2" },
      ]),
      /6 is no multiple of 6 .outer, temporal. x 6 .middle/,
    );
  });

  it("says what is left over where everything is fixed", () => {
    const levels: SmallLevel[] = [
      { ...outer, temporal: "C=1", fan: [4, 1], spatial: "C=4" },
      { ...inner, temporal: "C=2" },
    ];
    assert.match(
      messageOf(() => buildMapSpace(smallSpecification({ C: 24 }, levels)), "no-mapping"),
      /C: 24 = 4 \(outer, spatial\) x 2 \(inner, temporal\) x 3: 3 of C fit nowhere/,
    );
    const limited = [
      { ...outer, temporal: "C<=2" },
      { ...inner, temporal: "C<=2" },
    ];
    assert.match(
      messageOf(() => buildMapSpace(smallSpecification({ C: 8 }, limited)), "no-mapping"),
      /no choice of factors reaches 8/,
    );
  });

  it("refuses problems beyond exact arithmetic", () => {
    const build = (bounds: Record<string, number>): string =>
      messageOf(() => buildMapSpace(smallSpecification(bounds, [outer, inner])), "out-of-range");
    assert.match(
      build({ C: 2 ** 30, M: 2 ** 30 }),
      /1.153e\+18 operations \(C=1073741824 M=1073741824 P=1\)/,
    );
    assert.match(build({ C: 0 }), /Dimension C of the problem has the bound 0/);
    assert.match(build({ C: 1.5 }), /bound 1.5/);
  });
});

describe("a search that would take too long", () => {
  it("is refused with the size and where it comes from", () => {
    const levels: SmallLevel[] = [
      { ...outer, order: "" },
      { name: "middle", order: "", keep: [], bypass: [] },
      inner,
    ];
    const specification = smallSpecification({ C: 2 ** 10, M: 2 ** 10, P: 2 ** 10 }, levels);
    const space = buildMapSpace(specification);
    const scorer = scorerFactory(describeCosts(space.hardware, smallEnergies(specification)));
    const message = messageOf(() => findBestMapping(space, scorer, { limit: 1e6 }), "usage");
    assert.match(message, /The map space has \d\.\d\de\+\d+ mappings/);
    assert.match(message, /C: 66 ways over 3 free slots/);
    assert.match(message, /keep or bypass: 8 ways \(3 undecided\)/);
    assert.match(message, /loop orders: [\d.]+ ways/);
  });

  it("is not refused when the fan-outs leave few mappings", () => {
    const levels: SmallLevel[] = [
      { ...outer, fan: [1, 2], spatial: "", split: 999, temporal: "C=1 M=1 P=1" },
      { ...inner, temporal: "C=1 M=1 P=1" },
    ];
    const specification = smallSpecification({ C: 2, M: 1, P: 1 }, levels);
    const space = buildMapSpace(specification);
    const scorer = scorerFactory(describeCosts(space.hardware, smallEnergies(specification)));
    // Everything along X, where there is one child: nothing fits.
    const { best, ...counts } = findBestMapping(space, scorer, { limit: 500 });
    assert.equal(best, null);
    assert.deepEqual(counts, { size: 1, withinFanout: 0, valid: 0, evaluated: 0 });
  });
});

describe("the order among equally good mappings", () => {
  const bestOf = (
    specification: ReturnType<typeof smallSpecification>,
    free: boolean,
  ): number | undefined => {
    const space = buildMapSpace(specification);
    const { energyPj } = smallEnergies(specification);
    const table = free
      ? {
          energyPj: Object.fromEntries(
            Object.keys(energyPj).map((name) => [name, { read: 0, write: 0, update: 0, compute: 0 }]),
          ),
        }
      : { energyPj };
    return findBestMapping(space, scorerFactory(describeCosts(space.hardware, table))).best?.number;
  };

  it("is that of their numbers, whatever the order of the search", () => {
    const levels: SmallLevel[] = [{ ...outer, fan: [2, 1], spatial: "" }, inner];
    // Where nothing costs anything, all EDPs are zero: cycles decide, then the number.
    const specification = smallSpecification({ C: 4, M: 2 }, levels);
    const space = buildMapSpace(specification);
    const steps = (number: number): number =>
      mappingAt(space, number)
        .levels.flatMap(({ temporal }) => temporal)
        .reduce((product, { factor }) => product * factor, 1);
    const numbers = Array.from({ length: space.size }, (_, number) => number);
    assert.equal(
      bestOf(specification, true),
      numbers.find((number) => steps(number) === 4),
    );
  });

  it("holds for dimensions with more space factors than a number can tell apart", () => {
    const levels = Array.from({ length: 7 }, (_, index): SmallLevel => ({
      name: `level${index}`,
      attributes: { depth: 10_000 },
      fan: index === 6 ? [1, 1] : [2, 1],
      ...(index === 6 ? {} : { spatial: "" }),
      temporal: index === 0 ? "" : "C=1",
    }));
    const specification = smallSpecification({ C: 512 }, levels);
    const space = buildMapSpace(specification);
    assert.equal(space.size, 5005);
    const best = bestOf(specification, false);
    const { levels: chosen } = mappingAt(space, best ?? -1);
    assert.ok(chosen.slice(0, 6).every(({ spatial }) => spatial.length === 1));
  });
});

describe("metrics", () => {
  it("are EDP where none is named, and known by name", () => {
    assert.deepEqual(parseMetrics([]), ["edp"]);
    assert.deepEqual(parseMetrics(["cycles", "energy"]), ["delay", "energy"]);
    assert.match(
      messageOf(() => parseMetrics(["enrgy"]), "unknown-name"),
      /optimise "enrgy"[^]*Did you mean "energy"/,
    );
  });
});
