import { requireArgument } from "../arguments";
import { counted } from "../errors";
import { groupsSchema } from "../spec/component-groups";
import type { LevelNotes } from "../spec/component-groups";
import { groupOfLevel, leakageKey, totalKey } from "../study/component-groups";
import type { ComponentGroup } from "../study/component-groups";
import type { Diagnosis } from "../study/diagnose-layer";
import { layerResultSchema, totalAreas } from "../study/layer-result";
import type { LayerResult, TimeloopWalk } from "../study/layer-result";
import { areaOfLevel, componentsOf } from "../study/network-result";
import { fullSearchRows } from "./full-search-text";
import type { TextColumn } from "./text-table";
import { figureColumn, formatCount, formatFigure, formatFixed, formatItems } from "./text-table";
import { formatNumber, formatShare } from "./theme/numbers";

/** A layer's result for a terminal: the figures, a table of the components, and the mapping. */
export function formatLayerText(
  result: LayerResult,
  groups: readonly ComponentGroup[],
  levelNotes: LevelNotes = {},
): string {
  requireArgument(layerResultSchema, result, "the result of formatLayerText");
  requireArgument(groupsSchema, groups, "the groups of formatLayerText");
  return [
    formatLayerTitle(result),
    "",
    figuresText(result, groups),
    "",
    componentTable(result, groups),
    "",
    mappingOutline(result),
    "",
    ...noteLines(result, levelNotes),
    ...(result.notes ?? []).flatMap(({ message }) => [`note: ${message}`, ""]),
  ].join("\n");
}

/** What the levels are whose names do not say it, of those that are shown. */
function noteLines(result: LayerResult, levelNotes: LevelNotes): string[] {
  const shown = new Set([...componentsOf(result), ...result.mapping.map(({ level }) => level)]);
  const lines = Object.entries(levelNotes).flatMap(([level, note]) =>
    shown.has(level) ? [`${level}: ${note}`] : [],
  );
  return lines.length === 0 ? [] : [...lines, ""];
}

/** E.g. `raella · resnet18, layer 10 (layer3.0.conv1) · 16 tiles, batch 32`. */
export function formatLayerTitle(
  result: Pick<LayerResult, "architecture" | "dnn" | "layer" | "layerName" | "nTiles" | "batchSize">,
): string {
  const { architecture, dnn, layer, layerName, nTiles, batchSize } = result;
  const numbered = layer === null ? layerName : `layer ${layer}${layerName ? ` (${layerName})` : ""}`;
  const workload = [dnn, numbered].filter((part) => part !== null).join(", ");
  const size = [
    ...(nTiles === null ? [] : [counted(nTiles, "tile", formatCount)]),
    ...(batchSize === null ? [] : [`batch ${formatCount(batchSize)}`]),
  ].join(", ");
  return [architecture, workload, size].filter((part) => part !== "").join(" · ");
}

function figuresText(result: LayerResult, groups: readonly ComponentGroup[]): string {
  const { cycles, energyPj, edp, areaUm2, macs, computes, mapSpace, walk, fullSearch } = result;
  const total = energyPj[totalKey];
  const rows: [string, string, string][] = [
    [
      "Energy",
      formatFigure("energyPj", total),
      `${formatNumber(result.energyPerMacPj * 1e3)} fJ per multiply-accumulate, ${formatFixed(result.topsPerWatt)} TOPS/W`,
    ],
    ["Cycles", formatCount(cycles), `${formatFigure("seconds", cycles * 1e-9)} at 1 ns a cycle`],
    ["EDP", `${formatNumber(edp)} J·cycles`, ""],
    ["Area", formatFigure("areaUm2", areaUm2.total), ""],
    ["Work", `${formatNumber(macs)} MACs`, `${formatNumber(computes)} bit operations`],
    ...(result.conversions === null || result.conversionsPerMac === null
      ? []
      : [
          [
            "Conversions",
            formatNumber(result.conversions),
            `${formatNumber(result.conversionsPerMac)} per multiply-accumulate`,
          ] as [string, string, string],
        ]),
    [
      "Utilization",
      formatShare(result.spatialUtilization),
      `of ${whatWorks(result, groups)} at work in a step`,
    ],
    ["Peak share", formatShare(result.utilization), "of one operation in each cycle for every compute unit"],
    [
      "Mappings",
      mapSpace.size < 1e9 ? formatCount(mapSpace.size) : formatNumber(mapSpace.size),
      `${mapSpace.valid === null ? "" : `${formatCount(mapSpace.valid)} fit, `}${formatCount(mapSpace.evaluated)} evaluated`,
    ],
  ];
  if (walk) rows.push(walkRow(walk));
  if (fullSearch) rows.push(...fullSearchRows(fullSearch, { energyPj: total, cycles }));
  const width = Math.max(...rows.map(([, value]) => [...value].length));
  return rows
    .map(([name, value, note]) =>
      `  ${name.padEnd(14)}${value}${" ".repeat(width - [...value].length)}   ${note}`.trimEnd(),
    )
    .join("\n");
}

