import type { Fidelity } from "../../spec/specification";
import { accessGateVoltageV } from "./cell-description";
import type { CellDescription } from "./cell-description";
import {
  cellHeight,
  diffusionGap,
  edgeAllowance,
  metal3Pitch,
  minimumWidth,
  pico,
  roundTo7Digits,
  truncateToInt32,
} from "./device-node";
import type { DeviceNode } from "./device-node";
import {
  flipFlopColumnsWidthM,
  flipFlopEnergyJ,
  flipFlopLeakageW,
  flipFlopRowsHeightM,
} from "./digital-blocks";
import {
  gateCapacitance,
  leakagePowerW,
  logicGate,
  minimumPair,
  onResistanceN,
  onResistanceP,
  widen,
  widenedInverter,
  widenedNand,
  widenedNor,
} from "./logic-gate";
import type { DevicePair } from "./logic-gate";

/** Share of the resistance in its path that a transmission gate may add. */
const irDropTolerance = 0.25;
/** Ratio between the resistance in the linear region and the effective one. */
const linearRegionRatio = 0.2;

/** Devices of a transmission gate for a load, widened to fill a cell, m. `loadOhm` is the resistance it drives. */
function transmissionGatePair(node: DeviceNode, loadOhm: number): DevicePair {
  const gateOhm = loadOhm * irDropTolerance;
  const { featureSizeM } = node;
  return widen(node, {
    n: (onResistanceN(node, featureSizeM) * featureSizeM * linearRegionRatio) / (gateOhm * 2),
    p: (onResistanceP(node, featureSizeM) * featureSizeM * linearRegionRatio) / (gateOhm * 2),
  });
}

/** Drain capacitance of a transmission gate drawn in a region of the given height, F. */
function drainCapacitance(node: DeviceNode, pair: DevicePair, heightM: number): number {
  return logicGate(node, "inverter", 1, pair, heightM).outputCapacitance;
}

/** Capacitance of both gates of a transmission gate, F. */
function bothGatesCapacitance(node: DeviceNode, pair: DevicePair): number {
  return gateCapacitance(node, pair.n) + gateCapacitance(node, pair.p);
}

/** Layout of a transmission gate folded `folds` times, m. */
function passGateLayout(
  node: DeviceNode,
  pair: DevicePair,
  folds: number,
): { readonly heightM: number; readonly widthM: number } {
  const { featureSizeM } = node;
  return {
    heightM: diffusionHeight(node, pair, folds) + diffusionGap * featureSizeM + edgeAllowance * featureSizeM,
    widthM: (folds + 1) * node.polyPitch * featureSizeM,
  };
}

function diffusionHeight(node: DeviceNode, pair: DevicePair, folds: number): number {
  const { fin } = node;
  if (!fin) return pair.p / folds + pair.n / folds;
  const stack = (widthM: number): number => {
    const finCount = Math.ceil(
      (widthM * (fin.pitchM / (2 * node.featureSizeM))) / (2 * fin.heightM + fin.widthM),
    );
    return (Math.ceil(finCount / folds) - 1) * fin.pitchM + fin.widthM;
  };
  return stack(pair.n) + stack(pair.p);
}

/** Share of the decoder's capacitance that a read switches on average. */
const decoderReadActivity = 0.05;

/** Decoder of the column multiplexer with the given number of address bits. */
interface MultiplexerDecoder {
  readonly areaM2: number;
  /** Energy of a decoding in which everything switches, J. */
  readonly fullEnergyJ: number;
  readonly leakageW: number;
}

