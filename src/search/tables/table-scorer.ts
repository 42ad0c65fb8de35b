import { extendFigures } from "../../mapspace/features";
import type { FeatureTables } from "../../mapspace/features";
import type { LoopOrders } from "../../mapspace/loop-orders";
import type { SearchLayout } from "../../mapspace/search-layout";
import { energyOfInstances, energyOfRows, leakageEnergy, rowAccesses } from "../../model/access-costs";
import { accessRules, fillsOf, readsOf, updatesOf } from "../../model/access-counts";
import { levelTiming } from "../../model/bandwidth";
import type { MappingScorer } from "../scorer";
import { ChoiceClasses } from "./choice-classes";
import type { LoopsPlan, TileColumns } from "./plan-features";
import type { ForwardGuard, LevelPlan, ScorerPlan } from "./scorer-plan";
import type { ActiveSlot, LoopFigures, LoopSequencer, ActiveTimeLoop } from "./time-loops";
import { chooseLoops, createLoopFigures, createLoopSequencer, timeLoops } from "./time-loops";

/**
 * Words received where tiles overlap or loops leave them in place: the recurrence of `receivedWords`,
 * `A + (f - 1) (A - F + g)` from the innermost loop outwards. Its own shape, because a space has every dimension on one
 * axis of a tensor at most: a movement is then one axis and one distance, and the words of a tile that moves along one
 * axis are `F - (F / extent) (extent - move)`.
 *
 * @param tile - words of the tile, F
 * @param extents - sums over the dimensions, from `at` on
 */
export function receivedThroughLoops(
  plan: LoopsPlan,
  tensor: number,
  loops: readonly ActiveTimeLoop[],
  sequence: Int32Array,
  { factors, strides }: LoopFigures,
  tile: number,
  extents: Float64Array,
  at: number,
): number {
  let total = tile;
  let firstMove = -1;
  let firstWords = 0;
  // How far the loops so far move the tile together: the only axis they move along (-1: none, -2: several).
  let movedAxis = -1;
  let moved = 0;
  for (let index = 0; index < sequence.length; index += 1) {
    const id = sequence[index];
    const factor = factors[id];
    const loop = loops[id];
    if (factor === 1 || loop.level < plan.fromLevel) continue;
    const axis = loop.axis[tensor];
    const move = axis < 0 ? 0 : loop.coefficient[tensor] * strides[id];
    let words = tile;
    if (firstMove < 0) {
      firstMove = move;
      if (axis >= 0) {
        const extent = extents[at + plan.extents[axis]];
        firstWords = move >= extent ? tile : tile - (tile / extent) * (extent - move);
      }
      words = firstWords;
    } else if (movedAxis === -1 ? move === 0 : movedAxis === axis && move - moved === firstMove) {
      // The tile moves as at a step of the innermost loop, the loops inside returning from their second iteration.
      words = firstWords;
    }
    total += (factor - 1) * (total - tile + words);
    if (move > 0) {
      movedAxis = movedAxis === -1 || movedAxis === axis ? axis : -2;
      moved += move;
    }
  }
  return total;
}

/**
 * Whether some step of a run might use transfers between neighbours (see `forwardedTraffic` of the model); `false`
 * is certain. At a step, a child needs what another needed a step before where the two are displaced as the tile has
 * just moved: by the movement of the loop that advances, less what the loops inside it have moved. No such displacement
 * may lie within the reach of the children. What the steps fetch is looked at only as far as it is certain.
 *
 * @param figures - sums over the dimensions, from `at` on
 * @param moved - scratch space, one number per axis
 */
