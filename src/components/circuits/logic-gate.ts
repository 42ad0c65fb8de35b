import { cellHeight, diffusionGap, edgeAllowance, minimumWidth } from "./device-node";
import type { DeviceNode } from "./device-node";

/** Widths (or limits) of the N and the P device of a gate, m; limits at FinFET nodes count fins. */
export interface DevicePair {
  readonly n: number;
  readonly p: number;
}

/** A device folded into parallel fingers. */
interface Fingers {
  readonly count: number;
  /** Height of the diffusion, m. */
  readonly heightM: number;
  readonly folded: boolean;
}

/** Width that conducts, m: the drawn width, or the perimeter of the fins it stands for. */
function electricalWidth(node: DeviceNode, widthM: number): number {
  const { fin, featureSizeM } = node;
  if (!fin) return widthM;
  const scale = fin.pitchM / (2 * featureSizeM);
  return Math.ceil((widthM * scale) / fin.pitchM) * (2 * fin.heightM + fin.widthM);
}

/** Gate capacitance of a device of the given drawn width, F. */
export function gateCapacitance(node: DeviceNode, widthM: number): number {
  return node.gateCapacitance * electricalWidth(node, widthM);
}

/** Effective on-resistance of an N device, ohm. */
export function onResistanceN(node: DeviceNode, widthM: number): number {
  return (node.resistanceFactor * node.supplyVoltageV) / (node.onCurrentN * electricalWidth(node, widthM));
}

/** Effective on-resistance of a P device, ohm. */
export function onResistanceP(node: DeviceNode, widthM: number): number {
  return (node.resistanceFactor * node.supplyVoltageV) / (node.onCurrentP * electricalWidth(node, widthM));
}

/**
 * Largest widths that fit side by side into a region of the given height, in the ratio of the given pair (both
 * present). After {@link widen} a width equals its limit up to the last bit, and whether it counts as folded
 * hangs on that bit: the order of the operations is part of the model.
 */
function largestWidths(node: DeviceNode, heightM: number, pair: DevicePair): DevicePair {
  const { fin, featureSizeM } = node;
  const usable = heightM - diffusionGap * featureSizeM - edgeAllowance * featureSizeM;
  if (fin) {
    const scale = fin.pitchM / (2 * featureSizeM);
    const share = (pair.p * scale) / (pair.p * scale + pair.n * scale);
    return {
      p: Math.floor((share * usable) / fin.pitchM) + 1,
      n: Math.floor(((1 - share) * usable) / fin.pitchM) + 1,
    };
  }
  const share = pair.p / (pair.p + pair.n);
  const p = share * usable;
  return { p, n: (p / share) * (1 - share) };
}

/** A pair that leaves room in a standard cell is widened to fill it; otherwise it is kept. */
export function widen(node: DeviceNode, pair: DevicePair): DevicePair {
  const { fin, featureSizeM } = node;
  if (!fin) {
    const limit = largestWidths(node, featureSizeM * cellHeight, pair);
    return pair.n < limit.n && pair.p < limit.p ? limit : pair;
  }
  const most = fin.maximumFins;
  const unit = 2 * featureSizeM;
  const finsN = Math.ceil(pair.n / unit);
  const finsP = Math.ceil(pair.p / unit);
  if (finsN < 1 || finsP < 1 || finsN > most || finsP > most) return pair;
  const share = pair.p / (pair.p + pair.n);
  const widened =
    share >= 0.5
      ? { n: Math.ceil((most / share) * (1 - share)), p: most }
      : { n: most, p: Math.ceil((most / (1 - share)) * share) };
  return { n: widened.n * unit, p: widened.p * unit };
}

/** How a device of the given width is drawn when no diffusion may be higher (or have more fins) than `limit`. */
function foldDevice(node: DeviceNode, widthM: number, limit: number): Fingers {
  const { fin, featureSizeM } = node;
  if (!fin) {
    if (widthM <= limit * (1 + node.fingerTolerance)) return { count: 1, heightM: widthM, folded: false };
    return { count: Math.ceil(widthM / limit), heightM: limit, folded: true };
  }
  const finCount = Math.ceil((widthM * (fin.pitchM / (2 * featureSizeM))) / fin.pitchM);
  const stack = (count: number): number => (count - 1) * fin.pitchM + fin.widthM;
  if (finCount <= limit) return { count: 1, heightM: stack(finCount), folded: false };
  return { count: Math.floor(finCount / limit), heightM: stack(limit), folded: true };
}

