import { shown } from "../arguments";
import { RaellaError, suggestName } from "../errors";
import { freeze } from "../memory";
import type { Fidelity } from "./specification";

/** A quirk of the original that `artifact` keeps and `corrected` repairs. */
export interface FidelityDifference {
  readonly id: string;
  /** What the original does. */
  readonly artifact: string;
  /** What `corrected` does instead. */
  readonly corrected: string;
  /** Which figures change, and by how much. */
  readonly effect: string;
}

/** The choices of {@link Fidelity}, the default first. */
export const fidelities: readonly Fidelity[] = freeze(["artifact", "corrected"]);

/** @throws RaellaError `usage` for anything but a fidelity. */
export function requireFidelity(given: unknown): void {
  if (fidelities.some((known) => known === given)) return;
  throw new RaellaError({
    code: "usage",
    message: `There is no fidelity ${shown(given)}.`,
    value: given,
    expected: fidelities.join(", "),
    remedy: typeof given === "string" ? suggestName(given, fidelities) : undefined,
  });
}

/** Differences between the fidelities that arise while a specification is read. */
export const fidelityDifferences: readonly FidelityDifference[] = freeze([
  {
    id: "statistics-are-texts",
    artifact:
      'Component classes see the values of a statistics file as texts: the share of conversions "1.0" is not equal to 1, so the input buffer of RAELLA is charged two reads per read even without speculation.',
    corrected: "Component classes see numbers; without speculation the input buffer is read once.",
    effect:
      "Read energy of input_buffer of raella_no_speculation and raella_no_speculation_2b_cells is halved (2.469669 to 1.234835 pJ on layer 010 of ResNet18). Other architectures are unchanged.",
  },
  {
    id: "average-weight-full-scale",
    artifact:
      "The average cell value of ISAAC is computed from bit densities as the sum of densities times 2 or 1, divided by the number of bits (8).",
    corrected:
      "Divided by the sum of the place values (4 cells of 2 + 1), which makes it the fraction of full scale and equal to the recorded statistic within its rounding.",
    effect:
      "Average cell value of isaac_like with recorded statistics falls to two thirds (0.12075 to 0.0805 on layer 000 of ResNet18) and the energy of its cells with it (0.001379 to 0.00115 pJ per read). Typical statistics are unchanged.",
  },
  {
    id: "signed-inputs-are-not-speculation",
    artifact:
      "Two passes for the signed inputs of BERT double the share of conversions; RAELLA without speculation then has a share of 2, and as that is not 1 its output register is charged for reading speculation flags.",
    corrected: "The flags are charged if and only if SPECULATION_ENABLED is set.",
    effect:
      "Read energy of output_register falls by 1 % for qdqbert on raella_no_speculation and raella_no_speculation_2b_cells (2.153071 to 2.133589 pJ on layer 004). Other workloads are unchanged.",
  },
  {
    id: "optimization-metric-list",
    artifact:
      "The mapper option optimization_metric is read only as a single text; given as a list it is ignored, with a warning, and edp is minimised.",
    corrected: "A list counts like optimization_metrics.",
    effect: "Only specifications that write it so; the models that come with the package do not.",
  },
]);
