import { RaellaError } from "../../errors";
import type { Value } from "../../spec/specification";
import { cycleSeconds, cycleTime, unknownAction } from "../estimator";
import type { Estimate, Estimator, EstimatorQuery } from "../estimator";
import { technologyNm } from "../library/technology-scaling";
import type { ParameterDescription, ParameterDescriptions } from "../parameters";
import { readParameters } from "../parameters";

/** Energy of an action and of a cycle at rest, pJ, of a block for a cycle of 1 ns, and its area for one of 5 ns, um^2. */
interface Block {
  readonly dynamicPj: number;
  readonly idlePj: number;
  readonly areaUm2: number;
}

/**
 * Synthesized at 40 and 45 nm for Aladdin (Y. S. Shao et al., ISCA 2014). The original rounds the length of a cycle in
 * seconds up, so that energies are always those for 1 ns, and always takes areas for 5 ns.
 */
const blocks = {
  adder: { dynamicPj: 0.21, idlePj: 0.0023, areaUm2: 179 },
  bitwise: { dynamicPj: 0.0181, idlePj: 0.001, areaUm2: 50.4 },
  comparator: { dynamicPj: 0.02947, idlePj: 2.51e-5, areaUm2: 70 },
  counter: { dynamicPj: 0.25074, idlePj: 0.0003213, areaUm2: 250.5 },
  multiplier: { dynamicPj: 12.68, idlePj: 0.08, areaUm2: 4600 },
  register: { dynamicPj: 0.009, idlePj: 7e-5, areaUm2: 5.98 },
  singleAdder: { dynamicPj: 16.679, idlePj: 0.159, areaUm2: 2060 },
  singleMultiplier: { dynamicPj: 35.3, idlePj: 0.3595236, areaUm2: 2060 },
  doubleAdder: { dynamicPj: 43.754, idlePj: 0.4, areaUm2: 5120 },
  doubleMultiplier: { dynamicPj: 113.763, idlePj: 0.829, areaUm2: 4910 },
} as const satisfies Record<string, Block>;

/** How many of a block a component is made of, as a product of factors. */
interface BlockShare {
  readonly block: keyof typeof blocks;
  readonly factors: readonly number[];
}

const bits = (description: string): ParameterDescription => ({
  kind: "number",
  unit: "bit",
  description,
  minimum: 0,
});

const width = { width: bits("bits of a word") };
const rows = {
  ...width,
  depth: { kind: "number", unit: "words", description: "number of words", minimum: 0 },
} as const satisfies ParameterDescriptions;
const floating = {
  exponent: bits("bits of the exponent"),
  mantissa: bits("bits of the mantissa, the sign among them"),
};

type Numbers = Readonly<Record<string, number>>;

const adder = ({ width: w }: Numbers): BlockShare => ({ block: "adder", factors: [w / 32] });
const multiplier = ({ width: w }: Numbers): BlockShare => ({ block: "multiplier", factors: [(w / 32) ** 2] });

/** Registers of a word, and for every word a comparator as wide as an address. */
function wordsOf({ width: w, depth: d }: Numbers): readonly BlockShare[] {
  if (d === 0) return [];
  return [
    { block: "register", factors: [w] },
    { block: "comparator", factors: [Math.ceil(Math.log2(d)) / 32, d] },
  ];
}

/** Numbers of up to 32 bits are parts of single-precision ones, longer ones of double-precision ones. */
function floatingPart(kind: "Adder" | "Multiplier", { exponent, mantissa }: Numbers): BlockShare {
  const n = exponent + mantissa;
  const precision = n <= 32 ? "single" : "double";
  const part = n / (n <= 32 ? 32 : 64);
  return { block: `${precision}${kind}`, factors: [kind === "Adder" ? part : part ** 2] };
}

interface BlockClass {
  readonly parameters: ParameterDescriptions;
  readonly shares: (numbers: Numbers) => readonly BlockShare[];
  /** Throws for sizes that are not covered. */
  readonly refuse?: (numbers: Numbers, quantity: "energy" | "area") => void;
}

/** All actions cost the same, but for those at rest (`leak`, `…_gated`) and multiplications with an operand that stays. */
const actions = [
  ...["read", "write", "update", "access", "compute", "process", "compare", "count", "add"],
  ...["multiply", "mult", "mult_random", "mult_reused", "mult_gated"],
  ...["mac", "mac_random", "mac_reused", "mac_gated", "leak"],
  // What storage with metadata and sparse optimizations must offer.
  ...["", "metadata_"].flatMap((of) => ["gated_", "skipped_"].flatMap((how) => accesses(how + of))),
  ...accesses("metadata_"),
  ...["gated_compute", "skipped_compute", "decompression_count", "compression_count"],
];

