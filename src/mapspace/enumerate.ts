import { exceeds, fitsRoom } from "../model/fit";
import { createCapacityTables } from "./capacity";
import type { CapacityCheck, CapacityTables, KeepTable } from "./capacity";
import { extendFigures, rowsWith } from "./features";
import type { FeatureTables } from "./features";
import { firstFittingSplit, possibleOrders } from "./loop-orders";
import { RoomNotes } from "./room";
import type { Room, RoomRange } from "./room";
import type { SearchLayout } from "./search-layout";
import { countTimeLoops, factorInSlot } from "./search-layout";
import { groupBySpaceFactors, smallestOfGroups } from "./space-groups";
import type { SpaceGroups } from "./space-groups";

/** Writes `row` of `rows` combined with the figures behind it into the figures at `depth`. */
function extendByRow(
  { isSum, width }: FeatureTables,
  rows: Float64Array,
  row: number,
  figures: Float64Array,
  depth: number,
): void {
  const to = depth * width;
  const from = to + width;
  for (let column = 0; column < width; column += 1) {
    const value = rows[row * width + column];
    figures[to + column] = isSum ? figures[from + column] + value : figures[from + column] * value;
  }
}

/** What an enumeration reports; the functions are called in the order of the search, not of the numbers. */
interface EnumerationVisitor {
  /** Space factors that pass the fan-out checks: how many mappings have them. Returning false skips them. */
  spaceFactors?(mappings: number): boolean;
  /** A mapping that passes the fan-out and capacity checks. */
  valid?(choice: Int32Array): void;
  /** A mapping within the fan-outs that does not fit some capacity; asking for these costs time. */
  misfit?(choice: Int32Array): void;
}

/**
 * Enumerates all choices of the varying dimensions: first their factors in space slots, leaving out at once what
 * exceeds a fan-out, then for each all splits over the time slots, leaving out what exceeds a capacity already with
 * the smallest tiles that the rest allows.
 * @param smaller Less room, each for all levels: mappings that fit it as well are left out.
 * @returns Room that the mappings fit which were called valid, and none of those that were not.
 */
export function enumerateMappings(
  layout: SearchLayout,
  keep: KeepTable,
  visitor: EnumerationVisitor,
  smaller: readonly (readonly Room[])[] = [],
): RoomRange {
  const { choices, hardware } = layout.space;
  const spaceSlots = describeSpaceSlots(layout);
  const isEmpty =
    choices.some(({ count }) => count === 0) ||
    spaceSlots.some(({ fan, fixedProduct }) => fixedProduct > fan);
  if (isEmpty) return { least: hardware.levels, below: hardware.levels };
  const checked = visitorWithin(layout, visitor);
  const capacities = createCapacityTables(layout, keep, smaller);
  const enumeration = new Enumeration(layout, spaceSlots, capacities, checked, smaller);
  enumeration.chooseSpace(0);
  return enumeration.notes.range();
}

/** A visitor to whom mappings with too many time loops are none that fit. */
function visitorWithin(layout: SearchLayout, visitor: EnumerationVisitor): EnumerationVisitor {
  const { mostTimeLoops } = layout.space;
  if (mostTimeLoops === null) return visitor;
  return {
    ...visitor,
    valid(choice) {
      if (countTimeLoops(layout, choice) <= mostTimeLoops) visitor.valid?.(choice);
      else visitor.misfit?.(choice);
    },
  };
}

interface SpaceSlot {
  readonly index: number;
  readonly level: number;
  /** Children in all: a larger product of factors fits no mesh (see `fitsFanOut`), however it is laid along the axes. */
  readonly fan: number;
  /** Product of the factors that no choice changes. */
  readonly fixedProduct: number;
  /** Whether a product within the fan-out may still not fit the two axes of the mesh. */
  readonly checksAxes: boolean;
}

