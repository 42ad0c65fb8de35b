import type { OnnxModel, OnnxNode, StoredTensor, TensorValues } from "./model";
import { isOperator } from "./model";
import { storedConstants } from "./constants";
import type { ExternalFiles } from "./tensor";
import { tensorValues } from "./tensor";
import { writeNode } from "./write-model";

/**
 * Rewrites layers that compute on integers throughout (QLinearConv, QLinearMatMul) as the float layer between a
 * DequantizeLinear and a QuantizeLinear, so that they are one case with models that are written like this.
 */
export async function rewriteQuantizedLayers(
  model: OnnxModel,
  externalFiles: ExternalFiles,
): Promise<OnnxModel> {
  if (!model.nodes.some((node) => isOperator(node, "QLinearConv", "QLinearMatMul"))) return model;
  const stored = storedConstants(model);
  const initializers = new Map(model.initializers);
  const dequantized = new Map<string, OnnxNode>();
  const values = (name: string): TensorValues =>
    tensorValues(stored.get(name) as StoredTensor, model.file, externalFiles);
  const nodes: OnnxNode[] = [];
  for (const node of model.nodes) {
    const [input, inputScale, inputZero, weight, weightScale, weightZero, outputScale, outputZero, bias] =
      node.inputs;
    const isLayer = isOperator(node, "QLinearConv", "QLinearMatMul");
    if (!isLayer || ![inputScale, weight, weightScale, weightZero].every((name) => stored.has(name))) {
      nodes.push(node);
      continue;
    }
    const [output] = node.outputs;
    const name = (part: string): string => `${output}/${part}`;
    const isConvolution = isOperator(node, "QLinearConv");
    const integers = values(weight);
    const scales = values(weightScale).data;
    const zeros = values(weightZero).data;
    const unitSize = integers.data.length / integers.dims[0];
    const unitOf = (index: number): number =>
      isConvolution ? Math.floor(index / unitSize) : index % (integers.dims.at(-1) ?? 1);
    const each = (list: Float64Array, unit: number): number => list[list.length === 1 ? 0 : unit];
    initializers.set(
      name("weights"),
      float32Tensor(
        integers.dims,
        integers.data.map((code, index) => (code - each(zeros, unitOf(index))) * each(scales, unitOf(index))),
      ),
    );
    const unitAxis = { integer: isConvolution ? 0 : 1, floats: [], integers: [], captured: [] };
    dequantized.set(name("weights"), {
      ...(await madeNode("DequantizeLinear", [weight, weightScale, weightZero], [])),
      attributes: new Map([["axis", unitAxis]]),
    });
    const inputs = [name("input"), name("weights")];
    if (isConvolution && bias && stored.has(bias)) {
      const { dims, data } = values(bias);
      const [scale] = values(inputScale).data;
      inputs.push(name("bias"));
      initializers.set(
        name("bias"),
        float32Tensor(
          dims,
          data.map((value, unit) => value * scale * each(scales, unit)),
        ),
      );
    }
    const layer = await madeNode(isConvolution ? "Conv" : "MatMul", inputs, [name("output")], node);
    nodes.push(
      await madeNode("DequantizeLinear", [input, inputScale, inputZero], [name("input")]),
      { ...layer, name: node.name === "" ? output : node.name },
      await madeNode("QuantizeLinear", [name("output"), outputScale, outputZero], [output]),
    );
  }
  return { ...model, nodes, initializers, dequantized };
}

function float32Tensor(dims: readonly number[], data: Float64Array): StoredTensor {
  const values = Float32Array.from(data);
  return { name: "", type: 1, dims, raw: new Uint8Array(values.buffer) };
}

/** A new node, with the attributes of another one. */
async function madeNode(
  operator: string,
  inputs: readonly string[],
  outputs: readonly string[],
  like?: OnnxNode,
): Promise<OnnxNode> {
  const attributeBytes = like?.attributeBytes ?? [];
  return {
    name: "",
    operator,
    domain: "",
    inputs,
    outputs,
    attributes: like?.attributes ?? new Map<string, never>(),
    attributeBytes,
    bytes: await writeNode(operator, inputs, outputs, attributeBytes),
  };
}
