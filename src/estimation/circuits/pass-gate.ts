import { diffusionGap, edgeAllowance, type DeviceNode } from "./device-node";
import { logicGate } from "./logic-gate";
import { onResistanceN, onResistanceP, widen, type DevicePair } from "./transistor-layout";
import { gateCapacitance } from "./transistor-layout";

/** Share of the resistance in its path that a transmission gate may add. */
const irDropTolerance = 0.25;
/** Ratio between the resistance in the linear region and the effective one. */
const linearRegionRatio = 0.2;

/** Devices of a transmission gate for a load, widened to fill a cell, m. `loadOhm` is the resistance it drives. */
export function transmissionGatePair(node: DeviceNode, loadOhm: number): DevicePair {
  const gateOhm = loadOhm * irDropTolerance;
  const { featureSizeM } = node;
  return widen(node, {
    n: (onResistanceN(node, featureSizeM) * featureSizeM * linearRegionRatio) / (gateOhm * 2),
    p: (onResistanceP(node, featureSizeM) * featureSizeM * linearRegionRatio) / (gateOhm * 2),
  });
}

/** Drain capacitance of a transmission gate drawn in a region of the given height, F. */
export function drainCapacitance(node: DeviceNode, pair: DevicePair, heightM: number): number {
  return logicGate(node, "inverter", 1, pair, heightM).outputCapacitance;
}

/** Capacitance of both gates of a transmission gate, F. */
export function bothGatesCapacitance(node: DeviceNode, pair: DevicePair): number {
  return gateCapacitance(node, pair.n) + gateCapacitance(node, pair.p);
}

/** Layout of a transmission gate folded `folds` times, m. */
export function passGateLayout(
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