/** A two-level decoder: pairs of address bits in NAND gates, their outputs in NOR gates. */
function multiplexerDecoder(node: DeviceNode, addressBits: number): MultiplexerDecoder {
  const { featureSizeM: f, supplyVoltageV: vdd } = node;
  const pairs = Math.floor(addressBits / 2);
  const nandCount = 4 * pairs;
  const norCount = addressBits > 2 ? 2 ** addressBits : 0;
  const metalLines = addressBits > 2 ? nandCount + 2 * (addressBits % 2) : 0;
  const inverter = widenedInverter(node);
  const nand = widenedNand(node);
  const nor = widenedNor(node, Math.ceil(addressBits / 2));
  const driver = logicGate(node, "inverter", 1, {
    n: 2 * minimumWidth * f,
    p: 2 * node.pnWidthRatio * minimumWidth * f,
  });
  const nandIn = nandCount === 0 ? 0 : nand.inputCapacitance;
  const nandOut = nandCount === 0 ? 0 : nand.outputCapacitance;
  const norIn = norCount === 0 ? 0 : nor.inputCapacitance;
  const norOut = norCount === 0 ? 0 : nor.outputCapacitance;

  const addressLines =
    (inverter.inputCapacitance + 2 * nandIn) * 2 * pairs +
    (inverter.inputCapacitance + norIn * (norCount / 2)) * (addressBits - 2 * pairs);
  const predecoder = (nandOut + norIn * (norCount / 4)) * (nandCount / 4);
  const selected = norOut + nandIn + (nandOut + driver.inputCapacitance);
  const drivers = driver.outputCapacitance + driver.inputCapacitance + driver.outputCapacitance;
  return {
    areaM2:
      Math.max(cellHeight * f * norCount, cellHeight * f * nandCount) *
      (inverter.widthM +
        nand.widthM +
        metal3Pitch * f * metalLines +
        nor.widthM +
        nand.widthM +
        2 * inverter.widthM),
    fullEnergyJ: (addressLines + predecoder + selected + drivers) * (vdd * vdd),
    leakageW:
      addressBits * leakagePowerW(node, inverter) +
      nandCount * leakagePowerW(node, nand) +
      norCount * leakagePowerW(node, nor) +
      norCount * leakagePowerW(node, nand) +
      2 * norCount * leakagePowerW(node, inverter),
  };
}

/** Energy of a crossbar block split by what it is proportional to, pJ, seven significant digits. */
interface BlockEnergy {
  readonly perActivation: number;
  readonly perRow: number;
  readonly perColumn: number;
  readonly perCell: number;
}

const noEnergy: BlockEnergy = { perActivation: 0, perRow: 0, perColumn: 0, perCell: 0 };

/**
 * Splits the energy E(r, k) of a block with r of its rows and k of its columns at work, from its values at the
 * corners of the array.
 * @param energyJ E(r, k), J
 * @param shares who shares the energy per activation (`activations`) and how often the columns are multiplexed
 */
function splitBlockEnergy(
  energyJ: (rows: number, columns: number) => number,
  size: { readonly rows: number; readonly columns: number },
  shares: { readonly activations: number; readonly multiplexing: number },
): BlockEnergy {
  const { rows, columns } = size;
  const base = energyJ(1, 1);
  const perRowSlope = Math.max((energyJ(rows, 1) - base) / (rows - 1), 0);
  const perColumnSlope = Math.max((energyJ(1, columns) - base) / (columns - 1), 0);
  const corner = energyJ(rows, columns) - perRowSlope * rows - perColumnSlope * columns - base;
  const perCell = Math.max(corner / (rows - 1) / (columns - 1), 0);
  const perRow = Math.max(perRowSlope - perCell, 0) / shares.multiplexing;
  const perColumn = Math.max(perColumnSlope - perCell, 0) / shares.multiplexing;
  const rest = Math.max(base - perRow - perColumn - perCell, 0);
  return {
    perActivation: roundTo7Digits((rest / shares.activations / shares.multiplexing) * pico),
    perRow: roundTo7Digits(perRow * pico),
    perColumn: roundTo7Digits(perColumn * pico),
    perCell: roundTo7Digits(perCell * pico),
  };
}

/** A crossbar of resistive cells that is read in parallel, at a tabulated node. */
export interface Crossbar {
  readonly node: DeviceNode;
  readonly cell: CellDescription;
  readonly rows: number;
  readonly columns: number;
  readonly columnsActiveAtOnce: number;
  readonly fidelity: Fidelity;
}

/** Energies (pJ), area (um^2) and leakage (pW) of one block around a crossbar, seven significant digits. */
interface CrossbarBlock {
  readonly read: BlockEnergy;
  readonly write: BlockEnergy;
  readonly areaUm2: number;
  readonly leakagePw: number;
}

const noBlock: CrossbarBlock = { read: noEnergy, write: noEnergy, areaUm2: 0, leakagePw: 0 };

/** Wires of the array, the same at every node: F/m. */
const wireCapacitance = 2e-10;

