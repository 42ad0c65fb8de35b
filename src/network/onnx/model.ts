/** Types of tensor elements, by their number in the ONNX format. */
export const elementTypes = {
  1: "float32",
  2: "uint8",
  3: "int8",
  4: "uint16",
  5: "int16",
  6: "int32",
  7: "int64",
  8: "string",
  9: "bool",
  10: "float16",
  11: "float64",
  12: "uint32",
  13: "uint64",
  16: "bfloat16",
  21: "uint4",
  22: "int4",
} as const;

export type ElementType = (typeof elementTypes)[keyof typeof elementTypes];

/** A tensor as it stands in a model. Its values are decoded on demand. */
export interface StoredTensor {
  readonly name: string;
  readonly dims: readonly number[];
  /** Number of the element type. */
  readonly type: number;
  /** Where the values are: little-endian bytes, numbers one by one, or another file. */
  readonly raw?: Uint8Array;
  readonly numbers?: readonly number[];
  readonly external?: { readonly location: string; readonly offset: number; readonly length?: number };
}

/** Values of a tensor, as doubles, whatever their type in the model. Integers beyond 2^53 are rounded. */
export interface TensorValues {
  readonly dims: readonly number[];
  readonly type: ElementType;
  readonly data: Float64Array;
}

export interface Attribute {
  readonly float?: number;
  readonly integer?: number;
  readonly text?: string;
  readonly tensor?: StoredTensor;
  readonly floats: readonly number[];
  readonly integers: readonly number[];
  /** Outer tensors that a graph inside (of If, Loop or Scan) uses. */
  readonly captured: readonly string[];
}

/** One operator of a graph. */
export interface OnnxNode {
  readonly name: string;
  readonly operator: string;
  /** Empty for ONNX's own operators. */
  readonly domain: string;
  /** Empty names are optional inputs or outputs that are left out. */
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: ReadonlyMap<string, Attribute>;
  readonly attributeBytes: readonly Uint8Array[];
  /** The node as it is in the file, or as it is to be written. */
  readonly bytes: Uint8Array;
}

/** An input or output of a graph. A size is a number, the name of an unknown size, or null if nothing is known of it. */
export interface ValueInfo {
  readonly name: string;
  readonly type: number;
  readonly dims?: readonly (number | string | null)[];
  readonly bytes: Uint8Array;
}

export interface OnnxModel {
  /** As messages show it. */
  readonly file: string;
  readonly irVersion: number;
  /** Version of each domain's operators. */
  readonly operatorSets: ReadonlyMap<string, number>;
  readonly nodes: readonly OnnxNode[];
  readonly initializers: ReadonlyMap<string, StoredTensor>;
  /** Inputs that have to be given: those without an initializer. */
  readonly inputs: readonly ValueInfo[];
  readonly outputs: readonly ValueInfo[];
  /** What the file says of tensors inside. */
  readonly values: ReadonlyMap<string, ValueInfo>;
  /** Operator sets and functions as they are in the file. */
  readonly operatorSetBytes: readonly Uint8Array[];
  readonly functionBytes: readonly Uint8Array[];
  /** Functions that the model defines, as `domain.name`. */
  readonly functions: ReadonlySet<string>;
  /** Weights of layers that were quantised as a whole: the DequantizeLinear that would make each of integers. */
  readonly dequantized?: ReadonlyMap<string, OnnxNode>;
}

/** Numbers in a tensor of these sizes. */
export function elementCount(dims: readonly number[]): number {
  return dims.reduce((product, size) => product * size, 1);
}

/** Whether a node is ONNX's own operator of that name. */
export function isOperator(node: OnnxNode, ...operators: readonly string[]): boolean {
  return isStandard(node.domain) && operators.includes(node.operator);
}

export function isStandard(domain: string): boolean {
  return domain === "" || domain === "ai.onnx";
}

/** `Conv "features.0" ` as messages name a node. */
export function nodeTitle(node: OnnxNode): string {
  const operator = isStandard(node.domain) ? node.operator : `${node.domain}.${node.operator}`;
  return `${operator} "${nodeName(node)}"`;
}

/** The node's name, or that of its first output. */
export function nodeName({ name, outputs }: OnnxNode): string {
  return name === "" ? outputs[0] : name;
}

/** All tensors that a node uses, those of graphs inside it among them. */
export function usedTensors({ inputs, attributes }: OnnxNode): readonly string[] {
  const captured = [...attributes.values()].flatMap((attribute) => attribute.captured);
  return [...inputs, ...captured].filter((name) => name !== "");
}
