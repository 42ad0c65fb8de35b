import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { InputArray } from "../../src/network";
import { readNumpy } from "../../src/network";

const networks = join(__dirname, "..", "..", "examples", "networks");

/** The example network, with its images and their labels. */
export const digitsModel = join(networks, "digits.onnx");
export const digitsImages = join(networks, "digits-images.npy");
export const digitsLabels = join(networks, "digits-labels.npy");

/** The first few of the images. */
export async function someDigits(count: number): Promise<InputArray> {
  const bytes = new Uint8Array(readFileSync(digitsImages));
  const { dims, data } = (await readNumpy(bytes, digitsImages)) as InputArray;
  const [all, ...sizes] = dims;
  return { dims: [count, ...sizes], data: Array.from(data).slice(0, (count * data.length) / all) };
}

/** Writes an array of doubles as NumPy does. */
export function writeNpy(file: string, { dims, data }: InputArray): void {
  const header = `{'descr': '<f8', 'fortran_order': False, 'shape': (${dims.join(", ")},), }`;
  const padded = `${header.padEnd(117)}\n`;
  writeFileSync(
    file,
    Buffer.concat([
      Buffer.from([0x93, ...Buffer.from("NUMPY"), 1, 0, padded.length & 255, padded.length >> 8]),
      Buffer.from(padded),
      Buffer.from(Float64Array.from(data).buffer),
    ]),
  );
}
