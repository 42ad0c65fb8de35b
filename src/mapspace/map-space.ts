import { requireArgument } from "../arguments";
import { RaellaError } from "../errors";
import { adopt, freeze } from "../memory";
import { describeHardware } from "../model/hardware";
import type { Hardware } from "../model/hardware";
import { describeProblem } from "../model/problem";
import type { Problem } from "../model/problem";
import { nestSchema } from "../spec/specification";
import type { Specification, Warning } from "../spec/specification";
import { countCofactors, describeChoices } from "./factor-choices";
import type { DimensionChoices } from "./factor-choices";
import { countOrders } from "./loop-orders";
import { describeRules, describeSlots } from "./slots";
import type { LevelRules, Slot } from "./slots";

/** A data space that the constraints leave to the search at one level (counted from the inside). */
interface UndecidedPair {
  readonly level: number;
  readonly tensor: number;
}

/**
 * Every mapping that the constraints of a specification allow, as plain data. Levels and slots stand innermost
 * first. A mapping's number is the mixed-radix integer of its cofactor tuples, first dimension least significant.
 */
export interface MapSpace {
  readonly problem: Problem;
  readonly hardware: Hardware;
  readonly slots: readonly Slot[];
  /** Per level. */
  readonly rules: readonly LevelRules[];
  /** Per dimension. */
  readonly choices: readonly DimensionChoices[];
  readonly undecided: readonly UndecidedPair[];
  /** Time loops with a factor above 1 that a mapping may have in all; null without a limit. */
  readonly mostTimeLoops: number | null;
  /** Products of the dimensions' counts: the ways to place all factors. Exact up to 2^53. */
  readonly factorizations: number;
  /** Factorizations times loop orders times keep-or-bypass choices; exact up to 2^53. */
  readonly size: number;
  /** `size` in digits, exact (an upper bound where `sizeIsExact` is false). */
  readonly sizeText: string;
  readonly sizeIsExact: boolean;
  readonly warnings: readonly Warning[];
}

/**
 * The map space of a specification, frozen.
 * @throws RaellaError `constraint` where constraints contradict each other, `no-mapping` where every slot of a
 *   dimension is fixed and something is left over (the layer does not fit), and what the parts throw.
 * @example
 * ```ts
 * const space = buildMapSpace(getSpec({ architecture: "raella", dnn: "resnet18", layer: 10 }));
 * console.log(space.size, mappingAt(space, 0n).levels);
 * ```
 */
export function buildMapSpace(specification: MappedPart): MapSpace {
  requireArgument(nestSchema, specification, "the specification of buildMapSpace");
  return freeze(createMapSpace(adopt(specification)));
}

/** What a map space depends on. */
export type MappedPart = Pick<Specification, "levels" | "workload" | "sparse" | "placeholders"> & {
  readonly mapper?: Pick<Specification["mapper"], "mostTimeLoops">;
};

/** The same for use inside the package: of a specification that nobody else can change, and not frozen. */
export function createMapSpace(specification: MappedPart): MapSpace {
  const space = assembleMapSpace(specification);
  space.choices.forEach((_, dimension) => {
    const problem = factorProblem(space, dimension);
    if (problem) throw problem;
  });
  return space;
}

/** The map space even where some dimension cannot be placed; such a dimension has no choices. */
export function assembleMapSpace(specification: MappedPart): MapSpace {
  const problem = describeProblem(specification.workload);
  const hardware = describeHardware(specification);
  const warnings: Warning[] = [];
  const storage = specification.levels.filter(({ kind }) => kind === "storage").reverse();
  const slots = describeSlots(problem, hardware.levels, (level) => storage[level].constraints, warnings);
  const names = problem.tensors.map(({ name }) => name);
  const rules = storage.map((level, index) =>
    describeRules(names, level.name, level.constraints, index === storage.length - 1),
  );
  const choices = problem.bounds.map((bound, dimension) => describeChoices(bound, dimension, slots));
  const undecided: UndecidedPair[] = [];
  rules.forEach(({ keep }, level) => {
    keep.forEach((decision, tensor) => {
      if (decision === "free") undecided.push({ level, tensor });
    });
  });
  const orders = countOrders(choices, slots);
  return {
    problem,
    hardware,
    slots,
    rules,
    choices,
    undecided,
    mostTimeLoops: specification.mapper?.mostTimeLoops ?? null,
    ...countMappings(choices, undecided.length, orders),
    sizeIsExact: orders.exact,
    warnings,
  };
}

function countMappings(
  choices: readonly DimensionChoices[],
  undecided: number,
  orders: { readonly ordersOverAll: bigint | null },
): Pick<MapSpace, "factorizations" | "size" | "sizeText"> {
  let factorizations = 1;
  for (const { count } of choices) factorizations *= count;
  if (orders.ordersOverAll === null && undecided === 0 && factorizations <= Number.MAX_SAFE_INTEGER)
    return { factorizations, size: factorizations, sizeText: String(factorizations) };
  let exact = orders.ordersOverAll;
  if (exact === null) {
    exact = 1n;
    for (const { quotient, freeSlots, limits, count } of choices)
      exact *= count === 0 ? 0n : countCofactors(quotient, freeSlots.length, limits);
  }
  exact <<= BigInt(undecided);
  return { factorizations, size: Number(exact), sizeText: String(exact) };
}

/** Why a dimension has no way to be placed, if so. */
export function factorProblem(space: MapSpace, dimension: number): RaellaError | undefined {
  const { bound, quotient, freeSlots, count } = space.choices[dimension];
  if (count > 0) return undefined;
  const name = space.problem.dimensions[dimension];
  const placed = placedFactors(space, dimension);
  const product = placed.length > 0 ? placed.join(" x ") : "1";
  if (!Number.isInteger(quotient))
    return new RaellaError({
      code: "constraint",
      message: `The fixed factors of ${name} do not divide its bound: ${bound} is no multiple of ${product}.`,
      value: product,
      expected: `factors whose product divides ${bound}`,
    });
  if (freeSlots.length === 0)
    return new RaellaError({
      code: "no-mapping",
      message: `${name}: ${bound} = ${product} x ${quotient}: ${quotient} of ${name} fit nowhere, because every level fixes ${name}.`,
      value: quotient,
      expected: `fixed factors of ${name} whose product is ${bound}, or a level that leaves ${name} free`,
      remedy: "Use more or larger units (tiles, macros, columns), a smaller layer, or other constraints.",
    });
  return new RaellaError({
    code: "no-mapping",
    message: `${name}: no choice of factors reaches ${bound} within the limits of the constraints.`,
    value: bound,
    remedy: `Raise the upper limits (<=) of ${name}, or lower its lower ones (>=).`,
  });
}

/** `64 (inter_column, spatial)` for every fixed factor above 1, outermost first. */
function placedFactors(space: MapSpace, dimension: number): string[] {
  return [...space.slots]
    .reverse()
    .filter(({ factors }) => factors[dimension] > 1)
    .map(({ factors, levelName, kind }) => {
      const where = kind === "space" ? "spatial" : "temporal";
      return `${factors[dimension]} (${levelName}, ${where})`;
    });
}