/** A class because the state of an inner loop is fastest in the fields of an object. */
class Enumeration {
  private readonly depths: number;
  private readonly groups: readonly SpaceGroups[];
  /** Per varying dimension: the positions of its space slots among all of them. */
  private readonly slotColumns: readonly (readonly number[])[];
  private readonly fans: Float64Array;
  /** Per depth: the product of the factors in every space slot. */
  private readonly loads: Float64Array;
  private readonly axisSlots: readonly SpaceSlot[];
  readonly notes: RoomNotes;
  /** Children in every space slot of the smaller hardware. */
  private readonly smallerFans: readonly (readonly number[])[];
  /** Whether its levels hold as much, so that what fits its fan-outs fits it. */
  private readonly holdsAsMuch: readonly boolean[];
  /** Those into whose fan-outs the space factors at hand fit. */
  private readonly smallerFitting: number[] = [];
  private readonly chosenGroups: Int32Array;
  private readonly choice: Int32Array;
  private readonly products: FeatureTables;
  private readonly extents: FeatureTables;
  private readonly checks: CapacityCheck[];
  /** Figures of the dimensions chosen so far, per depth. */
  private readonly productFigures: Float64Array;
  private readonly extentFigures: Float64Array;
  /** The smallest figures of all dimensions from a depth on, for the chosen space factors. */
  private readonly productRests: Float64Array;
  private readonly extentRests: Float64Array;
  private readonly smallestProducts: readonly Float64Array[];
  private readonly smallestExtents: readonly Float64Array[];

  constructor(
    private readonly layout: SearchLayout,
    spaceSlots: readonly SpaceSlot[],
    { products, extents, checks, largest }: CapacityTables,
    private readonly visitor: EnumerationVisitor,
    private readonly smaller: readonly (readonly Room[])[],
  ) {
    const { space, varying } = layout;
    this.depths = varying.length;
    this.groups = varying.map((dimension) => groupBySpaceFactors(space.slots, dimension));
    this.slotColumns = this.groups.map(({ slots }) =>
      slots.map((slot) => spaceSlots.findIndex(({ index }) => index === slot)),
    );
    this.fans = Float64Array.from(spaceSlots, ({ fan }) => fan);
    this.loads = new Float64Array((this.depths + 1) * spaceSlots.length);
    spaceSlots.forEach(({ fixedProduct }, slot) => (this.loads[slot] = fixedProduct));
    this.axisSlots = spaceSlots.filter(({ checksAxes }) => checksAxes);
    const isChecked = new Set(checks.map(({ level }) => level));
    const words = largest.map((most, level) => (isChecked.has(level) ? 0 : most));
    this.notes = new RoomNotes(space.hardware.levels, spaceSlots, words);
    this.smallerFans = smaller.map((levels) =>
      spaceSlots.map(({ level }) => levels[level].fanX * levels[level].fanY),
    );
    this.holdsAsMuch = smaller.map((_, index) =>
      checks.every((check) => check.smaller[index].capacityWords === check.capacityWords),
    );
    this.chosenGroups = new Int32Array(this.depths);
    this.choice = new Int32Array(this.depths);
    this.products = products;
    this.extents = extents;
    this.checks = [...checks];
    this.productFigures = new Float64Array((this.depths + 1) * products.width);
    this.extentFigures = new Float64Array((this.depths + 1) * extents.width);
    this.productFigures.set(products.base);
    this.extentFigures.set(extents.base);
    this.productRests = new Float64Array((this.depths + 1) * products.width).fill(1);
    this.extentRests = new Float64Array((this.depths + 1) * extents.width);
    this.smallestProducts = smallestOfGroups(products, this.groups);
    this.smallestExtents = smallestOfGroups(extents, this.groups);
  }

  chooseSpace(depth: number): void {
    if (depth === this.depths) {
      this.reachedSpaceFactors();
      return;
    }
    const { loads, fans } = this;
    const { count, factors } = this.groups[depth];
    const columns = this.slotColumns[depth];
    const from = depth * fans.length;
    const to = from + fans.length;
    for (let group = 0; group < count; group += 1) {
      for (let slot = 0; slot < fans.length; slot += 1) loads[to + slot] = loads[from + slot];
      let fits = true;
      for (let column = 0; column < columns.length; column += 1) {
        const slot = columns[column];
        const load = loads[to + slot] * factors[group * columns.length + column];
        if (load > fans[slot]) {
          this.notes.exceedingChildren(slot, load);
          fits = false;
          break;
        }
        loads[to + slot] = load;
      }
      if (!fits) continue;
      this.chosenGroups[depth] = group;
      this.chooseSpace(depth + 1);
    }
  }

