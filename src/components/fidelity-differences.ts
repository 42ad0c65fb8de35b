import { freeze } from "../memory";
import type { FidelityDifference } from "../spec/fidelity";

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