export function mightForward(
  guard: ForwardGuard,
  loops: readonly ActiveTimeLoop[],
  sequence: Int32Array,
  { factors, strides }: LoopFigures,
  figures: Float64Array,
  at: number,
  moved: Float64Array,
): boolean {
  const { tensor, fromLevel, everything, extents, reach } = guard;
  let firstAxis = -1;
  let firstMove = -1;
  let isWhole = everything;
  moved.fill(0);
  for (let index = 0; index < sequence.length; index += 1) {
    const id = sequence[index];
    const loop = loops[id];
    if (factors[id] === 1 || loop.level < fromLevel) continue;
    const axis = loop.axis[tensor];
    const move = axis < 0 ? 0 : loop.coefficient[tensor] * strides[id];
    const isFirst = firstMove < 0;
    if (isFirst) {
      firstAxis = axis;
      firstMove = move;
      if (!everything) {
        // A tile that stays in place fetches nothing, and then no neighbour has anything to pass on.
        if (move === 0) return false;
        isWhole = move >= figures[at + extents[axis]];
      }
    }
    // Where the innermost loop fetches parts of tiles, only steps like its own fetch such parts.
    let isLikeFirst = !isFirst;
    let isInReach = true;
    let isStill = true;
    for (let other = 0; other < reach.length; other += 1) {
      const step = (other === axis ? move : 0) - moved[other];
      if (step !== (other === firstAxis ? firstMove : 0)) isLikeFirst = false;
      if (step !== 0) isStill = false;
      if (Math.abs(step) > figures[at + reach[other]]) isInReach = false;
    }
    if (isInReach && (isWhole || isLikeFirst) && (!isStill || figures[at + guard.coinciding] > 0))
      return true;
    if (axis >= 0) moved[axis] += move;
  }
  return false;
}

/**
 * A scorer that prices by tables: figures are products of table entries, except the words that overlapping tiles
 * receive, which follow the time loops. The few mappings whose figures do not fall apart so (neighbours that might
 * pass on words, loops that interact along an axis) it leaves to a scorer of whole nests. The results equal those
 * of the full evaluation bit for bit. A class because the state of an inner loop is fastest in the fields of an object.
 */
export class TableScorer implements MappingScorer {
  energyPj = 0;
  cycles = 0;
  lastLevelAccesses = 0;
  rows?: Float64Array | null;
  readonly classOf?: MappingScorer["classOf"];
  private wholeScorer: MappingScorer | undefined;
  private readonly moved: Float64Array;
  private recorded = 0;
  private readsPerCycle = 0;
  private writesPerCycle = 0;
  private readonly depths: number;
  private readonly products: FeatureTables;
  private readonly extents: FeatureTables;
  /** Figures of the dimensions chosen so far, one row more than there are dimensions; the last one is complete. */
  private readonly productFigures: Float64Array;
  private readonly extentFigures: Float64Array;
  private readonly atProducts: number;
  private readonly atExtents: number;
  private readonly loops: readonly ActiveTimeLoop[];
  private readonly loopFigures: LoopFigures;
  private readonly declaredSequence: Int32Array;
  private readonly ownSequence: Int32Array;
  private sequencer: LoopSequencer | undefined;
  private sequence: Int32Array;
  private readonly selected: Int32Array;
  /** Per tensor: words exchanged with (received by) the level reached. */
  private readonly content: Float64Array;
  private readonly received: Float64Array;
  /** Accesses of every planned level, pJ. */
  private readonly accessesPj: Float64Array;

  constructor(
    private readonly layout: SearchLayout,
    private readonly plan: ScorerPlan,
    active: readonly ActiveSlot[],
    private readonly createWholeScorer: () => MappingScorer,
  ) {
    this.depths = layout.varying.length;
    this.products = plan.products;
    this.extents = plan.extents;
    this.productFigures = new Float64Array((this.depths + 1) * plan.products.width);
    this.extentFigures = new Float64Array((this.depths + 1) * plan.extents.width);
    this.productFigures.set(plan.products.base);
    this.extentFigures.set(plan.extents.base);
    this.atProducts = this.depths * plan.products.width;
    this.atExtents = this.depths * plan.extents.width;
    this.loops = timeLoops(layout, active);
    this.loopFigures = createLoopFigures(layout, this.loops);
    this.declaredSequence = Int32Array.from(this.loops, (_, loop) => loop);
    this.ownSequence = this.declaredSequence.slice();
    this.sequence = this.declaredSequence;
    this.selected = new Int32Array(this.depths).fill(-1);
    const { tensors } = layout.space.problem;
    this.content = new Float64Array(tensors.length);
    this.received = new Float64Array(tensors.length);
    this.accessesPj = new Float64Array(plan.levels.length);
    this.moved = new Float64Array(Math.max(...tensors.map(({ ranks }) => ranks.length)));
    const { coupled, forwards } = plan.guards;
    if (coupled.length + forwards.length > 0) return;
    this.rows = null;
    const classes = new ChoiceClasses(layout, plan, this.loops);
    this.classOf = (position, choice) => classes.classOf(position, choice);
  }