/** Width of the diffusion region of one device, m. */
function regionWidth(node: DeviceNode, fingers: Fingers): number {
  const gaps = fingers.folded ? fingers.count + 1 : 2;
  return gaps * node.polyPitch * node.featureSizeM;
}

type GateKind = "inverter" | "nand" | "nor";

/** One CMOS gate in its layout. */
interface LogicGate {
  readonly kind: GateKind;
  readonly inputs: number;
  readonly widths: DevicePair;
  /** Width of the layout, m. */
  readonly widthM: number;
  readonly inputCapacitance: number;
  readonly outputCapacitance: number;
  /** Average leakage current, A. */
  readonly leakageA: number;
}

/**
 * Layout, capacitances and leakage of a gate with the given drawn widths in a region of the given height.
 * Layout rules and capacitances follow NVSim and NeuroSim.
 */
export function logicGate(
  node: DeviceNode,
  kind: GateKind,
  inputs: number,
  widths: DevicePair,
  heightM = node.featureSizeM * cellHeight,
): LogicGate {
  const limit = largestWidths(node, heightM, widths);
  const n = foldDevice(node, widths.n, limit.n);
  const p = foldDevice(node, widths.p, limit.p);
  return {
    kind,
    inputs,
    widths,
    widthM: Math.max(stackWidth(node, kind, inputs, n, n, p), stackWidth(node, kind, inputs, p, n, p)),
    inputCapacitance: gateCapacitance(node, widths.n) + gateCapacitance(node, widths.p),
    outputCapacitance: outputCapacitance(node, kind, inputs, n, p),
    leakageA: leakage(node, kind, inputs, widths),
  };
}

/** Average leakage power of a gate, W. */
export function leakagePowerW(node: DeviceNode, gate: LogicGate): number {
  return gate.leakageA * node.supplyVoltageV;
}

function stackWidth(
  node: DeviceNode,
  kind: GateKind,
  inputs: number,
  device: Fingers,
  n: Fingers,
  p: Fingers,
): number {
  const unit = regionWidth(node, device);
  if (kind === "inverter") return unit;
  const sharesDiffusion = n.count === 1 && p.count === 1;
  return sharesDiffusion ? unit * inputs - (inputs - 1) * node.polyPitch * node.featureSizeM : unit * inputs;
}

interface Drain {
  /** Total width of the drain regions, m. */
  readonly width: number;
  /** Length of their sidewalls, m. */
  readonly sidewall: number;
}

function outputCapacitance(node: DeviceNode, kind: GateKind, inputs: number, n: Fingers, p: Fingers): number {
  const unfolded = n.count === 1 && p.count === 1;
  let drainN: Drain;
  let drainP: Drain;
  if (kind === "inverter") {
    // The sidewall of both devices follows the number of P fingers.
    const ends = 1 + even(p.count);
    const widthN = drainWidth(node, n);
    const widthP = drainWidth(node, p);
    drainN = { width: widthN, sidewall: 2 * widthN + n.heightM * ends };
    drainP = { width: widthP, sidewall: 2 * widthP + p.heightM * ends };
  } else {
    const series = kind === "nand" ? n : p;
    const parallel = kind === "nand" ? p : n;
    const inSeries = unfolded ? unfoldedSeries(node, inputs, series) : foldedSeries(node, inputs, series);
    const inParallel = unfolded
      ? unfoldedParallel(node, inputs, parallel)
      : foldedParallel(node, inputs, parallel);
    drainN = kind === "nand" ? inSeries : inParallel;
    drainP = kind === "nand" ? inParallel : inSeries;
  }
  return (
    node.junctionCapacitance * (drainN.width * n.heightM + drainP.width * p.heightM) +
    node.sidewallCapacitance * (drainN.sidewall + drainP.sidewall) +
    node.drainChannelCapacitance * (n.count * n.heightM + p.count * p.heightM)
  );
}

