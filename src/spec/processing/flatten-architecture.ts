import { contentNumber, freeze, serialNumber } from "../../memory";
import type { Level, Value, ValueTable } from "../specification";
import type { CompiledModel } from "./compiled-model";
import type { LeafValues } from "./compiled-model";
import type { LevelFrame, LevelFrames } from "./compiled-model";
import { storageDefaults } from "./storage-attributes";

const placeholderAttributes: ValueTable = { width: 1, depth: 1, datawidth: 1, technology: -1 };
const placeholderNames = Object.keys(placeholderAttributes);

/** Own attributes, defaults, mesh, then what containers hand down, those further in first. */
function levelAttributes(
  { isPlaceholder, kind, meshX, meshY }: LevelFrame,
  values: LeafValues,
  containers: readonly LeafValues[],
): ValueTable {
  const names = isPlaceholder ? placeholderNames : values.attributeNames;
  const attributes: Record<string, Value> = {
    ...(isPlaceholder ? placeholderAttributes : values.attributes),
  };
  if (kind === "storage")
    for (const [name, value] of storageDefaults) if (!names.includes(name)) attributes[name] = value;
  attributes.meshX = meshX;
  attributes.meshY = meshY;
  const inherited: Record<string, Value> = {};
  for (const container of containers) Object.assign(inherited, container.attributes);
  for (const name of Object.keys(inherited))
    if (!Object.hasOwn(attributes, name)) attributes[name] = inherited[name];
  return attributes;
}

function levelOf(frame: LevelFrame, values: LeafValues, containers: readonly LeafValues[]): Level {
  return freeze({
    name: frame.name,
    kind: frame.kind,
    class: frame.class,
    subclass: frame.subclass,
    areaShare: frame.isPlaceholder ? null : values.areaShare,
    ...(values.energyShare !== undefined && !frame.isPlaceholder && { energyShare: values.energyShare }),
    instances: frame.instances,
    meshX: frame.meshX,
    meshY: frame.meshY,
    attributes: levelAttributes(frame, values, containers),
    requiredActions: frame.requiredActions,
    constraints: frame.constraints,
  });
}

/**
 * The flat form: one ordered list of levels, outermost first. Containers hand their attributes to all levels behind
 * them, also to the placeholders of their own fan-outs. Most levels are those of the layer or design before.
 */
export function flattenArchitecture(
  { leaves, levelMemo }: CompiledModel,
  values: readonly LeafValues[],
  frames: LevelFrames,
): readonly Level[] {
  const containers: LeafValues[] = [];
  let inherited = "";
  let reached = 0;
  return frames.levels.map((frame) => {
    for (; reached <= frame.leaf; reached += 1) {
      if (leaves[reached].kind !== "container") continue;
      containers.push(values[reached]);
      inherited += ` ${serialNumber.of(values[reached])}`;
    }
    const own = values[frame.leaf];
    // The rest of a frame follows from the leaf.
    const { leaf, isPlaceholder, instances, meshX, meshY, constraints } = frame;
    const key = `${leaf} ${isPlaceholder} ${instances} ${meshX} ${meshY} ${contentNumber(constraints)} ${serialNumber.of(own)}${inherited}`;
    return levelMemo.get(key, () => levelOf(frame, own, containers));
  });
}