  score(choice: ArrayLike<number>, orders: LoopOrders | null, ceiling = Infinity): void {
    this.select(choice);
    if (orders === null) this.sequence = this.declaredSequence;
    else {
      this.sequencer ??= createLoopSequencer(this.loops);
      this.sequencer(orders, (this.sequence = this.ownSequence));
    }
    if (this.mustPriceWhole()) {
      this.priceWhole(choice, orders);
      return;
    }
    const { levels, leaks, steps: stepsColumn, computes, computePj } = this.plan;
    const steps = this.productFigures[this.atProducts + stepsColumn];
    this.energyPj = computes * computePj;
    let cycles = steps;
    for (let tensor = 0; tensor < this.content.length; tensor += 1) this.content[tensor] = steps;
    if (this.rows) this.rows[0] = steps;
    this.recorded = 1;
    this.lastLevelAccesses = 0;
    for (let index = 0; index < levels.length; index += 1) {
      const level = levels[index];
      this.priceLevel(level, steps, index);
      if (level.bandwidth !== null) {
        if (this.rows) {
          this.rows[this.recorded] = this.readsPerCycle;
          this.rows[this.recorded + 1] = this.writesPerCycle;
          this.recorded += 2;
        }
        const timing = levelTiming(level.bandwidth, steps, this.readsPerCycle, this.writesPerCycle);
        if (timing.cycles > cycles) cycles = timing.cycles;
      }
      // Energy and cycles only grow, rounding included; leakage will only add to them.
      if (this.energyPj * cycles > ceiling) {
        this.energyPj = Infinity;
        break;
      }
    }
    this.cycles = cycles;
    if (leaks && this.energyPj < Infinity) this.addLeakage(computes * computePj);
  }

  /** Adds up the energy again, in the same order, with the leakage of every level over the cycles that are known now. */
  private addLeakage(computePj: number): void {
    const { levels } = this.plan;
    this.energyPj = computePj;
    for (let index = 0; index < levels.length; index += 1) {
      const { leak } = levels[index];
      const accessesPj = this.accessesPj[index];
      if (leak === null) {
        this.energyPj += accessesPj;
        continue;
      }
      const instances = leak.instances < 0 ? 1 : this.productFigures[this.atProducts + leak.instances];
      this.energyPj += accessesPj + leakageEnergy(leak.leakPj, this.cycles, instances);
      if (this.rows) {
        this.rows[this.recorded] = instances;
        this.recorded += 1;
      }
    }
  }

  /** Whether the mapping at hand has figures that do not fall apart. */
  private mustPriceWhole(): boolean {
    const { coupled, forwards } = this.plan.guards;
    const { extentFigures, atExtents } = this;
    for (let index = 0; index < coupled.length; index += 1)
      if (extentFigures[atExtents + coupled[index]] > 1) return true;
    for (let index = 0; index < forwards.length; index += 1)
      if (
        mightForward(
          forwards[index],
          this.loops,
          this.sequence,
          this.loopFigures,
          extentFigures,
          atExtents,
          this.moved,
        )
      )
        return true;
    return false;
  }

  private priceWhole(choice: ArrayLike<number>, orders: LoopOrders | null): void {
    this.wholeScorer ??= this.createWholeScorer();
    this.wholeScorer.score(choice, orders);
    this.energyPj = this.wholeScorer.energyPj;
    this.cycles = this.wholeScorer.cycles;
    this.lastLevelAccesses = this.wholeScorer.lastLevelAccesses;
  }

