import { Derived } from "../../memory";
import { namesOfCheck } from "../design-checks";
import { isExpressionText, namesRead } from "../expression/evaluate";
import { namesOfArithmetic } from "../schema/arithmetic-schema";
import type { ProblemDocument } from "../schema/problem-schema";
import type { ModelDocument } from "../schema/read-document";
import type { ComponentClass, WrittenValue } from "../specification";
import type { CompiledLeaf, CompiledModel, ModelReaders } from "./compiled-model";
import { expressionsOfLeaf } from "./compiled-model";
import { wordsIn } from "./compiled-part";

/** The readers of a model. */
export function readersOf(document: ModelDocument, leaves: readonly CompiledLeaf[]): ModelReaders {
  const { checks, arithmetic, componentClasses } = document;
  const classes = new Set(componentClasses.map(({ name }) => name));
  return {
    names: new Set([
      ...[...namesByReader(document, leaves).values()].flatMap((names) => [...names]),
      ...checks.flatMap(namesOfCheck),
      ...namesOfArithmetic(arithmetic ?? {}),
    ]),
    hasPrimitiveLevels: leaves.some(
      ({ kind, document: { subclass, class: own } }) =>
        kind !== "container" && kind !== "nothing" && !classes.has(subclass ?? own),
    ),
  };
}

/** The names that nodes look up, and the component classes that they are made of: by node and class. */
export function namesByReader(
  { componentClasses }: ModelDocument,
  leaves: readonly CompiledLeaf[],
): Map<string, Set<string>> {
  const readers = new Map<string, Set<string>>();
  const classes = new Map(componentClasses.map((written) => [written.name, written]));
  const add = (reader: string, names: readonly string[]): void => {
    readers.set(reader, new Set([...(readers.get(reader) ?? []), ...names]));
  };
  const met = new Set<ComponentClass>();
  const addClass = (name: string): void => {
    const written = classes.get(name);
    if (written === undefined || met.has(written)) return;
    met.add(written);
    add(name, namesOfClass(written));
    for (const part of written.subcomponents) addClass(part.class);
  };
  for (const leaf of leaves) {
    add(leaf.name, namesOfLeaf(leaf));
    addClass(leaf.document.subclass ?? leaf.document.class);
  }
  return readers;
}

/** Names that a node looks up, and words in its constraints that may be names. */
function namesOfLeaf(leaf: CompiledLeaf): readonly string[] {
  return [...expressionsOfLeaf(leaf).flatMap(({ names }) => names), ...leaf.constraints.words];
}

/** Names that a class looks up: attributes that a level does not give are looked for among the variables. */
function namesOfClass({ attributes, subcomponents, actions }: ComponentClass): readonly string[] {
  return [
    "area_share",
    ...Object.keys(attributes),
    ...Object.values(attributes).flatMap(namesIn),
    ...subcomponents.flatMap((part) => [
      ...boundNames(part.name),
      ...Object.values(part.attributes).flatMap(namesIn),
      ...namesIn(part.areaShare ?? null),
    ]),
    ...actions.flatMap((action) =>
      action.subcomponents.flatMap((part) => [
        ...boundNames(part.name),
        ...part.actions.flatMap(({ actionShare }) => namesIn(actionShare)),
      ]),
    ),
  ];
}

/** Texts in quotes may stand for names where constraints replace words. */
function namesIn(value: WrittenValue): readonly string[] {
  return typeof value === "string" ? wordsIn(value) : namesRead(value);
}

function boundNames(partName: string): readonly string[] {
  return wordsIn(/\[(.+)\]$/.exec(partName)?.[1] ?? "");
}

/** Where a variable may be read. */
interface ReadingContext {
  readonly compiled: CompiledModel;
  readonly problem: ProblemDocument;
  /** As written, before the caller's settings. */
  readonly variables: ReadonlyMap<string, WrittenValue>;
  /** The caller's settings. */
  readonly values: ReadonlyMap<string, WrittenValue>;
}

/** Whether nothing reads a variable, neither directly nor through other variables. */
export function isUnread(name: string, context: ReadingContext): boolean {
  const { names, hasPrimitiveLevels } = context.compiled.readers;
  const isRead = (candidate: string): boolean =>
    names.has(candidate) ||
    (hasPrimitiveLevels && candidate !== candidate.toUpperCase()) ||
    wordsOfProblems.of(context.problem).has(candidate);
  const seen = new Set([name]);
  for (const candidate of seen) {
    if (isRead(candidate)) return false;
    for (const reader of variablesReading(candidate, context)) seen.add(reader);
  }
  return true;
}

function variablesReading(name: string, { variables, values }: ReadingContext): readonly string[] {
  const readers: string[] = [];
  for (const [reader, value] of values) if (namesIn(value).includes(name)) readers.push(reader);
  for (const reader of readersAmong.of(variables).get(name) ?? [])
    if (!values.has(reader)) readers.push(reader);
  return readers;
}

/** By name, the variables that look it up. */
const readersAmong = new Derived<ReadingContext["variables"], ReadonlyMap<string, readonly string[]>>(
  (variables) => {
    const readers = new Map<string, string[]>();
    for (const [reader, value] of variables)
      for (const name of new Set(namesIn(value))) {
        const known = readers.get(name);
        if (known === undefined) readers.set(name, [reader]);
        else known.push(reader);
      }
    return readers;
  },
);

/** Sizes, coefficients, the name and projections may name variables. */
export const wordsOfProblems = new Derived<ProblemDocument, ReadonlySet<string>>(
  ({ name: title, instance, shape }) =>
    new Set(
      [
        title,
        ...Object.values(instance).map(textOf),
        ...shape.coefficients.map((coefficient) => textOf(coefficient.default)),
        ...shape.dataSpaces.flatMap(({ projection }) => projection.flat(2)),
      ].flatMap(wordsIn),
    ),
);

function textOf(value: WrittenValue): string {
  if (isExpressionText(value)) return value.expression;
  return typeof value === "string" ? value : (JSON.stringify(value) ?? "");
}
