import { requireArgument } from "../arguments";
import { connectionStatistics } from "../model/connection-statistics";
import type { ConnectionTraffic } from "../model/connection-statistics";
import type { DataSpaceAccesses, Evaluation, LevelEvaluation } from "../model/evaluation";
import { describeHardware } from "../model/hardware";
import type { HardwareLevel } from "../model/hardware";
import type { LevelMapping, Loop } from "../model/mapping";
import type { Level, Specification, Value } from "../spec/specification";
import type { MappedLayer } from "../study/layer-result";
import { mappedLayerSchema } from "../study/layer-result";

/**
 * Scientific notation with two digits after the point, as C's `%.2e` prints it: the exponent has at least two
 * digits, and an exact decimal tie goes to the even digit (JavaScript rounds it away from zero).
 */
export function formatScientific(value: number): string {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? "nan" : value < 0 ? "-inf" : "inf";
  const [mantissa, exponent] = roundTieToEven(value).split("e");
  const digits = exponent.slice(1).padStart(2, "0");
  return `${mantissa}e${exponent[0]}${digits}`;
}

/** `value.toExponential(2)` with exact ties rounded to the even digit. */
function roundTieToEven(value: number): string {
  const rounded = value.toExponential(2);
  // 20 digits tell almost every number apart from a tie; 100 digits are exact for those that remain.
  if (!/^-?\d\.\d\d50{17}e/.test(value.toExponential(20))) return rounded;
  const [mantissa, exponent] = value.toExponential(100).split("e");
  const pointAt = mantissa.indexOf(".");
  if (!/^50*$/.test(mantissa.slice(pointAt + 3))) return rounded;
  const truncated = mantissa.slice(0, pointAt + 3);
  return Number(truncated.at(-1)) % 2 === 0 ? `${truncated}e${exponent}` : rounded;
}

/** The part of the statistics file about the connections between adjacent levels, by name; they cost no energy. */
function connectionLines({ specification, mapping }: MappedLayer): string[] {
  const connections = connectionStatistics(specification, mapping).map(
    ({ outer, inner, traffic }) => [`${outer} <==> ${inner}`, traffic] as const,
  );
  connections.sort(([a], [b]) => (a < b ? -1 : 1));
  return [
    "Networks",
    "--------",
    ...connections.flatMap(([name, traffic], index) => [
      `Network ${index}`,
      "---------",
      name,
      "",
      "    STATS",
      "    -----",
      ...Object.entries(traffic).flatMap(([dataSpace, figures]) => [
        `    ${dataSpace}:`,
        ...trafficLines(figures),
      ]),
      "",
    ]),
  ];
}

function trafficLines(traffic: ConnectionTraffic): string[] {
  const { fanOut, multicastFactor, ingresses, linkTransfers, spatialReductions } = traffic;
  const line = (name: string, value: number): string => `        ${name.padEnd(40)}: ${value}`;
  return [
    line("Fanout", fanOut),
    line("Multicast factor", multicastFactor),
    line(
      "Ingresses",
      ingresses.reduce((sum, { words }) => sum + words, 0),
    ),
    ...ingresses.map(
      ({ multicast, scatter, words }) => `            @multicast ${multicast} @scatter ${scatter}: ${words}`,
    ),
    line("Link transfers", linkTransfers),
    line("Spatial reductions", spatialReductions),
  ];
}

/**
 * The statistics file as Timeloop prints it with scientific notation: a block for every level from the compute
 * units outwards, one for every connection, then the summary. Energies of a level are recovered from it as `pJ/Compute` times `Computes`;
 * they have three digits there, full precision is in the results themselves.
 */
export function formatStatisticsText(layer: MappedLayer): string {
  requireArgument(mappedLayerSchema, layer, "the layer of formatStatisticsText");
  const { specification, mapping, evaluation } = layer;
  const levels = new Map(specification.levels.map((level) => [level.name, level]));
  const hardware = describeHardware(specification).levels;
  const loops = new Map(mapping.levels.map((level) => [level.level, level]));
  const lines = ["Buffer and Arithmetic Levels", "----------------------------"];
  lines.push(...computeBlock(specification, layer));
  [...evaluation.levels].reverse().forEach((level, index) => {
    lines.push(`Level ${index + 1}`, "-------");
    lines.push(...specsOf(levels.get(level.level) as Level, hardware[index], layer));
    lines.push(...loopsOf(loops.get(level.level) as LevelMapping));
    lines.push(...statisticsOf(level, evaluation));
  });
  lines.push(...connectionLines(layer), "", ...summaryLines(specification, evaluation), "");
  return lines.join("\n");
}

