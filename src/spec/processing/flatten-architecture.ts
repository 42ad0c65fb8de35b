import type { RuntimeValue } from "../expression/runtime-value";
import { toValue } from "../expression/runtime-value";
import type { Level, Value, ValueTable } from "../specification";
import type { CompiledModel } from "./compile-model";
import type { LeafValues } from "./evaluate-leaf";
import type { LevelFrame, LevelFrames } from "./frame-levels";
import { storageDefaults } from "./storage-attributes";

function isEmptyValue(value: RuntimeValue): boolean {
  return value === null || value === "" || (Array.isArray(value) && value.length === 0);
}

/** What containers hand down to the levels behind them. */
type Inherited = ReadonlyMap<string, RuntimeValue>;

function extendInherited(inherited: Inherited, attributes: ReadonlyMap<string, RuntimeValue>): Inherited {
  if (attributes.size === 0) return inherited;
  const result = new Map(inherited);
  for (const [name, value] of attributes) if (!isEmptyValue(value)) result.set(name, value);
  return result;
}

const placeholderAttributes: ReadonlyMap<string, RuntimeValue> = new Map([
  ["width", 1],
  ["depth", 1],
  ["datawidth", 1],
  ["technology", -1],
]);

/** Own attributes, defaults, mesh, then what containers hand down. */
function levelAttributes(
  { isPlaceholder, kind, meshX, meshY }: LevelFrame,
  values: LeafValues,
  inherited: Inherited,
): ValueTable {
  const own = isPlaceholder ? placeholderAttributes : values.attributes;
  const attributes: Record<string, Value> = {};
  for (const [name, value] of own) if (!isEmptyValue(value)) attributes[name] = toValue(value);
  if (kind === "storage")
    for (const [name, value] of storageDefaults) if (!own.has(name)) attributes[name] = value;
  attributes.meshX = meshX;
  attributes.meshY = meshY;
  for (const [name, value] of inherited) if (!(name in attributes)) attributes[name] = toValue(value);
  return attributes;
}

/**
 * The flat form: one ordered list of levels, outermost first. Containers hand their attributes to all levels behind
 * them, also to the placeholders of their own fan-outs.
 */
export function flattenArchitecture(
  { leaves }: CompiledModel,
  values: readonly LeafValues[],
  frames: LevelFrames,
): readonly Level[] {
  let inherited: Inherited = new Map();
  let reached = 0;
  return frames.levels.map((frame) => {
    for (; reached <= frame.leaf; reached += 1)
      if (leaves[reached].kind === "container")
        inherited = extendInherited(inherited, values[reached].attributes);
    return {
      name: frame.name,
      kind: frame.kind,
      class: frame.class,
      subclass: frame.subclass,
      areaShare: frame.isPlaceholder ? null : values[frame.leaf].areaShare,
      instances: frame.instances,
      meshX: frame.meshX,
      meshY: frame.meshY,
      attributes: levelAttributes(frame, values[frame.leaf], inherited),
      requiredActions: frame.requiredActions,
      constraints: frame.constraints,
    };
  });
}