/** The innermost level that holds data, by its group, e.g. the crossbars' cells; else the compute units. */
function whatWorks({ accesses }: LayerResult, groups: readonly ComponentGroup[]): string {
  const holding = Object.keys(accesses).filter((level) => Object.keys(accesses[level]).length > 0);
  const innermost = holding.at(-1) ?? "";
  const group = groupOfLevel(innermost, groups);
  return group === innermost ? "the compute units" : `the ${group.toLowerCase()} places (${innermost})`;
}

/** How far the mapping that Timeloop's search reports is from the best one. */
function walkRow({ visited, edpOverOptimum, optimum }: TimeloopWalk): [string, string, string] {
  const gap =
    edpOverOptimum === 1
      ? "the best mapping"
      : `${formatNumber(edpOverOptimum)} times the EDP of the best mapping, ${formatNumber(optimum.edp)} J·cycles`;
  return ["Timeloop", `${formatCount(visited)} tried`, `its random walk ends with ${gap}`];
}

/** Levels that cost energy or area, outermost first. */
function componentTable(result: LayerResult, groups: readonly ComponentGroup[]): string {
  const areas = totalAreas(result.areaUm2);
  /** Networks have no energy. */
  const energyOf = (name: string): number => result.energyPj[name] ?? 0;
  const names = componentsOf(result).filter((name) => (areas[name] ?? 0) !== 0 || energyOf(name) !== 0);
  const withTotal = [...names, totalKey];
  const energies = withTotal.map(energyOf);
  const energy = figureColumn("energyPj", energies);
  const area = figureColumn(
    "areaUm2",
    withTotal.map((name) => areas[name] ?? null),
  );
  const energyTotal = energies[names.length];
  const share = (value: number): string =>
    energyTotal > 0 ? `${formatFixed((value / energyTotal) * 100, 1)} %` : "";
  const columns: readonly TextColumn<string>[] = [
    ["level", (name) => name, "left"],
    ["group", (name) => (name === totalKey ? "" : groupOfLevel(name, groups)), "left"],
    [
      "instances",
      (name) =>
        name === totalKey || name === leakageKey ? "" : formatCount(areaOfLevel(result.areaUm2, name).count),
    ],
    [`energy ${energy.unit.symbol}`, (_, index) => energy.cells[index]],
    ["share", (_, index) => share(energies[index])],
    [`area ${area.unit.symbol}`, (_, index) => area.cells[index]],
    ["holds", (name) => Object.keys(result.accesses[name] ?? {}).join(", "), "left"],
  ];
  const footer = columns.map(([, cell]) => cell(totalKey, names.length));
  return formatItems(names, columns, footer);
}

/** The loops level by level, outermost first, those of one level joined. */
function mappingOutline({ mapping }: LayerResult): string {
  return formatItems(mapping, [
    ["mapping, outermost first", ({ level }) => level, "left"],
    ["loops run", ({ kind }) => wayOf(kind), "left"],
    [
      "dimension and factor",
      ({ loops }) => loops.map(({ dimension, factor }) => `${dimension} ${formatCount(factor)}`).join(" · "),
      "left",
    ],
  ]);
}

function wayOf(kind: LayerResult["mapping"][number]["kind"]): string {
  return kind === "spatial" ? "in space" : "in time";
}

function loopsText(loops: LayerResult["mapping"][number]["loops"]): string {
  return loops.map(({ dimension, factor }) => `${dimension} ${factor}`).join(" x ");
}

/** A diagnosis for a terminal. */
export function formatDiagnosisText(diagnosis: Diagnosis): string {
  const { fits, misfits, nearestMiss, remedies, usage, warnings } = diagnosis;
  const title = formatLayerTitle(diagnosis);
  const messagesOf = (each: readonly { readonly message: string }[]): readonly string[] =>
    each.map(({ message }) => message);
  const whatHelps =
    remedies.length > 0 ? messagesOf(remedies) : ["No change of tiles, batch or depth was found."];
  return [
    `${title}: ${fits ? "fits" : "does not fit"}.`,
    ...section("Why", messagesOf(misfits)),
    ...(nearestMiss
      ? section(`The nearest mapping exceeds what is there ${formatFixed(nearestMiss.excess)} times`, [
          nearestMiss.mapping
            .map(({ level, kind, loops }) => `${level} ${wayOf(kind)} ${loopsText(loops)}`)
            .join("; "),
        ])
      : []),
    ...(fits ? [] : section("What helps (each change is enough by itself)", whatHelps)),
    ...(usage.length > 0 ? [usageTable(diagnosis)] : []),
    ...section("Warnings", messagesOf(warnings)),
  ].join("\n\n");
}

/** Nothing without lines. */
function section(title: string, lines: readonly string[]): readonly string[] {
  return lines.length === 0 ? [] : [[`${title}:`, ...lines.map((line) => `  ${line}`)].join("\n")];
}

function usageTable({ usage }: Diagnosis): string {
  return formatItems(usage, [
    ["places used by the best mapping", ({ level }) => level, "left"],
    ["used", ({ used }) => formatCount(used)],
    ["of", ({ available }) => formatCount(available)],
    ["share", ({ share }) => `${formatFixed(share * 100, 1)} %`],
    ["loops", ({ loops }) => loopsText(loops), "left"],
  ]);
}
