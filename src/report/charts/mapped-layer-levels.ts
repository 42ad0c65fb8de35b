import { describeHardware, type HardwareLevel } from "../../mapping/hardware";
import type { MappedLayer } from "../../study/mapped-layer";
import type { MappingChartLevel, Usage } from "./mapping-chart";

/** A size that no real memory reaches: the model says "does not matter". */
const unlimitedWords = 2 ** 31 - 1;

/** The levels of a mapped layer as its picture needs them, outermost first. */
export function mappedLayerLevels(mapped: MappedLayer): readonly MappingChartLevel[] {
  const { specification, mapping, evaluation } = mapped;
  const hardware = describeHardware(specification);
  const hardwareOf = (name: string): HardwareLevel | undefined =>
    hardware.levels.find((level) => level.name === name);
  let inUse = 1;
  return mapping.levels.map(({ level, keep, passthrough, temporal, spatial }) => {
    const built = hardwareOf(level);
    const outside = inUse;
    inUse *= spatial.reduce((product, { factor }) => product * factor, 1);
    // The row of a container stands for its own instances, of which its loops in space use some.
    const instances: Usage | undefined =
      built &&
      (fanOutName.test(level)
        ? { used: inUse, available: built.instances * built.fanX * built.fanY }
        : { used: outside, available: built.instances });
    const tiles = evaluation.levels.find((evaluated) => evaluated.level === level)?.accesses ?? {};
    const stored = keep.filter((dataSpace) => !passthrough.includes(dataSpace));
    const words = stored.reduce((sum, dataSpace) => sum + (tiles[dataSpace]?.tileSize ?? 0), 0);
    const capacity = built?.capacityWords ?? Infinity;
    return {
      level: levelTitle(level, built),
      holds: keep,
      temporal,
      spatial,
      ...(instances && { instances }),
      ...(words > 0 && capacity < unlimitedWords && { storage: { used: words, available: capacity } }),
    };
  });
}

/** Fan-outs of containers appear in a flat architecture as levels of their own with this name. */
const fanOutName = /^inter_(.+)_spatial_dummy$/;

function levelTitle(level: string, built: HardwareLevel | undefined): string {
  const container = fanOutName.exec(level)?.[1];
  if (container === undefined || built === undefined) return level.replaceAll("_", " ");
  return `${container.replaceAll("_", " ")} ×${built.fanX * built.fanY}`;
}
