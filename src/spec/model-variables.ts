import { resolve } from "../platform";
import { evaluateInOrder, isExpressionText, namesRead, toTable } from "./expression/evaluate";
import { FileReader } from "./file-memo";
import { findLayer } from "./find-layer";
import { loadArchitecture } from "./get-spec";
import { compiledFor } from "./model-files";
import { namesOfClass, namesOfLeaf, wordsOfProblems } from "./processing/names-read";
import { expressionsOf } from "./schema/check-schema";
import type { ModelDocument } from "./schema/read-document";
import type { ComponentClass, Value } from "./specification";
import { defaultWorkspace, givenWorkspace, lookUpArchitecture } from "./workspace";
import type { Workspace } from "./workspace";

/** How a variable is meant to be used, as the comment above it says in brackets. */
const kinds = ["knob", "care", "derived", "statistics", "fixed"] as const;
export type VariableKind = (typeof kinds)[number];

/** A variable of a model, for people. */
export interface ModelVariable {
  readonly name: string;
  /** Where nothing is set and no statistics are read. */
  readonly value: Value;
  /** The expression that it follows from; null for a plain value. */
  readonly expression: string | null;
  /** Empty where its comment names none. */
  readonly unit: string;
  /** Null where its comment says nothing of it. */
  readonly kind: VariableKind | null;
  readonly description: string;
  /** Variables, levels and component classes that look it up, and `the layer` and `a check`. */
  readonly readBy: readonly string[];
}

/**
 * The variables of an architecture's model, in order, with what its comments say of them.
 * @throws RaellaError `unknown-name` with the nearest architecture, and for mistakes in the files.
 */
export function listVariables(architecture: string, workspace?: Workspace): readonly ModelVariable[] {
  const given = givenWorkspace(workspace);
  const { entry, origin } = lookUpArchitecture(architecture, given);
  const model = loadArchitecture(given, entry, origin, { fidelity: "artifact", isDense: true });
  const { document } = model;
  const readers = readersIn(model, given);
  const values = toTable(
    evaluateInOrder(Object.entries(document.variables), null, { workingDirectory: given.modelsDirectory }),
  );
  // What a derived architecture changes is described where it comes from.
  const { derivedFrom: base } = entry;
  const inherited =
    base === undefined ? [] : listVariables(base, base === entry.name ? defaultWorkspace() : given);
  const described = commentsOf(document);
  return Object.entries(document.variables).map(([name, written]) => {
    const { kind, unit, description } = inherited.find((known) => known.name === name) ?? described(name);
    return {
      ...{ name, value: values[name] ?? null, unit, kind, description },
      expression: isExpressionText(written) && namesRead(written).length > 0 ? written.expression : null,
      readBy: [...readers].filter(([, names]) => names.has(name)).map(([reader]) => reader),
    };
  });
}

/** Who looks up names, and which. */
function readersIn(
  model: ReturnType<typeof loadArchitecture>,
  workspace: Workspace,
): ReadonlyMap<string, ReadonlySet<string>> {
  const { document } = model;
  const readers = new Map<string, Set<string>>();
  const add = (reader: string, names: Iterable<string>): void => {
    const known = readers.get(reader) ?? new Set();
    readers.set(reader, known);
    for (const name of names) known.add(name);
  };
  for (const [name, written] of Object.entries(document.variables)) add(name, namesRead(written));
  // Which layer does not matter: all of them take the same sizes from the architecture.
  const { problem } = findLayer(workspace, { layer: { C: 1 } });
  const classes = new Map(document.componentClasses.map((written) => [written.name, written]));
  const addClass = (written: ComponentClass | undefined): void => {
    if (written === undefined || readers.has(written.name)) return;
    add(written.name, namesOfClass(written));
    for (const part of written.subcomponents) addClass(classes.get(part.class));
  };
  for (const leaf of compiledFor(model, problem).leaves) {
    add(leaf.name, namesOfLeaf(leaf));
    addClass(classes.get(leaf.document.subclass ?? leaf.document.class));
  }
  add("the layer", wordsOfProblems.of(problem));
  for (const check of document.checks) add("a check", expressionsOf(check).flatMap(namesRead));
  return readers;
}

type Described = Pick<ModelVariable, "kind" | "unit" | "description">;

/** The comments above variables; one that stands above several is about all of them. */
function commentsOf({ variableLocations }: ModelDocument): (name: string) => Described {
  const reader = new FileReader();
  return (name) => {
    const location = variableLocations.get(name);
    if (location?.line === undefined) return { kind: null, unit: "", description: "" };
    const lines = reader
      .read(resolve(location.file))
      .text.split(/\r?\n/)
      .slice(0, location.line - 1);
    const isComment = (line = ""): boolean => /^\s*#/.test(line);
    while (lines.length > 0 && /^\s*\w+\s*:/.test(lines.at(-1) ?? "")) lines.pop();
    const comment: string[] = [];
    while (isComment(lines.at(-1))) comment.unshift((lines.pop() ?? "").replace(/^\s*#\s?/, ""));
    const text = comment.join(" ");
    const [, tag, description = text] = /^\[(\w+)[^\]]*\]\s*(.*)$/.exec(text) ?? [];
    return { kind: kinds.find((kind) => kind === tag) ?? null, unit: unitIn(description), description };
  };
}

/** The unit that a description begins with or names. */
function unitIn(description: string): string {
  const [sentence = ""] = description.split(". ");
  if (/\bnm\b/.test(sentence)) return "nm";
  if (/\bseconds\b/i.test(sentence)) return "s";
  return /^(?:Bits|Bound of dimension [ILT])\b|\bin bits\b/.test(sentence) ? "bit" : "";
}
