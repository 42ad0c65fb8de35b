import { findMappingProblems } from "../model/fit";
import type { MappingProblem } from "../model/fit";
import type { Mapping } from "../model/mapping";
import type { Specification } from "../spec/specification";
import { factorsOfChoice, keepTable, toMapping } from "./candidate-mapping";
import { createCapacityTables, tileWords } from "./capacity";
import type { KeepTable } from "./capacity";
import { enumerateMappings } from "./enumerate";
import { extendFigures } from "./features";
import { assembleMapSpace, factorProblem } from "./map-space";
import type { MapSpace } from "./map-space";
import { createSearchLayout, factorInSlot } from "./search-layout";
import type { SearchLayout } from "./search-layout";

/** Where the factors of a dimension have gone. */
export interface PlacedFactor {
  readonly level: string;
  readonly kind: "spatial" | "temporal";
  readonly factor: number;
}

/** A dimension whose bound cannot be reached. */
export interface Leftover {
  readonly dimension: string;
  readonly bound: number;
  /** Fixed factors above 1, outermost level first. */
  readonly placed: readonly PlacedFactor[];
  /** What is left of the bound; no whole number where the fixed factors do not divide it. */
  readonly left: number;
  readonly message: string;
}

/** The mapping that comes closest to fitting, and what it lacks. */
export interface NearestMiss {
  readonly mapping: Mapping;
  readonly problems: readonly MappingProblem[];
}

/** How often a level is what a mapping does not fit. */
export interface MissCount {
  readonly level: string;
  readonly kind: "fanout" | "capacity" | "utilization";
  readonly mappings: number;
}

/** Why a map space has no valid mapping, or that it has some. */
export interface MapSpaceDiagnosis {
  readonly fits: boolean;
  readonly size: number;
  /** Mappings within the fan-outs, and valid ones; undefined where the space was too large to look at all. */
  readonly withinFanout: number | undefined;
  readonly valid: number | undefined;
  readonly leftovers: readonly Leftover[];
  /** Null where a mapping fits, or where no choice of factors exists. */
  readonly nearestMiss: NearestMiss | null;
  /** Mappings (at fan-outs: choices of space factors) that fail at each level, from the inside out. */
  readonly misses: readonly MissCount[];
  /** All of it in sentences. */
  readonly messages: readonly string[];
}

export interface DiagnosisOptions {
  /** Choices to look at before giving up on counting; 200,000 by default. */
  readonly limit?: number;
}

const defaultLimit = 200_000;

/**
 * Says why a layer does not fit: which dimension has something left over that fits nowhere, or which fan-out or
 * capacity is exceeded by how much at the nearest miss. Slower than the search; meant for layers without a mapping.
 */
export function diagnoseMapSpace(
  specification: Pick<Specification, "levels" | "workload">,
  { limit = defaultLimit }: DiagnosisOptions = {},
): MapSpaceDiagnosis {
  const space = assembleMapSpace(specification);
  const leftovers = space.choices.flatMap((_, dimension) => describeLeftover(space, dimension) ?? []);
  if (leftovers.length > 0)
    return {
      fits: false,
      size: 0,
      withinFanout: 0,
      valid: 0,
      leftovers,
      nearestMiss: null,
      misses: [],
      messages: leftovers.map(({ message }) => message),
    };
  const layout = createSearchLayout(space);
  const keep = leanestKeep(space);
  const fanOuts = lookAtFanOuts(layout, limit);
  if (fanOuts.nearest !== null) return describeMiss(layout, keep, fanOuts.nearest, fanOuts.misses, 0);
  const capacities = lookAtCapacities(layout, keep, limit);
  if (capacities.valid === 0 && capacities.nearest !== null)
    return describeMiss(layout, keep, capacities.nearest, capacities.misses, capacities.withinFanout);
  const { withinFanout, valid, misses } = capacities;
  return {
    fits: true,
    size: space.size,
    withinFanout,
    valid,
    leftovers,
    nearestMiss: null,
    misses,
    messages: [],
  };
}

function describeLeftover(space: MapSpace, dimension: number): Leftover | undefined {
  const problem = factorProblem(space, dimension);
  if (problem === undefined) return undefined;
  const { bound, quotient } = space.choices[dimension];
  const placed = [...space.slots]
    .reverse()
    .filter(({ factors }) => factors[dimension] > 1)
    .map(({ factors, levelName, kind }): PlacedFactor => {
      const kindName = kind === "space" ? "spatial" : "temporal";
      return { level: levelName, kind: kindName, factor: factors[dimension] };
    });
  return {
    dimension: space.problem.dimensions[dimension],
    bound,
    placed,
    left: quotient,
    message: problem.summary,
  };
}

/** Undecided data spaces go where they take no room, as long as some level holds them. */
function leanestKeep(space: MapSpace): KeepTable {
  const keep = keepTable(space, 0).map((level) => [...level]);
  space.problem.tensors.forEach((_, tensor) => {
    if (keep.some((level) => level[tensor])) return;
    const open = space.undecided.filter((pair) => pair.tensor === tensor);
    const outermost = open[open.length - 1];
    if (outermost !== undefined) keep[outermost.level][tensor] = true;
  });
  return keep;
}

