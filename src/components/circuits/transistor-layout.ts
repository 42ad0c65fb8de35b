import { cellHeight, diffusionGap, edgeAllowance } from "./device-node";
import type { DeviceNode } from "./device-node";

/** Widths (or limits) of the N and the P device of a gate, m; limits at FinFET nodes count fins. */
export interface DevicePair {
  readonly n: number;
  readonly p: number;
}

/** A device folded into parallel fingers. */
export interface Fingers {
  readonly count: number;
  /** Height of the diffusion, m. */
  readonly heightM: number;
  readonly folded: boolean;
}

/** Width that conducts, m: the drawn width, or the perimeter of the fins it stands for. */
export function electricalWidth(node: DeviceNode, widthM: number): number {
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
export function largestWidths(node: DeviceNode, heightM: number, pair: DevicePair): DevicePair {
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
export function foldDevice(node: DeviceNode, widthM: number, limit: number): Fingers {
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
export function regionWidth(node: DeviceNode, fingers: Fingers): number {
  const gaps = fingers.folded ? fingers.count + 1 : 2;
  return gaps * node.polyPitch * node.featureSizeM;
}
