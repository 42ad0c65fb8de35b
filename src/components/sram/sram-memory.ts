import { counted, RaellaError } from "../../errors";
import { join } from "../../platform";
import type { FileReader } from "../../spec/file-memo";
import { FileMemo } from "../../spec/file-memo";
import { readNumberedCsv } from "../../spec/read-csv";
import { defineEstimator, errorBarOf } from "../estimator";
import type { ErrorBar, ErrorRow, Estimate, Estimator } from "../estimator";
import type { ParameterDescriptions, ParameterValues } from "../parameters";
import { interpolateSize, interpolateTechnology, isOutsideGrid, mapFigures, sramGrid } from "./sram-grid";
import type { SramFigures, SramGrid } from "./sram-grid";

/** How a memory's figures were found. */
export type SramBasis =
  | "characterized"
  | "interpolated between sizes"
  | "interpolated between technologies"
  | "interpolated, two ports";

/** A memory as a component asks for it. */
export interface SramRequest {
  /** Integer, nm. */
  readonly technologyNm: number;
  readonly widthBits: number;
  readonly depth: number;
  /** Ports of every kind; each can read and write. */
  readonly ports: number;
  readonly banks: number;
}

/** Figures of a memory and how they were found. Energies and areas are zero for a memory of less than a byte. */
interface SramMemory {
  readonly figures: SramFigures;
  readonly basis: SramBasis;
  /** Banks, a power of two. */
  readonly banks: number;
  /** What was looked up, for the explanation. */
  readonly lookedUp: string;
  readonly warnings: readonly string[];
}

/** Grid of a technology and a number of ports; undefined where there is none. */
type SramGrids = (technologyNm: number, ports: number) => SramGrid | undefined;

/** Technologies with a grid for one port, nm. */
const sramTechnologiesNm = [22, 32, 45, 65, 90] as const;
/** The technology with a grid for two ports, nm. */
const twoPortTechnologyNm = 32;
/** How far beyond the grid its slope may be followed, as a factor of width or depth. */
const extrapolationLimit = 16;

const nothing: SramFigures = {
  readEnergyPj: 0,
  writeEnergyPj: 0,
  leakageW: 0,
  areaUm2: 0,
  accessTimeNs: 0,
  cycleTimeNs: 0,
};

/**
 * Figures of an SRAM macro. The size is brought to whole bytes, to words of at least 32 bits and to at least 64
 * words, as CACTI demands; then the grids answer, interpolated where needed.
 * @throws RaellaError (`out-of-range`) for sizes, nodes or ports that are not covered
 */
export function sramMemory(request: SramRequest, grids: SramGrids): SramMemory {
  const { technologyNm, widthBits, depth } = request;
  const bytes = Math.floor((widthBits * depth) / 8);
  const banks = 2 ** Math.ceil(Math.log2(Math.max(request.banks, 1)));
  if (bytes === 0) {
    return {
      figures: nothing,
      basis: "characterized",
      banks,
      lookedUp: "less than a byte: nothing",
      warnings: [],
    };
  }
  if (bytes < 64) throw outOfRange("size", counted(bytes, "byte"), "at least 64 bytes (512 bits)");
  const smallest = sramTechnologiesNm[0];
  const largest = sramTechnologiesNm[sramTechnologiesNm.length - 1];
  if (technologyNm < smallest || technologyNm > largest)
    throw outOfRange("technology", technologyNm, `a node from ${smallest} to ${largest} nm`);
  const ports = Math.max(request.ports, 1);
  if (ports > 2) throw outOfRange("number of ports", ports, "one or two ports that read and write");

  const wordBytes = Math.floor(widthBits / 8);
  const blockBytes = Math.max(wordBytes, 4);
  const words = Math.max(bytes / blockBytes, 64) / banks;
  const size = { widthBits: 8 * blockBytes, depth: words, ports };
  const found = lookUp(technologyNm, size, grids);
  const warnings = [...found.warnings];
  if (wordBytes < 4)
    warnings.push(
      `The word of ${counted(widthBits, "bit")} is priced as one of 32 bits, the least CACTI handles.`,
    );
  if (banks > 1) warnings.push(`${banks} banks are priced as so many memories of 1/${banks} of the depth.`);
  return {
    figures: found.figures,
    basis: found.basis,
    banks,
    lookedUp: `${size.widthBits} bits x ${Number(words.toFixed(3))} words, ${counted(ports, "port")}, ${technologyNm} nm`,
    warnings,
  };
}

interface Size {
  readonly widthBits: number;
  readonly depth: number;
  readonly ports: number;
}

type Found = Pick<SramMemory, "figures" | "basis" | "warnings">;

