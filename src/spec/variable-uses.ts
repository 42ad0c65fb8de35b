import { evaluateInOrder, namesRead, toTable } from "./expression/evaluate";
import { findLayer } from "./find-layer";
import { loadArchitecture } from "./get-spec";
import { compiledFor } from "./model-files";
import { namesOfClass, namesOfLeaf, wordsOfProblems } from "./processing/names-read";
import { expressionsOf } from "./schema/check-schema";
import type { ComponentClass, Value, Workspace } from "./specification";
import type { ModelVariable } from "./variable-notes";
import { listVariables } from "./variable-notes";
import { givenWorkspace, lookUpArchitecture } from "./workspace";

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
    readBy: [...readers].filter(([, names]) => names.has(variable.name)).map(([reader]) => reader),
  }));
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

/** The unit that a note begins with or names. */
function unitIn(note: string): string {
  const [sentence = ""] = note.split(". ");
  if (/\bnm\b/.test(sentence)) return "nm";
  if (/\bseconds\b/i.test(sentence)) return "s";
  return /^(?:Bits|Bound of dimension [ILT])\b|\bin bits\b/.test(sentence) ? "bit" : "";
}
