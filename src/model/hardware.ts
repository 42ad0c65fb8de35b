import { counted, RaellaError } from "../errors";
import { Derived, freeze } from "../memory";
import { requireComputable } from "../spec/computable";
import { dataSpaceOfAttribute } from "../spec/processing/storage-attributes";
import type { Level, Specification, Value } from "../spec/specification";

/** A storage level as the map space and the model see it. */
export interface HardwareLevel {
  readonly name: string;
  readonly instances: number;
  /** Groups of `cluster_size` instances that are accessed together; left out where every instance is alone. */
  readonly clusters?: number;
  readonly meshX: number;
  readonly meshY: number;
  /** Children (instances of the next level inside) per instance, along each axis of the mesh. */
  readonly fanX: number;
  readonly fanY: number;
  /** Bits per word. */
  readonly wordBits: number;
  /** Words that one access of a row moves. */
  readonly blockWords: number;
  /** Words per instance; infinite for off-chip memory without a size. */
  readonly words: number;
  /** Usable words per instance; infinite for off-chip memory without a size. */
  readonly capacityWords: number;
  /** Fraction of the capacity that must be in use, 0 to 1. */
  readonly minUtilization: number;
  /** Words per cycle and instance; null without a limit. */
  readonly readBandwidth: number | null;
  readonly writeBandwidth: number | null;
  readonly sharedBandwidth: number | null;
  /** What a word uses of the bandwidths, by data space; 1 where nothing is said. Left out where nothing is said at all. */
  readonly consumptionScales?: Readonly<Record<string, number>>;
  /** False: partial sums travel both ways on the connection below. */
  readonly reductionSupported: boolean;
}

/** The levels that hold loops, **innermost first**, and the compute units below them. */
export interface Hardware {
  readonly levels: readonly HardwareLevel[];
  readonly compute: {
    readonly name: string;
    readonly instances: number;
    readonly meshX: number;
    readonly meshY: number;
  };
}

const defaultWordBits = 16;
const bitsPerKilobyte = 8192;

/**
 * Fan-outs, sizes and bandwidths of every storage level, of a specification that can be computed. Sizes follow Timeloop's attributes: `width`,
 * `datawidth`, `cluster_size`, `block_size`, `depth`, `entries`, `sizeKB`, `multiple_buffering`.
 * @throws RaellaError `schema` and `statistics` for what cannot be computed (see {@link requireComputable}),
 *   `component` for a level without a size, `out-of-range` for attributes that are no usable
 *   numbers, `schema` for meshes that do not nest or an architecture without compute units.
 */
export function describeHardware(
  specification: Pick<Specification, "levels" | "sparse" | "placeholders">,
): Hardware {
  requireComputable(specification);
  const { levels } = specification;
  const compute = levels.find(({ kind }) => kind === "compute");
  if (!compute)
    throw new RaellaError({
      code: "schema",
      message: "The architecture has no compute level.",
      expected: 'an element whose class contains "mac" or "compute" as the last level',
    });
  const storage: HardwareLevel[] = [];
  let child = compute;
  for (let index = levels.length - 1; index >= 0; index -= 1) {
    const level = levels[index];
    if (level.kind !== "storage") continue;
    storage.push(levelsWithChildren.of(level).of(child));
    child = level;
  }
  if (storage.length === 0)
    throw new RaellaError({
      code: "schema",
      message: "The architecture has no storage level.",
      expected: 'at least one element whose class contains "storage", "SRAM", "DRAM" or "regfile"',
    });
  const { name, instances, meshX, meshY } = compute;
  return { levels: storage, compute: { name, instances, meshX, meshY } };
}

/** A storage level and the level inside it stay the same from layer to layer, mostly. */
const levelsWithChildren = new Derived<Level, Derived<Level, HardwareLevel>>(
  (level) => new Derived((child) => freeze(describeLevel(level, child))),
);

function describeLevel(level: Level, child: Level): HardwareLevel {
  const { name, instances, meshX, meshY, attributes } = level;
  const wordBits = positive(level, "datawidth", defaultWordBits);
  const blockWords = wordsPerBlock(level, wordBits);
  const words = wordsPerInstance(level, wordBits, blockWords);
  return {
    name,
    instances,
    ...clustersOf(level),
    meshX,
    meshY,
    fanX: fanOut(level, child, "meshX"),
    fanY: fanOut(level, child, "meshY"),
    wordBits,
    blockWords,
    words,
    capacityWords: Math.floor(words / positive(level, "multiple_buffering", 1)),
    minUtilization: numberIn(level, "min_utilization") ?? 0,
    readBandwidth: bandwidth(level, "read_bandwidth"),
    writeBandwidth: bandwidth(level, "write_bandwidth"),
    sharedBandwidth: bandwidth(level, "shared_bandwidth"),
    ...consumptionScalesOf(level),
    reductionSupported: attributes.reduction_supported !== false,
  };
}

