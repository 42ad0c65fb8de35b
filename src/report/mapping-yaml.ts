import type { LevelMapping, Loop, Mapping } from "../mapping/mapping";
import type { Specification } from "../spec/specification";
import { permutationText } from "./flat-form";
import { formatYaml, type YamlValue } from "./plain-yaml";

/**
 * A mapping in Timeloop's own form, outermost level first: factors and loop order (innermost first) of every
 * level, and which data spaces it holds. `raella model --mapping FILE` reads it back.
 */
export function formatMappingYaml(specification: Specification, mapping: Mapping): string {
  const { dimensions, dataSpaces } = specification.workload;
  const names = dataSpaces.map(({ name }) => name);
  return formatYaml({
    mapping: mapping.levels.flatMap((level) => [
      dataSpaceEntry(level, names),
      ...(hasSpatialLoops(specification, level) ? [spatialEntry(level, dimensions)] : []),
      loopEntry(level.level, "temporal", level.temporal, dimensions),
    ]),
  });
}

function hasSpatialLoops(specification: Specification, level: LevelMapping): boolean {
  const constraints = specification.levels.find(({ name }) => name === level.level)?.constraints;
  return level.spatial.length > 0 || constraints?.spatial !== undefined;
}

function dataSpaceEntry(level: LevelMapping, dataSpaces: readonly string[]): YamlValue {
  return {
    target: level.level,
    type: "dataspace",
    keep: level.keep,
    bypass: dataSpaces.filter((name) => !level.keep.includes(name)),
    passthrough: level.passthrough.length > 0 ? level.passthrough : undefined,
  };
}

/** The loops along X are the innermost ones; `split` counts them. */
function spatialEntry(level: LevelMapping, dimensions: readonly string[]): YamlValue {
  const alongX = level.spatial.filter(({ axis }) => axis === "X").length;
  const entry = loopEntry(level.level, "spatial", level.spatial, dimensions);
  return { ...entry, split: alongX === level.spatial.length ? dimensions.length : alongX };
}

function loopEntry(
  target: string,
  type: "temporal" | "spatial",
  loops: readonly Loop[],
  dimensions: readonly string[],
): Record<string, YamlValue> {
  const factors = new Map(loops.map(({ dimension, factor }) => [dimension, factor]));
  const innermostFirst = loops.map(({ dimension }) => dimension).reverse();
  const others = dimensions.filter((dimension) => !factors.has(dimension));
  return {
    target,
    type,
    factors: dimensions.map((dimension) => `${dimension}=${factors.get(dimension) ?? 1}`).join(" "),
    permutation: permutationText([...innermostFirst, ...others]),
  };
}
