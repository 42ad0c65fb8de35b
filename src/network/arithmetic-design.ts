import { RaellaError, suggestName } from "../errors";
import { isaacConverterBits, raellaConverterBits } from "./converter";
import type { ArithmeticVariant } from "./layer-accuracy";
import { isaacRows, raellaRows } from "./segments";

/** The architectures whose arithmetic is known, in the order of the ablation study. */
export const arithmeticVariants: readonly ArithmeticVariant[] = [
  "isaac_like",
  "raella_no_speculation_2b_cells",
  "raella_no_speculation",
  "raella",
];

/** Everything of a design that its arithmetic depends on. */
export interface ArithmeticDesign {
  readonly architecture: ArithmeticVariant;
  /** Bits of the converters. */
  readonly adcBits: number;
  readonly rows: number;
  /** Bits of a memory cell: what a slice may have at most. */
  readonly cellBits: number;
  /** Whether layers keep the slicing of the import, or get one that suits this converter and these rows. */
  readonly slicing: SlicingChoice;
}

export type SlicingChoice = "kept" | "anew";

/** Converters and crossbars that can be asked for. */
const converterRange = { least: 4, greatest: 10 };
const rowRange = { least: 128, greatest: 4608 };

/** Converter, crossbar and cells as an architecture has them. */
export function usualDesign(architecture: ArithmeticVariant): ArithmeticDesign {
  return architecture === "isaac_like"
    ? { architecture, adcBits: isaacConverterBits, rows: isaacRows, cellBits: 2, slicing: "kept" }
    : { architecture, adcBits: raellaConverterBits, rows: raellaRows, cellBits: 4, slicing: "kept" };
}

/** Whether the slicing of an architecture is chosen layer by layer; otherwise it is four slices of two bits. */
export function isAdaptive(architecture: ArithmeticVariant): boolean {
  return architecture === "raella" || architecture === "raella_no_speculation";
}

/** One text for each design; equal ones compute the same. */
export function designKey({ architecture, adcBits, rows, cellBits, slicing }: ArithmeticDesign): string {
  return isAdaptive(architecture)
    ? `${architecture} ${adcBits} ${rows} ${cellBits} ${slicing}`
    : `${architecture} ${adcBits} ${rows}`;
}

/** @throws RaellaError for an architecture of unknown arithmetic, or bits or rows out of range. */
export function checkDesign({ architecture, adcBits, rows, cellBits }: ArithmeticDesign): void {
  if (!arithmeticVariants.includes(architecture))
    throw new RaellaError({
      code: "unknown-name",
      message: `The arithmetic of the architecture "${String(architecture)}" is not known.`,
      value: architecture,
      expected: arithmeticVariants.join(", "),
      remedy: suggestName(String(architecture), arithmeticVariants),
    });
  checkWithin(adcBits, converterRange, "Bits of a converter");
  checkWithin(rows, rowRange, "Rows of a crossbar");
  checkWithin(cellBits, { least: 1, greatest: 4 }, "Bits of a cell");
}

function checkWithin(
  value: number,
  { least, greatest }: { readonly least: number; readonly greatest: number },
  what: string,
): void {
  if (Number.isInteger(value) && value >= least && value <= greatest) return;
  throw new RaellaError({
    code: "out-of-range",
    message: `${what} cannot be ${value}.`,
    value,
    expected: `a whole number from ${least} to ${greatest}`,
  });
}
