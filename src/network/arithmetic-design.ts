import { name as nameSchema, requireArgument, requireWhole } from "../arguments";
import { RaellaError } from "../errors";
import type { Arithmetic, SlicesOfWeights, WeightEncoding } from "../spec/arithmetic";
import { arithmeticOf } from "../spec/arithmetic";
import type { Workspace } from "../spec/workspace";
import { defaultWorkspace, findArchitecture, listArchitectures, workspaceSchema } from "../spec/workspace";
import { greatestDeviation } from "./noise";

/** Everything of a design that its arithmetic depends on. */
export interface ArithmeticDesign {
  /** By which name its results go. */
  readonly architecture: string;
  /** How weights lie in cells: as offsets from a center, or as codes, in columns that may be inverted. */
  readonly encoding: WeightEncoding;
  /** Bits of the slices of a weight; `adaptive` if they are chosen layer by layer. */
  readonly slices: SlicesOfWeights;
  /** Slices whose cells AVERAGE_WEIGHT_VALUE describes. */
  readonly averageWeightSlices: SlicesOfWeights;
  readonly speculation: boolean;
  /** Bits of the converters. */
  readonly adcBits: number;
  readonly rows: number;
  /** Bits of a memory cell: what a slice may have at most. */
  readonly cellBits: number;
  /** Whether adaptive slices are those of the import, or such as suit this converter and these rows. */
  readonly slicing: SlicingChoice;
  /** Standard deviation of Gaussian noise on the sums of columns, in steps of the converter. Default: 0, none. */
  readonly noise?: number;
}

/** Whether the slicings of the import are kept, or chosen anew for each design. */
export type SlicingChoice = "kept" | "anew";

/**
 * The arithmetic of an architecture as its model declares it, with converter, crossbar and cells as it has them.
 *
 * @throws RaellaError for an architecture that there is not, or of an arithmetic that is not declared or not known here.
 */
export function usualDesign(
  architecture: string,
  workspace: Workspace = defaultWorkspace(),
): ArithmeticDesign {
  requireArgument(nameSchema, architecture, "the architecture of usualDesign");
  requireArgument(workspaceSchema, workspace, "the workspace");
  const { name } = findArchitecture(architecture, workspace);
  const arithmetic = arithmeticOf(name, workspace);
  if (arithmetic === undefined) throw undeclaredArithmetic(name, workspace);
  return designOf(name, arithmetic, "kept");
}

/** The design of an arithmetic. @throws RaellaError for one that is not known here. */
export function designOf(
  architecture: string,
  { inputBits, converterBits: adcBits, ...arithmetic }: Arithmetic,
  slicing: SlicingChoice,
): ArithmeticDesign {
  if (inputBits !== 1)
    throw new RaellaError({
      code: "out-of-range",
      message: `The arithmetic applies one bit of an input in a step, not ${inputBits}.`,
      value: inputBits,
      expected: "input_bits: 1",
    });
  const design = { architecture, ...arithmetic, adcBits, slicing };
  checkDesign(design);
  return design;
}

/** Architectures whose models declare an arithmetic, in the order of their list. */
export function arithmeticArchitectures(workspace: Workspace = defaultWorkspace()): readonly string[] {
  return listArchitectures(workspace)
    .map(({ name }) => name)
    .filter((name) => arithmeticOf(name, workspace) !== undefined);
}

export function undeclaredArithmetic(architecture: string, workspace: Workspace): RaellaError {
  const known = arithmeticArchitectures(workspace);
  return new RaellaError({
    code: "usage",
    message: `The model of ${architecture} does not say how its crossbars compute, so that its accuracy is not known.`,
    value: architecture,
    expected: known.length === 0 ? undefined : known.join(", "),
    remedy: "Declare its `arithmetic` (models/README.md).",
  });
}

/** One text for each arithmetic. Only slicings that were chosen for an architecture go by its name. */
export function designKey(design: ArithmeticDesign): string {
  const { architecture, encoding, slices, adcBits, rows, cellBits, slicing, noise = 0 } = design;
  const speculation = design.speculation ? "speculation" : "-";
  const parts =
    slices === "adaptive"
      ? [
          ...[slicing === "kept" ? architecture : "", encoding, slices, speculation],
          ...[adcBits, rows, cellBits, slicing],
        ]
      : [encoding, slices.join("-"), speculation, adcBits, rows];
  return [...parts, ...(noise === 0 ? [] : [`noise ${noise}`])].join(" ");
}

/** @throws RaellaError for an arithmetic that is not known, or bits or rows out of range. */
export function checkDesign(design: ArithmeticDesign): void {
  const { encoding, slices, speculation, adcBits, rows, cellBits } = design;
  requireWhole("Bits of a converter", adcBits, 2, 16);
  requireWhole("Rows of a crossbar", rows, 1, 65536);
  requireWhole("Bits of a cell", cellBits, 1, 8);
  checkNoise(design.noise ?? 0);
  if (encoding === "offset_invert" && (slices === "adaptive" || speculation))
    throw new RaellaError({
      code: "usage",
      message: `Codes in inverted columns (offset_invert) are computed ${slices === "adaptive" ? "in slices of fixed bits" : "without speculation"} only.`,
      value: design.architecture,
      expected: slices === "adaptive" ? "slices: [2, 2, 2, 2] or the like" : "speculation: false",
    });
  if (slices === "adaptive") return;
  // Codes fill the cells; offsets may leave states unused.
  const wrong = slices.find((bits) => (encoding === "offset_invert" ? bits !== cellBits : bits > cellBits));
  if (wrong !== undefined) throw slicesDoNotFit(wrong, cellBits);
}

/** What cells do not hold. */
export function slicesDoNotFit(bits: number, cellBits: number, remedy?: string): RaellaError {
  return new RaellaError({
    code: "out-of-range",
    message: `Its slices have ${bits} bits, its cells ${cellBits}.`,
    value: bits,
    remedy,
  });
}

/** @throws RaellaError `out-of-range` */
function checkNoise(deviation: number): void {
  if (deviation >= 0 && deviation <= greatestDeviation) return;
  throw new RaellaError({
    code: "out-of-range",
    message: `The noise of column sums cannot be ${deviation}.`,
    value: deviation,
    expected: `a standard deviation from 0 to ${greatestDeviation} steps of the converter`,
  });
}