interface FanOutLook {
  /** The choice that overloads fan-outs least; null where some choice fits (or none could be looked at). */
  readonly nearest: Int32Array | null;
  readonly misses: readonly MissCount[];
}

/** Looks for space factors that fit; counts what others exceed. */
function lookAtFanOuts(layout: SearchLayout, limit: number): FanOutLook {
  let fits = false;
  enumerateMappings(layout, keepTable(layout.space, 0), {
    spaceFactors: () => {
      fits = true;
      return false;
    },
  });
  if (fits) return { nearest: null, misses: [] };
  const { slots, hardware } = layout.space;
  const counts = new Map<number, number>();
  let nearest: Int32Array | null = null;
  let least = Infinity;
  forEachChoice(layout, limit, (choice) => {
    let overload = 1;
    slots.forEach((slot, index) => {
      if (slot.kind === "time") return;
      let product = 1;
      for (let dimension = 0; dimension < slot.factors.length; dimension += 1)
        product *= factorInSlot(layout, index, dimension, choice);
      const { fanX, fanY } = hardware.levels[slot.level];
      if (product <= fanX * fanY) return;
      overload *= product / (fanX * fanY);
      counts.set(slot.level, (counts.get(slot.level) ?? 0) + 1);
    });
    if (overload >= least) return;
    least = overload;
    nearest = choice.slice();
  });
  const misses = [...counts]
    .sort(([left], [right]) => left - right)
    .map(([level, mappings]) => ({
      level: hardware.levels[level].name,
      kind: "fanout" as const,
      mappings,
    }));
  return { nearest, misses };
}

/** Visits choices in the order of their numbers, up to a limit. */
function forEachChoice({ varying }: SearchLayout, limit: number, visit: (choice: Int32Array) => void): void {
  const choice = new Int32Array(varying.length);
  for (let visited = 0; visited < limit; visited += 1) {
    visit(choice);
    let position = 0;
    while (position < varying.length && choice[position] === varying[position].list.count - 1) {
      choice[position] = 0;
      position += 1;
    }
    if (position === varying.length) return;
    choice[position] += 1;
  }
}

interface CapacityLook {
  readonly withinFanout: number | undefined;
  readonly valid: number | undefined;
  readonly nearest: Int32Array | null;
  readonly misses: readonly MissCount[];
}

/** Counts what fits and where the others fail; the nearest miss exceeds least, all levels together. */
function lookAtCapacities(layout: SearchLayout, keep: KeepTable, limit: number): CapacityLook {
  const { hardware } = layout.space;
  const { products, extents, checks } = createCapacityTables(layout, keep);
  const productFigures = new Float64Array(products.width);
  const extentFigures = new Float64Array(extents.width);
  const tooLarge = checks.map(() => 0);
  const tooEmpty = checks.map(() => 0);
  const stop = new Error("limit");
  let visited = 0;
  let valid = 0;
  let nearest: Int32Array | null = null;
  let least = Infinity;
  const visit = (): void => {
    visited += 1;
    if (visited > limit) throw stop;
  };
  let isComplete = true;
  try {
    enumerateMappings(layout, keep, {
      valid: () => {
        valid += 1;
        visit();
      },
      misfit: (choice) => {
        visit();
        productFigures.set(products.base);
        extentFigures.set(extents.base);
        choice.forEach((chosen, position) => {
          extendFigures(products, position, chosen, productFigures, 0, 0);
          extendFigures(extents, position, chosen, extentFigures, 0, 0);
        });
        let excess = 1;
        checks.forEach((check, index) => {
          const words = tileWords(check, productFigures, 0, extentFigures, 0);
          if (words > check.capacityWords) {
            tooLarge[index] += 1;
            excess *= words / check.capacityWords;
          }
          if (words < check.minimumWords) {
            tooEmpty[index] += 1;
            excess *= check.minimumWords / Math.max(words, 1);
          }
        });
        if (excess >= least) return;
        least = excess;
        nearest = choice.slice();
      },
    });
  } catch (error) {
    if (error !== stop) throw error;
    isComplete = false;
  }
  const misses = checks.flatMap(({ level }, index): MissCount[] => {
    const { name } = hardware.levels[level];
    return [
      { level: name, kind: "capacity" as const, mappings: tooLarge[index] },
      { level: name, kind: "utilization" as const, mappings: tooEmpty[index] },
    ].filter(({ mappings }) => mappings > 0);
  });
  return {
    withinFanout: isComplete ? visited : undefined,
    valid: isComplete || valid === 0 ? valid : undefined,
    nearest,
    misses,
  };
}

function describeMiss(
  layout: SearchLayout,
  keep: KeepTable,
  choice: Int32Array,
  misses: readonly MissCount[],
  withinFanout: number | undefined,
): MapSpaceDiagnosis {
  const { space } = layout;
  const mapping = toMapping(space, factorsOfChoice(layout, choice), null, keep);
  const problems = findMappingProblems(space.problem, space.hardware, mapping);
  return {
    fits: false,
    size: space.size,
    withinFanout,
    valid: 0,
    leftovers: [],
    nearestMiss: { mapping, problems },
    misses,
    messages: [
      ...problems.map(({ message }) => message),
      ...misses.map(
        ({ level, kind, mappings }) =>
          `${mappings} of the mappings looked at fail at the ${kind} of ${level}.`,
      ),
    ],
  };
}