function lookUp(technologyNm: number, size: Size, grids: SramGrids): Found {
  if (size.ports === 2 && technologyNm !== twoPortTechnologyNm) {
    const onePort = lookUp(technologyNm, { ...size, ports: 1 }, grids);
    const reference = lookUp(twoPortTechnologyNm, { ...size, ports: 1 }, grids).figures;
    const twoPorts = lookUp(twoPortTechnologyNm, size, grids).figures;
    return {
      figures: mapFigures(
        (quantity) => (onePort.figures[quantity] * twoPorts[quantity]) / reference[quantity],
      ),
      basis: "interpolated between technologies",
      warnings: [
        ...onePort.warnings,
        `Two ports are characterized at ${twoPortTechnologyNm} nm only; their ratio to one port is taken from there.`,
      ],
    };
  }
  const tabulated = grids(technologyNm, size.ports);
  if (tabulated) return lookUpSize(tabulated, size);
  const high = sramTechnologiesNm.find((node) => node > technologyNm) as number;
  const low = sramTechnologiesNm[sramTechnologiesNm.findIndex((node) => node === high) - 1];
  const atLow = lookUp(low, size, grids);
  const atHigh = lookUp(high, size, grids);
  return {
    figures: interpolateTechnology(atLow.figures, atHigh.figures, { low, high, asked: technologyNm }),
    basis: "interpolated between technologies",
    warnings: atLow.warnings,
  };
}

function lookUpSize(grid: SramGrid, { widthBits, depth, ports }: Size): Found {
  const figures = interpolateSize(grid, widthBits, depth);
  const onGrid = grid.widths.includes(widthBits) && grid.depths.includes(depth);
  if (onGrid) return { figures, basis: "characterized", warnings: [] };
  const basis = ports === 2 ? "interpolated, two ports" : "interpolated between sizes";
  if (!isOutsideGrid(grid, widthBits, depth)) return { figures, basis, warnings: [] };
  const [widest, deepest] = [grid.widths[grid.widths.length - 1], grid.depths[grid.depths.length - 1]];
  if (widthBits > widest * extrapolationLimit)
    throw outOfRange("width", widthBits, `at most ${widest * extrapolationLimit} bits`);
  if (depth > deepest * extrapolationLimit)
    throw outOfRange("depth", depth, `at most ${deepest * extrapolationLimit} words`);
  return {
    figures,
    basis,
    warnings: [
      `An SRAM of ${widthBits} bits x ${Number(depth.toFixed(3))} words lies outside the characterized sizes ` +
        `(${grid.widths[0]} to ${widest} bits, ${grid.depths[0]} to ${deepest} words); its figures are extrapolated.`,
    ],
  };
}

function outOfRange(what: string, value: number | string, expected: string): RaellaError {
  return new RaellaError({
    code: "out-of-range",
    message: `The SRAM model does not cover the ${what} ${value}.`,
    value,
    expected,
  });
}

/** Tables as read, by their files. */
const tables = new FileMemo<SramGrid>(32);

/** The characterization tables of a folder, each read when it is first needed. */
export function loadSramGrids(directory: string, reader: FileReader): SramGrids {
  const grids = new Map<string, SramGrid>();
  return (technologyNm, ports) => {
    const isTabulated =
      ports === 1
        ? (sramTechnologiesNm as readonly number[]).includes(technologyNm)
        : ports === 2 && technologyNm === twoPortTechnologyNm;
    if (!isTabulated) return undefined;
    const name = `sram_${technologyNm}nm${ports === 1 ? "" : `_${ports}_ports`}.csv`;
    let grid = grids.get(name);
    if (!grid) {
      const file = join(directory, name);
      grid = tables.within(reader, file, (own) => sramGrid(readNumberedCsv(file, own), file));
      grids.set(name, grid);
    }
    return grid;
  };
}

/** Figures with an error of their own; the idle energy is leakage power times cycle time. */
type SramQuantity = keyof SramFigures | "idleEnergyPj";
type Errors = Readonly<Record<SramQuantity, ErrorRow>>;

/**
 * Relative errors of the interpolation against memories that were characterized but kept out of the tables. The
 * large ones are jumps of the surface, where the best division into sub-arrays changes (typically beside a power
 * of two), not noise.
 */
