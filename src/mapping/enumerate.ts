import { createCapacityTables, fitsCapacities, type KeepTable } from "./capacity";
import { extendFigures } from "./feature-tables";
import { cofactorsOf, type SearchLayout } from "./search-layout";
import { firstFittingSplit, possibleSpaceOrders } from "./slot-orders";
import { groupBySpaceFactors } from "./space-groups";

/** What an enumeration reports; the functions are called in the order of the search, not of the numbers. */
export interface EnumerationVisitor {
  /** Space factors that pass the fan-out checks: how many mappings have them. Returning false skips them. */
  spaceFactors?(mappings: number): boolean;
  /** A mapping that passes the fan-out and capacity checks. */
  valid?(choice: Int32Array): void;
  /** A mapping within the fan-outs that does not fit some capacity. */
  misfit?(choice: Int32Array): void;
}

interface SpaceSlot {
  readonly index: number;
  readonly fan: number;
  /** Product of the factors of dimensions that do not vary. */
  readonly fixedProduct: number;
  /** Whether a product within the fan-out may still not fit the two axes of the mesh. */
  readonly checksAxes: boolean;
}

/**
 * Enumerates all choices of the varying dimensions: first their factors in space slots, leaving out at once what
 * exceeds a fan-out, then for each all splits over the time slots, checked against the capacities.
 */
export function enumerateMappings(layout: SearchLayout, keep: KeepTable, visitor: EnumerationVisitor): void {
  const { space, varying } = layout;
  if (space.choices.some(({ count }) => count === 0)) return;
  const depths = varying.length;
  const spaceSlots = describeSpaceSlots(layout);
  const groups = varying.map((_, position) => groupBySpaceFactors(layout, position));
  const slotColumns = groups.map(({ slots }) =>
    slots.map((slot) => spaceSlots.findIndex(({ index }) => index === slot)),
  );
  const { tables, checks } = createCapacityTables(layout, keep);
  const { width } = tables;
  const figures = new Float64Array((depths + 1) * width);
  figures.set(tables.base);
  const loads = new Float64Array((depths + 1) * spaceSlots.length);
  loads.set(spaceSlots.map(({ fixedProduct }) => fixedProduct));
  const chosenGroups = new Int32Array(depths);
  const choice = new Int32Array(depths);
  const axisSlots = spaceSlots.filter(({ checksAxes }) => checksAxes);
  const { spaceFactors, valid, misfit } = visitor;

  if (spaceSlots.some(({ fan, fixedProduct }) => fixedProduct > fan)) return;
  chooseSpace(0);

  function chooseSpace(depth: number): void {
    if (depth === depths) {
      reachedSpaceFactors();
      return;
    }
    const { count, factors } = groups[depth];
    const columns = slotColumns[depth];
    const from = depth * spaceSlots.length;
    const to = from + spaceSlots.length;
    for (let group = 0; group < count; group += 1) {
      for (let slot = 0; slot < spaceSlots.length; slot += 1) loads[to + slot] = loads[from + slot];
      let fits = true;
      for (let column = 0; column < columns.length; column += 1) {
        const slot = columns[column];
        const load = loads[to + slot] * factors[group * columns.length + column];
        if (load > spaceSlots[slot].fan) {
          fits = false;
          break;
        }
        loads[to + slot] = load;
      }
      if (!fits) continue;
      chosenGroups[depth] = group;
      chooseSpace(depth + 1);
    }
  }

  function reachedSpaceFactors(): void {
    if (axisSlots.length > 0 && !fitsAxes()) return;
    let mappings = 1;
    for (let depth = 0; depth < depths; depth += 1) {
      const { starts } = groups[depth];
      mappings *= starts[chosenGroups[depth] + 1] - starts[chosenGroups[depth]];
    }
    if (spaceFactors !== undefined && !spaceFactors(mappings)) return;
    if (depths > 0) chooseTime(0);
    else report(0);
  }

  function fitsAxes(): boolean {
    for (let depth = 0; depth < depths; depth += 1)
      choice[depth] = groups[depth].members[groups[depth].starts[chosenGroups[depth]]];
    return axisSlots.every(({ index }) => fitsSomehow(layout, index, choice));
  }

  function chooseTime(depth: number): void {
    const { starts, members } = groups[depth];
    const group = chosenGroups[depth];
    const end = starts[group + 1];
    const from = depth * width;
    const isLast = depth + 1 === depths;
    for (let member = starts[group]; member < end; member += 1) {
      choice[depth] = members[member];
      extendFigures(tables, depth, members[member], figures, from, from + width);
      if (isLast) report(from + width);
      else chooseTime(depth + 1);
    }
  }

  function report(at: number): void {
    if (fitsCapacities(checks, figures, at)) valid?.(choice);
    else misfit?.(choice);
  }
}

function describeSpaceSlots(layout: SearchLayout): SpaceSlot[] {
  const { space, positions } = layout;
  return space.slots.flatMap((slot, index) => {
    if (slot.kind !== "space") return [];
    const { fanX, fanY } = space.hardware.levels[slot.level];
    let fixedProduct = 1;
    positions.forEach((position, dimension) => {
      if (position < 0 || slot.factors[dimension] !== 0)
        fixedProduct *= factorInSlot(layout, index, dimension, []);
    });
    const alwaysOnX = fanY === 1 && (slot.split === null || slot.split >= positions.length);
    return [{ index, fan: fanX * fanY, fixedProduct, checksAxes: !alwaysOnX }];
  });
}

/** Whether some order and split of a space slot fits its mesh. */
export function fitsSomehow(layout: SearchLayout, slotIndex: number, choice: ArrayLike<number>): boolean {
  const { slots, hardware } = layout.space;
  const slot = slots[slotIndex];
  const factorOf = (dimension: number): number => factorInSlot(layout, slotIndex, dimension, choice);
  return possibleSpaceOrders(slot, factorOf).some(
    (order) => firstFittingSplit(slot, hardware.levels[slot.level], order, factorOf) !== undefined,
  );
}

/** The factor of a dimension in one slot under a choice. */
export function factorInSlot(
  layout: SearchLayout,
  slotIndex: number,
  dimension: number,
  choice: ArrayLike<number>,
): number {
  const fixed = layout.space.slots[slotIndex].factors[dimension];
  if (fixed !== 0) return fixed;
  const { freeSlots } = layout.space.choices[dimension];
  const position = layout.positions[dimension];
  const row = (position < 0 ? 0 : choice[position]) * freeSlots.length;
  return cofactorsOf(layout, dimension)[row + freeSlots.indexOf(slotIndex)];
}
