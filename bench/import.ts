// Imports and accuracy of networks, each as a command of its own: wall and processor time, and the most memory in use.
// `npm run bench -- import`; with words, only what has one of them: `node --import=tsx bench/import.ts encoder sweep`
import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { madeUpValues, mulberry32 } from "../dist/network";
import type { InputArray } from "../dist/network";
import { classifierInputs, classifierModel } from "../test/network/golden-networks";
import type { SmallNode, SmallTensor } from "../test/network/small-model";
import { smallModel } from "../test/network/small-model";
import { writeNpy } from "../test/support/digits";

const folder = mkdtempSync(path.join(tmpdir(), "raella-bench-import-"));
const chosen = process.argv.slice(2);

/** A network under construction: nodes, and random weights of a spread that keeps activations in bounds. */
class Network {
  readonly nodes: SmallNode[] = [];
  readonly tensors: Record<string, SmallTensor> = {};
  private readonly next = mulberry32(7);

  constant(name: string, dims: readonly number[], values?: readonly number[]): string {
    const count = dims.reduce((product, size) => product * size, 1);
    const rows = dims.length === 2 ? dims[0] : count / dims[0];
    // A few large weights among many small ones, as training makes them.
    const random = (): number =>
      ((this.next() - 0.5) * (this.next() + this.next()) ** 4 * Math.sqrt(2)) / Math.sqrt(rows);
    this.tensors[name] = { dims, values: values ?? Array.from({ length: count }, random) };
    return name;
  }

  add(operator: string, inputs: readonly string[], attributes: SmallNode["attributes"] = {}): string {
    const output = `t${this.nodes.length}`;
    this.nodes.push({
      operator,
      inputs,
      outputs: [output],
      name: `${operator}_${this.nodes.length}`,
      attributes,
    });
    return output;
  }

  integers(name: string, values: readonly number[]): string {
    this.tensors[name] = { dims: [values.length], type: 7, values };
    return name;
  }
}

/** MobileNetV2 at 224 × 224, with random weights. */
async function mobileNetShape(): Promise<Uint8Array> {
  const net = new Network();
  let layers = 0;
  const conv = (
    input: string,
    [from, to, kernel, stride, groups]: readonly number[],
    isActivated = true,
  ): string => {
    const name = `conv${layers++}`;
    const weight = net.constant(`${name}.w`, [to, from / groups, kernel, kernel]);
    const bias = net.constant(`${name}.b`, [to]);
    const pad = (kernel - 1) / 2;
    const sums = net.add("Conv", [input, weight, bias], {
      strides: [stride, stride],
      pads: [pad, pad, pad, pad],
      kernel_shape: [kernel, kernel],
      group: groups,
    });
    return isActivated ? net.add("Relu", [sums]) : sums;
  };
  let at = conv("x", [3, 32, 3, 2, 1]);
  let channels = 32;
  for (const [factor, to, repeats, stride] of [
    [1, 16, 1, 1],
    [6, 24, 2, 2],
    [6, 32, 3, 2],
    [6, 64, 4, 2],
    [6, 96, 3, 1],
    [6, 160, 3, 2],
    [6, 320, 1, 1],
  ])
    for (let block = 0; block < repeats; block++) {
      const begin = at;
      const wide = channels * factor;
      const step = block === 0 ? stride : 1;
      if (factor > 1) at = conv(at, [channels, wide, 1, 1, 1]);
      at = conv(at, [wide, wide, 3, step, wide]);
      at = conv(at, [wide, to, 1, 1, 1], false);
      if (step === 1 && channels === to) at = net.add("Add", [begin, at]);
      channels = to;
    }
  at = conv(at, [320, 1280, 1, 1, 1]);
  at = net.add("GlobalAveragePool", [at]);
  at = net.add("Flatten", [at]);
  at = net.add("Gemm", [at, net.constant("classes.w", [1280, 1000]), net.constant("classes.b", [1000])]);
  return smallModel({
    nodes: net.nodes,
    tensors: net.tensors,
    inputs: { x: { dims: ["N", 3, 224, 224] } },
    outputs: [at],
  });
}

/** Six layers of a sentence encoder: width 384, 12 heads, 1536 inside, 128 tokens. */
async function encoderShape(): Promise<Uint8Array> {
  const net = new Network();
  const [width, heads, inside, tokens] = [384, 12, 1536, 128];
  const split = net.integers("split", [0, tokens, heads, width / heads]);
  const join = net.integers("join", [0, tokens, width]);
  const scale = net.constant("scale", [1], [Math.sqrt(width / heads)]);
  let products = 0;
  const linear = (input: string, from: number, to: number): string => {
    const name = `linear${products++}`;
    const product = net.add("MatMul", [input, net.constant(`${name}.w`, [from, to])]);
    return net.add("Add", [product, net.constant(`${name}.b`, [to])]);
  };
  const ones = net.constant(
    "ones",
    [width],
    Array.from({ length: width }, () => 1),
  );
  const zeros = net.constant(
    "zeros",
    [width],
    Array.from({ length: width }, () => 0),
  );
  let at = "x";
  for (let layer = 0; layer < 6; layer++) {
    const headsOf = (values: string, perm: readonly number[]): string =>
      net.add("Transpose", [net.add("Reshape", [values, split])], { perm });
    const query = headsOf(linear(at, width, width), [0, 2, 1, 3]);
    const key = headsOf(linear(at, width, width), [0, 2, 3, 1]);
    const value = headsOf(linear(at, width, width), [0, 2, 1, 3]);
    const scores = net.add("Softmax", [net.add("Div", [net.add("MatMul", [query, key]), scale])]);
    const context = net.add("Transpose", [net.add("MatMul", [scores, value])], { perm: [0, 2, 1, 3] });
    const attended = net.add("Add", [linear(net.add("Reshape", [context, join]), width, width), at]);
    const normal = net.add("LayerNormalization", [attended, ones, zeros]);
    const hidden = net.add("Relu", [linear(normal, width, inside)]);
    at = net.add("LayerNormalization", [
      net.add("Add", [linear(hidden, inside, width), normal]),
      ones,
      zeros,
    ]);
  }
  return smallModel({
    nodes: net.nodes,
    tensors: net.tensors,
    inputs: { x: { dims: ["N", tokens, width] } },
    outputs: [at],
  });
}

