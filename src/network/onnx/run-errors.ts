import { RaellaError } from "../../errors";
import type { OnnxModel, OnnxNode } from "./model";
import { nodeName, nodeTitle } from "./model";

/** What the engine said, as one line without its decoration. */
function engineWords(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return text.replace(/\s+/g, " ").trim();
}

/** The model cannot be run: which operator it is, where the engine's words tell, and the words. */
export function cannotRun(model: OnnxModel, nodes: readonly OnnxNode[], error: unknown): RaellaError {
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
