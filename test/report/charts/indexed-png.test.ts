import assert from "node:assert/strict";
import { inflateSync } from "node:zlib";

import { Resvg } from "@resvg/resvg-js";

import { indexedPng } from "../../../src/report/charts/indexed-png";

/** The pixels of a PNG, by a decoder that is not ours: the one of the library that draws the charts. */
function decoded(png: Buffer, width: number, height: number): Buffer {
  const data = png.toString("base64");
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}"><image width="${width}" height="${height}" image-rendering="optimizeSpeed" href="data:image/png;base64,${data}"/></svg>`;
  return new Resvg(svg).render().pixels;
}

function picture(width: number, height: number, color: (place: number) => readonly number[]): Buffer {
  return Buffer.from(Array.from({ length: width * height }, (_, place) => [...color(place), 255]).flat());
}

const grey = (value: number): readonly number[] => [value, value, value];

describe("indexedPng", () => {
  it("keeps every pixel of a picture of up to 256 colours", () => {
    const pixels = picture(32, 24, (place) =>
      [place % 256, ((place * 7) % 256) & 0xf0, 10].map((value) => value & 0xe0),
    );
    assert.deepEqual(decoded(indexedPng(pixels, 32, 24), 32, 24), pixels);
  });

  it("gives rare colours the nearest of the others", () => {
    // 256 greys, each twice, and one colour beside them.
    const pixels = picture(27, 19, (place) =>
      place === 0 ? [200, 201, 200] : grey(((place - 1) >> 1) % 256),
    );
    const expected = Buffer.from(pixels);
    expected.set([200, 200, 200], 0);
    const result = decoded(indexedPng(pixels, 27, 19), 27, 19);
    assert.deepEqual([...result.subarray(0, 3)], [200, 200, 200]);
    assert.deepEqual(result, expected);
  });

  it("has one byte for a pixel", () => {
    const png = indexedPng(
      picture(5, 3, () => [1, 2, 3]),
      5,
      3,
    );
    const at = png.indexOf("IDAT");
    const data = png.subarray(at + 4, at + 4 + png.readUInt32BE(at - 4));
    assert.equal(inflateSync(data).length, 3 * (1 + 5));
  });
});
