import type { EngineTensor } from "./float-engine";
import type { MeasuredSizes, MeasuredLayer, WindowedLayer } from "./measure-layers";
import type { OnnxModel, OnnxNode } from "./onnx/model";
import { elementTypes, isOperator, usedTensors } from "./onnx/model";
import { nodesFor, typeName, withPart } from "./onnx/part";
import { writeModelPart } from "./onnx/write-model";
import type { PreparedNetwork } from "./prepare-network";
import type { ActivationScale } from "./quantization";

/** Nodes between mapped layers, as a model of their own. */
interface FloatPart {
  readonly model: Uint8Array;
  /** Tensors that are given to it. What it computes, the engine tells. */
  readonly given: readonly string[];
}

/** A mapped layer between two parts: integers, and what makes a tensor of them again. */
export interface CutLayer extends WindowedLayer {
  /** Tensors that enter and leave: the accumulators with the bias, before the activation. */
  readonly input: string;
  readonly output: string;
  readonly outputType: string;
  readonly sizes: MeasuredSizes;
  readonly filters: number;
  readonly rows: number;
  readonly weights: Int8Array;
  readonly weightZeros?: Int32Array;
  readonly inputScale: ActivationScale;
  /** In units of the accumulator, and what such a unit is, for each filter of each group. */
  readonly bias: Float64Array;
  readonly units: Float64Array;
}

/** One step through a network: a part, if something lies in between, then a layer, if another one follows. */
interface CutStage {
  readonly part?: FloatPart;
  readonly layer?: CutLayer;
  /** Tensors that later stages need. */
  readonly keep: readonly string[];
}

/**
 * A network that is cut at its mapped layers. It is plain data, which can be sent to other threads: they need neither
 * the model nor the files beside it.
 */
export interface CutNetwork {
  readonly file: string;
  readonly stages: readonly CutStage[];
  /** The tensor that is the network's result. */
  readonly result: string;
}

/** A cut network and what the float network makes of the same samples. */
export interface CutWithReference {
  readonly cut: CutNetwork;
  /** The results of the float network, for each sample. */
  readonly reference: readonly EngineTensor[];
}

/** Nodes of one stage, and the tensors that it takes from outside. */
interface PlannedPart {
  readonly nodes: readonly OnnxNode[];
  readonly given: readonly string[];
  /** Tensors that leave it. */
  readonly targets: Set<string>;
}

/**
 * Cuts a network at its mapped layers, in the order of the graph. Each node between them belongs to one stage, the first
 * that needs it; only constants are made anew wherever they are used.
 */
export async function cutNetwork(
  network: PreparedNetwork,
  afterRun: (done: number, runs: number) => Promise<void>,
): Promise<CutWithReference> {
  const { model, measured, engine, externalFiles, samples } = network;
  const result = resultTensor(model);
  const parts = planParts(network, result);
  const inputTypes = new Map(model.inputs.map(({ name, type }) => [name, type]));
  const crossing = new Set(parts.flatMap(({ given }) => given).filter((name) => !inputTypes.has(name)));
  for (const { graph } of measured) crossing.add(graph.linearOutput);
  // Of the tensors that cross a cut only the types are asked for; the whole network tells them.
  const types = new Map(inputTypes);
  const reference: EngineTensor[] = [];
  const wanted = [...new Set([...crossing, result])].filter((name) => !inputTypes.has(name));
  await withPart(model, wanted, inputTypes, engine, externalFiles, async (run) => {
    for (let sample = 0; sample < samples.count; sample++) {
      const inputs = samples.at(sample);
      // The types are the same in all samples.
      const outputs = await run(
        inputs,
        wanted.filter((name) => sample === 0 || name === result),
      );
      reference.push((outputs.get(result) ?? inputs.get(result)) as EngineTensor);
      if (sample === 0) for (const [name, { type }] of outputs) types.set(name, typeNumber(type));
      await afterRun(sample + 1, samples.count);
    }
  });
  const models = await Promise.all(
    parts.map(async ({ nodes, given, targets }) => {
      if (nodes.length === 0) return undefined;
      const inputs = new Map(given.map((name) => [name, types.get(name) as number]));
      const part = { nodes, inputs, outputs: [...targets], initializers: model.initializers };
      return writeModelPart(model, part, externalFiles);
    }),
  );
  const stages = parts.map((part, index): CutStage => {
    const bytes = models[index];
    const layer = measured.at(index);
    const later = parts.slice(index + 1).flatMap(({ given }) => given);
    const inputsOfLater = measured.slice(index + 1).map(({ graph }) => graph.input);
    return {
      ...(bytes && { part: { model: bytes, given: part.given } }),
      ...(layer && { layer: cutLayer(layer, typeName(types.get(layer.graph.linearOutput) ?? 1)) }),
      keep: [...new Set([...later, ...inputsOfLater, result])],
    };
  });
  return { cut: { file: model.file, stages, result }, reference };
}

