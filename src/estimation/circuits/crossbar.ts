import type { Fidelity } from "../../spec/specification";
import type { CellDescription } from "./cell-description";
import {
  arraySizeM,
  arrayWires,
  columnDecoder,
  columnDrivers,
  columnMultiplexer,
  rowDrivers,
  type Crossbar,
} from "./crossbar-blocks";
import { deviceNode, type DeviceNode } from "./device-node";
import { interpolateNodes } from "./interpolate-nodes";
import { pico, roundTo7Digits } from "./round-significant";

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

type CellFigures = Pick<
  CrossbarFigures,
  "cellReadLowPj" | "cellReadHighPj" | "cellWriteLowPj" | "cellWriteHighPj" | "cellAreaUm2"
>;

/** A high cell sees the whole row and column wire, a low cell none of it. */
function cellFigures(crossbar: Crossbar, readPulseS: number): CellFigures {
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
