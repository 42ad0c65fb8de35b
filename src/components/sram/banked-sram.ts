import { counted, RaellaError } from "../../errors";
import { join } from "../../platform";
import type { FileReader } from "../../spec/file-memo";
import { FileMemo } from "../../spec/file-memo";
import { contradiction, readNumberedCsv } from "../../spec/read-csv";
import type { CsvRow } from "../../spec/read-csv";
import type { Value } from "../../spec/specification";
import { cycleSeconds, cycleTime, errorBarOf, unknownAction } from "../estimator";
import type { ErrorRow, Estimate, EstimateStep, Estimator, EstimatorQuery } from "../estimator";
import { technologyNm } from "../library/technology-scaling";
import { readParameters } from "../parameters";
import type { ParameterDescriptions } from "../parameters";
import { figuresBy, figuresOfRow, interpolator, isOutsideGrid } from "./sram-grid";

/** What a characterization says of a memory. Energies in pJ, W of one bank at rest, um^2 of all banks. */
interface BankedFigures {
  readonly read: number;
  readonly write: number;
  readonly leakage: number;
  readonly area: number;
}
type BankedQuantity = keyof BankedFigures;
const quantities: readonly BankedQuantity[] = ["read", "write", "leakage", "area"];

const columns: Readonly<Record<BankedQuantity, string>> = {
  read: "read_energy_pJ",
  write: "write_energy_pJ",
  leakage: "leakage_W",
  area: "area_um2",
};

/** Characterized memories of one technology, number of banks and ports. */
interface BankedGrid {
  readonly widths: readonly number[];
  readonly depths: readonly number[];
  /** By `width depth`. */
  readonly points: ReadonlyMap<string, BankedFigures>;
}

/** The memories of a technology with so many banks and ports; undefined where there are none. */
type NodeMemories = (banks: number, ports: number) => BankedGrid | undefined;
/** The memories of a characterized technology (nm). */
type BankedSrams = (nodeNm: number) => NodeMemories;

const nodesNm = [22, 32, 45, 65, 90] as const;
/** Most banks that are characterized; those of memories with two ports. */
const mostBanks = 8;
const mostBanksOfTwoPorts = 2;
/** How far beyond the grid its slope may be followed, as a factor of width or depth. */
const extrapolationLimit = 16;

/** Memories as far as they are found in the folder, each file read when it is first needed. */
export function loadBankedSrams(directory: string, reader: FileReader): BankedSrams {
  const grids = new Map<string, ReadonlyMap<string, BankedGrid>>();
  return (nodeNm) => (banks, ports) => {
    const isSingle = banks === 1 && ports === 1;
    const kind = `${nodeNm} ${isSingle}`;
    let known = grids.get(kind);
    if (known === undefined) {
      known = tables.within(reader, `${kind} ${directory}`, (own) =>
        readGrids(directory, nodeNm, isSingle, own),
      );
      grids.set(kind, known);
    }
    return known.get(`${banks} ${ports}`);
  };
}

/** Tables as read, by what is in them and their folder. */
const tables = new FileMemo<ReadonlyMap<string, BankedGrid>>(64);

function readGrids(
  directory: string,
  nodeNm: number,
  isSingle: boolean,
  reader: FileReader,
): ReadonlyMap<string, BankedGrid> {
  const points = new Map<string, Map<string, BankedFigures>>();
  const lines = new Map<string, { readonly file: string; readonly line: number }>();
  const start = `sram_${nodeNm}nm`;
  const names = isSingle ? [`${start}.csv`] : [`${start}_2_ports.csv`, `${start}_banked.csv`];
  for (const name of [...names, "sram_points.csv"]) {
    const file = join(directory, name);
    if (!reader.has(file)) continue;
    for (const { row, line } of readNumberedCsv(file, reader)) {
      if (Number(row.technology_nm ?? nodeNm) !== nodeNm) continue;
      const key = `${Number(row.n_banks ?? 1)} ${Number(row.n_rdwr_ports)}`;
      const own = points.get(key) ?? new Map<string, BankedFigures>();
      const size = `${Number(row.width_bits)} ${Number(row.depth)}`;
      const [first, figures] = [own.get(size), readFigures(row, file)];
      const place = `${key} ${size}`;
      if (first !== undefined && quantities.some((quantity) => first[quantity] !== figures[quantity]))
        throw contradiction(`the memory ${size.replace(" ", "x")}`, lines.get(place) ?? { file, line }, {
          ...{ file, line },
        });
      points.set(key, own.set(size, figures));
      lines.set(place, { file, line });
    }
  }
  return new Map([...points].map(([key, own]) => [key, gridOf(own)]));
}

