import { RaellaError } from "../../errors";
import type { Factor, Warning } from "../specification";
import type { MaximizedDimensions } from "./compile-constraints";
import type { LeafDraft } from "./greedy-allocation";
import { allocateFactors, factorize } from "./greedy-allocation";

type LoopKind = "spatial" | "temporal";
type Sizes = Readonly<Record<string, number>>;

/**
 * Fills the places of every constraint with `maximize_dims`: spatial ones from the inside out, then temporal ones. Each
 * group of dimensions takes as much as still has room, of what all fixed factors of the architecture leave of it.
 * Changes the factors of the leaves.
 *
 * @returns warnings where the original would take a factor that does not divide what is left.
 * @throws RaellaError `constraint` for a dimension that has a factor already and for temporal groups without a capacity.
 */
export function maximizeDimensions(
  leaves: readonly LeafDraft[],
  dimensions: readonly string[],
  bounds: Sizes,
): Warning[] {
  if (leaves.every(({ loops }) => loops.constraints.maximized === undefined)) return [];
  const left: Record<string, number> = {};
  for (const dimension of dimensions) left[dimension] = bounds[dimension];
  const take = ({ dimension, operator, value }: Factor): void => {
    if (operator !== "=" || value < 0) return;
    left[dimension] = Math.ceil(left[dimension] / (value === 0 ? bounds[dimension] : value));
  };
  for (const { spatialFactors, temporalFactors } of leaves)
    [...spatialFactors, ...temporalFactors].forEach(take);
  const inwards = [...leaves].reverse();
  return (["spatial", "temporal"] as const).flatMap((kind) =>
    inwards.flatMap((leaf) => {
      const maximized = leaf.loops.constraints.maximized?.[kind] ?? null;
      return maximized === null ? [] : fillGroups(leaf, kind, maximized, { bounds, left, take });
    }),
  );
}

/** What fixed factors leave of every dimension, and a function that takes another one into account. */
interface Remainder {
  readonly bounds: Sizes;
  readonly left: Sizes;
  readonly take: (factor: Factor) => void;
}

function fillGroups(
  leaf: LeafDraft,
  kind: LoopKind,
  { groups, capacity, location }: MaximizedDimensions,
  { bounds, left, take }: Remainder,
): Warning[] {
  const { name } = leaf.compiled;
  const factors = kind === "spatial" ? leaf.spatialFactors : leaf.temporalFactors;
  const places = capacity ?? (kind === "spatial" ? leaf.fanout : null);
  if (places === null)
    throw new RaellaError({
      code: "constraint",
      message: `maximize_dims of the temporal constraint of "${name}" has no capacity.`,
      location,
      expected: "maximize_dims_capacity: the product that the factors may reach",
    });
  return groups.flatMap((group): Warning[] => {
    const repeated = group.find((dimension) => factors.some((factor) => factor.dimension === dimension));
    if (repeated !== undefined)
      throw new RaellaError({
        code: "constraint",
        message: `maximize_dims of "${name}" names ${repeated}, which has a factor there already.`,
        location,
        value: repeated,
        remedy: "Name it in one of the two.",
      });
    let room = places;
    for (const { dimension, operator, value } of factors)
      if (operator !== "<=" && value >= 0)
        room = Math.floor(room / (value === 0 ? bounds[dimension] : value));
    const sizes = group.map((dimension) => left[dimension]);
    const choice = fillRoom(sizes, room);
    for (const index of choice.order) {
      const factor: Factor = { dimension: group[index], operator: "=", value: choice.factors[index] };
      factors.push(factor);
      take(factor);
    }
    if (!choice.isUneven) return [];
    const shown = group.map((dimension, index) => `${dimension}=${choice.factors[index]}`).join(", ");
    return [
      {
        code: "constraint",
        message: `maximize_dims of "${name}" would fill ${room} places best with factors that do not divide ${group.map((dimension, index) => `${dimension} (${sizes[index]})`).join(", ")}; the largest that do are taken: ${shown}.`,
        location,
      },
    ];
  });
}

/** Factors of a group of dimensions that fill a number of places. */
interface Filling {
  readonly factors: readonly number[];
  /** Numbers of the dimensions, those chosen first in front. */
  readonly order: readonly number[];
  /** The best factors do not divide their dimensions; these are the best that do. */
  readonly isUneven: boolean;
}

/** One step of a choice: a factor of a dimension; uneven where it does not divide what is left of it. */
interface Step {
  readonly index: number;
  readonly factor: number;
  readonly isUneven: boolean;
}

interface Choice {
  readonly steps: readonly Step[];
  readonly score: number;
}

/**
 * The factors with the best score. It is their product, or for one dimension that is cut into pieces of which the last one
 * is smaller, the mean size of a piece: size v in r = ceil(v / room) pieces of a = ceil(v / r) scores (a (r - 1) + v mod a) / r.
 * Of equal scores the first in the order of dimensions and ascending primes counts.
 */
function fillRoom(sizes: readonly number[], room: number): Filling {
  const known = new Map<string, Choice>();
  const choose = (left: readonly number[], free: number): Choice => {
    let best: Choice = { steps: [], score: 1 };
    if (free <= 1) return best;
    const key = `${left.join()} ${free}`;
    const before = known.get(key);
    if (before !== undefined) return before;
    left.forEach((size, index) => {
      if (size > free) {
        const pieces = Math.ceil(size / free);
        const factor = Math.ceil(size / pieces);
        const score = (factor * (pieces - 1) + (size % factor)) / pieces;
        if (score > best.score) best = { steps: [{ index, factor, isUneven: true }], score };
      }
      for (const prime of new Set(factorize(size))) {
        if (prime > free) break;
        const rest = left.map((value, other) => (other === index ? value / prime : value));
        const inner = choose(rest, Math.floor(free / prime));
        const score = inner.score * prime;
        if (score > best.score)
          best = { steps: [{ index, factor: prime, isUneven: false }, ...inner.steps], score };
      }
    });
    known.set(key, best);
    return best;
  };
  const { steps } = choose(sizes, room);
  const isUneven = steps.some((step) => step.isUneven);
  const all = sizes.map((_, index) => index);
  if (isUneven) return { factors: allocateFactors(sizes, room).factors, order: all, isUneven };
  const factors = sizes.map(() => 1);
  for (const { index, factor } of steps) factors[index] *= factor;
  return { factors, order: [...new Set([...steps.map(({ index }) => index), ...all])], isUneven };
}
