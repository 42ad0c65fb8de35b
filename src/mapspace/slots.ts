import { RaellaError, suggestName } from "../errors";
import type { HardwareLevel } from "../model/hardware";
import type { Problem } from "../model/problem";
import type {
  Level,
  LevelConstraints,
  SpatialConstraint,
  TemporalConstraint,
  Warning,
} from "../spec/specification";

/** Data-space directives of one level, per tensor of the problem. */
export interface LevelRules {
  readonly keep: readonly ("keep" | "bypass" | "free")[];
  readonly passthrough: readonly boolean[];
  readonly noTemporalReuse: readonly boolean[];
  readonly rmwOnFirstWriteback: readonly boolean[];
  readonly noMulticastNoReduction: readonly boolean[];
  readonly noLinkTransfer: readonly boolean[];
}

/** What a level's constraints say about every tensor, given by name. The outermost level keeps what nothing is said about. */
export function describeRules(
  names: readonly string[],
  levelName: string,
  constraints: Level["constraints"],
  outermost: boolean,
): LevelRules {
  const { dataspace, spatial, temporal } = constraints;
  const unmarked = names.map(() => false);
  const flags = (list: readonly string[] = []): readonly boolean[] => {
    if (list.length === 0) return unmarked;
    const marked = [...unmarked];
    for (const name of list) {
      const index = names.indexOf(name);
      if (index < 0)
        throw new RaellaError({
          code: "unknown-name",
          message: `The constraints of ${levelName} name "${name}", which is no data space of the problem.`,
          value: name,
          expected: `one of ${names.join(", ")}`,
          remedy: suggestName(name, names),
        });
      marked[index] = true;
    }
    return marked;
  };
  const keep = flags(dataspace?.keep);
  const bypass = flags(dataspace?.bypass);
  const passthrough = flags(dataspace?.passthrough);
  return {
    keep: names.map((name, index) => {
      const kept = keep[index] || (passthrough[index] && !bypass[index]);
      if (kept && bypass[index])
        throw new RaellaError({
          code: "constraint",
          message: `${levelName} both keeps and bypasses ${name}.`,
          value: name,
          expected: "every data space in one of the lists keep and bypass",
        });
      return kept ? "keep" : bypass[index] ? "bypass" : outermost ? "keep" : "free";
    }),
    passthrough,
    noTemporalReuse: flags(temporal?.noTemporalReuse),
    rmwOnFirstWriteback: flags(temporal?.rmwOnFirstWriteback),
    noMulticastNoReduction: flags(spatial?.noMulticastNoReduction),
    noLinkTransfer: flags(spatial?.noLinkTransfer),
  };
}

/** A place where loops may sit: the space or the time part of one level. */
export interface Slot {
  /** Level, counted from the inside. */
  readonly level: number;
  readonly levelName: string;
  readonly kind: "space" | "time";
  /** Per dimension: the factor that the constraints fix, 0 where it is free. */
  readonly factors: readonly number[];
  /** Per dimension: the largest factor allowed (infinite without a limit); null without any limit. */
  readonly limits: readonly number[] | null;
  /** Per dimension: the smallest factor allowed; null where every factor is. */
  readonly least: readonly number[] | null;
  /** Dimensions listed as the innermost loops, innermost first. */
  readonly innerOrder: readonly number[];
  /** Dimensions the constraints do not list, in declared order: their order is free. */
  readonly freeOrder: readonly number[];
  /** Dimensions listed as the outermost loops (behind a `_`), innermost first. */
  readonly outerOrder: readonly number[];
  /** Space slots: how many of the innermost loops lie along X; null leaves it to the search. */
  readonly split: number | null;
}

/**
 * The slots of an architecture from the inside out: every level has a time slot, a level with more than one child
 * per instance a space slot inside it. A fixed factor above the bound is ignored with a warning, as Timeloop does.
 */
export function describeSlots(
  problem: Problem,
  hardware: readonly HardwareLevel[],
  constraintsOf: (level: number) => LevelConstraints,
  warnings: Warning[],
): Slot[] {
  const slots: Slot[] = [];
  hardware.forEach((level, index) => {
    const { spatial, temporal } = constraintsOf(index);
    if (level.fanX * level.fanY > 1)
      slots.push(describeSlot(problem, level.name, index, "space", spatial, warnings));
    else refuseSpatialLoops(problem, level.name, spatial);
    slots.push(describeSlot(problem, level.name, index, "time", temporal, warnings));
  });
  return slots;
}

function refuseSpatialLoops(
  { dimensions, bounds }: Problem,
  level: string,
  spatial: SpatialConstraint | undefined,
): void {
  const factor = spatial?.factors.find(
    ({ dimension, operator, value }) =>
      operator === "=" && (value > 1 || (value === 0 && bounds[dimensions.indexOf(dimension)] > 1)),
  );
  if (factor)
    throw new RaellaError({
      code: "constraint",
      message: `${level} has the spatial factor ${factor.dimension}=${factor.value}, but only one child.`,
      value: `${factor.dimension}=${factor.value}`,
      expected: "spatial factors only on levels with a fan-out above 1",
    });
}

