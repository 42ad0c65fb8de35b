import { freeze, serialNumber } from "../../memory";
import type { Level, Value, ValueTable } from "../specification";
import type {
  CompiledLeaf,
  CompiledModel,
  LeafValues,
  LevelFrame,
  LevelFrames,
  SettledModel,
} from "./compiled-model";
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
  const attributes = new Map<string, Value>(
    Object.entries(isPlaceholder ? placeholderAttributes : values.attributes),
  );
  if (kind === "storage")
    for (const [name, value] of storageDefaults) if (!names.includes(name)) attributes.set(name, value);
  attributes.set("meshX", meshX);
  attributes.set("meshY", meshY);
  const inherited: Record<string, Value> = {};
  for (const container of containers) Object.assign(inherited, container.attributes);
  for (const name of Object.keys(inherited)) if (!attributes.has(name)) attributes.set(name, inherited[name]);
  // Filled name by name it would take three times the room, and a copy five times as long.
  return Object.fromEntries(attributes);
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
 * them, also to the placeholders of their own fan-outs. Levels that are not settled with their frames are mostly those of
 * the layer or design before.
 */
export function flattenArchitecture(
  model: CompiledModel,
  values: readonly LeafValues[],
  { levels }: LevelFrames,
): readonly Level[] {
  const containers = new HandedDown(model, values);
  return levels.map((level) => {
    if (!("frame" in level)) return level;
    const { frame, template, openNames } = level;
    const { attributes } = values[frame.leaf];
    // An attribute that comes to nothing gives way to one handed down.
    if (template === undefined || !openNames.every((name) => Object.hasOwn(attributes, name)))
      return containers.level(frame);
    const key = `${serialNumber.of(template)} ${serialNumber.of(values[frame.leaf])}`;
    return model.levelMemo.get(key, () => {
      const all: Record<string, Value> = { ...template.attributes };
      for (const name of openNames) all[name] = attributes[name];
      // Attributes of these names are not what counts.
      Object.assign(all, { meshX: template.meshX, meshY: template.meshY });
      return freeze({ ...template, attributes: all });
    });
  });
}

/** The levels whose attributes are settled, those handed down as well, and what is known of the others. */
export function settledLevels(
  model: CompiledModel,
  { leaves, openLeaves }: SettledModel,
  frames: readonly LevelFrame[],
): LevelFrames["levels"] {
  const firstOpen = model.leaves.findIndex((leaf, index) => handsDown(leaf) && leaves[index] === undefined);
  const known = leaves.map((values, index) => values ?? openLeaves[index]?.settled);
  const containers = new HandedDown(model, known);
  return frames.map((frame) => {
    const isOpen = known[frame.leaf] === undefined || (firstOpen >= 0 && firstOpen <= frame.leaf);
    const level = isOpen ? undefined : containers.level(frame);
    if (level !== undefined && (leaves[frame.leaf] !== undefined || frame.isPlaceholder)) return level;
    const openNames = openLeaves[frame.leaf]?.open.map(([name]) => name) ?? [];
    return { frame, template: level, openNames };
  });
}

/** Fan-outs and constraints of a container stay its own. */
function handsDown({ kind, attributes }: CompiledLeaf): boolean {
  return kind === "container" && attributes.length > 0;
}

/** What containers hand down, from the outermost leaf inwards. */
class HandedDown {
  private readonly containers: LeafValues[] = [];
  private key = "";
  private reached = 0;

  constructor(
    private readonly model: CompiledModel,
    private readonly values: readonly (LeafValues | undefined)[],
  ) {}

  /** The next level. Its own leaf and the containers up to it must have values. */
  level(frame: LevelFrame): Level {
    const { leaf } = frame;
    for (; this.reached <= leaf; this.reached += 1) {
      if (!handsDown(this.model.leaves[this.reached])) continue;
      const container = this.valuesOf(this.reached);
      this.containers.push(container);
      this.key += ` ${serialNumber.of(container)}`;
    }
    const own = this.valuesOf(leaf);
    const key = `${frame.key} ${serialNumber.of(own)}${this.key}`;
    return this.model.levelMemo.get(key, () => levelOf(frame, own, this.containers));
  }

  private valuesOf(leaf: number): LeafValues {
    const values = this.values[leaf];
    if (values === undefined) throw new Error(`leaf ${leaf} has no values yet`);
    return values;
  }
}
