import type { Fidelity } from "../../spec/specification";
import { errorBarOf } from "../estimator";
import type { ErrorBar, ErrorRow } from "../estimator";

/** Fins of a FinFET node. Lengths in metres. */
interface FinGeometry {
  readonly heightM: number;
  readonly widthM: number;
  readonly pitchM: number;
  /** Most fins that one device of a standard cell may have. */
  readonly maximumFins: number;
}

/** Devices of one CMOS node at 300 K (high-performance transistors), SI units. */
export interface DeviceNode {
  readonly nodeNm: number;
  /** Feature size F, m. */
  readonly featureSizeM: number;
  readonly supplyVoltageV: number;
  /** Widths of P and N devices of equal drive. */
  readonly pnWidthRatio: number;
  /** Gate capacitance per width, F/m. */
  readonly gateCapacitance: number;
  /** Junction bottom, F/m^2. */
  readonly junctionCapacitance: number;
  /** Junction sidewall, F/m. */
  readonly sidewallCapacitance: number;
  /** Drain to channel, F/m. */
  readonly drainChannelCapacitance: number;
  /** Factor of the effective on-resistance. */
  readonly resistanceFactor: number;
  readonly onCurrentN: number;
  readonly onCurrentP: number;
  readonly offCurrentN: number;
  readonly offCurrentP: number;
  /** Spacing between gate-poly lines, in F. */
  readonly polySpacing: number;
  /** Pitch of gate-poly lines, in F. */
  readonly polyPitch: number;
  readonly fin: FinGeometry | null;
  /** Corrected rules count a device that is as wide as its limit, up to rounding, as one finger. */
  readonly fingerTolerance: number;
}

/** Gap between the N and the P diffusion, in F. */
export const diffusionGap = 3.5;
/** What both edges of a cell take, in F. */
export const edgeAllowance = (1.0 + 1.6 / 2) * 2;
/** Height of a standard cell, in F. */
export const cellHeight = 28;
/** Width of the smallest N device, in F. */
export const minimumWidth = 2;
/** Pitch of the third metal layer, in F. */
export const metal3Pitch = 2.8;

const bulkPoly = { width: 1.0, spacing: 2.8 };
const finPoly = { width: 1.4, spacing: 3.9 };

/** node, Vdd, ideal gate and fringe capacitance (F/m), resistance factor, on N, on P, off N, off P (A/m). */
type DeviceRow = readonly [number, number, number, number, number, number, number, number, number];

/**
 * High-performance devices of the ITRS/PTM generations as the NeuroSim circuit models tabulate them
 * (P.-Y. Chen, X. Peng, S. Yu, "NeuroSim: A circuit-level macro model for benchmarking neuro-inspired
 * architectures in online learning", IEEE TCAD 37(12), 2018).
 */
const deviceRows: readonly DeviceRow[] = [
  [130, 1.3, 6.058401e-10, 6.119807e-10, 1.54, 930, 430, 0.1, 0.1002],
  [90, 1.2, 5.694423e-10, 5.652302e-10, 1.54, 1070, 540, 0.1008, 0.1],
  [65, 1.1, 4.868295e-10, 5.270361e-10, 1.54, 1120, 700, 0.1, 0.1001],
  [45, 1.0, 4.091305e-10, 4.957928e-10, 1.54, 1270, 1080, 0.1, 0.1002],
  [32, 0.9, 3.767721e-10, 4.713762e-10, 1.54, 1410, 1220, 0.1003, 0.1001],
  [22, 0.85, 3.287e-10, 4.532e-10, 1.54, 1500, 1320, 0.1002, 0.1002],
  [14, 0.8, 1.2573e-9, 0, 1.51, 1686, 1550, 0.1009152, 0.0986503],
  [10, 0.75, 1.1418e-9, 0, 1.49, 1769, 1626, 0.1001203, 0.0016268],
  [7, 0.7, 1.0487e-9, 0, 1.45, 1912, 1685, 0.1002258, 0.0979484],
];

const fins: Readonly<Record<number, FinGeometry>> = {
  14: { heightM: 3.7e-8, widthM: 8e-9, pitchM: 4.8e-8, maximumFins: 3 },
  10: { heightM: 4.2e-8, widthM: 6e-9, pitchM: 3.6e-8, maximumFins: 3 },
  7: { heightM: 5.2e-8, widthM: 6e-9, pitchM: 3.0e-8, maximumFins: 2 },
};

/** The 10 nm P device leaks 60 times less than its neighbours: a slip of the table. */
const correctedOffCurrentP: Readonly<Record<number, number>> = { 10: 0.1016268 };

/** Nodes with devices of their own, largest first, nm. */
export const circuitNodesNm: readonly number[] = deviceRows.map(([nodeNm]) => nodeNm);

/** Low-power devices from the same source. */
const lowPowerRows: readonly DeviceRow[] = [
  [130, 1.3, 1.8574e-9, 9.530642e-10, 1.54, 300.7, 150.7, 1.002e-4, 1.002e-4],
  [90, 1.2, 1.5413e-10, 9.601334e-10, 1.77, 346.3, 200.3, 1e-4, 1.003e-4],
  [65, 1.1, 1.1926e-9, 9.62148e-10, 1.77, 400, 238.7, 1.002e-4, 1.002e-4],
  [45, 1.0, 8.930709e-10, 8.849901e-10, 1.77, 500.2, 300, 1e-4, 1.002e-4],
  [32, 0.9, 8.375279e-10, 6.856677e-10, 1.77, 600.2, 400, 1.001e-4, 1.001e-4],
  [22, 0.85, 5.245e-10, 8.004e-10, 1.77, 791.9, 600.2, 1e-4, 1e-4],
  [14, 0.8, 1.0572e-9, 0, 1.76, 893, 820, 9.97866e-5, 1.023333e-4],
  [10, 0.75, 9.418984e-10, 0, 1.73, 862, 775, 9.96973e-5, 1.005839e-4],
  [7, 0.7, 8.49489e-10, 0, 1.73, 822, 737, 1e-4, 1.009536e-4],
];

