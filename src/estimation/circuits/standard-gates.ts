import type { DeviceNode } from "./device-node";
import { minimumWidth } from "./device-node";
import { logicGate, type LogicGate } from "./logic-gate";
import { widen, type DevicePair } from "./transistor-layout";

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
