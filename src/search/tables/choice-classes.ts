import { rowsWith } from "../../mapspace/features";
import type { FeatureTables } from "../../mapspace/features";
import { createProducts, multiplySpans, readFactors } from "../../mapspace/search-layout";
import type { DimensionProducts, SearchLayout } from "../../mapspace/search-layout";
import type { ScorerPlan } from "./scorer-plan";
import type { ActiveTimeLoop } from "./time-loops";

/**
 * Groups the choices of each varying dimension by what they contribute to the counts of a mapping: the same factors and
 * strides of the time loops that are looked at one by one, the same table rows. In which of several slots without a
 * buffer in between a loop stands makes no difference, for instance.
 */
export class ChoiceClasses {
  private readonly tables: readonly FeatureTables[];
  private readonly dimensions: readonly DimensionClasses[];

  constructor(
    private readonly layout: SearchLayout,
    { products, extents, levels }: ScorerPlan,
    loops: readonly ActiveTimeLoop[],
  ) {
    this.tables = [products, extents];
    const countedFrom = Math.min(
      ...levels.flatMap(({ steps }) => steps.map((step) => step.loops?.fromLevel ?? Infinity)),
    );
    this.dimensions = layout.varying.map(({ dimension, slots, list }) => ({
      isCounted: slots.map((slot) =>
        loops.some((loop) => loop.slot === slot && loop.dimension === dimension && loop.level >= countedFrom),
      ),
      numbers: new Int32Array(list.count),
      firsts: [],
      byHash: new Map<number, number[]>(),
      one: createProducts(slots.length),
      other: createProducts(slots.length),
    }));
  }

  /** A number for the class of a choice, smaller than the number of choices. */
  classOf(position: number, choice: number): number {
    const { numbers } = this.dimensions[position];
    if (numbers[choice] === 0) numbers[choice] = 1 + this.findClass(position, choice);
    return numbers[choice] - 1;
  }

  private findClass(position: number, choice: number): number {
    const { byHash, firsts } = this.dimensions[position];
    const hash = this.hashOf(position, choice);
    const candidates = byHash.get(hash);
    for (const known of candidates ?? []) if (this.areAlike(position, firsts[known], choice)) return known;
    const number = firsts.push(choice) - 1;
    if (candidates === undefined) byHash.set(hash, [number]);
    else candidates.push(number);
    return number;
  }

  private hashOf(position: number, choice: number): number {
    let hash = 0;
    for (const table of this.tables) {
      const rows = rowsWith(table, position, choice);
      const row = choice * table.width;
      for (let column = 0; column < table.width; column += 1) hash = hash * 1.37 + rows[row + column];
    }
    return hash;
  }

  private areAlike(position: number, first: number, second: number): boolean {
    for (const table of this.tables) {
      const { width } = table;
      const rows = rowsWith(table, position, second);
      for (let column = 0; column < width; column += 1)
        if (rows[first * width + column] !== rows[second * width + column]) return false;
    }
    return this.haveSameLoops(position, first, second);
  }

  private haveSameLoops(position: number, first: number, second: number): boolean {
    const { isCounted, one, other } = this.dimensions[position];
    this.readProducts(position, first, one);
    this.readProducts(position, second, other);
    return isCounted.every((counts, slot) => {
      const factor = one.factors[slot];
      const isSame =
        factor === other.factors[slot] && (factor === 1 || one.spans[slot] === other.spans[slot]);
      return !counts || isSame;
    });
  }

  private readProducts(position: number, choice: number, into: DimensionProducts): void {
    readFactors(this.layout.varying[position], choice, into.factors);
    multiplySpans(into);
  }
}

interface DimensionClasses {
  /** Per slot of the dimension: whether its loop is looked at itself. */
  readonly isCounted: readonly boolean[];
  /** Per choice: one more than the number of its class, 0 where it is not known yet. */
  readonly numbers: Int32Array;
  /** The first choice of every class. */
  readonly firsts: number[];
  /** Numbers of the classes by a hash of their table rows. */
  readonly byHash: Map<number, number[]>;
  /** Scratch space. */
  readonly one: DimensionProducts;
  readonly other: DimensionProducts;
}
