import { counted, RaellaError } from "../../errors";
import { join } from "../../platform";
import type { FileReader } from "../../spec/file-memo";
import { FileMemo } from "../../spec/file-memo";
import { readNumberedCsv } from "../../spec/read-csv";
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
export interface SramMemory {
  readonly figures: SramFigures;
  readonly basis: SramBasis;
  /** Banks, a power of two. */
  readonly banks: number;
  /** What was looked up, for the explanation. */
  readonly lookedUp: string;
  readonly warnings: readonly string[];
}

/** Grid of a technology and a number of ports; undefined where there is none. */
export type SramGrids = (technologyNm: number, ports: number) => SramGrid | undefined;

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
