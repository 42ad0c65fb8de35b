import type { FloatEngine } from "./float-engine";
import type { Constants } from "./onnx/constants";
import type { UnmappedNode } from "./onnx/layers";
import type { OnnxModel, OnnxNode } from "./onnx/model";
import { elementCount, isOperator, nodeName } from "./onnx/model";
import { withPart } from "./onnx/part";
import type { ExternalFiles } from "./onnx/tensor";
import type { Samples } from "./samples";

/** A node that stays off the crossbars, as it is reported. */
export interface UnmappedReport {
  readonly operator: string;
  readonly name: string;
  readonly reason: string;
  /** Multiply-accumulates of one sample; null where they are not known. */
  readonly macs: number | null;
}

type TensorSizes = (name: string) => readonly number[] | undefined;

/** The same where the sizes of tensors are known. */
export function describeUnmapped(
  unmapped: readonly UnmappedNode[],
  dims: TensorSizes,
): readonly UnmappedReport[] {
  return unmapped.map(({ node, reason }) => ({
    operator: node.operator,
    name: nodeName(node),
    reason,
    macs: multiplyAccumulates(node, dims),
  }));
}

/** Says what the nodes that are not mapped would take, from the shapes of their tensors in one run. */
export async function reportUnmapped(
  unmapped: readonly UnmappedNode[],
  model: OnnxModel,
  constants: Constants,
  samples: Samples,
  engine: FloatEngine,
  externalFiles: ExternalFiles,
): Promise<readonly UnmappedReport[]> {
  const report = (dims: TensorSizes): readonly UnmappedReport[] => describeUnmapped(unmapped, dims);
  const tensors = new Set(
    unmapped.flatMap(({ node }) => [...node.inputs, ...node.outputs]).filter((name) => name !== ""),
  );
  const given = new Map(model.inputs.map(({ name, type }) => [name, type]));
  const made = new Set(model.nodes.flatMap(({ outputs }) => outputs));
  const asked = [...tensors].filter((name) => made.has(name) && !constants.has(name));
  const inputs = samples.at(0);
  if (asked.length === 0) return report((name) => inputs.get(name)?.dims);
  const outputs = await withPart(model, asked, given, engine, externalFiles, (run) => run(inputs));
  return report((name) =>
    constants.has(name) ? constants.dims(name) : (outputs.get(name) ?? inputs.get(name))?.dims,
  );
}

/** Multiply-accumulates of a node; null for operators whose work depends on more than shapes. */
function multiplyAccumulates(node: OnnxNode, dims: TensorSizes): number | null {
  const [first, second] = node.inputs.map((name) => dims(name));
  const [output] = node.outputs.map((name) => dims(name));
  if (first === undefined || second === undefined || output === undefined) return null;
  if (isOperator(node, "MatMul", "MatMulInteger")) return elementCount(output) * (first.at(-1) ?? 1);
  if (isOperator(node, "Gemm")) {
    const isTransposed = (node.attributes.get("transA")?.integer ?? 0) !== 0;
    return elementCount(output) * first[isTransposed ? 0 : 1];
  }
  if (isOperator(node, "Conv", "ConvInteger", "DeformConv"))
    return elementCount(output) * elementCount(second.slice(1));
  if (isOperator(node, "ConvTranspose")) return elementCount(first) * elementCount(second.slice(1));
  // [directions, gates · hidden, inputs], [directions, gates · hidden, hidden], for every step of the sequence.
  const recurrent = node.inputs[2] === undefined ? undefined : dims(node.inputs[2]);
  if (isOperator(node, "LSTM", "GRU", "RNN") && recurrent !== undefined)
    return first[0] * first[1] * (elementCount(second) + elementCount(recurrent));
  return null;
}