/**
 * How many columns share one output. The original divides the number of rows by the columns active at once;
 * the corrected form divides the number of columns.
 */
function columnMultiplexing(crossbar: Omit<Crossbar, "node" | "cell">): number {
  const { rows, columns, columnsActiveAtOnce, fidelity } = crossbar;
  const shared = fidelity === "artifact" ? rows : columns;
  return Math.min(Math.ceil(shared / columnsActiveAtOnce), columns);
}

/** Width and height of the cell array, m. */
export function arraySizeM(crossbar: Crossbar): { readonly widthM: number; readonly heightM: number } {
  const { node, cell, rows, columns } = crossbar;
  return {
    widthM: columns * cell.widthF * node.featureSizeM,
    heightM: rows * cell.heightF * node.featureSizeM,
  };
}

/** Word and bit lines: energy only. */
export function arrayWires(crossbar: Crossbar): CrossbarBlock {
  const { node, cell, rows, columns } = crossbar;
  const { widthM, heightM } = arraySizeM(crossbar);
  const multiplexing = columnMultiplexing(crossbar);
  const bitLine = heightM * wireCapacitance;
  const accessGates =
    cell.access === "transistor" ? columns * gateCapacitance(node, cell.accessWidthF * node.featureSizeM) : 0;
  const wordLine = widthM * wireCapacitance + accessGates;
  const readColumns = Math.ceil(columns / multiplexing);
  const bitLinesJ = bitLine * cell.readVoltageV ** 2 * readColumns;
  const wordLineJ = wordLine * node.supplyVoltageV ** 2;
  return {
    ...noBlock,
    read: splitBlockEnergy(
      (r) => (bitLinesJ + wordLineJ * r) * multiplexing,
      { rows, columns },
      { activations: columns, multiplexing },
    ),
  };
}

/** Switch matrix that drives the rows: transmission gates and a flip-flop per row. */
export function rowDrivers(crossbar: Crossbar): CrossbarBlock {
  const { node, cell, rows, columns } = crossbar;
  const f = node.featureSizeM;
  const { heightM } = arraySizeM(crossbar);
  const multiplexing = columnMultiplexing(crossbar);
  const transistor = cell.access === "transistor";
  const pair = transistor
    ? widen(node, minimumPair(node))
    : transmissionGatePair(node, ((averageResistanceOhm(crossbar) / rows) * rows) / columns);
  const gatesPerColumn = truncateToInt32(heightM / (cellHeight * f));
  const gateColumns = truncateToInt32(Math.ceil(rows / gatesPerColumn));
  const regionM = heightM / Math.ceil(rows / gateColumns);
  const gate = logicGate(node, "inverter", 1, pair, regionM);
  const gatesPerRow = transistor ? 4 : 2;
  const drain = gate.outputCapacitance;
  const gates = bothGatesCapacitance(node, pair);
  const flipFlops = flipFlopEnergyJ(node, {
    count: rows,
    active: rows,
    clockings: multiplexing,
    activity: 1,
  });
  const vdd2 = node.supplyVoltageV ** 2;
  const read2 = cell.readVoltageV ** 2;
  const write2 = cell.writeVoltageV ** 2;
  const halfWrite2 = (cell.writeVoltageV / 2) ** 2;
  const access2 = accessGateVoltageV ** 2;
  const readRowJ = transistor
    ? multiplexing * (2 * drain * access2 + 5 * drain * read2 + 3 * gates * vdd2)
    : multiplexing * (3 * drain * read2 + gates * vdd2);
  const writeRowJ = transistor
    ? 2 * (2 * drain * access2 + 5 * gates * vdd2)
    : 2 * (3 * drain * write2 + 3 * drain * halfWrite2 * (rows - 1) + gates * vdd2 * rows);
  const size = { rows, columns };
  const shares = { activations: rows, multiplexing };
  return {
    read: splitBlockEnergy((r) => r * readRowJ + flipFlops, size, shares),
    write: splitBlockEnergy((r) => r * writeRowJ + flipFlops, size, shares),
    areaUm2: areaUm2(
      heightM * (gate.widthM * gatesPerRow * gateColumns + flipFlopColumnsWidthM(node, rows, heightM)),
    ),
    leakagePw: roundTo7Digits(flipFlopLeakageW(node, rows) * pico),
  };
}