  /** Brings the tables' figures up to date, from the first dimension on whose choice has changed. */
  private select(choice: ArrayLike<number>): void {
    const { depths, selected, products, extents, productFigures, extentFigures, loopFigures } = this;
    const { varying } = this.layout;
    let position = 0;
    while (position < depths && selected[position] === choice[position]) position += 1;
    for (; position < depths; position += 1) {
      const chosen = choice[position];
      const atProducts = position * products.width;
      extendFigures(products, position, chosen, productFigures, atProducts, atProducts + products.width);
      const atExtents = position * extents.width;
      extendFigures(extents, position, chosen, extentFigures, atExtents, atExtents + extents.width);
      chooseLoops(loopFigures, varying[position], position, chosen);
      selected[position] = chosen;
    }
  }

  /**
   * Adds the energy of a level. Of every tensor it holds, from the inside out:
   *
   * - content = (words received by the holder inside, or its content where it passes words on) x groups of children
   * - received = tile x steps outside, or by the loops where tiles overlap or stay
   * - reads, fills and updates by the level's rule; energy = rows x price, all instances together
   *
   * The bandwidth demand is left in the fields: numbers handed back would be garbage.
   */
  private priceLevel(level: LevelPlan, steps: number, index: number): void {
    const { productFigures, atProducts, content, received } = this;
    let energyPj = 0;
    this.readsPerCycle = 0;
    this.writesPerCycle = 0;
    for (let number = 0; number < level.steps.length; number += 1) {
      const step = level.steps[number];
      const { tensor } = step;
      const inside = step.insideFilters ? received[tensor] : content[tensor];
      const words = inside * productFigures[atProducts + step.groups];
      content[tensor] = words;
      if (step.whole !== null) received[tensor] = this.tileWords(step.whole);
      else if (step.loops !== null)
        received[tensor] = receivedThroughLoops(
          step.loops,
          tensor,
          this.loops,
          this.sequence,
          this.loopFigures,
          this.tileWords(step.loops.tile),
          this.extentFigures,
          this.atExtents,
        );
      const { price } = step;
      if (price === null) continue;
      const { rule, blockWords, readPj, fillPj, updatePj } = price;
      const share = price.outermost ? 0 : received[tensor];
      const partition = rule === accessRules.elided ? productFigures[atProducts + price.partition] : 0;
      // Nobody passes on words here: the guards leave such mappings to the scorer of whole nests.
      const reads = readsOf(rule, words, 0, partition);
      const fills = fillsOf(rule, words, share, 0, partition);
      const updates = updatesOf(rule, words);
      const instances = productFigures[atProducts + price.instances];
      const readRows = readPj === 0 ? 0 : rowAccesses(reads, blockWords);
      const fillRows = fillPj === 0 ? 0 : rowAccesses(fills, blockWords);
      const updateRows = updatePj === 0 ? 0 : rowAccesses(updates, blockWords);
      const perInstancePj = energyOfRows(readRows, readPj, fillRows, fillPj, updateRows, updatePj);
      energyPj += energyOfInstances(perInstancePj, instances, price.clusters);
      if (this.rows && (readPj !== 0 || fillPj !== 0 || updatePj !== 0)) {
        const at = this.recorded;
        this.rows[at] = readRows;
        this.rows[at + 1] = fillRows;
        this.rows[at + 2] = updateRows;
        this.rows[at + 3] = instances;
        this.recorded = at + 4;
      }
      if (level.bandwidth !== null) {
        this.readsPerCycle += (reads / steps) * price.consumption;
        this.writesPerCycle += ((fills + updates) / steps) * price.consumption;
      }
      if (level.isLast) this.lastLevelAccesses += (reads + fills + updates) * instances;
    }
    this.accessesPj[index] = energyPj;
    this.energyPj += energyPj;
  }

  private tileWords({ column, extents }: TileColumns): number {
    let words = this.productFigures[this.atProducts + column];
    for (let index = 0; index < extents.length; index += 1)
      words *= this.extentFigures[this.atExtents + extents[index]];
    return words;
  }
}
