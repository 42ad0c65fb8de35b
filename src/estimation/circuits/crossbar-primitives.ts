import type { Fidelity } from "../../spec/specification";
import type { CellDescription } from "./cell-description";
import type { CrossbarFigures } from "./crossbar";
import type { BlockFigures } from "./digital-blocks";

/** How inputs reach the rows and what values they have on average. */
export interface CrossbarOperands {
  /** Mean drive of a row as a fraction of full scale. */
  readonly averageInput: number;
  /** Mean state of a cell as a fraction of its range. */
  readonly averageCell: number;
  readonly voltageDacBits: number;
  readonly temporalDacBits: number;
  /** Inputs as pulse counts (true) or as pulse widths. */
  readonly temporalSpiking: boolean;
}

/** Row drivers: energy per row and activation, area and leakage of all rows. */
export function rowDriverFigures(
  figures: CrossbarFigures,
  cell: CellDescription,
  operands: CrossbarOperands,
): BlockFigures {
  const driven = operands.averageInput * (operands.temporalSpiking ? pulses(operands) : 1);
  const voltageLevels = cell.access === "transistor" ? 2 ** (operands.voltageDacBits - 1) - 1 : 0;
  return {
    readEnergyPj: figures.rowReadActivationPj + driven * figures.rowReadDrivenPj,
    writeEnergyPj: figures.rowWritePj,
    areaUm2: figures.rowAreaUm2 * (1 + voltageLevels),
    leakagePw: figures.rowLeakagePw * (1 + voltageLevels),
  };
}

/** Column drivers with multiplexer: energy per column, area and leakage of all columns. */
export function columnDriverFigures(figures: CrossbarFigures): BlockFigures {
  return {
    readEnergyPj: figures.columnReadPj,
    writeEnergyPj: figures.columnWritePj,
    areaUm2: figures.columnAreaUm2,
    leakagePw: figures.columnLeakagePw,
  };
}

/** One memory cell. The original mixes high and low cells of a write the wrong way round. */
export function memoryCellFigures(
  figures: CrossbarFigures,
  operands: CrossbarOperands,
  fidelity: Fidelity,
): BlockFigures {
  const { cellReadLowPj, cellReadHighPj, cellWriteLowPj, cellWriteHighPj, cellWriteDriverPj } = figures;
  const { averageInput, averageCell } = operands;
  const write =
    fidelity === "artifact"
      ? cellWriteHighPj + cellWriteDriverPj + (cellWriteLowPj - cellWriteHighPj) * averageCell
      : cellWriteLowPj + cellWriteDriverPj + (cellWriteHighPj - cellWriteLowPj) * averageCell;
  return {
    readEnergyPj:
      (cellReadLowPj + (cellReadHighPj - cellReadLowPj) * averageCell) * averageInput * pulses(operands),
    writeEnergyPj: write,
    areaUm2: figures.cellAreaUm2,
    leakagePw: 0,
  };
}

/** Pulses of full scale in one activation. */
function pulses({ temporalDacBits }: CrossbarOperands): number {
  return 2 ** temporalDacBits - 1;
}
