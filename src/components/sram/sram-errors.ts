import type { ErrorBar } from "../estimator";
import type { SramFigures } from "./sram-grid";

/** How a memory's figures were found. */
export type SramBasis =
  | "characterized"
  | "interpolated between sizes"
  | "interpolated between technologies"
  | "interpolated, two ports";

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
