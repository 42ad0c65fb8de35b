import { RaellaError } from "../../errors";
import type { CsvRow } from "../../spec/read-csv";

/** What is characterized of a memory; units in the names. */
export interface SramFigures {
  readonly readEnergyPj: number;
  readonly writeEnergyPj: number;
  readonly leakageW: number;
  readonly areaUm2: number;
  readonly accessTimeNs: number;
  readonly cycleTimeNs: number;
}

export const sramQuantities = [
  "readEnergyPj",
  "writeEnergyPj",
  "leakageW",
  "areaUm2",
  "accessTimeNs",
  "cycleTimeNs",
] as const satisfies readonly (keyof SramFigures)[];

const columns: Readonly<Record<keyof SramFigures, string>> = {
  readEnergyPj: "read_energy_pJ",
  writeEnergyPj: "write_energy_pJ",
  leakageW: "leakage_W",
  areaUm2: "area_um2",
  accessTimeNs: "access_time_ns",
  cycleTimeNs: "cycle_time_ns",
};

/** Characterized memories of one technology and number of ports: every width with every depth. */
export interface SramGrid {
  /** Bits, ascending. */
  readonly widths: readonly number[];
  /** Words, ascending. */
  readonly depths: readonly number[];
  /** Figures of width i and depth j at `[i][j]`. */
  readonly figures: readonly (readonly SramFigures[])[];
}

/**
 * A grid from the lines of a characterization file.
 * @throws RaellaError (`schema`) for an unreadable figure or a missing point
 */
export function sramGrid(rows: readonly CsvRow[], file: string): SramGrid {
  const axis = (column: string): number[] =>
    [...new Set(rows.map((row) => Number(row[column])))].sort((first, second) => first - second);
  const widths = axis("width_bits");
  const depths = axis("depth");
  const byPoint = new Map(rows.map((row) => [`${Number(row.width_bits)}x${Number(row.depth)}`, row]));
  const figures = widths.map((width) =>
    depths.map((depth) => {
      const row = byPoint.get(`${width}x${depth}`);
      if (!row) throw gridError(`the point ${width} bits x ${depth} words is missing`, file);
      return readFigures(row, `${width} bits x ${depth} words`, file);
    }),
  );
  return { widths, depths, figures };
}

function readFigures(row: CsvRow, point: string, file: string): SramFigures {
  const figures: Partial<Record<keyof SramFigures, number>> = {};
  for (const quantity of sramQuantities) {
    const value = Number(row[columns[quantity]]);
    if (!(value > 0)) throw gridError(`${columns[quantity]} of ${point} is not a number above 0`, file);
    figures[quantity] = value;
  }
  return figures as SramFigures;
}

function gridError(problem: string, file: string): RaellaError {
  return new RaellaError({
    code: "schema",
    message: `The SRAM characterization cannot be used: ${problem}.`,
    location: { file },
  });
}