/** High-performance devices with either fidelity, and low-power ones. */
type Devices = Fidelity | "low-power";

const nodes = {
  "low-power": new Map(lowPowerRows.map((row) => [row[0], buildNode(row, "artifact")])),
  artifact: new Map(deviceRows.map((row) => [row[0], buildNode(row, "artifact")])),
  corrected: new Map(deviceRows.map((row) => [row[0], buildNode(row, "corrected")])),
};

/** The devices of a tabulated node ({@link circuitNodesNm}); undefined for any other node. */
export function deviceNode(nodeNm: number, devices: Devices): DeviceNode | undefined {
  return nodes[devices].get(nodeNm);
}

function buildNode(row: DeviceRow, fidelity: Fidelity): DeviceNode {
  const [nodeNm, vdd, idealGate, fringe, resistanceFactor, onN, onP, offN, offPTable] = row;
  const fin = fins[nodeNm] ?? null;
  const ratio = onN / onP;
  const poly = fin ? finPoly : bulkPoly;
  const offP = fidelity === "corrected" ? (correctedOffCurrentP[nodeNm] ?? offPTable) : offPTable;
  return {
    nodeNm,
    featureSizeM: nodeNm * 1e-9,
    supplyVoltageV: vdd,
    pnWidthRatio: fin ? Math.trunc(ratio) : ratio,
    gateCapacitance: fin ? idealGate : idealGate + 0.2 * idealGate + fringe,
    junctionCapacitance: 1e-3 / (1 + vdd / 0.9) ** 0.5,
    sidewallCapacitance: 2.5e-10 / (1 + vdd / 0.9) ** 0.33,
    drainChannelCapacitance: 0.5e-10 / (1 + vdd / 0.9) ** 0.33,
    resistanceFactor,
    onCurrentN: onN,
    onCurrentP: onP,
    offCurrentN: offN,
    offCurrentP: offP,
    polySpacing: poly.spacing,
    polyPitch: poly.width + poly.spacing,
    fin,
    fingerTolerance: fidelity === "corrected" ? 1e-9 : 0,
  };
}

/**
 * Tabulated nodes around an integer node: one of them if it is tabulated itself.
 * @throws RangeError outside the tabulated range; callers check the range first
 */
export function neighbouringNodes(nodeNm: number): readonly [number] | readonly [low: number, high: number] {
  if (circuitNodesNm.includes(nodeNm)) return [nodeNm];
  const below = circuitNodesNm.find((tabulated) => tabulated < nodeNm);
  const above = [...circuitNodesNm].reverse().find((tabulated) => tabulated > nodeNm);
  if (below === undefined || above === undefined) throw new RangeError(`no circuit devices at ${nodeNm} nm`);
  return [below, above];
}

/**
 * Finished figures at any node of the range: those of a tabulated node, or each figure interpolated linearly in
 * the node between its two tabulated neighbours.
 * @throws RangeError outside the tabulated range; callers check the range first
 */
export function interpolateNodes<Figures extends { readonly [name in keyof Figures]: number }>(
  nodeNm: number,
  atTabulatedNode: (nodeNm: number) => Figures,
): Figures {
  const around = neighbouringNodes(nodeNm);
  if (around.length === 1) return atTabulatedNode(around[0]);
  const [low, high] = around;
  const position = (nodeNm - low) / (high - low);
  const atLow = atTabulatedNode(low);
  const atHigh = atTabulatedNode(high);
  const names = Object.keys(atLow) as (keyof Figures)[];
  return Object.fromEntries(
    names.map((name) => [name, atLow[name] + (atHigh[name] - atLow[name]) * position]),
  ) as unknown as Figures;
}

/** Errors of predicting a tabulated node from its neighbours, percent; from 22 nm down to FinFETs they are larger. */
const interpolationErrors: Readonly<Record<"bulk" | "fin", Record<"energy" | "area", ErrorRow>>> = {
  bulk: { energy: [3.6, 12, 39], area: [12, 13, 95] },
  fin: { energy: [7.9, 47, 123], area: [12, 25, 71] },
};

/** Error bar of a figure between tabulated nodes. Its interval is half as long as those it was found on. */
export function interpolationErrorBar(quantity: "energy" | "area", nodeNm: number): ErrorBar {
  const kind = nodeNm > 22 ? "bulk" : "fin";
  const basis = "tabulated nodes predicted from their neighbours, intervals twice as long";
  return errorBarOf(interpolationErrors[kind][quantity], basis);
}

/** Rounds to seven significant decimal digits, as the circuit models print their results. Zero stays zero. */
export function roundTo7Digits(value: number): number {
  return Number.isFinite(value) ? Number(value.toExponential(6)) : value;
}

/** C's conversion of a double to a 32-bit integer: truncation; what does not fit becomes the smallest integer. */
export function truncateToInt32(value: number): number {
  const truncated = Math.trunc(value);
  return truncated >= -2147483648 && truncated <= 2147483647 ? truncated + 0 : -2147483648;
}

/** Metres squared to square micrometres, joules to picojoules, watts to picowatts. */
export const pico = 1e12;
