import type { LevelMapping, Loop, Mapping, SpatialLoop } from "../../src/model/mapping";
import { readGoldenLines } from "./golden";

/** One run of the real mapper: figures have three digits. */
export interface TimeloopRun {
  readonly architecture: string;
  readonly dnn: string;
  readonly layer: number;
  readonly n_tiles: number;
  readonly batch: number;
  readonly cycles: number;
  readonly computes: number;
  readonly edp_J_cycles: number;
  readonly energy_uJ: number;
  readonly utilization: number;
  /** Per level, levels with zero left out, and `Total`. */
  readonly pJ_per_compute: Readonly<Record<string, number>>;
  /** The mapping as its map file shows it. */
  readonly map: string;
}

export function readTimeloopRuns(): TimeloopRun[] {
  return readGoldenLines<TimeloopRun>("timeloop-runs");
}

/** A mapping and the tile sizes, as read back from a map file. */
export interface ReadMapping {
  readonly mapping: Mapping;
  readonly levels: readonly {
    readonly level: string;
    readonly accesses: Record<string, { tileSize: number }>;
  }[];
}

/** Reads a map file's text; directives other than keep are not in it and come out empty. */
export function readMappingText(text: string): ReadMapping {
  const mappings: (LevelMapping & { temporal: Loop[]; spatial: SpatialLoop[]; keep: string[] })[] = [];
  const levels: ReadMapping["levels"][number][] = [];
  for (const line of text.split("\n")) {
    const head = /^(\S+) \[ (.*)\] $/.exec(line);
    const loop = /^\| +for (\w+) in \[0:(\d+)\)(?: \(Spatial-([XY])\))?$/.exec(line);
    if (head) {
      const accesses: Record<string, { tileSize: number }> = {};
      for (const [, name, size] of head[2].matchAll(/(\w+):(\d+) \(\d+\)/g)) {
        accesses[name] = { tileSize: Number(size) };
      }
      levels.push({ level: head[1], accesses });
      mappings.push({
        level: head[1],
        spatial: [],
        temporal: [],
        keep: Object.keys(accesses),
        passthrough: [],
        noTemporalReuse: [],
        rmwOnFirstWriteback: [],
        noMulticastNoReduction: [],
        noLinkTransfer: [],
      });
    } else if (loop) {
      const [, dimension, factor, axis] = loop;
      const level = mappings[mappings.length - 1];
      if (axis) level.spatial.push({ dimension, factor: Number(factor), axis: axis as "X" | "Y" });
      else level.temporal.push({ dimension, factor: Number(factor) });
    }
  }
  return { mapping: { levels: mappings }, levels };
}
