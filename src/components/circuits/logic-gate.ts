import { cellHeight, minimumWidth } from "./device-node";
import type { DeviceNode } from "./device-node";
import {
  electricalWidth,
  foldDevice,
  gateCapacitance,
  largestWidths,
  regionWidth,
  widen,
} from "./transistor-layout";
import type { DevicePair, Fingers } from "./transistor-layout";

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
