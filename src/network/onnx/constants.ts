import type { EngineTensor, FloatEngine } from "../float-engine";
import type { ElementType, OnnxModel, OnnxNode, StoredTensor, TensorValues } from "./model";
import { isOperator, usedTensors } from "./model";
import { withPart } from "./part";
import type { ExternalFiles } from "./tensor";
import { tensorNumbers, tensorValues } from "./tensor";

/** The tensors of a model that do not depend on its inputs. */
export interface Constants {
  has(name: string): boolean;
  /** Sizes without decoding the values. */
  dims(name: string): readonly number[];
  values(name: string): TensorValues;
  /** The values alone, in the precision that they are given in. */
  weights(name: string): Float32Array | Float64Array;
}

/** Constants that stand in the model: initializers and the values of Constant nodes. */
export function storedConstants(model: OnnxModel): ReadonlyMap<string, StoredTensor> {
  const stored = new Map(model.initializers);
  for (const node of model.nodes) {
    const tensor = isOperator(node, "Constant") ? constantOf(node) : undefined;
    if (tensor !== undefined) stored.set(node.outputs[0], tensor);
  }
  return stored;
}

function constantOf({ attributes }: OnnxNode): StoredTensor | undefined {
  const [[kind, attribute] = []] = attributes;
  const numbers = (type: number, values: readonly number[], dims: readonly number[]): StoredTensor => ({
    name: "",
    type,
    dims,
    numbers: values,
  });
  if (attribute === undefined) return undefined;
  switch (kind) {
    case "value":
      return attribute.tensor;
    case "value_float":
      return numbers(1, [attribute.float ?? 0], []);
    case "value_floats":
      return numbers(1, attribute.floats, [attribute.floats.length]);
    case "value_int":
      return numbers(7, [attribute.integer ?? 0], []);
    case "value_ints":
      return numbers(7, attribute.integers, [attribute.integers.length]);
    default:
      return undefined;
  }
}

/** Operators whose constant inputs say what a layer computes; other constants are of no interest here. */
const interested = [
  "Conv",
  "Gemm",
  "MatMul",
  "BatchNormalization",
  "Add",
  "Clip",
  "QuantizeLinear",
  "DequantizeLinear",
];

/**
 * Finds the constants of a model. Those that nodes make of other constants (a Cast of weights, a Reshape of a bias) are
 * computed by the engine, if a layer may need them.
 */
export async function findConstants(
  model: OnnxModel,
  engine: FloatEngine,
  externalFiles: ExternalFiles,
): Promise<Constants> {
  const stored = storedConstants(model);
  const computing: OnnxNode[] = [];
  const known = new Set(stored.keys());
  for (const node of model.nodes) {
    const isConstant = usedTensors(node).length > 0 && usedTensors(node).every((name) => known.has(name));
    if (!isConstant || node.operator.startsWith("Random")) continue;
    computing.push(node);
    node.outputs.forEach((name) => known.add(name));
  }
  const computed = new Set(computing.flatMap(({ outputs }) => outputs));
  const constantNodes = new Set(computing);
  const wanted = new Set(
    model.nodes
      .filter((node) => !constantNodes.has(node) && isOperator(node, ...interested))
      .flatMap(({ inputs }) => inputs)
      .filter((name) => computed.has(name)),
  );
  const values =
    wanted.size === 0
      ? new Map<string, EngineTensor>()
      : await withPart(model, [...wanted], new Map(), engine, externalFiles, (run) => run(new Map()));
  return {
    has: (name) => stored.has(name) || values.has(name),
    dims: (name) => values.get(name)?.dims ?? (stored.get(name) as StoredTensor).dims,
    values(name) {
      const known = values.get(name);
      return known === undefined
        ? tensorValues(stored.get(name) as StoredTensor, model.file, externalFiles)
        : { ...known, type: known.type as ElementType, data: new Float64Array(known.data) };
    },
    weights: (name) =>
      values.get(name)?.data ?? tensorNumbers(stored.get(name) as StoredTensor, model.file, externalFiles),
  };
}
