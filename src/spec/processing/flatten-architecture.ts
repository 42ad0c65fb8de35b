import type { RuntimeValue } from "../expression/runtime-value";
import { toValue } from "../expression/runtime-value";
import type { Level, Value, ValueTable } from "../specification";
import type { CompiledLeaf, CompiledModel } from "./compile-model";
import type { AttributeTable, LeafValues } from "./evaluate-leaf";
import type { LevelFrame, LevelFrames } from "./frame-levels";
import { storageDefaults } from "./storage-attributes";

function isEmptyValue(value: RuntimeValue): boolean {
  return value === null || value === "" || (Array.isArray(value) && value.length === 0);
}

/** What containers hand down to the levels behind them. */
type Inherited = ReadonlyMap<string, RuntimeValue>;

const nothingInherited: Inherited = new Map();

/** What a container's attributes make of what is handed down so far; the same object for the same pair. */
const extensions = new WeakMap<ReadonlyMap<string, RuntimeValue>, { parent: Inherited; result: Inherited }>();

function extendInherited(parent: Inherited, attributes: ReadonlyMap<string, RuntimeValue>): Inherited {
  if (attributes.size === 0) return parent;
  const known = extensions.get(attributes);
  if (known?.parent === parent) return known.result;
  const result = new Map(parent);
  for (const [name, value] of attributes) if (!isEmptyValue(value)) result.set(name, value);
  extensions.set(attributes, { parent, result });
  return result;
}

/** Own attributes, defaults, mesh, then what containers hand down. */
function buildAttributes(
  { own, inherited, meshX, meshY }: Omit<AttributeTable, "table">,
  hasStorageDefaults: boolean,
): ValueTable {
  const attributes: Record<string, Value> = {};
  for (const [name, value] of own) if (!isEmptyValue(value)) attributes[name] = toValue(value);
  if (hasStorageDefaults)
    for (const [name, value] of storageDefaults) if (!own.has(name)) attributes[name] = value;
  attributes.meshX = meshX;
  attributes.meshY = meshY;
  for (const [name, value] of inherited) if (!(name in attributes)) attributes[name] = toValue(value);
  return attributes;
}

/** The table of a level from that of another specification, which differs in values of its own; undefined otherwise. */
function changeAttributes(
  last: AttributeTable,
  { own, inherited, meshX, meshY }: Omit<AttributeTable, "table">,
  { dependentAttributes }: CompiledLeaf,
): ValueTable | undefined {
  if (last.inherited !== inherited || last.meshX !== meshX || last.meshY !== meshY) return undefined;
  const attributes: Record<string, Value> = { ...last.table };
  for (const { name } of dependentAttributes) {
    const before = last.own.get(name);
    const value = own.get(name);
    if (before === value) continue;
    if (before === undefined || value === undefined || isEmptyValue(before) || isEmptyValue(value))
      return undefined;
    attributes[name] = toValue(value);
  }
  return attributes;
}

const placeholderAttributes: ReadonlyMap<string, RuntimeValue> = new Map([
  ["width", 1],
  ["depth", 1],
  ["datawidth", 1],
  ["technology", -1],
]);

/** Tables of placeholders made lately. */
const placeholderTables: AttributeTable[] = [];
const tablesKept = 32;

/** The last table of every leaf of a model, and of its placeholder. */
interface LastTables {
  readonly elements: (AttributeTable | undefined)[];
  readonly placeholders: (AttributeTable | undefined)[];
}

const lastTables = new WeakMap<CompiledModel, LastTables>();

/** The attributes of a level. Tables are shared between specifications, so they never change. */
function levelAttributes(
  frame: LevelFrame,
  leaf: CompiledLeaf,
  values: LeafValues,
  inherited: Inherited,
  last: LastTables,
): ValueTable {
  const { isPlaceholder, meshX, meshY } = frame;
  const own = isPlaceholder ? placeholderAttributes : values.attributes;
  const ofLeaves = isPlaceholder ? last.placeholders : last.elements;
  const before = ofLeaves[frame.leaf];
  const isSame = (known: AttributeTable): boolean =>
    known.own === own && known.inherited === inherited && known.meshX === meshX && known.meshY === meshY;
  if (before !== undefined && isSame(before)) return before.table;
  const kept = isPlaceholder ? placeholderTables : values.tables;
  let found = kept.find(isSame);
  if (found === undefined) {
    const wanted = { own, inherited, meshX, meshY };
    const table =
      (before && changeAttributes(before, wanted, leaf)) ?? buildAttributes(wanted, frame.kind === "storage");
    found = { ...wanted, table };
    if (kept.length >= tablesKept) kept.pop();
    kept.unshift(found);
  }
  ofLeaves[frame.leaf] = found;
  return found.table;
}

/**
 * The flat form: one ordered list of levels, outermost first. Containers hand their attributes to all levels behind
 * them, also to the placeholders of their own fan-outs.
 */
export function flattenArchitecture(
  model: CompiledModel,
  values: readonly LeafValues[],
  frames: LevelFrames,
): readonly Level[] {
  const { leaves } = model;
  let last = lastTables.get(model);
  if (last === undefined) lastTables.set(model, (last = { elements: [], placeholders: [] }));
  const levels: Level[] = [];
  let inherited = nothingInherited;
  let reached = 0;
  for (const frame of frames.levels) {
    for (; reached <= frame.leaf; reached += 1)
      if (leaves[reached].kind === "container")
        inherited = extendInherited(inherited, values[reached].attributes);
    levels.push({
      name: frame.name,
      kind: frame.kind,
      class: frame.class,
      subclass: frame.subclass,
      areaShare: frame.isPlaceholder ? null : values[frame.leaf].areaShare,
      instances: frame.instances,
      meshX: frame.meshX,
      meshY: frame.meshY,
      attributes: levelAttributes(frame, leaves[frame.leaf], values[frame.leaf], inherited, last),
      requiredActions: frame.requiredActions,
      constraints: frame.constraints,
    });
  }
  return levels;
}