/** The "Summary Stats" block: the figures of the whole layer, then pJ per compute of every level and connection. */
export function summaryLines(specification: Specification, evaluation: Evaluation): string[] {
  const { computes, cycles, energyPj } = evaluation;
  const single = Math.fround;
  const outputs = outputWords(specification, evaluation);
  const gigaflops = single(single(2 * computes - outputs) / single(cycles));
  const rows = perComputeRows(specification, evaluation);
  const width = Math.max(...rows.map(([name]) => name.length), "Total".length) + 1;
  return [
    "Summary Stats",
    "-------------",
    `GFLOPs (@1GHz): ${formatScientific(gigaflops)}`,
    `Utilization: ${formatScientific(evaluation.utilization)}`,
    `Cycles: ${cycles}`,
    `Energy: ${formatScientific(energyPj / 1e6)} uJ`,
    `EDP(J*cycle): ${formatScientific((single(cycles) * energyPj) / 1e12)}`,
    `Area: ${formatScientific(0)} mm^2`,
    "",
    `Computes = ${computes}`,
    "pJ/Compute",
    ...rows.map(([name, energy]) => `    ${name.padEnd(width)}= ${formatScientific(energy / computes)}`),
    `    ${"Total".padEnd(width)}= ${formatScientific(energyPj / computes)}`,
  ];
}

/** Words of the tensor that is written, at the outermost level that holds any of it. */
function outputWords(specification: Specification, evaluation: Evaluation): number {
  const written = specification.workload.dataSpaces.filter(({ readWrite }) => readWrite);
  return written
    .map(({ name }) => evaluation.levels.flatMap(({ accesses }) => (name in accesses ? accesses[name] : [])))
    .map((held) => held.find(({ tileSize }) => tileSize > 0) as DataSpaceAccesses)
    .reduce((words, { tileSize }) => words + tileSize, 0);
}

/** Names and total energies, pJ: compute, levels from the inside, connections by name (these cost nothing). */
function perComputeRows(specification: Specification, evaluation: Evaluation): [string, number][] {
  const inwards: [string, number][] = [
    [computeLevel(specification).name, evaluation.computeEnergyPj],
    ...[...evaluation.levels].reverse().map((level): [string, number] => [level.level, level.energyPj]),
  ];
  const connections = inwards
    .slice(1)
    .map(([outer], index): [string, number] => [`${outer} <==> ${inwards[index][0]}`, 0]);
  connections.sort(([a], [b]) => (a < b ? -1 : 1));
  return [...inwards, ...connections];
}

/** Without one nothing could have been mapped. */
function computeLevel({ levels }: Specification): Level {
  return levels.find(({ kind }) => kind === "compute") as Level;
}

function computeBlock(specification: Specification, { evaluation, tables }: MappedLayer): string[] {
  const level = computeLevel(specification);
  const energies = Object.values(tables.energy.energyPj[level.name]);
  return [
    "Level 0",
    "-------",
    `=== ${level.name} ===`,
    "",
    "    SPECS",
    "    -----",
    `    Word bits             : ${String(level.attributes.datawidth ?? 16)}`,
    `    Instances             : ${instances(level)}`,
    `    Compute energy        : ${formatScientific(Math.max(0, ...energies))} pJ`,
    "",
    "    STATS",
    "    -----",
    `    Utilized instances      : ${evaluation.usedComputeUnits}`,
    `    Computes (total)        : ${evaluation.computes}`,
    `    Cycles                  : ${evaluation.computeCycles}`,
    `    Energy (total)          : ${formatScientific(evaluation.computeEnergyPj)} pJ`,
    `    Area (total)            : ${formatScientific(0)} um^2`,
    "",
  ];
}

function instances({ instances, meshX, meshY }: Level): string {
  return `${instances} (${meshX}*${meshY})`;
}

/** A number of words; a dash where there is no limit. */
function words(count: number): string {
  return Number.isFinite(count) ? BigInt(count).toString() : "-";
}

function bandwidth(value: Value | undefined): string {
  return typeof value === "number" ? formatScientific(value) : "-";
}

