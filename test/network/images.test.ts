import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { importNetwork } from "../../src/network";
import { readInputs } from "../../src/network/network-sources";
import type { InputArray } from "../../src/network/samples";
import { smallModel } from "./small-model";

/** An image of two colours, its left half and its right half, as a PPM file would hold it. */
async function writeImage(
  file: string,
  width: number,
  height: number,
  left: number[],
  right: number[],
): Promise<void> {
  const { default: sharp } = await import("sharp");
  const pixels = Array.from({ length: width * height }, (_, at) => (at % width < width / 2 ? left : right));
  const raw = { raw: { width, height, channels: 3 as const } };
  await sharp(Buffer.from(pixels.flat()), raw).png().toFile(file);
}

describe("A folder of images", () => {
  let folder: string;
  let images: string;
  let model: Uint8Array;
  before(async function () {
    try {
      await import("sharp");
    } catch {
      this.skip();
    }
    folder = mkdtempSync(join(tmpdir(), "raella-images-"));
    images = join(folder, "images");
    mkdirSync(images);
    await writeImage(join(images, "b.png"), 8, 8, [255, 0, 0], [255, 0, 0]);
    await writeImage(join(images, "a.png"), 16, 8, [0, 0, 255], [0, 255, 0]);
    writeFileSync(join(images, "notes.txt"), "no image");
    model = await smallModel({
      inputs: { x: { dims: ["N", 3, 8, 8] } },
      nodes: [{ operator: "Conv", inputs: ["x", "w"], outputs: ["y"], attributes: { kernel_shape: [3, 3] } }],
      outputs: ["y"],
      tensors: {
        w: { dims: [2, 3, 3, 3], values: Array.from({ length: 54 }, (_, index) => (index % 9) - 4) },
      },
    });
  });
  after(() => {
    if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
  });

  it("becomes samples in the order of their names: the middle, scaled and normalised", async () => {
    const options = { resize: 8, mean: [0, 0, 0.5], deviation: [1, 1, 0.25] };
    const { dims, data } = (await readInputs(images, model, options)) as InputArray;
    assert.deepEqual(dims, [2, 3, 8, 8]);
    const pixel = (sample: number, channel: number, x: number): number =>
      data[((sample * 3 + channel) * 8 + 4) * 8 + x];
    // a.png: blue on the left of the middle, green on the right; b.png: red.
    assert.deepEqual(
      [0, 1, 2].map((channel) => pixel(0, channel, 0)),
      [0, 0, 2],
    );
    assert.deepEqual(
      [0, 1, 2].map((channel) => pixel(0, channel, 7)),
      [0, 1, -2],
    );
    assert.deepEqual(
      [0, 1, 2].map((channel) => pixel(1, channel, 3)),
      [1, 0, -2],
    );
  });

  it("is what an import is made from, as the same values in an array are", async () => {
    const common = { model, workspace: folder, samples: "all" as const, workers: 1 };
    const ofFolder = await importNetwork({
      ...common,
      name: "folder",
      inputs: images,
      images: { resize: 8 },
    });
    const inputs = await readInputs(images, model, { resize: 8 });
    const ofArray = await importNetwork({ ...common, name: "array", inputs });
    assert.deepEqual(ofFolder.network, ofArray.network);
    assert.equal(ofFolder.network.inputSamples, 2);
  });

  it("is told apart from what is none", async () => {
    const importing = (inputs: string, options: object = {}): Promise<unknown> =>
      importNetwork({ model, name: "none", workspace: folder, inputs, ...options });
    const empty = join(folder, "empty");
    mkdirSync(empty);
    await assert.rejects(importing(empty), /There are no images in/);
    await assert.rejects(importing(join(folder, "nowhere")), /neither an array nor a folder/);
    await assert.rejects(
      importing(images, { images: { mean: [0, 1] } }),
      /mean 0, 1 does not fit 3 channels/,
    );
    await assert.rejects(importing(images, { images: { means: [0] } }), /"images.means"[^]*mean/);
    writeFileSync(join(empty, "broken.png"), "no image");
    await assert.rejects(importing(empty), /The image broken.png cannot be read/);
  });
});
