import { RaellaError, suggestName, type SourceLocation } from "../../errors";
import type { ComponentClass, CompoundAction } from "../../spec/component-class";
import { prepareValue, type PreparedValue } from "./prepare-value";
import type { Fidelity, WrittenValue } from "../../spec/specification";
import { partName, type PartName } from "./part-name";

/** Text of a default that demands a value. */
export const mustSpecify = "must_specify";

export interface CompiledAttribute {
  readonly name: string;
  readonly value: PreparedValue;
  /** A default that demands a value. */
  readonly isDemanded: boolean;
}

export interface CompiledPart {
  readonly name: PartName;
  readonly className: string;
  readonly attributes: readonly CompiledAttribute[];
  /** Null: the attribute of that name counts, else 1. */
  readonly areaShare: PreparedValue | null;
}

export interface CompiledPartAction {
  readonly name: PartName;
  /** Position of the part among those of its class. */
  readonly partIndex: number;
  readonly actions: readonly { readonly name: string; readonly share: PreparedValue }[];
}

export interface CompiledAction {
  readonly name: string;
  /** What counts: the original keeps only the last entry of a part that is listed twice. */
  readonly parts: Readonly<Record<Fidelity, readonly CompiledPartAction[]>>;
}

/** A component class made ready: its expressions read, its names resolved. */
export interface CompiledClass {
  readonly name: string;
  readonly location?: SourceLocation;
  readonly attributes: readonly CompiledAttribute[];
  readonly attributeNames: ReadonlySet<string>;
  readonly parts: readonly CompiledPart[];
  /** In written order. */
  readonly actions: readonly CompiledAction[];
  /** By lower-case name. */
  readonly actionsByName: ReadonlyMap<string, CompiledAction>;
  readonly written: ComponentClass;
}

/**
 * Compiles a class.
 * @throws RaellaError for syntax errors in expressions and for actions of parts that do not exist
 */
export function compileClass(written: ComponentClass): CompiledClass {
  const { name, location } = written;
  const parts = written.subcomponents.map((part): CompiledPart => ({
    name: partName(part.name, location),
    className: part.class,
    attributes: compileAttributes(part.attributes, location),
    areaShare: part.areaShare === undefined ? null : prepareValue(part.areaShare, location),
  }));
  const actions = written.actions.map((action) => compileAction(action, parts, written));
  return {
    name,
    location,
    attributes: compileAttributes(written.attributes, location),
    attributeNames: new Set(Object.keys(written.attributes)),
    parts,
    actions,
    actionsByName: new Map(actions.map((action) => [action.name.toLowerCase(), action])),
    written,
  };
}

function compileAttributes(
  attributes: Readonly<Record<string, WrittenValue>>,
  location: SourceLocation | undefined,
): CompiledAttribute[] {
  return Object.entries(attributes).map(([name, value]) => ({
    name,
    value: prepareValue(value, location),
    isDemanded: value === mustSpecify,
  }));
}

function compileAction(
  action: CompoundAction,
  parts: readonly CompiledPart[],
  owner: ComponentClass,
): CompiledAction {
  const all = action.subcomponents.map(({ name: text, actions }): CompiledPartAction => {
    const name = partName(text, owner.location);
    const partIndex = parts.findIndex((candidate) => candidate.name.base === name.base);
    if (partIndex < 0) throw unknownPart(text, action.name, owner);
    return {
      name,
      partIndex,
      actions: actions.map(({ name: partAction, actionShare }) => ({
        name: partAction,
        share: prepareValue(actionShare, owner.location),
      })),
    };
  });
  // A map keeps the place of the first entry of a name and the contents of the last one.
  const lastOfEach = [...new Map(all.map((entry) => [entry.name.text, entry])).values()];
  return { name: action.name, parts: { artifact: lastOfEach, corrected: all } };
}

function unknownPart(
  text: string,
  action: string,
  { name, subcomponents, location }: ComponentClass,
): RaellaError {
  const known = subcomponents.map((part) => part.name);
  return new RaellaError({
    code: "component",
    message: `The action "${action}" of the component class ${name} names "${text}", which is none of its parts.`,
    location,
    value: text,
    expected: known.length > 0 ? `one of ${known.join(", ")}` : undefined,
    remedy: suggestName(text, known),
  });
}