function specsOf(level: Level, hardware: HardwareLevel, { tables }: MappedLayer): string[] {
  const { attributes } = level;
  const energies = Object.values(tables.energy.energyPj[level.name]);
  const rows: [string, string][] = [
    ["Technology", level.class.includes("DRAM") ? "DRAM" : "SRAM"],
    ["Size", words(hardware.words)],
    ["Word bits", String(hardware.wordBits)],
    ["Block size", String(hardware.blockWords)],
    ["Cluster size", String(attributes.cluster_size)],
    ["Instances", instances(level)],
    ["Shared bandwidth", bandwidth(attributes.shared_bandwidth)],
    ["Read bandwidth", bandwidth(attributes.read_bandwidth)],
    ["Write bandwidth", bandwidth(attributes.write_bandwidth)],
    ["Multiple buffering", formatScientific(Number(attributes.multiple_buffering))],
    ["Effective size", words(hardware.capacityWords)],
    ["Min utilization", formatScientific(Number(attributes.min_utilization))],
    ["Vector access energy(max)", `${formatScientific(Math.max(0, ...energies))} pJ`],
    ["Vector access energy source", "ERT"],
    ["Area", `${formatScientific(0)} um^2`],
  ];
  return [
    `=== ${level.name} ===`,
    "",
    "    SPECS",
    "    -----",
    ...rows.map(([name, value]) => `        ${name.padEnd(29)} : ${value}`),
    "",
  ];
}

function loopsOf({ temporal, spatial }: LevelMapping): string[] {
  const loopText = ({ dimension, factor }: Loop): string => `      for ${dimension} in [0:${factor})`;
  return [
    "    MAPPING",
    "    -------",
    "    Loop nest:",
    ...temporal.map(loopText),
    ...spatial.map((loop) => `${loopText(loop)} (Spatial-${loop.axis})`),
    "",
  ];
}

function statisticsOf(level: LevelEvaluation, evaluation: Evaluation): string[] {
  return [
    "    STATS",
    "    -----",
    `    Cycles               : ${level.cycles}`,
    `    Bandwidth throttling : ${formatScientific(level.slowdown)}`,
    ...Object.entries(level.accesses).flatMap(([dataSpace, accesses]) => [
      `    ${dataSpace}:`,
      ...dataSpaceRows(accesses, level, evaluation),
    ]),
    "",
  ];
}

function dataSpaceRows(
  accesses: DataSpaceAccesses,
  level: LevelEvaluation,
  evaluation: Evaluation,
): string[] {
  const { reads, fills, updates, temporalReductions, instances, clusters, energyPerInstancePj } = accesses;
  const scalarAccesses = reads + fills + updates;
  const zero = `${formatScientific(0)} pJ`;
  const perCycle = (words: number): string =>
    `${formatScientific((words / evaluation.computeCycles) * level.slowdown)} words/cycle`;
  const rows: [string, string][] = [
    ["Partition size", String(accesses.partitionSize)],
    ["Utilized capacity", String(accesses.tileSize)],
    ["Utilized instances (max)", String(instances)],
    ["Utilized clusters (max)", String(clusters)],
    ["Scalar reads (per-instance)", String(reads)],
    ["Scalar fills (per-instance)", String(fills)],
    ["Scalar updates (per-instance)", String(updates)],
    ["Temporal reductions (per-instance)", String(temporalReductions)],
    ["Address generations (per-cluster)", String(accesses.addressGenerations)],
    [
      "Energy (per-scalar-access)",
      `${formatScientific(scalarAccesses > 0 ? energyPerInstancePj / scalarAccesses : 0)} pJ`,
    ],
    ["Energy (per-instance)", `${formatScientific(energyPerInstancePj)} pJ`],
    ["Energy (total)", `${formatScientific(energyPerInstancePj * clusters)} pJ`],
    ["Temporal Reduction Energy (per-instance)", zero],
    ["Temporal Reduction Energy (total)", zero],
    ["Address Generation Energy (per-cluster)", zero],
    ["Address Generation Energy (total)", zero],
    ["Average bandwidth  (per-instance)", perCycle(reads + fills + updates)],
    ["Average bandwidth (total)", perCycle((reads + fills + updates) * instances)],
  ];
  return rows.map(([name, value]) => `        ${name.padEnd(40)} : ${value}`);
}