function noise(dims: readonly number[]): InputArray {
  return {
    dims,
    data: madeUpValues(
      dims.reduce((product, size) => product * size, 1),
      1,
    ),
  };
}

const program = path.join(__dirname, "..", "dist", "cli.js");
const probe = path.join(__dirname, "resources.cjs");

/** Runs a command of the package in the folder, and says what it took. */
async function measure(what: string, limit: string, ...words: readonly string[]): Promise<void> {
  const start = performance.now();
  const child = spawn(process.execPath, ["--require", probe, program, ...words], {
    cwd: folder,
    stdio: ["ignore", "ignore", "inherit", "pipe"],
  });
  let told = "";
  child.stdio[3]?.on("data", (chunk: Buffer) => (told += chunk.toString()));
  const code = await new Promise<number | null>((resolve) => child.once("close", resolve));
  if (code !== 0) throw new Error(`${words.join(" ")}: exit code ${code}`);
  const { cpuSeconds, megabytes } = JSON.parse(told) as { cpuSeconds: number; megabytes: number };
  const figures = [(performance.now() - start) / 1e3, cpuSeconds].map((each) => each.toFixed(1).padStart(6));
  console.log(
    `${what.padEnd(66)} ${figures[0]} s, ${figures[1]} s of processors, ${megabytes.toFixed(0).padStart(5)} MB   (${limit})`,
  );
}

const isChosen = (name: string): boolean => chosen.length === 0 || chosen.includes(name);
const common = ["--workspace", "."];

/** Writes a network and its samples, and imports it. */
async function importNetwork(
  name: string,
  model: Uint8Array,
  inputs: InputArray,
  limit: string,
): Promise<void> {
  writeFileSync(path.join(folder, `${name}.onnx`), model);
  writeNpy(path.join(folder, `${name}.npy`), inputs);
  const samples = `${inputs.dims[0]} samples, 384 positions`;
  const command = ["import", `${name}.onnx`, "--inputs", `${name}.npy`, ...common];
  await measure(`${name}: import, ${samples}`, limit, ...command);
}

const threeDesigns = ["raella", "raella_no_speculation", "raella_no_speculation_2b_cells"];
const converters = ["--adc-bits", "5,6,7,8", "--rows", "256,512,1024"];

async function classifier(): Promise<void> {
  const model = classifierModel();
  if (model === undefined) return;
  await importNetwork("classifier", model, classifierInputs(), "5 s");
  const accuracy = ["accuracy", "-d", "classifier", ...common];
  await measure(
    "classifier: end to end, ideal and three variants",
    "5 s",
    ...[...accuracy, "--end-to-end", "-a", ...threeDesigns],
  );
  await measure(
    "classifier: end to end, raella, with noise",
    "",
    ...[...accuracy, "--end-to-end", "-a", "raella", "--noise", "1"],
  );
  await measure(
    "classifier: 5 to 8 bits, 3 numbers of rows, slices kept",
    "",
    ...[...accuracy, "-a", "raella", ...converters],
  );
  await measure(
    "classifier: ISAAC with 5 to 8 bits",
    "",
    ...[...accuracy, "-a", "isaac_like", "--adc-bits", "5,6,7,8"],
  );
  for (const slicing of ["kept", "anew"]) {
    const description = {
      ...{ architectures: "raella", dnns: "classifier", accuracy: { dnn: "classifier", slicing } },
      variables: {
        ADC_RESOLUTION: [5, 6, 7, 8],
        CIM_UNITS_PER_COLUMN: [256, 512, 1024],
        COLUMNS_PER_CROSSBAR: [64, 96, 128, 160, 192, 256, 320, 384, 448, 512],
        MACROS_PER_TILE: [4, 8],
      },
      nTiles: [4, 8, 16, 32, 64],
    };
    writeFileSync(path.join(folder, `${slicing}.yaml`), JSON.stringify(description));
    await measure(
      `classifier: sweep of 100 designs, 4 converters, 3 numbers of rows, ${slicing}`,
      "60 s",
      ...["sweep", `${slicing}.yaml`, ...common, "--out", slicing],
    );
  }
}

async function mobile(): Promise<void> {
  await importNetwork("mobile", await mobileNetShape(), noise([8, 3, 224, 224]), "20 s");
  await measure(
    "mobile: end to end, ideal and raella, 8 images",
    "60 s",
    ...["accuracy", "-d", "mobile", ...common, "--end-to-end", "-a", "raella"],
  );
}

async function main(): Promise<void> {
  mkdirSync(folder, { recursive: true });
  if (isChosen("classifier")) await classifier();
  if (isChosen("mobile")) await mobile();
  if (isChosen("encoder")) await importNetwork("encoder", await encoderShape(), noise([8, 128, 384]), "30 s");
}

void main().finally(() => rmSync(folder, { recursive: true, force: true }));
