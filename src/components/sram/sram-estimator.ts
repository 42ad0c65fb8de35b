import { defineEstimator } from "../estimator";
import type { ErrorBar, Estimate, Estimator } from "../estimator";
import type { ParameterDescriptions, ParameterValues } from "../parameters";
import type { SramFigures } from "./sram-grid";
import { sramMemory } from "./sram-memory";
import type { SramBasis, SramGrids, SramMemory } from "./sram-memory";

type ErrorRow = readonly [medianPercent: number, ninetiethPercentilePercent: number, largestPercent: number];
/** Figures with an error of their own; the idle energy is leakage power times cycle time. */
type SramQuantity = keyof SramFigures | "idleEnergyPj";
type Errors = Readonly<Record<SramQuantity, ErrorRow>>;

/**
 * Relative errors of the interpolation against memories that were characterized but kept out of the tables. The
 * large ones are jumps of the surface, where the best division into sub-arrays changes (typically beside a power
 * of two), not noise.
 */
const errors: Readonly<Record<Exclude<SramBasis, "characterized">, { points: number; rows: Errors }>> = {
  "interpolated between sizes": {
    points: 90,
    rows: {
      readEnergyPj: [1.2, 13, 33],
      writeEnergyPj: [1.1, 12, 23],
      leakageW: [0.7, 4.6, 12],
      areaUm2: [1.5, 7.4, 22],
      accessTimeNs: [1.5, 6.4, 17],
      cycleTimeNs: [2.3, 16, 84],
      idleEnergyPj: [2.6, 15, 81],
    },
  },
  "interpolated between technologies": {
    points: 50,
    rows: {
      readEnergyPj: [2.5, 11, 30],
      writeEnergyPj: [2.4, 11, 16],
      leakageW: [2.1, 4.3, 15],
      areaUm2: [2.2, 9.5, 16],
      accessTimeNs: [1.8, 5.6, 12],
      cycleTimeNs: [3.2, 16, 36],
      idleEnergyPj: [3.9, 15, 37],
    },
  },
  "interpolated, two ports": {
    points: 15,
    rows: {
      readEnergyPj: [3.2, 12, 13],
      writeEnergyPj: [1.9, 5.1, 7.3],
      leakageW: [1.0, 2.3, 3.6],
      areaUm2: [1.5, 3.5, 4.0],
      accessTimeNs: [2.3, 8.8, 8.9],
      cycleTimeNs: [1.7, 4.3, 7.5],
      idleEnergyPj: [1.5, 5.0, 5.4],
    },
  },
};

/** Error bar of an interpolated quantity; undefined for a characterized memory. */
export function sramErrorBar(basis: SramBasis, quantity: SramQuantity): ErrorBar | undefined {
  if (basis === "characterized") return undefined;
  const { points, rows } = errors[basis];
  const [medianPercent, ninetiethPercentilePercent, largestPercent] = rows[quantity];
  return {
    medianPercent,
    ninetiethPercentilePercent,
    largestPercent,
    basis: `${points} memories of CACTI 7 that are not in the tables`,
  };
}

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