function accesses(prefix: string): readonly string[] {
  return ["read", "write", "update"].map((action) => prefix + action);
}

const operandThatStays = 0.85;

const classes: Readonly<Record<string, BlockClass>> = {
  intadder: { parameters: width, shares: (n) => [adder(n)] },
  intmultiplier: { parameters: width, shares: (n) => [multiplier(n)] },
  intmac: { parameters: width, shares: (n) => [adder(n), multiplier(n)] },
  regfile: { parameters: rows, shares: wordsOf },
  SRAM: { parameters: rows, shares: wordsOf, refuse: refuseLargeMemory },
  reg: { parameters: {}, shares: () => [{ block: "register", factors: [] }] },
  comparator: {
    parameters: width,
    shares: (n) => [{ block: "comparator", factors: [n.width / 32] }],
  },
  counter: {
    parameters: width,
    shares: (n) => [{ block: "counter", factors: [n.width / 32] }],
  },
  bitwise: { parameters: {}, shares: () => [{ block: "bitwise", factors: [] }] },
  fpadder: { parameters: floating, shares: (n) => [floatingPart("Adder", n)] },
  fpmultiplier: {
    parameters: floating,
    shares: (n) => [floatingPart("Multiplier", n)],
  },
  fpmac: {
    parameters: floating,
    shares: (n) => [floatingPart("Adder", n), floatingPart("Multiplier", n)],
  },
};

function refuseLargeMemory({ width: w, depth: d }: Numbers, quantity: "energy" | "area"): void {
  const widest = quantity === "area" ? 16 : 32;
  if (d === 0 || (w <= widest && d <= 128)) return;
  throw new RaellaError({
    code: "out-of-range",
    message: `Memories of ${w} bits x ${d} words are not made of registers.`,
    value: `${w} x ${d}`,
    expected: `at most ${widest} bits x 128 words`,
  });
}

/** Registers, arithmetic and small memories at 40 and 45 nm. Sizes scale; technologies do not. */
export function synthesizedBlocks(): readonly Estimator[] {
  return Object.entries(classes).map(([className, { parameters: own, shares, refuse }]) => {
    const parameters: ParameterDescriptions = {
      technology: { kind: "text", unit: "nm", description: "40 or 45 nm" },
      global_cycle_seconds: cycleTime,
      ...own,
    };
    const answer = (
      query: EstimatorQuery,
      figure: keyof Block,
      options: { readonly cycles?: number; readonly isReused?: boolean } = {},
    ): Estimate => {
      const { cycles = 1, isReused = false } = options;
      requireNode(query);
      const numbers = readParameters(own, query.attributes, query.className) as Numbers;
      refuse?.(numbers, figure === "areaUm2" ? "area" : "energy");
      const parts = shares(numbers).map(({ block, factors }) => ({
        block,
        factors: isReused && /multiplier$/i.test(block) ? [...factors, operandThatStays] : factors,
      }));
      const sum = parts.reduce(
        (before, { block, factors }) =>
          before + factors.reduce((part, by) => part * by, blocks[block][figure]),
        0,
      );
      const unit = figure === "areaUm2" ? "um^2" : "pJ";
      return {
        value: sum * cycles,
        source: "blocks synthesized for Aladdin (Shao et al., ISCA 2014), 40 and 45 nm",
        steps: () => [
          ...parts.map(({ block, factors }) => ({
            description: `${block}: ${blocks[block][figure]} ${unit}${factors.map((by) => ` x ${by}`).join("")}`,
          })),
          ...(cycles === 1 ? [] : [{ description: "a cycle instead of 1 ns", factor: cycles }]),
        ],
      };
    };
    return {
      name: "synthesized blocks",
      accuracyPercent: 70,
      classNames: [className],
      actions,
      parameters,
      estimateArea: (query) => answer(query, "areaUm2"),
      estimateEnergy: (query, action) => {
        const wanted = action.toLowerCase();
        if (!actions.includes(wanted)) throw unknownAction(query.className, action, actions);
        if (wanted === "leak" || wanted.endsWith("_gated"))
          return answer(query, "idlePj", { cycles: cycleSeconds(query) / 1e-9 });
        return answer(query, "dynamicPj", { isReused: wanted.endsWith("_reused") });
      },
    };
  });
}

function requireNode({ attributes, className }: EstimatorQuery): void {
  const given: Value | undefined = attributes.get("technology");
  const node = technologyNm(given ?? "");
  if (node === 40 || node === 45) return;
  throw new RaellaError({
    code: "out-of-range",
    message: `${className} of synthesized blocks is there at 40 and 45 nm only, not at ${given === undefined ? "a technology that is not given" : String(given)}.`,
    value: given,
    expected: "40 or 45 nm",
  });
}
