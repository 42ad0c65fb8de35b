import type { FloatEngine, FloatSession } from "../float-engine";
import type { OnnxModel, OnnxNode } from "./model";
import { elementTypes, usedTensors } from "./model";
import { cannotRun } from "./run-errors";
import type { ExternalFiles } from "./tensor";
import { writeModelPart } from "./write-model";

/** The nodes that some tensors depend on, up to tensors that are given, in the order of the graph. */
export function nodesFor(
  model: OnnxModel,
  outputs: readonly string[],
  given: ReadonlySet<string>,
): readonly OnnxNode[] {
  const needed = new Set(outputs.filter((name) => !given.has(name)));
  const chosen = [...model.nodes].reverse().filter((node) => {
    if (!node.outputs.some((name) => needed.has(name))) return false;
    for (const name of usedTensors(node)) if (!given.has(name)) needed.add(name);
    return true;
  });
  return chosen.reverse();
}

/** Opens the part of a model that computes some tensors. @throws RaellaError if the engine cannot run it. */
export async function openPart(
  model: OnnxModel,
  outputs: readonly string[],
  inputs: ReadonlyMap<string, number>,
  engine: FloatEngine,
  externalFiles: ExternalFiles,
): Promise<FloatSession> {
  const nodes = nodesFor(model, outputs, new Set(inputs.keys()));
  const part = { nodes, inputs, outputs, initializers: model.initializers };
  const bytes = await writeModelPart(model, part, usedTensors, externalFiles);
  try {
    const session = await engine.open(bytes);
    return {
      // Where nothing is wanted, the engine would compute everything.
      run: (given, wanted) =>
        wanted?.length === 0
          ? Promise.resolve(new Map())
          : session.run(given, wanted).catch((error) => Promise.reject(cannotRun(model, nodes, error))),
      close: () => session.close(),
    };
  } catch (error) {
    throw cannotRun(model, nodes, error);
  }
}

/** ONNX's name of an element type number. */
export function typeName(type: number): string {
  return elementTypes[type as keyof typeof elementTypes];
}
