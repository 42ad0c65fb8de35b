import { defineEstimator } from "../estimator";
import type { Estimate, Estimator } from "../estimator";
import type { ParameterDescriptions, ParameterValues } from "../parameters";
import { sramErrorBar } from "./sram-errors";
import type { SramFigures } from "./sram-grid";
import { sramMemory } from "./sram-memory";
import type { SramGrids, SramMemory } from "./sram-memory";

const parameters = {
  technology: { kind: "node", unit: "nm", description: "technology node", default: 65 },
  width: { kind: "number", unit: "bit", description: "bits of a word", default: 64, minimum: 0 },
  depth: { kind: "number", unit: "words", description: "number of words", default: 512, minimum: 0 },
  n_rdwr_ports: {
    kind: "integer",
    unit: "1",
    description: "ports that read and write",
    default: 1,
    minimum: 0,
  },
  n_rd_ports: { kind: "integer", unit: "1", description: "ports that read", default: 0, minimum: 0 },
  n_wr_ports: { kind: "integer", unit: "1", description: "ports that write", default: 0, minimum: 0 },
  n_banks: { kind: "integer", unit: "1", description: "banks", default: 1, minimum: 1 },
} as const satisfies ParameterDescriptions;

const source = "CACTI 7 (Balasubramonian et al., ACM TACO 14(2), 2017), characterized macros";
/** Share of an access that finds the address; banks divide it. */
const addressShare = 0.3;

/** SRAM macros from characterization tables. */
export function sramEstimator(grids: SramGrids): Estimator {
  const memoryOf = (values: ParameterValues<typeof parameters>): SramMemory =>
    sramMemory(
      {
        technologyNm: values.technology,
        widthBits: values.width,
        depth: values.depth,
        ports: values.n_rdwr_ports + values.n_rd_ports + values.n_wr_ports,
        banks: values.n_banks,
      },
      grids,
    );
  return defineEstimator({
    name: "SRAM characterization",
    classNames: ["SRAM"],
    accuracyPercent: 70,
    parameters,
    // A partial sum is updated by writing it; reading it first is an access of its own.
    actions: ["read", "write", "update", "idle"],
    listedActions: ["read", "write", "idle"],
    areaUm2: (values) => {
      const memory = memoryOf(values);
      return estimate(memory, "areaUm2", memory.figures.areaUm2 * memory.banks);
    },
    energyPj: (action, values, { fidelity, cycleTimeS }) => {
      const memory = memoryOf(values);
      const { readEnergyPj, writeEnergyPj, leakageW, cycleTimeNs } = memory.figures;
      const ownCyclePj = leakageW * cycleTimeNs * 1000 * memory.banks;
      if (action === "idle") {
        // The original counts one cycle of the memory itself; the corrected form one cycle of the model.
        return fidelity === "artifact"
          ? estimate(memory, "idleEnergyPj", ownCyclePj)
          : estimate(memory, "leakageW", leakageW * memory.banks * cycleTimeS * 1e12);
      }
      const quantity = action === "read" ? "readEnergyPj" : "writeEnergyPj";
      const access = action === "read" ? readEnergyPj : writeEnergyPj;
      if (values.n_banks === 1) return estimate(memory, quantity, access);
      const banked = addressShare / values.n_banks + (1 - addressShare);
      return estimate(memory, quantity, ownCyclePj + (access - ownCyclePj) * banked);
    },
    leakagePowerW: (values) => {
      const memory = memoryOf(values);
      return memory.figures.leakageW * memory.banks;
    },
  });
}

function estimate(memory: SramMemory, quantity: keyof SramFigures | "idleEnergyPj", value: number): Estimate {
  return {
    value,
    source,
    steps: () => [{ description: `${memory.lookedUp}: ${memory.basis}` }],
    errorBar: value === 0 ? undefined : sramErrorBar(memory.basis, quantity),
    warnings: memory.warnings,
  };
}
