import { dataWith, hasParts, isListOf, isObject, isTableOf, isText, requireArgument } from "../arguments";
import { mappingSchema, type LevelMapping, type Mapping } from "../mapping/mapping";
import type { Evaluation } from "../model/evaluation";

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