function unfoldedSeries(node: DeviceNode, inputs: number, device: Fingers): Drain {
  const width = drainWidth(node, device) * inputs;
  return { width, sidewall: 2 * width + device.heightM };
}

function unfoldedParallel(node: DeviceNode, inputs: number, device: Fingers): Drain {
  const width = drainWidth(node, device) * Math.floor((inputs + 1) / 2);
  return { width, sidewall: 2 * width + device.heightM * (1 - ((inputs + 1) % 2)) };
}

function foldedParallel(node: DeviceNode, inputs: number, device: Fingers): Drain {
  const width = drainWidth(node, device) * inputs;
  return { width, sidewall: 2 * width + device.heightM * (1 + even(device.count)) * inputs };
}

function foldedSeries(node: DeviceNode, inputs: number, device: Fingers): Drain {
  const width = drainWidth(node, device) * inputs + (inputs - 1) * sourceWidth(node, device);
  const ends =
    device.heightM * (1 + even(device.count)) * inputs +
    device.heightM * (1 - even(device.count)) * (inputs - 1);
  return { width, sidewall: 2 * width + ends };
}

const even = (count: number): number => (count % 2 === 0 ? 1 : 0);

function drainWidth(node: DeviceNode, { count }: Fingers): number {
  const spacing = node.polySpacing * node.featureSizeM;
  return count === 1 ? spacing : Math.ceil((count + 1) / 2) * spacing;
}

function sourceWidth(node: DeviceNode, { count }: Fingers): number {
  const spacing = node.polySpacing * node.featureSizeM;
  return count === 1 ? spacing : Math.floor((count + 1) / 2) * spacing;
}

/** Leakage averaged over the input states; of the gates with several inputs only the blocking network counts. */
function leakage(node: DeviceNode, kind: GateKind, inputs: number, widths: DevicePair): number {
  const n = electricalWidth(node, widths.n) * node.offCurrentN;
  const p = electricalWidth(node, widths.p) * node.offCurrentP;
  switch (kind) {
    case "inverter":
      return (n + p) / 2;
    case "nand":
      return (inputs === 2 ? 0.48 : 0.31) * (p * inputs);
    case "nor":
      return (inputs === 2 ? 0.95 : 0.62) * (n * inputs);
  }
}

/** The smallest inverter pair, N 2 F wide, m. */
export function minimumPair(node: DeviceNode): DevicePair {
  return {
    n: minimumWidth * node.featureSizeM,
    p: node.pnWidthRatio * minimumWidth * node.featureSizeM,
  };
}

/** An inverter widened to fill its cell. */
export function widenedInverter(node: DeviceNode): LogicGate {
  return logicGate(node, "inverter", 1, widen(node, minimumPair(node)));
}

/** A two-input NAND widened to fill its cell. */
export function widenedNand(node: DeviceNode): LogicGate {
  const pair = {
    n: 2 * minimumWidth * node.featureSizeM,
    p: node.pnWidthRatio * minimumWidth * node.featureSizeM,
  };
  return logicGate(node, "nand", 2, widen(node, pair));
}

/** A NOR widened to fill its cell; its P devices stand in series and start `inputs` times as wide. */
export function widenedNor(node: DeviceNode, inputs: number): LogicGate {
  const pair = {
    n: minimumWidth * node.featureSizeM,
    p: inputs * node.pnWidthRatio * minimumWidth * node.featureSizeM,
  };
  return logicGate(node, "nor", inputs, widen(node, pair));
}

/** The two-input NOR that stands alone starts from an N device of four times the minimum width. */
export function widenedStandaloneNor(node: DeviceNode): LogicGate {
  const pair = {
    n: 4 * minimumWidth * node.featureSizeM,
    p: node.pnWidthRatio * minimumWidth * node.featureSizeM,
  };
  return logicGate(node, "nor", 2, widen(node, pair));
}
