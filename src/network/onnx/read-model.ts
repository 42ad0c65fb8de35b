import type { PbfReader } from "pbf" with { "resolution-mode": "import" };
import { RaellaError } from "../../errors";
import type { Attribute, OnnxModel, OnnxNode, StoredTensor, ValueInfo } from "./model";

/** Wire type of a field whose content has a length. */
const lengthDelimited = 2;

/**
 * Reads a model in ONNX's protobuf format. Field numbers are those of the format's definition (onnx.proto).
 *
 * @throws RaellaError `schema` if the bytes are no such model.
 */
export async function readModel(bytes: Uint8Array, file: string): Promise<OnnxModel> {
  const { PbfReader: Reader } = await import("pbf");
  try {
    return modelFrom(new Reader(bytes), file);
  } catch (error) {
    if (error instanceof RaellaError) throw error;
    throw noModel(file, (error as Error).message);
  }
}

function noModel(file: string, why: string): RaellaError {
  return new RaellaError({
    code: "schema",
    message: `The file is no ONNX model that can be read: ${why}.`,
    location: { file },
    expected: "a model as exporters write it (.onnx), complete and not compressed",
  });
}

type Field = (tag: number, pbf: PbfReader) => void;

/** Hands every field of the message that ends at `end` to `read`, which may leave it. */
function eachField(pbf: PbfReader, end: number, read: Field): void {
  if (end > pbf.length) throw new Error("it ends too early");
  pbf.readFields((tag) => read(tag, pbf), undefined, end);
}

/** The same for a message inside another. */
function eachInner(pbf: PbfReader, read: Field): void {
  const length = pbf.readVarint();
  eachField(pbf, pbf.pos + length, read);
}

/** The bytes of a message inside another, before it is read. */
function peekBytes(pbf: PbfReader): Uint8Array {
  const { pos } = pbf;
  const length = pbf.readVarint();
  const bytes = pbf.buf.subarray(pbf.pos, pbf.pos + length);
  if (bytes.length < length) throw new Error("it ends too early");
  pbf.pos = pos;
  return bytes;
}

const readInteger = (pbf: PbfReader): number => pbf.readVarint(true);

function readIntegers(pbf: PbfReader, into: number[]): void {
  if (pbf.type === lengthDelimited) pbf.readPackedVarint(into, true);
  else into.push(readInteger(pbf));
}

function readFloats(pbf: PbfReader, into: number[]): void {
  if (pbf.type === lengthDelimited) pbf.readPackedFloat(into);
  else into.push(pbf.readFloat());
}

function readDoubles(pbf: PbfReader, into: number[]): void {
  if (pbf.type === lengthDelimited) pbf.readPackedDouble(into);
  else into.push(pbf.readDouble());
}

function modelFrom(reader: PbfReader, file: string): OnnxModel {
  let irVersion = 0;
  const operatorSets = new Map<string, number>();
  const operatorSetBytes: Uint8Array[] = [];
  const functionBytes: Uint8Array[] = [];
  const functions = new Set<string>();
  let graph: Graph | undefined;
  eachField(reader, reader.length, (tag, pbf) => {
    if (tag === 1) irVersion = readInteger(pbf);
    else if (tag === 7) graph = readGraph(pbf);
    else if (tag === 8) {
      operatorSetBytes.push(peekBytes(pbf));
      let domain = "";
      let version = 0;
      eachInner(pbf, (inner) => {
        if (inner === 1) domain = pbf.readString();
        if (inner === 2) version = readInteger(pbf);
      });
      operatorSets.set(domain === "ai.onnx" ? "" : domain, version);
    } else if (tag === 25) {
      functionBytes.push(peekBytes(pbf));
      let domain = "";
      let name = "";
      eachInner(pbf, (inner) => {
        if (inner === 1) name = pbf.readString();
        if (inner === 10) domain = pbf.readString();
      });
      functions.add(`${domain}.${name}`);
    }
  });
  if (graph === undefined || irVersion === 0 || operatorSets.size === 0)
    throw noModel(file, "it has no graph and operator sets");
  const { initializers } = graph;
  return {
    file,
    irVersion,
    operatorSets,
    nodes: graph.nodes,
    initializers,
    inputs: graph.inputs.filter(({ name }) => !initializers.has(name)),
    outputs: graph.outputs,
    values: new Map([...graph.values, ...graph.inputs, ...graph.outputs].map((info) => [info.name, info])),
    operatorSetBytes,
    functionBytes,
    functions,
  };
}

interface Graph {
  readonly nodes: OnnxNode[];
  readonly initializers: Map<string, StoredTensor>;
  readonly inputs: ValueInfo[];
  readonly outputs: ValueInfo[];
  readonly values: ValueInfo[];
}

function readGraph(pbf: PbfReader): Graph {
  const graph: Graph = { nodes: [], initializers: new Map(), inputs: [], outputs: [], values: [] };
  eachInner(pbf, (tag) => {
    if (tag === 1) graph.nodes.push(readNode(pbf));
    else if (tag === 5) {
      const tensor = readTensor(pbf);
      graph.initializers.set(tensor.name, tensor);
    } else if (tag === 11) graph.inputs.push(readValueInfo(pbf));
    else if (tag === 12) graph.outputs.push(readValueInfo(pbf));
    else if (tag === 13) graph.values.push(readValueInfo(pbf));
  });
  return graph;
}

