import { RaellaError, suggestName } from "../errors";
import { defineEstimator } from "./estimator";
import type { Estimator } from "./estimator";

/** Energy of reading or writing one bit, pJ, as the tools of 2024 tabulate it. */
const energyPerBitPj: Readonly<Record<string, number>> = {
  LPDDR4: 8,
  LPDDR: 40,
  DDR3: 70,
  GDDR5: 14,
  HBM2: 3.9,
};

const types = Object.keys(energyPerBitPj);

function energyOfBit(type: string): number {
  if (Object.hasOwn(energyPerBitPj, type)) return energyPerBitPj[type];
  throw new RaellaError({
    code: "component",
    message: `There is no DRAM of type "${type}".`,
    value: type,
    expected: types.join(", "),
    remedy: suggestName(type, types),
  });
}

/** Off-chip memory: every access moves a whole row of its width. Its area is that of other chips, and its leakage is not counted. */
export function dramEstimator(): Estimator {
  return defineEstimator({
    name: "DRAM interfaces",
    classNames: ["DRAM"],
    accuracyPercent: 80,
    parameters: {
      type: { kind: "text", description: types.join(", "), default: "LPDDR4" },
      width: { kind: "number", unit: "bit", description: "bits that an access moves", minimum: 0 },
    },
    actions: ["read", "write", "update", "leak"],
    areaUm2: ({ type }) => {
      energyOfBit(type);
      return { value: 0, source: "not on the chip" };
    },
    energyPj: (action, { type, width }) => {
      const perBit = energyOfBit(type);
      if (action === "leak") return { value: 0, source: "the leakage of other chips is not counted" };
      return {
        value: perBit * width,
        source: `energy per bit of ${type}, as Accelergy's DRAM model tabulates it`,
        steps: () => [
          { description: `${perBit} pJ per bit` },
          { description: "bits of an access", factor: width },
        ],
      };
    },
  });
}
