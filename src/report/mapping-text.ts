import { dataWith, hasParts, isListOf, isObject, isTableOf, isText, requireArgument } from "../arguments";
import type { Evaluation } from "../model/evaluation";
import { mappingSchema } from "../model/mapping";
import type { LevelMapping, Loop, Mapping } from "../model/mapping";
import type { Specification } from "../spec/specification";
import { permutationText } from "./flat-form";
import { formatYaml } from "./plain-yaml";
import type { YamlValue } from "./plain-yaml";

const levelsSchema = dataWith("an evaluation of the mapping", {
  levels: isListOf((value) => hasParts(value, { level: isText, accesses: isTableOf(isObject) })),
});

/**
 * The loop nest of a mapping as Timeloop's map file shows it: a head line per level with the words of each data
 * space that an instance holds, below it the loops, each indented by the loops around it. Ends with a line break.
 */
export function formatMappingText(mapping: Mapping, evaluation: Pick<Evaluation, "levels">): string {
  requireArgument(mappingSchema, mapping, "the mapping of formatMappingText");
  requireArgument(levelsSchema, evaluation, "the evaluation of formatMappingText");
  const tiles = new Map(evaluation.levels.map((level) => [level.level, level.accesses]));
  const lines: string[] = [];
  let openLoops = 0;
  let loopsSinceHead = false;
  let lastHead = "";

  for (const level of mapping.levels) {
    if (loopsSinceHead) lines.push("");
    loopsSinceHead = false;
    lastHead = head(level, tiles.get(level.level) ?? {});
    lines.push(lastHead);
    for (const loop of loopLines(level)) {
      if (!loopsSinceHead) lines.push(rule(lastHead));
      loopsSinceHead = true;
      lines.push(`| ${"  ".repeat(openLoops)}${loop}`);
      openLoops += 1;
    }
  }
  if (!loopsSinceHead) lines.push(rule(lastHead));
  lines.push(`| ${"  ".repeat(openLoops)}<< Compute >>`, "");
  return lines.join("\n");
}

function head(
  level: LevelMapping,
  accesses: Readonly<Record<string, { readonly tileSize: number }>>,
): string {
  const tiles = level.keep.map((dataSpace) => {
    const size = accesses[dataSpace]?.tileSize ?? 0;
    return `${dataSpace}:${size} (${size}) `;
  });
  return `${level.level} [ ${tiles.join("")}] `;
}

function rule(headLine: string): string {
  return "-".repeat(headLine.length - 1);
}

function loopLines(level: LevelMapping): string[] {
  return [
    ...level.temporal.map(({ dimension, factor }) => `for ${dimension} in [0:${factor})`),
    ...level.spatial.map(
      ({ dimension, factor, axis }) => `for ${dimension} in [0:${factor}) (Spatial-${axis})`,
    ),
  ];
}

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