function readNode(pbf: PbfReader): OnnxNode {
  const bytes = peekBytes(pbf);
  const inputs: string[] = [];
  const outputs: string[] = [];
  const attributes = new Map<string, Attribute>();
  const attributeBytes: Uint8Array[] = [];
  let name = "";
  let operator = "";
  let domain = "";
  eachInner(pbf, (tag) => {
    if (tag === 1) inputs.push(pbf.readString());
    else if (tag === 2) outputs.push(pbf.readString());
    else if (tag === 3) name = pbf.readString();
    else if (tag === 4) operator = pbf.readString();
    else if (tag === 5) {
      attributeBytes.push(peekBytes(pbf));
      readAttribute(pbf, attributes);
    } else if (tag === 7) domain = pbf.readString();
  });
  return { name, operator, domain, inputs, outputs, attributes, attributeBytes, bytes };
}

function readAttribute(pbf: PbfReader, into: Map<string, Attribute>): void {
  let name = "";
  let float: number | undefined;
  let integer: number | undefined;
  let text: string | undefined;
  let tensor: StoredTensor | undefined;
  const floats: number[] = [];
  const integers: number[] = [];
  const captured: string[] = [];
  eachInner(pbf, (tag) => {
    if (tag === 1) name = pbf.readString();
    else if (tag === 2) float = pbf.readFloat();
    else if (tag === 3) integer = readInteger(pbf);
    else if (tag === 4) text = pbf.readString();
    else if (tag === 5) tensor = readTensor(pbf);
    else if (tag === 6 || tag === 11) captured.push(...capturedBy(readGraph(pbf)));
    else if (tag === 7) readFloats(pbf, floats);
    else if (tag === 8) readIntegers(pbf, integers);
  });
  into.set(name, { float, integer, text, tensor, floats, integers, captured });
}

/** Tensors that a graph inside a node takes from outside. */
function capturedBy(graph: Graph): readonly string[] {
  const own = new Set([
    ...graph.initializers.keys(),
    ...graph.inputs.map(({ name }) => name),
    ...graph.nodes.flatMap(({ outputs }) => outputs),
  ]);
  const used = graph.nodes.flatMap(({ inputs, attributes }) => [
    ...inputs,
    ...[...attributes.values()].flatMap((attribute) => attribute.captured),
  ]);
  return [...used, ...graph.outputs.map(({ name }) => name)].filter((name) => name !== "" && !own.has(name));
}

function readTensor(pbf: PbfReader): StoredTensor {
  const dims: number[] = [];
  const numbers: number[] = [];
  const external = new Map<string, string>();
  let type = 0;
  let name = "";
  let raw: Uint8Array | undefined;
  let isExternal = false as boolean;
  eachInner(pbf, (tag) => {
    if (tag === 1) readIntegers(pbf, dims);
    else if (tag === 2) type = readInteger(pbf);
    else if (tag === 4) readFloats(pbf, numbers);
    else if (tag === 5 || tag === 7 || tag === 11) readIntegers(pbf, numbers);
    else if (tag === 8) name = pbf.readString();
    else if (tag === 9) raw = pbf.readBytes();
    else if (tag === 10) readDoubles(pbf, numbers);
    else if (tag === 13) {
      let key = "";
      let value = "";
      eachInner(pbf, (inner) => {
        if (inner === 1) key = pbf.readString();
        if (inner === 2) value = pbf.readString();
      });
      external.set(key, value);
    } else if (tag === 14) isExternal = readInteger(pbf) === 1;
  });
  const length = external.get("length");
  return {
    name,
    dims,
    type,
    ...(raw === undefined ? { numbers } : { raw }),
    ...(isExternal && {
      external: {
        location: external.get("location") ?? "",
        offset: Number(external.get("offset") ?? 0),
        ...(length !== undefined && { length: Number(length) }),
      },
    }),
  };
}

function readValueInfo(pbf: PbfReader): ValueInfo {
  const bytes = peekBytes(pbf);
  let name = "";
  let type = 0;
  let dims: (number | string | null)[] | undefined;
  const readDimension = (): void => {
    let size: number | string | null = null;
    eachInner(pbf, (tag) => {
      if (tag === 1) size = readInteger(pbf);
      if (tag === 2) size = pbf.readString();
    });
    // Some exporters write -1 or 0 for what they do not know.
    dims?.push(typeof size === "number" && size < 1 ? null : size);
  };
  eachInner(pbf, (tag) => {
    if (tag === 1) name = pbf.readString();
    if (tag !== 2) return;
    eachInner(pbf, (kind) => {
      if (kind !== 1) return;
      eachInner(pbf, (part) => {
        if (part === 1) type = readInteger(pbf);
        if (part !== 2) return;
        dims = [];
        eachInner(pbf, (inner) => {
          if (inner === 1) readDimension();
        });
      });
    });
  });
  return { name, type, ...(dims !== undefined && { dims }), bytes };
}
