import { activationCodes } from "./integer-layer";

/**
 * How signed inputs enter a crossbar, whose rows can be driven one way only. `recorded`: the codes with their zero point
 * in one pass, whose constant part is subtracted digitally; so the authors' statistics of image networks were recorded.
 * `two-pass`: what lies above and what lies below zero one after the other, as the paper describes it.
 */
export type SignedInputs = "recorded" | "two-pass";

/** One pass over the inputs: what is applied for each of the 256 codes, and the sign with which its result counts. */
export interface InputPass {
  readonly applied: Uint8Array;
  readonly sign: 1 | -1;
}

const pass = (sign: 1 | -1, value: (code: number) => number): InputPass => ({
  sign,
  applied: Uint8Array.from({ length: activationCodes }, (_, code) => Math.max(0, value(code))),
});

/** The passes of a layer whose input 0 has the code `zero`. Inputs that cannot be negative need one. */
export function inputPasses(zero: number, signedInputs: SignedInputs): readonly InputPass[] {
  if (zero === 0 || signedInputs === "recorded") return [pass(1, (code) => code)];
  return [pass(1, (code) => code - zero), pass(-1, (code) => zero - code)];
}
