import { name as nameSchema, requireArgument } from "../arguments";
import { RaellaError } from "../errors";
import { freeze } from "../memory";
import { join } from "../platform";
import { expressionsOf } from "./design-checks";
import { evaluateInOrder, isExpressionText, namesRead, toTable } from "./expression/evaluate";
import { FileReader, withOneLook } from "./file-memo";
import { findLayer } from "./find-layer";
import { loadArchitecture } from "./get-spec";
import { compiledFor } from "./model-files";
import { namesByReader, wordsOfProblems } from "./processing/names-read";
import type { Value, Workspace } from "./specification";
import { givenWorkspace, lookUpArchitecture, overlaysOf, workspaceSchema } from "./workspace";
import { displayPath, expandIncludes } from "./yaml/source-text";

/** Values of a knob that make sense; others can be set, too. */
export interface KnobRange {
  readonly from: number;
  readonly to: number;
  /** Whether each step doubles the value, instead of adding one. */
  readonly isDoubling: boolean;
}

/** A variable of a model, with what the comment above it says. */
export interface ModelVariable {
  readonly name: string;
  /** The word in brackets: `knob`, `care`, `derived`, `statistics`, `fixed`, or any other; null where there is none. */
  readonly kind: string | null;
  /** The comment without it; of several variables in a row the one above the first. */
  readonly note: string;
  /** Heading of the part of the file that it stands in; empty where there is none. */
  readonly section: string;
  /** As the file has it: a value, or the text of an expression. */
  readonly written: Value;
  /** Only of knobs that say so. */
  readonly range?: KnobRange;
}

type Comment = Pick<ModelVariable, "kind" | "note" | "range">;

const noComment: Comment = { kind: null, note: "" };
const heading = /^\s*#\s*-{3,}\s*(.*?)\s*-{3,}\s*$/;
const commentLine = /^\s*#\s?(.*)$/;
const variableLine = /^\s+["']?([A-Za-z_]\w*)["']?\s*:/;
const tagged = /^\[([a-z]+)(?::\s*([^\]]*))?\]\s*/;
const rangeText = /^(-?\d+(?:\.\d+)?) to (-?\d+(?:\.\d+)?)(, doubling)?$/;

/**
 * The variables of an architecture in the order of its `variables.yaml`, with the notes of that file: which are knobs,
 * what they do, which values make sense. What an expression comes to is part of a specification (`getSpec`).
 * @throws RaellaError `unknown-name` for an architecture that there is not, `schema` for a range that cannot be read.
 * @example
 * ```ts
 * const knobs = listVariables("raella").filter(({ kind }) => kind === "knob");
 * // { name: "ADC_RESOLUTION", written: 7, range: { from: 4, to: 10, isDoubling: false }, note: "Bits of …", … }
 * ```
 */
export function listVariables(architecture: string, workspace?: Workspace): readonly ModelVariable[] {
  requireArgument(nameSchema, architecture, "the architecture of listVariables");
  if (workspace !== undefined) requireArgument(workspaceSchema, workspace, "the workspace");
  const own = givenWorkspace(workspace);
  return withOneLook(() => {
    const { entry, origin } = lookUpArchitecture(architecture, own);
    const { variables } = loadArchitecture(own, entry, origin, { fidelity: "artifact", isDense: false });
    const file = join(own.modelsDirectory, entry.directory, "variables.yaml");
    const reader = new FileReader(overlaysOf(own));
    const notes = readNotes(expandIncludes(file, reader, [own.modelsDirectory]).text, displayPath(file));
    return freeze(
      [...variables].map(([name, value]) => ({
        name,
        ...(notes.get(name) ?? { ...noComment, section: "" }),
        written: isExpressionText(value) ? value.expression : value,
      })),
    );
  });
}

