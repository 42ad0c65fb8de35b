import { type Document, isMap, isNode, LineCounter } from "yaml";

import { requireArgument, text as textSchema } from "../../arguments";
import type { SourceLocation } from "../../errors";
import { RaellaError } from "../../errors";
import { nestedTooDeeply } from "../../spec/yaml/nesting";
import { parseDeepDocument } from "../../spec/yaml/parse-document";
import { keyPathText, planSweep } from "./plan-sweep";
import type { SweepDescription } from "./sweep-description";
import type { SweepPlan } from "./sweep-plan";

/**
 * Reads a sweep description from YAML text. The description may stand under a top key `sweep`.
 * @param file Name of the file, for error messages.
 * @throws RaellaError with file, line and column of the mistake.
 */
export function parseSweep(text: string, file: string): SweepPlan {
  requireArgument(textSchema, text, "the text of parseSweep");
  requireArgument(textSchema, file, "the file name of parseSweep");
  const lines = new LineCounter();
  const document = parseDeepDocument(text, {
    lineCounter: lines,
    prettyErrors: false,
    logLevel: "error",
  });
  if (document === undefined)
    throw new RaellaError({ code: "yaml-syntax", message: nestedTooDeeply, location: { file } });
  const positionOf = (offset: number): SourceLocation => {
    const { line, col } = lines.linePos(offset);
    return { file, line, column: col };
  };
  const [problem] = document.errors;
  if (problem)
    throw new RaellaError({
      code: "yaml-syntax",
      message: problem.message,
      location: positionOf(problem.pos[0]),
    });
  const prefix = isMap(document.contents) && document.has("sweep") ? ["sweep"] : [];
  const locate = (path: readonly (string | number)[]): SourceLocation => {
    // A key that is missing is reported at the map that lacks it.
    for (let depth = path.length; depth >= 0; depth -= 1) {
      const node: unknown = document.getIn([...prefix, ...path.slice(0, depth)], true);
      if (isNode(node) && node.range)
        return { ...positionOf(node.range[0]), keyPath: keyPathText(path) || undefined };
    }
    return { file, keyPath: keyPathText(path) || undefined };
  };
  const content = plainData(document, file);
  const description = prefix.length > 0 ? (content as { sweep: unknown }).sweep : content;
  return planSweep(description as SweepDescription, locate);
}

/** The document as plain data. @throws RaellaError for aliases that stand for nothing or unfold to too much. */
function plainData(document: Document.Parsed, file: string): unknown {
  try {
    return document.toJS({ maxAliasCount: 100 });
  } catch (error) {
    if (!(error instanceof ReferenceError || error instanceof TypeError)) throw error;
    throw new RaellaError({ code: "yaml-syntax", message: `${error.message}.`, location: { file } });
  }
}
