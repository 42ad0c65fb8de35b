import type { RuntimeValue } from "../expression/runtime-value";
import { toValue } from "../expression/runtime-value";
import type { Level, Value, ValueTable } from "../specification";
import type { CompiledModel } from "./compile-model";
import type { LeafValues } from "./evaluate-leaf";
import type { LevelFrame, LevelFrames } from "./frame-levels";
import { moveToFront } from "./move-to-front";
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

interface AttributesKey {
  readonly own: ReadonlyMap<string, RuntimeValue>;
  readonly hasStorageDefaults: boolean;
  readonly meshX: number;
  readonly meshY: number;
  readonly inherited: Inherited;
}

/** Own attributes, defaults, mesh, then what containers hand down. */
function buildAttributes({ own, hasStorageDefaults, meshX, meshY, inherited }: AttributesKey): ValueTable {
  const attributes: Record<string, Value> = {};
  for (const [name, value] of own) if (!isEmptyValue(value)) attributes[name] = toValue(value);
  if (hasStorageDefaults)
    for (const [name, value] of storageDefaults) if (!own.has(name)) attributes[name] = value;
  attributes.meshX = meshX;
  attributes.meshY = meshY;
  for (const [name, value] of inherited) if (!(name in attributes)) attributes[name] = toValue(value);
  return attributes;
}

/** The last tables of the same own attributes; tables are shared between specifications, so they never change. */
const tables = new WeakMap<ReadonlyMap<string, RuntimeValue>, (AttributesKey & { table: ValueTable })[]>();
const tablesKept = 32;

function levelAttributes(key: AttributesKey): ValueTable {
  let kept = tables.get(key.own);
  if (kept === undefined) tables.set(key.own, (kept = []));
  for (let index = 0; index < kept.length; index++) {
    const known = kept[index];
    const isSame =
      known.meshX === key.meshX &&
      known.meshY === key.meshY &&
      known.inherited === key.inherited &&
      known.hasStorageDefaults === key.hasStorageDefaults;
    if (!isSame) continue;
    moveToFront(kept, index);
    return known.table;
  }
  const table = buildAttributes(key);
  if (kept.length >= tablesKept) kept.pop();
  kept.unshift({ ...key, table });
  return table;
}

const placeholderAttributes: ReadonlyMap<string, RuntimeValue> = new Map([
  ["width", 1],
  ["depth", 1],
  ["datawidth", 1],
  ["technology", -1],
]);

/**
 * The flat form: one ordered list of levels, outermost first. Containers hand their attributes to all levels behind
 * them, also to the placeholders of their own fan-outs.
 */
export function flattenArchitecture(
  { leaves }: CompiledModel,
  values: readonly LeafValues[],
  frames: LevelFrames,
): readonly Level[] {
  const levels: Level[] = [];
  let inherited = nothingInherited;
  let reached = 0;
  for (const frame of frames.levels) {
    for (; reached <= frame.leaf; reached += 1)
      if (leaves[reached].kind === "container")
        inherited = extendInherited(inherited, values[reached].attributes);
    levels.push(fillFrame(frame, values[frame.leaf], inherited));
  }
  return levels;
}

function fillFrame(frame: LevelFrame, values: LeafValues, inherited: Inherited): Level {
  const { name, kind, subclass, isPlaceholder, instances, meshX, meshY, requiredActions, constraints } =
    frame;
  const own = isPlaceholder ? placeholderAttributes : values.attributes;
  return {
    name,
    kind,
    class: frame.class,
    subclass,
    areaShare: isPlaceholder ? null : values.areaShare,
    instances,
    meshX,
    meshY,
    attributes: levelAttributes({ own, hasStorageDefaults: kind === "storage", meshX, meshY, inherited }),
    requiredActions,
    constraints,
  };
}
