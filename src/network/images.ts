import { counted, RaellaError } from "../errors";
import { readModel } from "./onnx/read-model";
import type { InputArray } from "./samples";

/** How images become inputs of a network. */
export interface ImageOptions {
  /** Height and width of the network's input. Default: those that the model says. */
  readonly size?: readonly [number, number];
  /** The shorter side of an image is scaled to this, pixels, before its middle is cut out. Default: 8/7 of the height. */
  readonly resize?: number;
  /** Subtracted from values 0 … 1 of each channel. Default: of ImageNet for three channels, else 0.5. */
  readonly mean?: readonly number[];
  /** Then divided by. Default: of ImageNet for three channels, else 0.5. */
  readonly deviation?: readonly number[];
}

const imageNetMean = [0.485, 0.456, 0.406];
const imageNetDeviation = [0.229, 0.224, 0.225];

/** What is used of the library sharp. */
interface Sharp {
  (bytes: Uint8Array): SharpImage;
}

interface SharpImage {
  metadata(): Promise<{ readonly width: number; readonly height: number }>;
  resize(options: object): SharpImage;
  extract(region: object): SharpImage;
  toColourspace(space: string): SharpImage;
  removeAlpha(): SharpImage;
  raw(): SharpImage;
  toBuffer(options: { readonly resolveWithObject: true }): Promise<{
    readonly data: Uint8Array;
    readonly info: { readonly channels: number };
  }>;
}

async function loadSharp(): Promise<Sharp> {
  // It needs Node: a name that bundlers for browsers do not follow.
  const name: string = "sharp";
  try {
    return ((await import(name)) as { readonly default: Sharp }).default;
  } catch {
    throw new RaellaError({
      code: "usage",
      message: "Images are to be read, and sharp is not installed.",
      expected: "the optional package sharp, or inputs as an array (.npy, .npz)",
      remedy: "Install it: npm install sharp",
    });
  }
}

/** Reads images as samples for the only input of a network: scaled, cut to its size, and normalised. */
export async function readImages(
  files: readonly { readonly name: string; readonly bytes: Uint8Array }[],
  modelBytes: Uint8Array,
  options: ImageOptions,
): Promise<InputArray> {
  const model = await readModel(modelBytes, "model");
  const dims = model.inputs.at(0)?.dims ?? [];
  const isLast = dims[3] === 1 || dims[3] === 3;
  const channels = isLast ? dims[3] : dims[1];
  const [height, width] = options.size ?? (isLast ? dims.slice(1, 3) : dims.slice(2));
  if (model.inputs.length !== 1 || dims.length !== 4 || (channels !== 1 && channels !== 3))
    throw new RaellaError({
      code: "usage",
      message: "The network takes no images: its input is not one of one or three channels.",
      remedy: "Give its inputs as an array (.npy, .npz).",
    });
  if (typeof height !== "number" || typeof width !== "number")
    throw new RaellaError({
      code: "usage",
      message: "The model does not say how big its images are.",
      expected: "their height and width",
      remedy: "Give --image-size 224x224 or the like.",
    });
  const mean = perChannel(options.mean ?? (channels === 3 ? imageNetMean : [0.5]), channels, "mean");
  const deviation = perChannel(
    options.deviation ?? (channels === 3 ? imageNetDeviation : [0.5]),
    channels,
    "deviation",
  );
  const sharp = await loadSharp();
  const pixels = height * width;
  const data = new Float64Array(files.length * channels * pixels);
  for (const [sample, { name, bytes }] of files.entries()) {
    const raw = await decode(sharp, bytes, name, height, width, channels, options.resize);
    for (let pixel = 0; pixel < pixels; pixel++)
      for (let channel = 0; channel < channels; channel++) {
        const place = isLast ? pixel * channels + channel : channel * pixels + pixel;
        const value = raw[pixel * channels + channel] / 255;
        data[sample * channels * pixels + place] = (value - mean[channel]) / deviation[channel];
      }
  }
  const shape = isLast ? [height, width, channels] : [channels, height, width];
  return { dims: [files.length, ...shape], data };
}

function perChannel(values: readonly number[], channels: number, what: string): readonly number[] {
  if (values.length === channels && values.every(Number.isFinite)) return values;
  if (values.length === 1 && Number.isFinite(values[0]))
    return Array.from({ length: channels }, () => values[0]);
  throw new RaellaError({
    code: "usage",
    message: `The ${what} ${values.join(", ")} does not fit ${counted(channels, "channel")}.`,
    value: values,
    expected: `one number, or ${channels}`,
  });
}

/** The middle of an image after scaling its shorter side, as bytes with interleaved channels. */
async function decode(
  sharp: Sharp,
  bytes: Uint8Array,
  name: string,
  height: number,
  width: number,
  channels: number,
  resize: number | undefined,
): Promise<Uint8Array> {
  try {
    const size = await sharp(bytes).metadata();
    const shorter = resize ?? Math.round((Math.max(height, width) * 8) / 7);
    const factor = Math.max(
      shorter / Math.min(size.width, size.height),
      height / size.height,
      width / size.width,
    );
    const scaled = { width: Math.round(size.width * factor), height: Math.round(size.height * factor) };
    const left = Math.round((scaled.width - width) / 2);
    const top = Math.round((scaled.height - height) / 2);
    const { data, info } = await sharp(bytes)
      .removeAlpha()
      .toColourspace(channels === 1 ? "b-w" : "srgb")
      .resize({ ...scaled, fit: "fill", kernel: "linear" })
      .extract({ left, top, width, height })
      .raw()
      .toBuffer({ resolveWithObject: true });
    if (info.channels !== channels) throw new Error(`it has ${counted(info.channels, "channel")}`);
    return data;
  } catch (error) {
    throw new RaellaError({
      code: "schema",
      message: `The image ${name} cannot be read: ${(error as Error).message}.`,
      value: name,
    });
  }
}