function readFigures(row: CsvRow, file: string): BankedFigures {
  const { read, write, leakage, area } = figuresOfRow(columns, row, file);
  return {
    read: inUnits(read, -3, 1e-9) * 1e12,
    write: inUnits(write, -3, 1e-9) * 1e12,
    leakage: inUnits(leakage, 3, 1e-3),
    area: inUnits(area, -6, 1e-6) * 1e12,
  };
}

/**
 * A figure by way of the unit that CACTI prints it in (nJ, mW, mm^2), so that it is rounded as in the original: some sums of
 * parts lie half-way between two entries of a table.
 */
function inUnits(figure: number, decimals: number, unit: number): number {
  const [digits, exponent] = figure.toExponential().split("e");
  return Number(`${digits}e${Number(exponent) + decimals}`) * unit;
}

/** The axes are the sizes of which most are there; a point apart counts only for itself. */
function gridOf(points: ReadonlyMap<string, BankedFigures>): BankedGrid {
  const sizes = [...points.keys()].map((key) => key.split(" ").map(Number));
  const axis = (which: 0 | 1): number[] => {
    const counts = new Map<number, number>();
    for (const size of sizes) counts.set(size[which], (counts.get(size[which]) ?? 0) + 1);
    const most = Math.max(...counts.values());
    return [...counts]
      .filter(([, count]) => 2 * count > most)
      .map(([size]) => size)
      .sort((a, b) => a - b);
  };
  return { widths: axis(0), depths: axis(1), points };
}

/** A figure on a point of the grid. One that is missing in a corner follows from the three beside it. */
function pointAt(
  { widths, depths, points }: BankedGrid,
  column: number,
  row: number,
  quantity: BankedQuantity,
): number {
  const at = (i: number, j: number): number | undefined =>
    points.get(`${widths[i]} ${depths[j]}`)?.[quantity];
  const own = at(column, row);
  if (own !== undefined) return own;
  const [i, j] = [column === 0 ? 1 : column - 1, row === 0 ? 1 : row - 1];
  return ((at(i, row) ?? NaN) * (at(column, j) ?? NaN)) / (at(i, j) ?? NaN);
}

/** A memory as it is asked for: bits of a word, words of all banks, banks (a power of two), ports. */
interface MemoryRequest {
  readonly width: number;
  readonly depth: number;
  readonly banks: number;
  readonly ports: number;
}

interface FoundMemory {
  readonly figures: BankedFigures;
  readonly isExact: boolean;
  readonly warnings: readonly string[];
}

function mapQuantities(figure: (quantity: BankedQuantity) => number): BankedFigures {
  return figuresBy(quantities, figure);
}

/** A memory of a characterized technology. */
function memoryAt(memories: NodeMemories, request: MemoryRequest): FoundMemory {
  const { width, depth, banks, ports } = request;
  const grid = memories(banks, ports);
  const exact = grid?.points.get(`${width} ${depth}`);
  if (exact !== undefined) return { figures: exact, isExact: true, warnings: [] };
  const limit = ports === 1 ? mostBanks : mostBanksOfTwoPorts;
  if (ports === 2 && banks > limit) return twoPortsFromOne(memories, request);
  if (banks > limit) return beyondBanks(memories, request);
  if (grid === undefined || grid.widths.length < 2)
    throw notCovered(`${banks} banks and ${ports} ports`, "the tables that come with the package");
  const warnings: string[] = [];
  if (isOutsideGrid(grid, width, depth)) {
    const [widest, deepest] = [grid.widths[grid.widths.length - 1], grid.depths[grid.depths.length - 1]];
    if (width > widest * extrapolationLimit || depth > deepest * extrapolationLimit)
      throw notCovered(
        `${width} bits x ${depth} words`,
        `at most ${widest * extrapolationLimit} bits and ${deepest * extrapolationLimit} words`,
      );
    warnings.push(
      `An SRAM of ${width} bits x ${depth} words in ${counted(banks, "bank")} lies outside the characterized sizes (${grid.widths[0]} to ${widest} bits, ${grid.depths[0]} to ${deepest} words); its figures are extrapolated.`,
    );
  }
  const figureAt = interpolator(grid, width, depth);
  const figures = mapQuantities((quantity) =>
    figureAt((column, row) => pointAt(grid, column, row, quantity)),
  );
  return { figures, isExact: false, warnings };
}

/** More banks than are characterized: the step from half as many to the most goes on. That was not checked. */
function beyondBanks(memories: NodeMemories, request: MemoryRequest): FoundMemory {
  const most = memoryAt(memories, { ...request, banks: mostBanks });
  const half = memoryAt(memories, { ...request, banks: mostBanks / 2 });
  const steps = Math.log2(request.banks / mostBanks);
  return {
    figures: mapQuantities(
      (quantity) => most.figures[quantity] * (most.figures[quantity] / half.figures[quantity]) ** steps,
    ),
    isExact: false,
    warnings: [
      ...most.warnings,
      `${request.banks} banks are more than the ${mostBanks} that are characterized; the step from ${mostBanks / 2} to ${mostBanks} is continued, which was not checked.`,
    ],
  };
}

