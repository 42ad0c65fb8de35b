import { shown } from "../../arguments";
import { RaellaError, suggestName } from "../../errors";
import { compareFigures, tieBreakers } from "../ranking";
import type { MappingFigures } from "../ranking";

/**
 * What a search minimises: energy x cycles, energy, cycles, or a weighted product
 * `energyPj ** energyExponent * cycles ** cyclesExponent` with exponents of 0 or more.
 */
export type FullSearchObjective =
  "edp" | "energy" | "cycles" | { readonly energyExponent: number; readonly cyclesExponent: number };

/** A figure that does not fall when energy or cycles rise. */
interface Criterion {
  value(energyPj: number, cycles: number): number;
}

/** What decides between mappings: the objective, then EDP, energy and cycles. */
export interface Criteria {
  readonly objective: Criterion;
  /** Compares two mappings; negative if the first is better. */
  compare(left: MappingFigures, right: MappingFigures): number;
}

const named = ["edp", "energy", "cycles"] as const;

/** @throws RaellaError `usage` for an unknown objective or exponents that are no numbers of 0 or more. */
export function createCriteria(objective: FullSearchObjective): Criteria {
  const first = createCriterion(objective);
  return {
    objective: first,
    compare: (left, right) =>
      first.value(left.energyPj, left.cycles) - first.value(right.energyPj, right.cycles) ||
      compareFigures(tieBreakers, left, right),
  };
}

function createCriterion(objective: FullSearchObjective): Criterion {
  if (objective === "edp") return { value: (energyPj, cycles) => energyPj * cycles };
  if (objective === "energy") return { value: (energyPj) => energyPj };
  if (objective === "cycles") return { value: (_energyPj, cycles) => cycles };
  if (typeof objective === "object" && (objective as unknown) !== null) {
    const { energyExponent, cyclesExponent } = objective;
    if (isExponent(energyExponent) && isExponent(cyclesExponent) && energyExponent + cyclesExponent > 0) {
      requireFinitePowers(energyExponent, cyclesExponent);
      return { value: (energyPj, cycles) => energyPj ** energyExponent * cycles ** cyclesExponent };
    }
  }
  throw new RaellaError({
    code: "usage",
    message: `The objective of the search is ${shown(objective)}.`,
    value: objective,
    expected: `${named.join(", ")}, or energyExponent and cyclesExponent of 0 or more, not both 0`,
    remedy: typeof objective === "string" ? suggestName(objective, named) : undefined,
  });
}

/** Powers of figures up to 10^25, larger than any, stay within the range of numbers up to this sum of exponents. */
const largestExponents = 12;

/** @throws RaellaError `out-of-range` where a product could overflow, and no mapping be better than another. */
function requireFinitePowers(energyExponent: number, cyclesExponent: number): void {
  const sum = energyExponent + cyclesExponent;
  if (sum <= largestExponents) return;
  const largest = Math.max(energyExponent, cyclesExponent);
  const [energy, cycles] = [energyExponent, cyclesExponent].map((exponent) =>
    Number(((exponent / largest) * (largestExponents / 2)).toFixed(4)),
  );
  throw new RaellaError({
    code: "out-of-range",
    message: `The exponents of the objective are ${energyExponent} and ${cyclesExponent}.`,
    value: { energyExponent, cyclesExponent },
    expected: `exponents with a sum of at most ${largestExponents}`,
    remedy: `Only their ratio matters: take energy^${energy}*cycles^${cycles}.`,
  });
}

function isExponent(value: number): boolean {
  return Number.isFinite(value) && value >= 0;
}
