import { RaellaError } from "../../errors";
import type { FloatEngine, FloatSession } from "../float-engine";
import type { OnnxModel, OnnxNode } from "./model";
import { elementTypes, nodeName, nodeTitle, usedTensors } from "./model";
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

/**
 * Computes something with the part of a model that makes some tensors.
 * @throws RaellaError if the engine cannot run it.
 */
export async function withPart<Result>(
  model: OnnxModel,
  outputs: readonly string[],
  inputs: ReadonlyMap<string, number>,
  engine: FloatEngine,
  externalFiles: ExternalFiles,
  compute: (run: FloatSession["run"]) => Promise<Result>,
): Promise<Result> {
  const nodes = nodesFor(model, outputs, new Set(inputs.keys()));
  const part = { nodes, inputs, outputs, initializers: model.initializers };
  const bytes = await writeModelPart(model, part, externalFiles);
  const explaining = async <Answer>(ask: () => Promise<Answer>): Promise<Answer> => {
    try {
      return await ask();
    } catch (error) {
      throw cannotRun(model, nodes, error);
    }
  };
  const session = await explaining(() => engine.open(bytes));
  try {
    // Where nothing is wanted, the engine would compute everything.
    return await compute((given, wanted) =>
      wanted?.length === 0 ? Promise.resolve(new Map()) : explaining(() => session.run(given, wanted)),
    );
  } finally {
    await session.close();
  }
}

/** ONNX's name of an element type number. */
export function typeName(type: number): string {
  return elementTypes[type as keyof typeof elementTypes];
}

/** What the engine said, as one line without its decoration. */
function engineWords(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return text.replace(/\s+/g, " ").trim();
}

/** The model cannot be run: which operator it is, where the engine's words tell, and the words. */
function cannotRun(model: OnnxModel, nodes: readonly OnnxNode[], error: unknown): RaellaError {
  if (error instanceof RaellaError) return error;
  const words = engineWords(error);
  const names = (text: string): boolean => text !== "" && words.includes(text);
  const culprit =
    nodes.find((node) => names(node.name) && names(node.operator)) ??
    nodes.find((node) => names(`'${nodeName(node)}'`)) ??
    nodes.find((node) => new RegExp(`\\b${node.operator}\\b`).test(words));
  const domain = culprit?.domain === "" || culprit === undefined ? "ai.onnx" : culprit.domain;
  return new RaellaError({
    code: "schema",
    message:
      culprit === undefined
        ? "The model cannot be run."
        : `The model cannot be run: ${nodeTitle(culprit)} (domain ${domain}) cannot be computed.`,
    location: { file: model.file },
    value: culprit?.operator,
    details: [`onnxruntime-web: ${words}`],
    remedy: "Only standard operators can be run. Import the part of the network before and after it.",
  });
}