/** Two ports and more than two banks: the ratio of two ports to one is taken from two banks. */
function twoPortsFromOne(memories: NodeMemories, request: MemoryRequest): FoundMemory {
  const banked = memoryAt(memories, { ...request, ports: 1 });
  const one = memoryAt(memories, { ...request, ports: 1, banks: mostBanksOfTwoPorts });
  const two = memoryAt(memories, { ...request, banks: mostBanksOfTwoPorts });
  return {
    figures: mapQuantities(
      (quantity) => (banked.figures[quantity] * two.figures[quantity]) / one.figures[quantity],
    ),
    isExact: false,
    warnings: [
      ...banked.warnings,
      `Two ports are characterized with at most ${mostBanksOfTwoPorts} banks; their ratio to one port is taken from there, which was not checked.`,
    ],
  };
}

function notCovered(what: string, expected: string): RaellaError {
  return new RaellaError({
    code: "out-of-range",
    message: `The SRAM model does not cover ${what}.`,
    value: what,
    expected,
  });
}

/** A memory of any technology. */
interface ScaledMemory extends FoundMemory {
  /** Figures of the tables, and how the technology was reached from there. */
  readonly tabulated: BankedFigures;
  readonly steps: (quantity: BankedQuantity) => readonly EstimateStep[];
}

/**
 * Between two characterized technologies everything is linear in the node. Below the smallest one everything shrinks with the
 * node, leakage by a further factor; above the largest one everything grows with its square.
 */
function memoryOf(node: number, request: MemoryRequest, memories: BankedSrams): ScaledMemory {
  const [smallest, largest] = [nodesNm[0], nodesNm[nodesNm.length - 1]];
  const scaled = (from: number, factor: (quantity: BankedQuantity) => number): ScaledMemory => {
    const found = memoryAt(memories(from), request);
    return {
      ...found,
      tabulated: found.figures,
      figures: mapQuantities((quantity) => found.figures[quantity] * factor(quantity)),
      steps: (quantity) => [{ description: `from ${from} to ${node} nm`, factor: factor(quantity) }],
    };
  };
  if (node < smallest)
    return scaled(smallest, (quantity) => (node / smallest) * (quantity === "leakage" ? 0.79 : 1));
  if (node > largest) return scaled(largest, () => (node / largest) ** 2);
  if ((nodesNm as readonly number[]).includes(node)) {
    const found = memoryAt(memories(node), request);
    return { ...found, tabulated: found.figures, steps: () => [] };
  }
  const high = nodesNm.find((tabulated) => tabulated > node) ?? largest;
  const low = nodesNm[nodesNm.indexOf(high) - 1];
  const [below, above] = [memoryAt(memories(low), request), memoryAt(memories(high), request)];
  const share = (node - low) / (high - low);
  const figures = mapQuantities(
    (quantity) => below.figures[quantity] + (above.figures[quantity] - below.figures[quantity]) * share,
  );
  const from = ({ figures: own }: FoundMemory, quantity: BankedQuantity): string =>
    shownFigure(own[quantity], quantity);
  return {
    figures,
    tabulated: figures,
    isExact: below.isExact && above.isExact,
    warnings: [...new Set([...below.warnings, ...above.warnings])],
    steps: (quantity) => [
      {
        description: `linear between ${from(below, quantity)} at ${low} nm and ${from(above, quantity)} at ${high} nm`,
      },
    ],
  };
}

const units: Readonly<Record<BankedQuantity, string>> = {
  read: "pJ",
  write: "pJ",
  leakage: "W a bank",
  area: "um^2",
};

function shownFigure(figure: number, quantity: BankedQuantity): string {
  return `${Number(figure.toPrecision(6))} ${units[quantity]}`;
}

/** Of interpolated figures. */
const errors: Readonly<Record<BankedQuantity, ErrorRow>> = {
  read: [1.6, 11.6, 29],
  write: [1.0, 4.1, 24],
  leakage: [0.9, 4.8, 12],
  area: [1.1, 10.5, 35],
};

const errorBasis = "160 memories of CACTI 7 that are not in the tables, 130 of them of several banks";

