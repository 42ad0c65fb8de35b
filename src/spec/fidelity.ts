import { requireChoice } from "../arguments";
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
  requireChoice("fidelity", given, fidelities);
}

/** Differences between the fidelities that arise while a specification is read. */
export const fidelityDifferences: readonly FidelityDifference[] = freeze([
  {
    id: "statistics-are-texts",
    artifact:
      'Component classes see the values of a statistics file as texts: the share of conversions "1.0" is not equal to 1, so the input buffer of RAELLA is charged two reads per read even without speculation.',
    corrected: "Component classes see numbers; without speculation the input buffer is read once.",
    effect:
      "Read energy of input_buffer of raella_no_speculation and raella_no_speculation_2b_cells is halved (2.469669 to 1.234834 pJ on layer 010 of ResNet18). Other architectures are unchanged.",
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
    id: "signed-inputs-are-read-in-both-passes",
    artifact:
      "RAELLA's input buffer is read twice with speculation, for signed inputs as for others, although these enter a crossbar in two passes.",
    corrected: "Every pass reads them, with speculation twice.",
    effect:
      "Read energy of input_buffer of raella for qdqbert doubles (2.469669 to 4.939337 pJ on layer 004). Other architectures and workloads are unchanged.",
  },
  {
    id: "column-driver-area",
    artifact: "Column drivers, without which no cell can be programmed, have no area.",
    corrected: "Their area counts, with their multiplexers. The energy of a read stays as it is.",
    effect:
      "Area of column_readout of a crossbar: RAELLA 3380.72 to 9282.135 um^2, ISAAC 1200 to 1831.68. So ratios of throughput at equal area change, too.",
  },
  {
    id: "psum-buffer-node",
    artifact: "The buffers of partial sums have the figures of 65 nm at any technology.",
    corrected: "They are scaled to the technology, like all other published components.",
    effect: "timely_psubbuf: area of one 5 to 1.55 um^2, read energy 0.0023 to 0.001222 pJ.",
  },
  {
    id: "shift-adds-of-isaac",
    artifact: "One shift-add unit serves the eight converters of an ISAAC macro.",
    corrected: "Four units do, as in Table I of ISAAC.",
    effect: "Area of shift_add of isaac_like: 86.29125 to 345.165 um^2 a macro.",
  },
  {
    id: "centers-of-all-crossbars",
    artifact: "A RAELLA macro stores the centers of the filters of one of its four crossbars.",
    corrected: "It stores those of all.",
    effect:
      "output_center_offset_correct of RAELLA: area 461.853335 to 1301.327295 um^2 a macro, read energy 0.424874 to 0.487033 pJ.",
  },
  {
    id: "optimization-metric-list",
    artifact:
      "The mapper option optimization_metric is read only as a single text; given as a list it is ignored, with a warning, and edp is minimised.",
    corrected: "A list counts like optimization_metrics.",
    effect: "Only specifications that write it so; the models that come with the package do not.",
  },
]);

/**
 * Differences between the fidelities that arise while components are priced. Figures: layer 010 of ResNet18 with
 * recorded statistics; where no architecture is named, none of the models that come with the package is affected.
 */
export const estimationDifferences: readonly FidelityDifference[] = freeze([
  {
    id: "repeated-part",
    artifact:
      "A part that an action of a component class lists twice counts once, with its last entry: a write of RAELLA's input buffer lists the buffer's read and its write, and the read is lost.",
    corrected: "Every entry counts.",
    effect: "Write and update energy of input_buffer of RAELLA: 1.563046 to 2.797880 pJ.",
  },
  {
    id: "idle-energy",
    artifact:
      "The idle energy of circuits is their leakage power in pW taken for pJ, and that of an SRAM is for one cycle of the SRAM itself; sums mix the two.",
    corrected:
      "Idle energy is leakage power times the model's cycle time (1 ns unless the option cycleTimeS says otherwise).",
    effect:
      "Idle entries of the energy table, e.g. column_readout of RAELLA 247021700 to 0.247022 pJ before other corrections. No result counts idle actions. leakagePower() of raella/advanced gives the power itself with either fidelity.",
  },
  {
    id: "column-multiplexing",
    artifact: "The number of columns that share an output is rows / columns active at once.",
    corrected: "It is columns / columns active at once.",
    effect:
      "RAELLA (1024 columns, 512 active): a multiplexer of 2 appears; input_drivers read 0.018559 to 0.018560 pJ, idle entry of column_readout + 0.01 %.",
  },
  {
    id: "cell-write-average",
    artifact: "The energy of a cell's write mixes high and low cells the wrong way round.",
    corrected: "A cell in its high state takes the energy of the high state.",
    effect:
      "Write energy of pim_cell: RAELLA 47.775632 to 9.592017 pJ, ISAAC 64.34137 to 14.369228 pJ (with the repaired average weight). Weights are written once, no result counts these writes.",
  },
  {
    id: "cell-voltage-from-power",
    artifact: "A cell file that gives a power instead of a voltage: voltage = power / conductance^2.",
    corrected: "voltage = sqrt(power / conductance).",
    effect: "Only cells described that way; the cells of the package give voltages.",
  },
  {
    id: "gates-ignore-node",
    artifact:
      "Standalone gates are evaluated at 32 nm whatever technology is asked for; their leakage is zero.",
    corrected: "They are evaluated at the technology asked for, with their leakage.",
    effect: "Technologies other than 32 nm, e.g. area of a NAND at 65 nm 0.326861 to 1.348620 um^2.",
  },
  {
    id: "fingers-by-rounding",
    artifact:
      "A widened transistor is exactly as wide as its limit, and rounding decides whether it is drawn as one finger or two: NAND gates at 65 and 90 nm come out twice as wide.",
    corrected: "A width within one part in 10^9 of the limit is one finger.",
    effect:
      "65 and 90 nm: adders shrink to half the area and take 28 % less energy, shift-adds to four fifths of the area. At 32 nm only decoders for more than 64 multiplexed columns.",
  },
  {
    id: "leakage-at-10-nm",
    artifact:
      "The P transistor at 10 nm leaks 60 times less than at 14 and 7 nm, a slip in the device table.",
    corrected: "0.1016268 A/m, in line with its neighbours.",
    effect: "Leakage (idle entries) at 7 to 14 nm exclusive.",
  },
  {
    id: "narrow-arrays",
    artifact:
      "Beside an array that is too narrow for a flip-flop the area of the column drivers is negative; it is refused here with a message, unless it counts with a share of zero.",
    corrected: "One flip-flop per row is drawn, overlapping the array's edge.",
    effect: "Arrays narrower than 91.2 F, e.g. 64 columns of the ISAAC cell.",
  },
]);
