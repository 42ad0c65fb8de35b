import type { Fidelity } from "../../spec/specification";
import { pico, roundTo7Digits } from "./block-energy";
import type { CellDescription } from "./cell-description";
import {
  arraySizeM,
  arrayWires,
  columnDecoder,
  columnDrivers,
  columnMultiplexer,
  rowDrivers,
} from "./crossbar-blocks";
import type { Crossbar } from "./crossbar-blocks";
import { deviceNode, interpolateNodes } from "./device-node";
import type { DeviceNode } from "./device-node";
import type { BlockFigures } from "./digital-blocks";

/** Size and devices of a crossbar. What depends on the values it computes with is left out. */
export interface CrossbarGeometry {
  /** Integer, 7 to 130 nm. */
  readonly nodeNm: number;
  readonly rows: number;
  readonly columns: number;
  readonly columnsActiveAtOnce: number;
  readonly cell: CellDescription;
  readonly readPulseS: number;
}

/**
 * Everything the crossbar primitives need, energies in pJ, areas in um^2, leakage in pW. The energies of the
 * primitives are linear in the averages of inputs and cells, so these figures serve every layer.
 */
export interface CrossbarFigures {
  /** Row drivers: energy of one activation per row, and what a driven row adds. */
  readonly rowReadActivationPj: number;
  readonly rowReadDrivenPj: number;
  readonly rowWritePj: number;
  readonly rowAreaUm2: number;
  readonly rowLeakagePw: number;
  /** Column drivers with multiplexer and decoder: per column. */
  readonly columnReadPj: number;
  readonly columnWritePj: number;
  readonly columnAreaUm2: number;
  readonly columnLeakagePw: number;
  /** One cell in its low (off) and high (on) state. */
  readonly cellReadLowPj: number;
  readonly cellReadHighPj: number;
  readonly cellWriteLowPj: number;
  readonly cellWriteHighPj: number;
  /** What the column drivers add to a cell's write. */
  readonly cellWriteDriverPj: number;
  readonly cellAreaUm2: number;
}

/** Wires of the array at every node: width and thickness-dependent resistance. */
const wireWidthM = 40e-9;
const wireResistancePerM = 4.03e-8 / (wireWidthM * wireWidthM * 1.9);

/** The figures of a crossbar, interpolated between tabulated nodes where needed. */
export function crossbarFigures(geometry: CrossbarGeometry, fidelity: Fidelity): CrossbarFigures {
  const { cell, rows, columns, columnsActiveAtOnce, readPulseS } = geometry;
  return interpolateNodes(geometry.nodeNm, (tabulatedNm) => {
    const node = deviceNode(tabulatedNm, fidelity) as DeviceNode;
    return figuresAtNode({ node, cell, rows, columns, columnsActiveAtOnce, fidelity }, readPulseS);
  });
}

function figuresAtNode(crossbar: Crossbar, readPulseS: number): CrossbarFigures {
  const wires = arrayWires(crossbar);
  const row = rowDrivers(crossbar);
  const columnBlocks = [columnDrivers(crossbar), columnMultiplexer(crossbar), columnDecoder(crossbar)];
  const all = [wires, row, ...columnBlocks];
  const sum = <Item>(items: readonly Item[], figure: (item: Item) => number): number =>
    items.reduce((total, item) => total + figure(item), 0);
  return {
    rowReadActivationPj: row.read.perActivation,
    rowReadDrivenPj: sum(all, (block) => block.read.perRow),
    rowWritePj: row.write.perActivation + sum(all, (block) => block.write.perRow),
    rowAreaUm2: row.areaUm2,
    rowLeakagePw: row.leakagePw,
    columnReadPj:
      sum(columnBlocks, (block) => block.read.perActivation) + sum(all, (block) => block.read.perColumn),
    columnWritePj:
      sum(columnBlocks, (block) => block.write.perActivation) + sum(all, (block) => block.write.perColumn),
    columnAreaUm2: sum(columnBlocks, (block) => block.areaUm2),
    columnLeakagePw: sum(columnBlocks, (block) => block.leakagePw),
    ...cellFigures(crossbar, readPulseS),
    cellWriteDriverPj: sum(all, (block) => block.write.perCell),
  };
}

type CellCosts = Pick<
  CrossbarFigures,
  "cellReadLowPj" | "cellReadHighPj" | "cellWriteLowPj" | "cellWriteHighPj" | "cellAreaUm2"
>;

/** A high cell sees the whole row and column wire, a low cell none of it. */
function cellFigures(crossbar: Crossbar, readPulseS: number): CellCosts {
  const { cell, rows, columns } = crossbar;
  const wireOhm =
    rows * (wireResistancePerM * (wireWidthM * cell.heightF)) +
    columns * (wireResistancePerM * (wireWidthM * cell.widthF));
  const high = 1 / (wireOhm + cell.accessResistanceOhm + cell.onResistanceOhm);
  const low = 1 / (cell.offResistanceOhm + cell.accessResistanceOhm);
  const energyPj = (pulseS: number, volts: number, conductance: number): number =>
    roundTo7Digits(pulseS * volts ** 2 * conductance * pico);
  const { widthM, heightM } = arraySizeM(crossbar);
  return {
    cellReadLowPj: energyPj(readPulseS, cell.readVoltageV, low),
    cellReadHighPj: energyPj(readPulseS, cell.readVoltageV, high),
    cellWriteLowPj: energyPj(cell.writePulseS, cell.writeVoltageV, low),
    cellWriteHighPj: energyPj(cell.writePulseS, cell.writeVoltageV, high),
    cellAreaUm2: roundTo7Digits(((widthM * heightM) / rows / columns) * pico),
  };
}

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
