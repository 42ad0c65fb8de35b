import { contentNumber, freeze, serialNumber } from "../../memory";
import type { Level, Value, ValueTable } from "../specification";
import type { CompiledLeaf, CompiledModel, LeafValues, LevelFrame, LevelFrames } from "./compiled-model";
import type { SettledModel } from "./settle-model";
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
 * them, also to the placeholders of their own fan-outs. Levels that are not settled with their frames are mostly those of
 * the layer or design before.
 */
export function flattenArchitecture(
  model: CompiledModel,
  values: readonly LeafValues[],
  frames: LevelFrames,
): readonly Level[] {
  const containers = new HandedDown(model, values);
  return frames.levels.map((frame, index) => frames.settled[index] ?? containers.level(frame));
}

/** The levels whose attributes are settled, those handed down as well. */
export function settledLevels(
  model: CompiledModel,
  { leaves }: SettledModel,
  frames: readonly LevelFrame[],
): readonly (Level | undefined)[] {
  const firstOpen = model.leaves.findIndex((leaf, index) => handsDown(leaf) && leaves[index] === undefined);
  const containers = new HandedDown(model, leaves);
  return frames.map((frame) => {
    const isOpen = leaves[frame.leaf] === undefined || (firstOpen >= 0 && firstOpen <= frame.leaf);
    return isOpen ? undefined : containers.level(frame);
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
    const key = `${contentNumber(frame)} ${serialNumber.of(own)}${this.key}`;
    return this.model.levelMemo.get(key, () => levelOf(frame, own, this.containers));
  }

  private valuesOf(leaf: number): LeafValues {
    const values = this.values[leaf];
    if (values === undefined) throw new Error(`leaf ${leaf} has no values yet`);
    return values;
  }
}