/** Switch matrix that drives the columns for writes: transmission gates and a flip-flop per column. */
export function columnDrivers(crossbar: Crossbar): CrossbarBlock {
  const { node, cell, rows, columns, fidelity } = crossbar;
  const f = node.featureSizeM;
  const { widthM } = arraySizeM(crossbar);
  const pair = transmissionGatePair(node, (averageResistanceOhm(crossbar) / rows) * rows);
  // The pitch of the gates is that of the bulk nodes, at FinFET nodes too.
  const gatePitch = 2 * ((1.0 + 2.8) * f);
  const gatesPerRow = truncateToInt32(widthM / (2 * gatePitch));
  const gateRows = truncateToInt32(Math.ceil(columns / gatesPerRow));
  const halfPairM = widthM / Math.ceil(columns / gateRows) / 2;
  const folds = truncateToInt32(halfPairM / (0.5 * gatePitch)) - 1;
  const layout = passGateLayout(node, pair, folds);
  const drain = drainCapacitance(node, pair, layout.heightM);
  const gates = bothGatesCapacitance(node, pair);
  const vdd2 = node.supplyVoltageV ** 2;
  const write2 = cell.writeVoltageV ** 2;
  const halfWrite2 = (cell.writeVoltageV / 2) ** 2;
  const writeJ =
    cell.access === "transistor"
      ? (r: number, k: number) => 2 * r * (3 * drain * write2 * (columns + k / 2) + gates * vdd2 * columns)
      : (r: number, k: number) =>
          2 * r * (3 * drain * write2 * k + 3 * drain * halfWrite2 * columns + gates * vdd2 * columns);
  return {
    read: noEnergy,
    write: splitBlockEnergy(writeJ, { rows, columns }, { activations: columns, multiplexing: 1 }),
    areaUm2: areaUm2(
      widthM *
        (layout.heightM * gateRows + flipFlopRowsHeightM(node, columns, widthM, fidelity === "corrected")),
    ),
    leakagePw: roundTo7Digits(flipFlopLeakageW(node, columns) * pico),
  };
}

/** Multiplexer between the columns and their shared outputs; nothing when each column has its own. */
export function columnMultiplexer(crossbar: Crossbar): CrossbarBlock {
  const { node, cell, rows, columns } = crossbar;
  const multiplexing = columnMultiplexing(crossbar);
  if (multiplexing <= 1) return noBlock;
  const outputs = Math.floor(columns / multiplexing);
  const pair = transmissionGatePair(node, averageResistanceOhm(crossbar) / rows);
  const layout = passGateLayout(node, pair, 1);
  const drain = drainCapacitance(node, pair, layout.heightM);
  const selectJ = gateCapacitance(node, pair.n) * node.supplyVoltageV ** 2;
  const energyJ = multiplexing * outputs * (selectJ + 2 * drain * cell.readVoltageV ** 2);
  return {
    ...noBlock,
    read: splitBlockEnergy(() => energyJ, { rows, columns }, { activations: columns, multiplexing: 1 }),
    areaUm2: areaUm2(layout.heightM * (layout.widthM * (outputs * multiplexing))),
  };
}

/** Decoder of the column multiplexer; nothing without one. */
export function columnDecoder(crossbar: Crossbar): CrossbarBlock {
  const { node, rows, columns } = crossbar;
  const multiplexing = columnMultiplexing(crossbar);
  if (multiplexing <= 1) return noBlock;
  const decoder = multiplexerDecoder(node, Math.ceil(Math.log2(multiplexing)));
  const size = { rows, columns };
  const shares = { activations: columns, multiplexing: 1 };
  return {
    read: splitBlockEnergy(() => multiplexing * decoderReadActivity * decoder.fullEnergyJ, size, shares),
    write: splitBlockEnergy(() => decoder.fullEnergyJ, size, shares),
    areaUm2: areaUm2(decoder.areaM2),
    leakagePw: roundTo7Digits(decoder.leakageW * pico),
  };
}

function averageResistanceOhm({ node, cell }: Crossbar): number {
  const access =
    cell.access === "transistor" ? onResistanceN(node, cell.accessWidthF * node.featureSizeM) : 0;
  return access + (cell.onResistanceOhm + cell.offResistanceOhm) / 2;
}

function areaUm2(areaM2: number): number {
  return roundTo7Digits(areaM2 * pico);
}