function fanOut(level: Level, child: Level, mesh: "meshX" | "meshY"): number {
  const fan = child[mesh] / level[mesh];
  if (Number.isInteger(fan) && fan >= 1) return fan;
  throw new RaellaError({
    code: "schema",
    message: `${child.name} has ${mesh} ${child[mesh]} inside ${level.name} with ${mesh} ${level[mesh]}.`,
    value: child[mesh],
    expected: `a multiple of ${level[mesh]}`,
  });
}

/** A cluster that is larger than all instances together is one all the same: its accesses are not free. */
function clustersOf(level: Level): Pick<HardwareLevel, "clusters"> {
  const clusterSize = positive(level, "cluster_size", 1);
  return clusterSize === 1 ? {} : { clusters: Math.max(1, Math.floor(level.instances / clusterSize)) };
}

function wordsPerBlock(level: Level, wordBits: number): number {
  const width = numberIn(level, "width");
  const blockSize = numberIn(level, "block_size");
  const clusterSize = positive(level, "cluster_size", 1);
  if (width === undefined) return blockSize === undefined ? 1 : positive(level, "block_size", 1);
  // A level without a width holds nothing, so that no row is ever accessed.
  if (width === 0) return 1;
  const share = Math.floor(width / clusterSize);
  const words = clusterSize === 1 ? width / wordBits : Math.floor(share / wordBits);
  if (!Number.isInteger(words) || words < 1)
    throw new RaellaError({
      code: "out-of-range",
      message: `${level.name} has a width of ${counted(width, "bit")} for words of ${counted(wordBits, "bit")}${
        clusterSize === 1 ? "" : ` in clusters of ${clusterSize}`
      }.`,
      value: width,
      expected: clusterSize === 1 ? `a multiple of ${wordBits}` : `at least ${clusterSize * wordBits}`,
      remedy: "Change width, datawidth or cluster_size.",
    });
  if (blockSize !== undefined && blockSize !== words)
    throw new RaellaError({
      code: "out-of-range",
      message: `${level.name} has block_size ${blockSize}, but its width of ${counted(width, "bit")} holds ${counted(words, "word")}.`,
      value: blockSize,
      expected: String(words),
    });
  return words;
}

function wordsPerInstance(level: Level, wordBits: number, blockWords: number): number {
  if (numberIn(level, "width") === 0) return 0;
  const entries = numberIn(level, "entries");
  if (entries !== undefined) return entries;
  const depth = numberIn(level, "depth");
  if (depth !== undefined) return depth * blockWords;
  const kilobytes = numberIn(level, "sizeKB");
  if (kilobytes !== undefined) return Math.floor((kilobytes * bitsPerKilobyte) / wordBits);
  if (level.class.includes("DRAM")) return Infinity;
  throw new RaellaError({
    code: "component",
    message: `The storage level ${level.name} has no size.`,
    expected: "an attribute depth, entries or sizeKB (only classes with DRAM in their name may be unlimited)",
  });
}

function consumptionScalesOf(level: Level): Pick<HardwareLevel, "consumptionScales"> {
  const scales: [string, number][] = [];
  for (const name in level.attributes) {
    const dataSpace = dataSpaceOfAttribute(name);
    if (dataSpace !== undefined) scales.push([dataSpace, numberIn(level, name) ?? 1]);
  }
  return scales.length === 0 ? {} : { consumptionScales: Object.fromEntries(scales) };
}

function bandwidth(level: Level, attribute: string): number | null {
  return numberIn(level, attribute) === undefined ? null : positive(level, attribute, 1);
}

function positive(level: Level, attribute: string, absent: number): number {
  const value = numberIn(level, attribute) ?? absent;
  if (value > 0) return value;
  throw notUsable(level, attribute, value, "a number above 0");
}

function numberIn(level: Level, attribute: string): number | undefined {
  const value: Value | undefined = level.attributes[attribute];
  if (value === undefined || value === null) return undefined;
  if (typeof value === "number" && Number.isFinite(value) && value >= 0) return value;
  throw notUsable(level, attribute, value, "a number that is not negative");
}

function notUsable(level: Level, attribute: string, value: Value, expected: string): RaellaError {
  return new RaellaError({
    code: "out-of-range",
    message: `Attribute ${attribute} of ${level.name} is ${JSON.stringify(value)}.`,
    value,
    expected,
  });
}
