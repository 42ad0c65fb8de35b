// Imports and accuracy of networks: wall and processor time, and the most memory in use. `npm run bench -- import`
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { workspaceAt } from "../dist";
import { importNetwork, madeUpValues, mulberry32, networkAccuracy } from "../dist/network";
import type { InputArray } from "../dist/network";
import { classifierInputs, classifierModel } from "../test/network/golden-networks";
import type { SmallNode, SmallTensor } from "../test/network/small-model";
import { smallModel } from "../test/network/small-model";

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

/** Every fifth of a second. */
let mostMemory = 0;
const watch = setInterval(() => (mostMemory = Math.max(mostMemory, process.memoryUsage().rss)), 200);

async function measure(what: string, limit: string, run: () => Promise<unknown>): Promise<void> {
  if (chosen.length > 0 && !chosen.some((word) => what.includes(word))) return;
  globalThis.gc?.();
  mostMemory = process.memoryUsage().rss;
  const [start, before] = [performance.now(), process.cpuUsage()];
  await run();
  const { user, system } = process.cpuUsage(before);
  mostMemory = Math.max(mostMemory, process.memoryUsage().rss);
  const figures = [(performance.now() - start) / 1e3, (user + system) / 1e6].map((each) => each.toFixed(1));
  console.log(
    `${what.padEnd(58)} ${figures[0].padStart(6)} s, ${figures[1].padStart(6)} s of processors, ${(mostMemory / 1e6).toFixed(0).padStart(5)} MB   (${limit})`,
  );
}

async function main(): Promise<void> {
  const workspace = folder;
  const common = { dnn: "", workspace: workspaceAt(folder) };
  const classifier = classifierModel();
  if (classifier !== undefined) {
    const model = path.join(folder, "classifier.onnx");
    writeFileSync(model, classifier);
    const inputs = classifierInputs();
    await measure("classifier: import, 4 images", "5 s", () =>
      importNetwork({ model, name: "classifier", inputs, workspace }),
    );
    const accuracy = { ...common, dnn: "classifier", inputs };
    const three = ["raella", "raella_no_speculation", "raella_no_speculation_2b_cells"] as const;
    await measure("classifier: end to end, ideal and three variants", "5 s", () =>
      networkAccuracy({ ...accuracy, architectures: three, endToEnd: true }),
    );
    await measure("classifier: 5 to 8 bits, 3 numbers of rows, slices kept", "", () =>
      networkAccuracy({
        ...accuracy,
        architectures: "raella",
        adcBits: [5, 6, 7, 8],
        rows: [256, 512, 1024],
      }),
    );
    await measure("classifier: the same, slices anew", "60 s with a sweep of 100 designs", () =>
      networkAccuracy({
        ...{ ...accuracy, architectures: "raella", slicing: "anew" },
        ...{ adcBits: [5, 6, 7, 8], rows: [256, 512, 1024] },
      }),
    );
    await measure("classifier: ISAAC with 5 to 8 bits", "", () =>
      networkAccuracy({ ...accuracy, architectures: "isaac_like", adcBits: [5, 6, 7, 8] }),
    );
  }
  const mobile = path.join(folder, "mobile.onnx");
  writeFileSync(mobile, await mobileNetShape());
  const images = noise([8, 3, 224, 224]);
  await measure("mobile: import, 8 images, 384 positions", "20 s", () =>
    importNetwork({ model: mobile, name: "mobile", inputs: images, workspace }),
  );
  await measure("mobile: end to end, ideal and raella, 8 images", "60 s", () =>
    networkAccuracy({ ...common, dnn: "mobile", inputs: images, architectures: "raella", endToEnd: true }),
  );
  const encoder = path.join(folder, "encoder.onnx");
  writeFileSync(encoder, await encoderShape());
  await measure("encoder: import, 8 texts, 384 positions", "30 s", () =>
    importNetwork({ model: encoder, name: "encoder", inputs: noise([8, 128, 384]), workspace }),
  );
}

void main().finally(() => {
  clearInterval(watch);
  rmSync(folder, { recursive: true, force: true });
});