  private reachedSpaceFactors(): void {
    const { depths, groups, chosenGroups, visitor, products, extents } = this;
    const { hardware } = this.layout.space;
    if (!this.fitsAxes(hardware.levels)) {
      this.notes.exceedingAxes();
      return;
    }
    if (this.fitsSmallerFanOuts()) return;
    let mappings = 1;
    for (let depth = 0; depth < depths; depth += 1) {
      const { starts } = groups[depth];
      mappings *= starts[chosenGroups[depth] + 1] - starts[chosenGroups[depth]];
    }
    if (visitor.spaceFactors !== undefined && !visitor.spaceFactors(mappings)) return;
    if (visitor.valid === undefined && visitor.misfit === undefined) return;
    for (let depth = depths - 1; depth >= 0; depth -= 1) {
      const group = chosenGroups[depth];
      extendByRow(products, this.smallestProducts[depth], group, this.productRests, depth);
      extendByRow(extents, this.smallestExtents[depth], group, this.extentRests, depth);
    }
    const mayFit = this.mayFit(0);
    if (mayFit) this.noteChildren();
    if (depths > 0) {
      if (mayFit || visitor.misfit !== undefined) this.chooseTime(0);
    } else if (
      mayFit &&
      this.checks.every((check) => this.notes.fits(check.level, check, this.words(check, 0)))
    )
      visitor.valid?.(this.choice);
    else visitor.misfit?.(this.choice);
  }

  private noteChildren(): void {
    const { loads, fans } = this;
    const from = this.depths * fans.length;
    for (let slot = 0; slot < fans.length; slot += 1) this.notes.fittingChildren(slot, loads[from + slot]);
  }

  /** Looks for smaller hardware that the space factors fit; whether their mappings fit it altogether. */
  private fitsSmallerFanOuts(): boolean {
    const { smaller, smallerFans, smallerFitting, loads, fans } = this;
    const from = this.depths * fans.length;
    smallerFitting.length = 0;
    for (let index = 0; index < smaller.length; index += 1) {
      let fits = true;
      for (let slot = 0; slot < fans.length && fits; slot += 1)
        fits = loads[from + slot] <= smallerFans[index][slot];
      if (!fits || !this.fitsAxes(smaller[index])) continue;
      if (this.holdsAsMuch[index]) return true;
      smallerFitting.push(index);
    }
    return false;
  }

  private fitsAxes(levels: readonly Room[]): boolean {
    const { groups, chosenGroups, choice, layout, axisSlots } = this;
    if (axisSlots.length === 0) return true;
    for (let depth = 0; depth < this.depths; depth += 1)
      choice[depth] = groups[depth].members[groups[depth].starts[chosenGroups[depth]]];
    return axisSlots.every(({ index, level }) => fitsSomehow(layout, levels[level], index, choice));
  }

  private chooseTime(depth: number): void {
    if (depth + 1 === this.depths) {
      this.chooseLast(depth);
      return;
    }
    const { products, extents, visitor } = this;
    const { starts, members } = this.groups[depth];
    const group = this.chosenGroups[depth];
    const end = starts[group + 1];
    const next = depth + 1;
    for (let member = starts[group]; member < end; member += 1) {
      const chosen = members[member];
      this.choice[depth] = chosen;
      extendFigures(
        products,
        depth,
        chosen,
        this.productFigures,
        depth * products.width,
        next * products.width,
      );
      extendFigures(extents, depth, chosen, this.extentFigures, depth * extents.width, next * extents.width);
      if (visitor.misfit !== undefined || this.mayFit(next)) this.chooseTime(next);
    }
  }

  /** Choices of the last dimension: most exceed the capacity asked for first, so that only its words are worked out. */
  private chooseLast(depth: number): void {
    const { starts, members } = this.groups[depth];
    const group = this.chosenGroups[depth];
    const end = starts[group + 1];
    for (let member = starts[group]; member < end; member += 1) {
      this.choice[depth] = members[member];
      if (!this.fitsWithLast(depth)) this.visitor.misfit?.(this.choice);
      else if (!this.fitsSmaller(depth)) this.visitor.valid?.(this.choice);
    }
  }

