import { extendFigures } from "../mapping/feature-tables";
import type { MappingScorer } from "../mapping/scorer";
import { cofactorsOf, type SearchLayout } from "../mapping/search-layout";
import { defaultOrder, type LoopOrders } from "../mapping/slot-orders";
import { levelTiming } from "./bandwidth";
import type { ActiveSlot } from "./loop-potential";
import type { LevelPlan, ReceivedPlan, ScorerPlan, TileColumns } from "./scorer-plan";

/** A time loop that some mappings have. */
interface TimeLoop {
  readonly slot: number;
  readonly level: number;
  readonly dimension: number;
  /** Per tensor: the axis it moves along (-1: none) and how far per unit of stride. */
  readonly axis: readonly number[];
  readonly coefficient: readonly number[];
}

/**
 * A scorer for separable spaces: figures are products of table entries, except the words that overlapping tiles
 * receive, which follow the time loops. The results equal those of the full evaluation bit for bit.
 */
export function createTableScorer(
  layout: SearchLayout,
  plan: ScorerPlan,
  active: readonly ActiveSlot[],
): MappingScorer {
  const { problem } = layout.space;
  const depths = layout.varying.length;
  const { products, extents } = plan;
  const productFigures = new Float64Array((depths + 1) * products.width);
  const extentFigures = new Float64Array((depths + 1) * extents.width);
  productFigures.set(products.base);
  extentFigures.set(extents.base);
  const atProducts = depths * products.width;
  const atExtents = depths * extents.width;
  const loops = timeLoops(layout, active);
  const factors = new Float64Array(loops.length);
  const strides = new Float64Array(loops.length);
  const loopTables = createLoopTables(layout, loops, factors, strides);
  const declaredSequence = Int32Array.from(loops, (_, loop) => loop);
  const selected = new Int32Array(depths).fill(-1);
  const content = new Float64Array(problem.tensors.length);
  const received = new Float64Array(problem.tensors.length);

  const scorer = {
    energyPj: 0,
    cycles: 0,
    lastLevelAccesses: 0,
    rows: null as Float64Array | null,
    score(choice: ArrayLike<number>, orders: LoopOrders | null): void {
      select(choice);
      price(orders === null ? declaredSequence : orderedSequence(loops, orders));
    },
  };

  /** Brings the tables' figures up to date, from the first dimension on whose choice has changed. */
  function select(choice: ArrayLike<number>): void {
    let position = 0;
    while (position < depths && selected[position] === choice[position]) position += 1;
    for (; position < depths; position += 1) {
      const chosen = choice[position];
      const fromProducts = position * products.width;
      extendFigures(products, position, chosen, productFigures, fromProducts, fromProducts + products.width);
      const fromExtents = position * extents.width;
      extendFigures(extents, position, chosen, extentFigures, fromExtents, fromExtents + extents.width);
      const { loopIds, rows } = loopTables[position];
      let row = chosen * loopIds.length * 2;
      for (let index = 0; index < loopIds.length; index += 1) {
        factors[loopIds[index]] = rows[row];
        strides[loopIds[index]] = rows[row + 1];
        row += 2;
      }
      selected[position] = chosen;
    }
  }

  function price(sequence: Int32Array): void {
    const steps = productFigures[atProducts + plan.steps];
    let energyPj = plan.computes * plan.computePj;
    let cycles = steps;
    content.fill(steps);
    recorded = 0;
    scorer.lastLevelAccesses = 0;
    for (let index = 0; index < plan.levels.length; index += 1) {
      const level = plan.levels[index];
      energyPj += priceLevel(level, steps, sequence);
      if (level.bandwidth !== null) {
        const timing = levelTiming(level.bandwidth, steps, readsPerCycle, writesPerCycle);
        if (timing.cycles > cycles) cycles = timing.cycles;
      }
    }
    scorer.energyPj = energyPj;
    scorer.cycles = cycles;
  }

  let readsPerCycle = 0;
  let writesPerCycle = 0;
  let recorded = 0;

  function priceLevel(level: LevelPlan, steps: number, sequence: Int32Array): number {
    let energyPj = 0;
    readsPerCycle = 0;
    writesPerCycle = 0;
    for (let index = 0; index < level.steps.length; index += 1) {
      const step = level.steps[index];
      const { tensor } = step;
      const inside = step.insideFilters ? received[tensor] : content[tensor];
      const words = inside * productFigures[atProducts + step.groups];
      content[tensor] = words;
      if (step.received !== null) received[tensor] = receivedWords(step.received, tensor, sequence);
      const { price: terms } = step;
      if (terms === null) continue;
      const share = terms.outermost ? 0 : received[tensor];
      let reads = words;
      let fills = share;
      let updates = words;
      switch (terms.rule) {
        case "readOnly":
          updates = 0;
          break;
        case "passthrough":
          fills = words;
          break;
        case "rmw":
          break;
        case "elided": {
          const partition = productFigures[atProducts + terms.partition];
          reads = words > partition ? words - partition : 0;
          fills = share > partition ? share - partition : 0;
          break;
        }
      }
      const { blockWords } = terms;
      const instances = productFigures[atProducts + terms.instances];
      const rowReads = Math.ceil(reads / blockWords);
      const rowFills = Math.ceil(fills / blockWords);
      const rowUpdates = Math.ceil(updates / blockWords);
      energyPj +=
        (rowReads * terms.readPj + rowFills * terms.fillPj + rowUpdates * terms.updatePj) * instances;
      if (scorer.rows !== null && (terms.readPj !== 0 || terms.fillPj !== 0 || terms.updatePj !== 0)) {
        scorer.rows[recorded] = rowReads;
        scorer.rows[recorded + 1] = rowFills;
        scorer.rows[recorded + 2] = rowUpdates;
        scorer.rows[recorded + 3] = instances;
        recorded += 4;
      }
      if (level.bandwidth !== null) {
        readsPerCycle += reads / steps;
        writesPerCycle += (fills + updates) / steps;
      }
      if (level.isLast) scorer.lastLevelAccesses += (reads + fills + updates) * instances;
    }
    return energyPj;
  }

  function tileWords({ column, extents: columns }: TileColumns): number {
    let words = productFigures[atProducts + column];
    for (let index = 0; index < columns.length; index += 1)
      words *= extentFigures[atExtents + columns[index]];
    return words;
  }

  function receivedWords(how: ReceivedPlan, tensor: number, sequence: Int32Array): number {
    const tile = tileWords(how.tile);
    if (how.kind === "product") return tile * productFigures[atProducts + how.iterations];
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
      if (factor === 1 || loop.level < how.fromLevel) continue;
      const axis = loop.axis[tensor];
      const move = axis < 0 ? 0 : loop.coefficient[tensor] * strides[id];
      let words = tile;
      if (firstMove < 0) {
        firstMove = move;
        firstWords = 0;
        if (axis >= 0) {
          const extent = extentFigures[atExtents + how.extents[axis]];
          firstWords = move >= extent ? tile : tile - (tile / extent) * (extent - move);
        }
        words = firstWords;
      } else if (movedAxis === -1 ? move === 0 : movedAxis === axis && move - moved === firstMove) {
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

  return scorer;
}

function timeLoops({ space }: SearchLayout, active: readonly ActiveSlot[]): TimeLoop[] {
  const { tensors } = space.problem;
  return active.flatMap(({ index, level, kind, dimensions }) => {
    if (kind === "space") return [];
    const order = defaultOrder(space.slots[index]).filter((dimension) => dimensions.includes(dimension));
    return order.map((dimension) => ({
      slot: index,
      level,
      dimension,
      axis: tensors.map(({ ranks }) => ranks.findIndex((rank) => rank.dimensions.includes(dimension))),
      coefficient: tensors.map(({ ranks }) => {
        const rank = ranks.find((candidate) => candidate.dimensions.includes(dimension));
        return rank === undefined ? 0 : rank.coefficients[rank.dimensions.indexOf(dimension)];
      }),
    }));
  });
}

/** The loops in nest order, innermost first, where some slots have an order of their own. */
function orderedSequence(loops: readonly TimeLoop[], orders: LoopOrders): Int32Array {
  const rank = ({ slot, dimension }: TimeLoop): number => orders[slot]?.indexOf(dimension) ?? 0;
  const sequence = loops.map((_, loop) => loop);
  sequence.sort(
    (left, right) => loops[left].slot - loops[right].slot || rank(loops[left]) - rank(loops[right]),
  );
  return Int32Array.from(sequence);
}

/** Per varying dimension: its time loops, and per choice a factor and a stride for each. */
interface LoopTable {
  readonly loopIds: Int32Array;
  readonly rows: Float64Array;
}

function createLoopTables(
  layout: SearchLayout,
  loops: readonly TimeLoop[],
  factors: Float64Array,
  strides: Float64Array,
): LoopTable[] {
  const loopsOf = (dimension: number): number[] =>
    loops.flatMap((loop, id) => (loop.dimension === dimension ? [id] : []));
  layout.positions.forEach((position, dimension) => {
    if (position >= 0) return;
    const figures = loopFigures(layout, loops, dimension, 0, loopsOf(dimension));
    loopsOf(dimension).forEach((id, index) => {
      factors[id] = figures[index * 2];
      strides[id] = figures[index * 2 + 1];
    });
  });
  return layout.varying.map((dimension, position) => {
    const ids = loopsOf(dimension);
    const { count } = layout.lists[position];
    const rows = new Float64Array(count * ids.length * 2);
    for (let choice = 0; choice < count; choice += 1)
      rows.set(loopFigures(layout, loops, dimension, choice, ids), choice * ids.length * 2);
    return { loopIds: Int32Array.from(ids), rows };
  });
}

/** Factor and stride of a dimension's time loops (in `ids`) under one choice. */
function loopFigures(
  layout: SearchLayout,
  loops: readonly TimeLoop[],
  dimension: number,
  choice: number,
  ids: readonly number[],
): number[] {
  const { slots, choices } = layout.space;
  const { freeSlots } = choices[dimension];
  const cofactors = cofactorsOf(layout, dimension);
  const figures: number[] = [];
  let next = choice * freeSlots.length;
  let span = 1;
  let wanted = 0;
  for (let index = 0; index < slots.length && wanted < ids.length; index += 1) {
    let factor = slots[index].factors[dimension];
    if (factor === 0) {
      factor = cofactors[next];
      next += 1;
    }
    if (loops[ids[wanted]].slot === index) {
      figures.push(factor, span);
      wanted += 1;
    }
    span *= factor;
  }
  return figures;
}