/** What stands above each variable. A comment holds for all variables in a row; an empty line ends it. */
function readNotes(text: string, file: string): ReadonlyMap<string, Comment & { section: string }> {
  const notes = new Map<string, Comment & { section: string }>();
  let section = "";
  let comment: string[] = [];
  let above = noComment;
  text.split("\n").forEach((line, index) => {
    const title = heading.exec(line)?.[1];
    if (title !== undefined || line.trim() === "") {
      section = title ?? section;
      comment = [];
      above = noComment;
      return;
    }
    const words = commentLine.exec(line)?.[1];
    if (words !== undefined) {
      comment.push(words.trim());
      return;
    }
    if (comment.length > 0) above = readComment(comment.join(" "), file, index);
    comment = [];
    const name = variableLine.exec(line)?.[1];
    if (name !== undefined) notes.set(name, { ...above, section });
  });
  return notes;
}

function readComment(text: string, file: string, line: number): Comment {
  const match = tagged.exec(text);
  if (match === null) return { kind: null, note: text };
  const [tag, kind, range] = match;
  const note = text.slice(tag.length);
  if (range === undefined) return { kind, note };
  const [, from, to, doubling] = rangeText.exec(range.trim()) ?? [];
  if (from === undefined || !(Number(from) < Number(to)) || (doubling !== undefined && !(Number(from) > 0)))
    throw new RaellaError({
      code: "schema",
      message: `The range of the ${kind} cannot be read.`,
      location: { file, line },
      value: range,
      expected: "[knob: 4 to 10], or [knob: 64 to 1024, doubling]",
    });
  return { kind, note, range: { from: Number(from), to: Number(to), isDoubling: doubling !== undefined } };
}

/** A variable of a model, what it comes to and who reads it. */
export interface VariableUse extends ModelVariable {
  /** Where nothing is set and no statistics are read. */
  readonly value: Value;
  /** Empty where its note names none. */
  readonly unit: string;
  /** Variables, levels and component classes that look it up, and `the layer` and `a check`. */
  readonly readBy: readonly string[];
}

/**
 * The variables of an architecture's model, in order, with what its comments say of them.
 * @throws RaellaError `unknown-name` with the nearest architecture, and for mistakes in the files.
 */
export function variableUses(architecture: string, workspace?: Workspace): readonly VariableUse[] {
  const own = givenWorkspace(workspace);
  const { entry, origin } = lookUpArchitecture(architecture, own);
  const model = loadArchitecture(own, entry, origin, { fidelity: "artifact", isDense: true });
  const readers = readersIn(model, own);
  const values = toTable(
    evaluateInOrder(Object.entries(model.document.variables), null, {
      workingDirectory: own.modelsDirectory,
    }),
  );
  return listVariables(architecture, own).map((variable) => ({
    ...variable,
    value: values[variable.name] ?? null,
    unit: unitIn(variable.note),
    readBy: [...new Set(readers.filter(([, names]) => names.has(variable.name)).map(([reader]) => reader))],
  }));
}

/** Who looks up names, and which. */
function readersIn(
  model: ReturnType<typeof loadArchitecture>,
  workspace: Workspace,
): readonly (readonly [reader: string, names: ReadonlySet<string>])[] {
  const { document } = model;
  // Which layer does not matter: all of them take the same sizes from the architecture.
  const { problem } = findLayer(workspace, { layer: { C: 1 } });
  const named = Object.entries(document.variables).map(
    ([name, written]) => [name, new Set(namesRead(written))] as const,
  );
  return [
    ...named,
    ...namesByReader(document, compiledFor(model, problem).leaves),
    ["the layer", wordsOfProblems.of(problem)],
    ["a check", new Set(document.checks.flatMap(expressionsOf).flatMap(namesRead))],
  ];
}

/** The unit that a note begins with or names. */
function unitIn(note: string): string {
  const [sentence = ""] = note.split(". ");
  if (/\bnm\b/.test(sentence)) return "nm";
  if (/\bseconds\b/i.test(sentence)) return "s";
  return /^(?:Bits|Bound of dimension [ILT])\b|\bin bits\b/.test(sentence) ? "bit" : "";
}
