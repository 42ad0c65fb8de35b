import type { PbfWriter } from "pbf" with { "resolution-mode": "import" };
import type { OnnxModel, OnnxNode, StoredTensor } from "./model";
import { usedTensors } from "./model";
import type { ExternalFiles } from "./tensor";
import { tensorBytes } from "./tensor";

/** Which part of a model is written, and as what. */
interface ModelPart {
  readonly nodes: readonly OnnxNode[];
  /** Names of the tensors that are given when it runs, with the number of their element type. */
  readonly inputs: ReadonlyMap<string, number>;
  /** Names of the tensors that it computes. */
  readonly outputs: readonly string[];
  /** Constants. Those that no node uses are left out. */
  readonly initializers: ReadonlyMap<string, StoredTensor>;
}

/**
 * Writes a part of a model as a model of its own. Nodes are copied as they are, and so are operator sets and functions;
 * constants from files beside the model are put into it.
 */
export async function writeModelPart(
  model: OnnxModel,
  part: ModelPart,
  externalFiles: ExternalFiles,
): Promise<Uint8Array> {
  const { PbfWriter: Writer } = await import("pbf");
  const needed = new Set(part.nodes.flatMap(usedTensors).concat(part.outputs));
  // A writer that runs out of room takes twice as much, which counts where constants are big.
  const constants = [...part.initializers]
    .filter(([name]) => needed.has(name))
    .map(([name, tensor]) => ({ name, tensor, bytes: tensorBytes(tensor, model.file, externalFiles) }));
  const copied = [...part.nodes, ...constants].map(({ bytes }) => bytes?.length ?? 0);
  const fields = 64 * (copied.length + part.inputs.size + part.outputs.length);
  const writer = new Writer(new Uint8Array(copied.reduce((sum, length) => sum + length, 4096 + fields)));
  writer.writeVarintField(1, model.irVersion);
  writer.writeMessage(
    7,
    (_, pbf) => {
      for (const node of part.nodes) pbf.writeBytesField(1, node.bytes);
      pbf.writeStringField(2, "part");
      for (const constant of constants)
        pbf.writeMessage(5, (given, inner) => writeTensor(given, inner), constant);
      for (const [name, type] of part.inputs) pbf.writeMessage(11, writeInput, { name, type });
      for (const name of part.outputs) pbf.writeMessage(12, writeOutput, name);
    },
    null,
  );
  for (const bytes of model.operatorSetBytes) writer.writeBytesField(8, bytes);
  for (const bytes of model.functionBytes) writer.writeBytesField(25, bytes);
  return writer.finish();
}

interface WrittenTensor {
  readonly tensor: StoredTensor;
  readonly name: string;
  readonly bytes: Uint8Array | undefined;
}

/** A tensor with its values as bytes, or as the numbers of the field that its type has. */
function writeTensor({ tensor, name, bytes }: WrittenTensor, pbf: PbfWriter): void {
  for (const size of tensor.dims) pbf.writeVarintField(1, size);
  pbf.writeVarintField(2, tensor.type);
  pbf.writeStringField(8, name);
  if (bytes !== undefined) return pbf.writeBytesField(9, bytes);
  const numbers = [...(tensor.numbers ?? [])];
  // float32 · float64 · int64 · the others
  if (tensor.type === 1) pbf.writePackedFloat(4, numbers);
  else if (tensor.type === 11) pbf.writePackedDouble(10, numbers);
  else if (tensor.type === 7) pbf.writePackedVarint(7, numbers);
  else pbf.writePackedVarint(5, numbers);
}

function writeInput({ name, type }: { readonly name: string; readonly type: number }, pbf: PbfWriter): void {
  pbf.writeStringField(1, name);
  pbf.writeMessage(
    2,
    (_, typed) => typed.writeMessage(1, (__, tensor) => tensor.writeVarintField(1, type), null),
    null,
  );
}

/** Type and sizes of an output are found by whoever runs the model. */
function writeOutput(name: string, pbf: PbfWriter): void {
  pbf.writeStringField(1, name);
}

/** A node that is not in the file: the bytes of its operator, inputs, outputs and integer attributes. */
export async function writeNode(
  operator: string,
  inputs: readonly string[],
  outputs: readonly string[],
  attributeBytes: readonly Uint8Array[] = [],
): Promise<Uint8Array> {
  const { PbfWriter: Writer } = await import("pbf");
  const writer = new Writer();
  for (const name of inputs) writer.writeStringField(1, name);
  for (const name of outputs) writer.writeStringField(2, name);
  writer.writeStringField(4, operator);
  for (const bytes of attributeBytes) writer.writeBytesField(5, bytes);
  return writer.finish();
}