/** The first output of the graph; where a softmax makes it, what goes into the softmax. */
function resultTensor(model: OnnxModel): string {
  const producers = new Map(model.nodes.flatMap((node) => node.outputs.map((name) => [name, node])));
  const behindIdentity = (name: string): string => {
    const producer = producers.get(name);
    return producer && isOperator(producer, "Identity") ? behindIdentity(producer.inputs[0]) : name;
  };
  const [{ name }] = model.outputs;
  const producer = producers.get(behindIdentity(name));
  return producer && isOperator(producer, "Softmax", "LogSoftmax") ? producer.inputs[0] : name;
}

/** For each layer, and for the result, the nodes that are needed beyond what earlier stages have made. */
function planParts({ model, measured }: PreparedNetwork, result: string): readonly PlannedPart[] {
  const constant = constantTensors(model);
  const available = new Set(model.inputs.map(({ name }) => name));
  const madeBy = new Map<string, PlannedPart>();
  const goals = [...measured.map(({ graph }) => graph.input), result];
  return goals.map((goal, index) => {
    const nodes = nodesFor(model, [goal], available);
    const own = new Set(nodes.flatMap(({ outputs }) => outputs));
    const used = new Set(nodes.flatMap(usedTensors));
    const given = [...used].filter((name) => available.has(name) && !own.has(name));
    const part = { nodes, given, targets: new Set<string>() };
    if (own.has(goal)) part.targets.add(goal);
    // What earlier parts made has to leave them.
    for (const name of [...given, goal]) madeBy.get(name)?.targets.add(name);
    for (const name of own) {
      if (constant.has(name) || name === "") continue;
      available.add(name);
      madeBy.set(name, part);
    }
    if (index < measured.length) available.add(measured[index].graph.linearOutput);
    return part;
  });
}

/** Tensors that do not depend on the inputs. */
function constantTensors(model: OnnxModel): ReadonlySet<string> {
  const constant = new Set(model.initializers.keys());
  for (const node of model.nodes)
    if (!node.operator.startsWith("Random") && usedTensors(node).every((name) => constant.has(name)))
      for (const name of node.outputs) constant.add(name);
  return constant;
}

function cutLayer(
  { graph, sizes, integers, inputScale, weightScales, output }: MeasuredLayer,
  outputType: string,
): CutLayer {
  return {
    channels: graph.channels,
    groups: graph.groups,
    window: graph.window,
    spatialAxes: graph.spatialAxes,
    input: graph.input,
    output: graph.linearOutput,
    outputType,
    sizes,
    filters: integers.filters,
    rows: integers.rows,
    weights: integers.weights,
    weightZeros: integers.weightZeros,
    inputScale,
    bias: output.bias,
    units: weightScales.map((scale) => inputScale.scale * scale),
  };
}

function typeNumber(name: string): number {
  const found = Object.entries(elementTypes).find(([, type]) => type === name);
  return Number(found?.[0] ?? 1);
}