function describeSlot(
  problem: Problem,
  levelName: string,
  level: number,
  kind: "space" | "time",
  constraint: SpatialConstraint | TemporalConstraint | undefined,
  warnings: Warning[],
): Slot {
  const place = `${kind === "space" ? "spatial" : "temporal"} constraint of ${levelName}`;
  return {
    level,
    levelName,
    kind,
    ...describeFactors(problem, place, constraint, warnings),
    ...describeOrder(problem, place, constraint?.permutation ?? []),
    split: constraint !== undefined && "split" in constraint ? constraint.split : null,
  };
}

function dimensionIndex(problem: Problem, dimension: string, place: string): number {
  const index = problem.dimensions.indexOf(dimension);
  if (index >= 0) return index;
  throw new RaellaError({
    code: "unknown-name",
    message: `The ${place} names "${dimension}", which is no dimension of the problem.`,
    value: dimension,
    expected: `one of ${problem.dimensions.join(", ")}`,
    remedy: suggestName(dimension, problem.dimensions),
  });
}

function describeFactors(
  problem: Problem,
  place: string,
  constraint: SpatialConstraint | TemporalConstraint | undefined,
  warnings: Warning[],
): Pick<Slot, "factors" | "limits" | "least"> {
  const { bounds } = problem;
  const factors = bounds.map(() => 0);
  if (constraint === undefined) return { factors, limits: null, least: null };
  let limits: number[] | null = null;
  let least: number[] | null = null;
  const limit = (index: number, value: number): void => {
    limits ??= bounds.map(() => Infinity);
    limits[index] = Math.min(limits[index], value);
  };
  const named = bounds.map(() => false);
  for (const { dimension, operator, value } of constraint.factors) {
    const index = dimensionIndex(problem, dimension, place);
    named[index] = true;
    if (operator === "=" && value === -1) continue;
    if (!Number.isSafeInteger(value) || value < (operator === "=" ? 0 : 1))
      throw new RaellaError({
        code: "constraint",
        message: `The ${place} has the factor ${dimension}${operator}${value}.`,
        value: `${dimension}${operator}${value}`,
        expected:
          operator === "=" ? "a whole number, 0 for the full bound or -1 for free" : "a limit of 1 or more",
      });
    if (operator === "<=") {
      limit(index, value);
      continue;
    }
    if (operator === ">=") {
      (least ??= bounds.map(() => 1))[index] = value;
      continue;
    }
    const factor = value === 0 ? bounds[index] : value;
    if (factor > bounds[index]) {
      warnings.push({
        code: "constraint",
        message: `The ${place} fixes ${dimension}=${value}, more than its bound ${bounds[index]}: the factor is ignored and ${dimension} is free there.`,
      });
      continue;
    }
    if (factors[index] !== 0 && factors[index] !== factor)
      throw new RaellaError({
        code: "constraint",
        message: `The ${place} fixes ${dimension} twice, as ${factors[index]} and as ${factor}.`,
        value: `${dimension}=${value}`,
        expected: "one factor per dimension",
      });
    factors[index] = factor;
  }
  const others = constraint.defaultMaxFactor;
  if (others !== null)
    bounds.forEach((_, index) => {
      if (!named[index]) limit(index, Math.max(1, others));
    });
  const { defaultMinFactor } = constraint;
  if (defaultMinFactor !== undefined && defaultMinFactor > 1)
    least = bounds.map((_, index) => (named[index] ? (least?.[index] ?? 1) : defaultMinFactor));
  return { factors, limits, least };
}

function describeOrder(
  problem: Problem,
  place: string,
  permutation: readonly string[],
): Pick<Slot, "innerOrder" | "freeOrder" | "outerOrder"> {
  const innerOrder: number[] = [];
  const outerOrder: number[] = [];
  let listed = innerOrder;
  const seen = problem.dimensions.map(() => false);
  for (const dimension of permutation) {
    if (dimension === "_") {
      listed = outerOrder;
      continue;
    }
    const index = dimensionIndex(problem, dimension, place);
    if (seen[index])
      throw new RaellaError({
        code: "constraint",
        message: `The permutation of the ${place} lists ${dimension} twice.`,
        value: permutation.join(""),
        expected: "every dimension at most once",
      });
    seen[index] = true;
    listed.push(index);
  }
  const freeOrder: number[] = [];
  problem.dimensions.forEach((_, index) => {
    if (!seen[index]) freeOrder.push(index);
  });
  return { innerOrder, freeOrder, outerOrder };
}
