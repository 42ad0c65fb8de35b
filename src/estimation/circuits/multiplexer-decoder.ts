import { cellHeight, metal3Pitch, minimumWidth, type DeviceNode } from "./device-node";
import { leakagePowerW, logicGate } from "./logic-gate";
import { widenedInverter, widenedNand, widenedNor } from "./standard-gates";

/** Share of the decoder's capacitance that a read switches on average. */
export const decoderReadActivity = 0.05;

/** Decoder of the column multiplexer with the given number of address bits. */
export interface MultiplexerDecoder {
  readonly areaM2: number;
  /** Energy of a decoding in which everything switches, J. */
  readonly fullEnergyJ: number;
  readonly leakageW: number;
}

/** A two-level decoder: pairs of address bits in NAND gates, their outputs in NOR gates. */
export function multiplexerDecoder(node: DeviceNode, addressBits: number): MultiplexerDecoder {
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