  /** Whether all tiles fit some smaller hardware, too. */
  private fitsSmaller(depth: number): boolean {
    const { smallerFitting, checks } = this;
    for (let next = 0; next < smallerFitting.length; next += 1) {
      const smaller = smallerFitting[next];
      let fits = true;
      for (let index = 0; index < checks.length && fits; index += 1)
        fits = fitsRoom(checks[index].smaller[smaller], this.wordsWithLast(checks[index], depth));
      if (fits) return true;
    }
    return false;
  }

  /** Whether the smallest tiles that the dimensions from `depth` on allow fit; exact when all are chosen. */
  private mayFit(depth: number): boolean {
    const { checks } = this;
    for (let index = 0; index < checks.length; index += 1) {
      const check = checks[index];
      const words = this.words(check, depth);
      if (!exceeds(check, words)) continue;
      this.notes.exceedingWords(check.level, words);
      this.askFirst(index);
      return false;
    }
    return true;
  }

  /** Whether all tiles fit, and fill what they must fill, with the choice of the last dimension. */
  private fitsWithLast(depth: number): boolean {
    const { checks } = this;
    for (let index = 0; index < checks.length; index += 1) {
      const check = checks[index];
      if (this.notes.fits(check.level, check, this.wordsWithLast(check, depth))) continue;
      this.askFirst(index);
      return false;
    }
    return true;
  }

  /** The next tiles will probably exceed the same capacity. */
  private askFirst(index: number): void {
    const { checks } = this;
    const check = checks[index];
    checks[index] = checks[0];
    checks[0] = check;
  }

  private words({ tiles }: CapacityCheck, depth: number): number {
    const { productFigures, productRests, extentFigures, extentRests } = this;
    const atProducts = depth * this.products.width;
    const atExtents = depth * this.extents.width;
    let words = 0;
    for (let tile = 0; tile < tiles.length; tile += 1) {
      const { column, extents } = tiles[tile];
      let size = productFigures[atProducts + column] * productRests[atProducts + column];
      for (let index = 0; index < extents.length; index += 1)
        size *= extentFigures[atExtents + extents[index]] + extentRests[atExtents + extents[index]];
      words += size;
    }
    return words;
  }

  private wordsWithLast({ tiles }: CapacityCheck, depth: number): number {
    const { productFigures, extentFigures, products, extents } = this;
    const chosen = this.choice[depth];
    const atProducts = depth * products.width;
    const atExtents = depth * extents.width;
    const productRows = rowsWith(products, depth, chosen);
    const extentRows = rowsWith(extents, depth, chosen);
    let words = 0;
    for (let tile = 0; tile < tiles.length; tile += 1) {
      const { column, extents: columns } = tiles[tile];
      let size = productFigures[atProducts + column] * productRows[chosen * products.width + column];
      for (let index = 0; index < columns.length; index += 1)
        size *=
          extentFigures[atExtents + columns[index]] + extentRows[chosen * extents.width + columns[index]];
      words += size;
    }
    return words;
  }
}

function describeSpaceSlots(layout: SearchLayout): SpaceSlot[] {
  const { space, positions, factors } = layout;
  return space.slots.flatMap((slot, index) => {
    if (slot.kind !== "space") return [];
    const { fanX, fanY } = space.hardware.levels[slot.level];
    let fixedProduct = 1;
    for (let dimension = 0; dimension < positions.length; dimension += 1)
      fixedProduct *= factors[index * positions.length + dimension] || 1;
    const alwaysOnX = fanY === 1 && (slot.split === null || slot.split >= positions.length);
    return [{ index, level: slot.level, fan: fanX * fanY, fixedProduct, checksAxes: !alwaysOnX }];
  });
}

/** Whether some order and split of a space slot fits its mesh. */
function fitsSomehow(
  layout: SearchLayout,
  mesh: Room,
  slotIndex: number,
  choice: ArrayLike<number>,
): boolean {
  const slot = layout.space.slots[slotIndex];
  const factorOf = (dimension: number): number => factorInSlot(layout, slotIndex, dimension, choice);
  return possibleOrders(slot, factorOf).some(
    (order) => firstFittingSplit(slot, mesh, order, factorOf) !== undefined,
  );
}