const errors: Readonly<Record<Exclude<SramBasis, "characterized">, { points: number; rows: Errors }>> = {
  "interpolated between sizes": {
    points: 90,
    rows: {
      readEnergyPj: [1.2, 13, 33],
      writeEnergyPj: [1.1, 12, 23],
      leakageW: [0.7, 4.6, 12],
      areaUm2: [1.5, 7.4, 22],
      accessTimeNs: [1.5, 6.4, 17],
      cycleTimeNs: [2.3, 16, 84],
      idleEnergyPj: [2.6, 15, 81],
    },
  },
  "interpolated between technologies": {
    points: 50,
    rows: {
      readEnergyPj: [2.5, 11, 30],
      writeEnergyPj: [2.4, 11, 16],
      leakageW: [2.1, 4.3, 15],
      areaUm2: [2.2, 9.5, 16],
      accessTimeNs: [1.8, 5.6, 12],
      cycleTimeNs: [3.2, 16, 36],
      idleEnergyPj: [3.9, 15, 37],
    },
  },
  "interpolated, two ports": {
    points: 15,
    rows: {
      readEnergyPj: [3.2, 12, 13],
      writeEnergyPj: [1.9, 5.1, 7.3],
      leakageW: [1.0, 2.3, 3.6],
      areaUm2: [1.5, 3.5, 4.0],
      accessTimeNs: [2.3, 8.8, 8.9],
      cycleTimeNs: [1.7, 4.3, 7.5],
      idleEnergyPj: [1.5, 5.0, 5.4],
    },
  },
};

/** Error bar of an interpolated quantity; undefined for a characterized memory. */
export function sramErrorBar(basis: SramBasis, quantity: SramQuantity): ErrorBar | undefined {
  if (basis === "characterized") return undefined;
  const { points, rows } = errors[basis];
  return errorBarOf(rows[quantity], `${points} memories of CACTI 7 that are not in the tables`);
}

const parameters = {
  technology: { kind: "node", unit: "nm", description: "technology node", default: 65 },
  width: { kind: "number", unit: "bit", description: "bits of a word", default: 64, minimum: 0 },
  depth: { kind: "number", unit: "words", description: "number of words", default: 512, minimum: 0 },
  n_rdwr_ports: {
    kind: "integer",
    unit: "1",
    description: "ports that read and write",
    default: 1,
    minimum: 0,
  },
  n_rd_ports: { kind: "integer", unit: "1", description: "ports that read", default: 0, minimum: 0 },
  n_wr_ports: { kind: "integer", unit: "1", description: "ports that write", default: 0, minimum: 0 },
  n_banks: { kind: "integer", unit: "1", description: "banks", default: 1, minimum: 1 },
} as const satisfies ParameterDescriptions;

const source = "CACTI 7 (Balasubramonian et al., ACM TACO 14(2), 2017), characterized macros";
/** Share of an access that finds the address; banks divide it. */
const addressShare = 0.3;

/** SRAM macros from characterization tables. */
export function sramEstimator(grids: SramGrids): Estimator {
  const memoryOf = (values: ParameterValues<typeof parameters>): SramMemory =>
    sramMemory(
      {
        technologyNm: values.technology,
        widthBits: values.width,
        depth: values.depth,
        ports: values.n_rdwr_ports + values.n_rd_ports + values.n_wr_ports,
        banks: values.n_banks,
      },
      grids,
    );
  return defineEstimator({
    name: "SRAM characterization",
    classNames: ["SRAM"],
    accuracyPercent: 70,
    parameters,
    // A partial sum is updated by writing it; reading it first is an access of its own.
    actions: ["read", "write", "update", "idle"],
    listedActions: ["read", "write", "idle"],
    areaUm2: (values) => {
      const memory = memoryOf(values);
      return estimate(memory, "areaUm2", memory.figures.areaUm2 * memory.banks);
    },
    energyPj: (action, values, { fidelity, cycleTimeS }) => {
      const memory = memoryOf(values);
      const { readEnergyPj, writeEnergyPj, leakageW, cycleTimeNs } = memory.figures;
      const ownCyclePj = leakageW * cycleTimeNs * 1000 * memory.banks;
      if (action === "idle") {
        // The original counts one cycle of the memory itself; the corrected form one cycle of the model.
        return fidelity === "artifact"
          ? estimate(memory, "idleEnergyPj", ownCyclePj)
          : estimate(memory, "leakageW", leakageW * memory.banks * cycleTimeS * 1e12);
      }
      const quantity = action === "read" ? "readEnergyPj" : "writeEnergyPj";
      const access = action === "read" ? readEnergyPj : writeEnergyPj;
      if (values.n_banks === 1) return estimate(memory, quantity, access);
      const banked = addressShare / values.n_banks + (1 - addressShare);
      return estimate(memory, quantity, ownCyclePj + (access - ownCyclePj) * banked);
    },
    leakagePowerW: (values) => {
      const memory = memoryOf(values);
      return memory.figures.leakageW * memory.banks;
    },
  });
}

function estimate(memory: SramMemory, quantity: keyof SramFigures | "idleEnergyPj", value: number): Estimate {
  return {
    value,
    source,
    steps: () => [{ description: `${memory.lookedUp}: ${memory.basis}` }],
    errorBar: value === 0 ? undefined : sramErrorBar(memory.basis, quantity),
    warnings: memory.warnings,
  };
}
