import assert from "node:assert/strict";
import { deflateRawSync } from "node:zlib";
import { RaellaError } from "../../src/errors";
import { readNumpy } from "../../src/network/numpy";
import type { InputArray } from "../../src/network/samples";

/** An array file as NumPy writes it. */
function npy(type: string, shape: string, values: Uint8Array, order = "False"): Uint8Array {
  const header = `{'descr': '${type}', 'fortran_order': ${order}, 'shape': (${shape}), }`;
  const padded = header.padEnd(64 * Math.ceil((header.length + 11) / 64) - 11) + "\n";
  return Buffer.concat([
    Buffer.from("\u0093NUMPY\u0001\u0000", "latin1"),
    Buffer.from(Uint16Array.of(padded.length).buffer),
    Buffer.from(padded, "latin1"),
    values,
  ]);
}

const bytesOf = (values: { readonly buffer: ArrayBufferLike }): Uint8Array => new Uint8Array(values.buffer);

/** An archive with these files, every second one deflated. */
function zip(files: Readonly<Record<string, Uint8Array>>): Uint8Array {
  const parts: Buffer[] = [];
  const directory: Buffer[] = [];
  let at = 0;
  Object.entries(files).forEach(([name, content], index) => {
    const method = index % 2 === 1 ? 8 : 0;
    const stored = method === 8 ? deflateRawSync(content) : Buffer.from(content);
    const local = Buffer.alloc(30);
    local.writeUInt32LE(0x04034b50, 0);
    local.writeUInt16LE(name.length, 26);
    const entry = Buffer.alloc(46);
    entry.writeUInt32LE(0x02014b50, 0);
    entry.writeUInt16LE(method, 10);
    entry.writeUInt32LE(stored.length, 20);
    entry.writeUInt16LE(name.length, 28);
    entry.writeUInt32LE(at, 42);
    parts.push(local, Buffer.from(name), stored);
    directory.push(entry, Buffer.from(name));
    at += 30 + name.length + stored.length;
  });
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(Object.keys(files).length, 10);
  end.writeUInt32LE(at, 16);
  return Buffer.concat([...parts, ...directory, end]);
}

describe("Arrays of NumPy", () => {
  for (const [type, values] of [
    ["<f4", Float32Array.of(1.5, -2, 3, 0.25, 1e20, 7)],
    ["<f8", Float64Array.of(1.5, -2, 3, 0.25, 1e200, 7)],
    ["<i8", BigInt64Array.of(1n, -2n, 3n, 4n, 5n, 2n ** 40n)],
    ["<i4", Int32Array.of(1, -2, 3, 4, 5, 6)],
    ["|u1", Uint8Array.of(1, 2, 3, 4, 255, 0)],
    ["|b1", Uint8Array.of(1, 0, 0, 1, 1, 0)],
  ] as const)
    it(`are read: ${type}`, async () => {
      assert.deepEqual(await readNumpy(npy(type, "2, 3", bytesOf(values)), "x.npy"), {
        dims: [2, 3],
        data: Float64Array.from(values as ArrayLike<number>, Number),
      });
    });

  it("are read: 16-bit floats, and big-endian numbers", async () => {
    const half = npy("<f2", "4,", bytesOf(Uint16Array.of(0x3c00, 0xc000, 0x0001, 0x7bff)));
    assert.deepEqual(
      ((await readNumpy(half, "x")) as InputArray).data,
      Float64Array.of(1, -2, 2 ** -24, 65504),
    );
    const big = npy(">i2", "2,", Uint8Array.of(1, 0, 255, 254));
    assert.deepEqual(((await readNumpy(big, "x")) as InputArray).data, Float64Array.of(256, -2));
  });

  it("are read from archives, by name", async () => {
    const archive = zip({
      "ids.npy": npy("<i4", "1, 2", bytesOf(Int32Array.of(5, 6))),
      "mask.npy": npy("<f4", "1, 2", bytesOf(Float32Array.of(1, 0))),
    });
    assert.deepEqual(await readNumpy(archive, "x.npz"), {
      ids: { dims: [1, 2], data: Float64Array.of(5, 6) },
      mask: { dims: [1, 2], data: Float64Array.of(1, 0) },
    });
  });

  for (const [what, bytes, message] of [
    ["something else", new TextEncoder().encode("hello world, this is text"), /does not begin like one/],
    ["Fortran order", npy("<f4", "1,", bytesOf(Float32Array.of(1)), "True"), /Fortran order/],
    ["texts", npy("<U3", "1,", new Uint8Array(12)), /elements are of type <U3/],
    ["half an array", npy("<f4", "2,", bytesOf(Float32Array.of(1))), /ends too early/],
    ["half an archive", zip({ "a.npy": new Uint8Array(9) }).subarray(0, 40), /no directory/],
  ] as const)
    it(`are refused: ${what}`, async () => {
      await assert.rejects(readNumpy(bytes, "x.npy"), (error) => {
        assert.ok(error instanceof RaellaError);
        assert.match(error.message, message);
        return true;
      });
    });
});