const sizes = {
  width: { kind: "integer", unit: "bit", description: "bits of a word", minimum: 1 },
  depth: { kind: "integer", unit: "words", description: "words of all banks", minimum: 1 },
  n_rw_ports: {
    ...{ kind: "integer", unit: "1", default: 1, minimum: 0 },
    description: "ports that read and write",
  },
  n_banks: { kind: "integer", unit: "1", description: "banks", default: 1, minimum: 1 },
  address_delta: {
    ...{ kind: "number", unit: "1", default: 1, minimum: 0, maximum: 1 },
    description: "whether the address of an access changes",
  },
  data_delta: {
    ...{ kind: "number", unit: "1", default: 1, minimum: 0, maximum: 1 },
    description: "whether the data of an access change",
  },
} as const satisfies ParameterDescriptions;
const parameters: ParameterDescriptions = {
  technology: { kind: "text", unit: "nm", description: "technology, a number or a text such as 45nm" },
  ...sizes,
  global_cycle_seconds: cycleTime,
};
const actions = ["read", "write", "update", "leak"];

/** Least bits of a word, and words of a bank, of CACTI. */
const leastWidth = 32;
const leastDepth = 64;
/** Share of the energy of an access that does not depend on how much of a word is there; share of the address. */
const fixedShare = 0.3;
const addressShare = 0.3;
/** Exponent with which the energy of an access grows with the depth. */
const depthExponent = 0.78;

/**
 * SRAMs as the tools of 2024 price them: CACTI is asked for memories of whole bytes, at least 32 bits wide and 64 words deep
 * in every bank; what is smaller costs a part of that.
 */
export function bankedSramEstimator(memories: BankedSrams): Estimator {
  return {
    name: "SRAM characterization",
    classNames: ["SRAM"],
    accuracyPercent: 80,
    parameters,
    actions,
    estimateArea: (query) => answer("area", query),
    estimateEnergy: (query, action) => {
      const wanted = action.toLowerCase();
      if (!actions.includes(wanted)) throw unknownAction(query.className, action, actions);
      return answer(wanted === "leak" ? "leakage" : wanted === "read" ? "read" : "write", query);
    },
  };

  function answer(quantity: BankedQuantity, query: EstimatorQuery): Estimate {
    const values = readParameters(sizes, query.attributes, query.className);
    const node = nodeOf(query.attributes.get("technology"));
    const { width, depth } = values;
    const banks = 2 ** Math.ceil(Math.log2(values.n_banks));
    const ports = Math.max(values.n_rw_ports, 1);
    if (ports > 2) throw notCovered(`${ports} ports`, "one or two ports that read and write");
    const request = {
      ...{ banks, ports },
      width: Math.max(8 * Math.ceil(width / 8), leastWidth),
      depth: Math.max(depth, leastDepth * values.n_banks),
    };
    const { figures, tabulated, isExact, warnings, steps } = memoryOf(node, request, memories);
    const [widthShare, depthShare] = [width / request.width, depth / request.depth];
    const size = `${request.width} bits x ${request.depth} words, ${counted(banks, "bank")}, ${counted(ports, "port")}`;
    const factors: EstimateStep[] =
      quantity === "area"
        ? [{ description: "part of it", factor: widthShare * depthShare }]
        : quantity === "leakage"
          ? [
              { description: "banks", factor: values.n_banks },
              { description: "part of it", factor: widthShare * depthShare },
              { description: "pJ of a cycle per W", factor: cycleSeconds(query) * 1e12 },
            ]
          : [
              { description: "bits", factor: (1 - fixedShare) * widthShare + fixedShare },
              { description: "words", factor: depthShare ** depthExponent },
              {
                description: "address and data that change",
                factor: addressShare * values.address_delta + (1 - addressShare) * values.data_delta,
              },
            ];
    const value = factors.reduce((before, { factor = 1 }) => before * factor, figures[quantity]);
    return {
      value,
      source: "CACTI 7 (Balasubramonian et al., ACM TACO 14(2), 2017), characterized macros",
      steps: () => [
        {
          description: `${size}: ${isExact ? "characterized" : "interpolated"}, ${shownFigure(tabulated[quantity], quantity)}`,
        },
        ...steps(quantity),
        ...factors.filter(({ factor }) => factor !== 1),
      ],
      errorBar: isExact || value === 0 ? undefined : errorBarOf(errors[quantity], errorBasis),
      warnings: warnings.length === 0 ? undefined : warnings,
    };
  }
}

/** A technology is a whole number of nm, or a text that ends in `nm`. */
function nodeOf(technology: Value | undefined): number {
  const isNamed = typeof technology === "string" ? /nm\s*$/i.test(technology) : Number.isInteger(technology);
  const node = isNamed ? technologyNm(technology) : NaN;
  if (node > 0 && Number.isFinite(node)) return node;
  throw new RaellaError({
    code: technology === undefined ? "component" : "out-of-range",
    message:
      technology === undefined
        ? "An SRAM has no technology."
        : `The technology of an SRAM cannot be ${JSON.stringify(technology)}.`,
    value: technology,
    expected: "a whole number of nm, or a text that ends in nm, such as 45nm",
  });
}
