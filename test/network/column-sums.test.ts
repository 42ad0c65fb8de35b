import assert from "node:assert/strict";
import {
  createPacker,
  createScratch,
  drivenRows,
  noQuietSums,
  visitColumnSums,
} from "../../src/network/column-sums";
import { quietRange } from "../../src/network/speculation";
import { signedConverter, unsignedConverter } from "../../src/network/converter";
import type { IntegerLayer } from "../../src/network/integer-layer";
import { exactAccumulators } from "../../src/network/integer-layer";
import { Random } from "../fuzz/random";

/** A layer of random codes: mostly small ones, as in networks, and the extremes. */
function randomLayer(random: Random, rows: number, filters: number, samples: number): IntegerLayer {
  const weight = (): number => (random.chance(0.1) ? random.pick([-128, 127]) : random.below(19) - 9);
  const input = (): number => (random.chance(0.3) ? 0 : random.chance(0.1) ? 255 : random.below(41));
  return {
    ...{ groups: 1, rows, filters, samples, inputZero: random.pick([0, 128, 255]) },
    weights: Int8Array.from({ length: rows * filters }, weight),
    inputs: Uint8Array.from({ length: rows * samples }, input),
  };
}

describe("Packed columns", () => {
  const converters = [2, 3, 5, 7, 8, 16];
  const ranges = [
    noQuietSums,
    { least: -5, greatest: 11 },
    ...converters.map((bits) => quietRange(signedConverter(bits))),
    ...converters.map((bits) => signedConverter(bits)).map(({ lowest, highest }) => [lowest, highest]),
    ...converters.map((bits) => unsignedConverter(bits)).map(({ lowest, highest }) => [lowest, highest]),
  ].map((range) => (Array.isArray(range) ? { least: range[0], greatest: range[1] } : range));

  for (const quiet of ranges)
    it(`have the sums of their rows wherever one lies outside ${quiet.least} … ${quiet.greatest}`, () => {
      const random = new Random(17);
      for (let round = 0; round < 12; round++) {
        const rows = random.pick([1, 7, 8, 100, 600, 3000]);
        const layer = randomLayer(random, rows, 1, 5);
        const columns = Array.from({ length: 1 + random.below(40) }, () => {
          const most = random.pick([1, 3, 15]);
          const isSigned = random.chance(0.7);
          const cells = Int32Array.from({ length: 256 }, () =>
            isSigned ? random.below(2 * most + 1) - most : random.below(most + 1),
          );
          const codes = Uint8Array.from({ length: rows }, () => random.below(256));
          const held = Array.from(codes, (code) => cells[code]);
          const total = (sign: number): number =>
            held.reduce((sum, cell) => sum + (cell * sign > 0 ? cell : 0), 0);
          return { codes, cells, held, sums: { least: total(-1), greatest: total(1) } };
        });
        const packer = createPacker(rows, quiet);
        columns.forEach(({ sums, codes, cells }, column) => packer.add(column, 1, sums, codes, cells));
        const applied = Uint8Array.from({ length: 256 }, (_, code) => code);
        const driven = drivenRows(layer, 0, { from: 0, to: rows }, applied, 0, layer.samples);
        const visited = new Map<string, readonly number[]>();
        visitColumnSums(packer.columns, driven, createScratch(), (sample, column, sums) =>
          visited.set(`${sample} ${column}`, [...sums]),
        );
        let needed = 0;
        for (let sample = 0; sample < layer.samples; sample++)
          columns.forEach(({ held }, column) => {
            const sums = Array.from({ length: 8 }, (_, bit) =>
              held.reduce(
                (sum, cell, row) => sum + cell * ((layer.inputs[sample * rows + row] >> bit) & 1),
                0,
              ),
            );
            const found = visited.get(`${sample} ${column}`);
            if (sums.some((sum) => sum < quiet.least || sum > quiet.greatest)) {
              needed++;
              assert.deepEqual(found, sums);
            } else if (found !== undefined) assert.deepEqual(found, sums);
          });
        // Where the range is one of 2^n sums, no others are visited.
        const isWindow = Number.isInteger(Math.log2(quiet.greatest - quiet.least + 1));
        if (isWindow) assert.equal(visited.size, needed);
      }
    });
});

describe("Exact accumulators", () => {
  it("are sums of products, also of many rows and filters and of the greatest values", () => {
    const random = new Random(18);
    for (const [rows, filters] of [
      [1, 1],
      [9, 1],
      [513, 3],
      [2050, 131],
      [1024, 2],
    ]) {
      const layer = randomLayer(random, rows, filters, 3);
      const extreme = { ...layer, inputZero: 255, inputs: layer.inputs.slice().fill(0) };
      for (const each of [layer, extreme, { ...extreme, weights: layer.weights.map(() => -128) }])
        assert.deepEqual(
          [...exactAccumulators(each)],
          Array.from({ length: 3 * filters }, (_, index) => {
            const [sample, filter] = [Math.floor(index / filters), index % filters];
            let sum = 0;
            for (let row = 0; row < rows; row++)
              sum +=
                (each.inputs[sample * rows + row] - each.inputZero) * each.weights[row * filters + filter];
            return sum;
          }),
        );
    }
  });
});
