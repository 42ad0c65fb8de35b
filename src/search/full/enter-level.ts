import { leakingInstances, usedClusters } from "../../model/access-costs";
import { countGroups } from "../../model/multicast";
import { rankExtent, tensorSize } from "../../model/problem";
import type { Tensor } from "../../model/problem";
import { movementOf } from "../../model/traffic";
import type { PartialMapping, PendingContent, PlacedLoop } from "./partial-mapping";
import { copyPartial, decide } from "./partial-mapping";
import type { SearchPlan } from "./search-plan";

/**
 * Words that one instance receives of a tensor over the whole run, given the loops outside its tile: see
 * `receivedWords` of the model, which works on complete nests.
 */
function receivedThrough(
  tensor: Tensor,
  spans: ArrayLike<number>,
  tile: number,
  loops: PlacedLoop | null,
): number {
  const axes = tensor.ranks.length;
  const inside = new Array<number>(axes).fill(0);
  let received = tile;
  let first: readonly number[] | undefined;
  let firstWords = 0;
  for (let loop = loops; loop !== null; loop = loop.outer) {
    const movement = movementOf(tensor, loop.dimension, loop.stride);
    let words = tile;
    if (first === undefined) {
      first = movement;
      let common = 1;
      for (let axis = 0; axis < axes; axis += 1)
        common *= Math.max(0, rankExtent(tensor.ranks[axis], spans) - movement[axis]);
      firstWords = tile - common;
      words = firstWords;
    } else {
      let isAlike = true;
      for (let axis = 0; axis < axes; axis += 1)
        if (movement[axis] - inside[axis] !== first[axis]) isAlike = false;
      if (isAlike) words = firstWords;
    }
    received += (loop.factor - 1) * (received - tile + words);
    for (let axis = 0; axis < axes; axis += 1) inside[axis] += movement[axis];
  }
  return received;
}

/**
 * Enters a level from outside, all loops outside it being decided: its tiles must fit, what it gets from outside is
 * priced, and what levels outside wait for is settled where it stops here. A partial mapping for every way to
 * decide which data spaces the level holds; none where they do not fit.
 */
export function enterLevel(
  plan: SearchPlan,
  partial: PartialMapping,
  level: number,
  spans: ArrayLike<number>,
): PartialMapping[] {
  const { keep } = plan.space.rules[level];
  const undecided = keep.flatMap((decision, tensor) => (decision === "free" ? [tensor] : []));
  const held = keep.map((decision) => decision === "keep");
  if (undecided.length === 0) return enterHolding(plan, partial, level, spans, held) ? [partial] : [];
  const entered: PartialMapping[] = [];
  for (let choice = 0; choice < 2 ** undecided.length; choice += 1) {
    const copy = copyPartial(partial);
    const chosen = [...held];
    undecided.forEach((tensor, index) => {
      chosen[tensor] = ((choice >> index) & 1) === 1;
      decide(copy, { kind: "keep", level, tensor, isKept: chosen[tensor] });
    });
    if (enterHolding(plan, copy, level, spans, chosen)) entered.push(copy);
  }
  return entered;
}

function enterHolding(
  plan: SearchPlan,
  partial: PartialMapping,
  level: number,
  spans: ArrayLike<number>,
  held: readonly boolean[],
): boolean {
  const { space, tensors } = plan;
  const { capacityWords, minUtilization } = space.hardware.levels[level];
  let words = 0;
  for (let tensor = 0; tensor < tensors.length; tensor += 1)
    if (held[tensor]) words += tensorSize(tensors[tensor].tensor, spans);
  if (words > capacityWords || (minUtilization > 0 && words < capacityWords * minUtilization)) return false;
  for (let tensor = 0; tensor < tensors.length; tensor += 1)
    passTensor(plan, partial, level, tensor, spans, held[tensor]);
  partial.entered = level;
  if (plan.leaks !== null) {
    const leakPj = plan.leaks[level] * leakingInstances(partial.instances, partial.heldOutside !== 0);
    partial.leakPj += leakPj;
    partial.fingerprint += leakPj * weightOf(level, tensors.length);
  }
  return true;
}

function passTensor(
  plan: SearchPlan,
  partial: PartialMapping,
  level: number,
  index: number,
  spans: ArrayLike<number>,
  isHeld: boolean,
): void {
  const { tensor, shape } = plan.tensors[index];
  const rules = plan.space.rules[level];
  const transfer = partial.transfers[index];
  partial.transfers[index] = undefined;
  const filters = isHeld && !rules.passthrough[index];
  const forwarded = transfer?.forwarded;
  const crossing = forwarded === undefined ? 0 : forwarded.groups.reduce((sum, { words }) => sum + words, 0);
  if (!filters && transfer !== undefined) {
    if (forwarded === undefined) scalePending(partial, index, countGroups(transfer.sizes));
    else {
      const weighted = forwarded.groups.reduce((sum, { members, words }) => sum + members * words, 0);
      scalePending(partial, index, (crossing * transfer.fan) / weighted);
    }
  }
  if (!isHeld) return;
  const matters = plan.matters[level][index];
  const isOutermost = (partial.heldOutside & (1 << index)) === 0;
  partial.heldOutside |= 1 << index;
  const isAwaited = filters && partial.pending.some((entry) => entry.tensor === index);
  if (!isAwaited && !matters.content && !matters.fills) return;
  const tile = tensorSize(tensor, spans);
  const received = rules.noTemporalReuse[index]
    ? tile * partial.placedSteps
    : shape === "simple"
      ? tile * partial.refetches[index]
      : receivedThrough(tensor, spans, tile, partial.loops);
  let share = received;
  let peer = 0;
  if (transfer !== undefined && (forwarded !== undefined || transfer.sizes.length > 1)) {
    const groups =
      forwarded?.groups ?? transfer.sizes.map((size) => ({ ...size, words: size.groups * received }));
    share = groups.reduce((sum, group) => sum + group.words * group.members, 0) / transfer.fan;
    // Neighbours pass on what comes from a level outside.
    if (filters && forwarded !== undefined && !isOutermost) peer = forwarded.linkWords / partial.instances;
  }
  if (filters) {
    const arrived = forwarded === undefined ? received * countGroups(transfer?.sizes ?? oneGroup) : crossing;
    settlePending(plan, partial, index, arrived);
  }
  const partition = !tensor.readWrite
    ? 0
    : plan.tensors[index].dividesEvenly
      ? tile * partial.movingSteps[index]
      : partial.partitions[index];
  const pending: PendingContent = {
    tensor: index,
    level,
    instances: partial.instances,
    ratio: 1,
    partition,
    peer,
  };
  if (matters.fills && !isOutermost) priceFills(plan, partial, pending, share);
  if (matters.content) partial.pending.push(pending);
}

const oneGroup = [{ members: 1, groups: 1 }];

function scalePending(partial: PartialMapping, tensor: number, factor: number): void {
  const { pending } = partial;
  for (let index = 0; index < pending.length; index += 1)
    if (pending[index].tensor === tensor)
      pending[index] = { ...pending[index], ratio: pending[index].ratio * factor };
}

/** Prices the accesses that have waited for `arrived` words at the innermost place reached. */
function settlePending(plan: SearchPlan, partial: PartialMapping, tensor: number, arrived: number): void {
  const { pending } = partial;
  let left = 0;
  for (const entry of pending) {
    if (entry.tensor === tensor) settle(plan, partial, entry, entry.ratio * arrived);
    else pending[left++] = entry;
  }
  pending.length = left;
}

/** Ends the nest at the compute units. */
export function enterCompute(plan: SearchPlan, partial: PartialMapping): void {
  plan.tensors.forEach((_, tensor) => {
    const transfer = partial.transfers[tensor];
    partial.transfers[tensor] = undefined;
    const forwarded = transfer?.forwarded;
    const arrived =
      forwarded === undefined
        ? partial.placedSteps * countGroups(transfer?.sizes ?? oneGroup)
        : forwarded.groups.reduce((sum, { words }) => sum + words, 0);
    settlePending(plan, partial, tensor, arrived);
  });
}

/** Accesses of a level that depend on its inside; see `accessCounts` of the model. */
function settle(plan: SearchPlan, partial: PartialMapping, pending: PendingContent, content: number): void {
  const { level, tensor } = pending;
  const energyPj = chargedInstances(plan, pending) * contentEnergyPj(plan, pending, content);
  addEnergy(partial, level, tensor, energyPj);
  const limited = plan.limitedLevels.indexOf(level);
  if (limited < 0) return;
  const { reads, fills, updates } = contentAccesses(plan, pending, content);
  partial.accesses[2 * limited] += reads;
  partial.accesses[2 * limited + 1] += fills + updates;
}

/** Instances whose accesses are charged: one of every cluster in use. */
export function chargedInstances(
  { space }: SearchPlan,
  { instances, level }: Pick<PendingContent, "instances" | "level">,
): number {
  return usedClusters(instances, space.hardware.levels[level].clusters);
}

interface Accesses {
  readonly reads: number;
  readonly fills: number;
  readonly updates: number;
}

function contentAccesses(plan: SearchPlan, pending: PendingContent, content: number): Accesses {
  const { level, tensor, partition, peer } = pending;
  const { passthrough, rmwOnFirstWriteback } = plan.space.rules[level];
  const reads = round(content + peer);
  if (!plan.tensors[tensor].tensor.readWrite) return { reads, fills: 0, updates: 0 };
  const updates = round(content);
  if (passthrough[tensor]) return { reads, fills: reads, updates };
  if (rmwOnFirstWriteback[tensor]) return { reads, fills: 0, updates };
  return { reads: round(content + peer - partition), fills: 0, updates };
}

/** Energy per instance of the accesses that depend on the inside, pJ. */
export function contentEnergyPj(plan: SearchPlan, pending: PendingContent, content: number): number {
  const { reads, fills, updates } = contentAccesses(plan, pending, content);
  const { blockWords } = plan.space.hardware.levels[pending.level];
  const { readPj, fillPj, updatePj } = plan.rowCosts[pending.level];
  return (
    Math.ceil(reads / blockWords) * readPj +
    Math.ceil(fills / blockWords) * fillPj +
    Math.ceil(updates / blockWords) * updatePj
  );
}

function priceFills(
  plan: SearchPlan,
  partial: PartialMapping,
  { level, tensor, partition, peer }: PendingContent,
  share: number,
): void {
  const { passthrough, rmwOnFirstWriteback } = plan.space.rules[level];
  const { readWrite } = plan.tensors[tensor].tensor;
  let fills: number;
  if (!readWrite) fills = Math.trunc(share + peer);
  else if (passthrough[tensor]) return;
  else fills = round(rmwOnFirstWriteback[tensor] ? share + peer : share + peer - partition);
  if (fills === 0) return;
  const { blockWords, clusters } = plan.space.hardware.levels[level];
  addEnergy(
    partial,
    level,
    tensor,
    usedClusters(partial.instances, clusters) * Math.ceil(fills / blockWords) * plan.rowCosts[level].fillPj,
  );
  const limited = plan.limitedLevels.indexOf(level);
  if (limited >= 0) partial.accesses[2 * limited + 1] += fills;
}

const goldenRatio = 0.618033988749895;

function addEnergy(partial: PartialMapping, level: number, tensor: number, energyPj: number): void {
  partial.energyPj += energyPj;
  partial.fingerprint += energyPj * weightOf(level, tensor);
}

function weightOf(level: number, tensor: number): number {
  return 1 + (((level * 16 + tensor + 1) * goldenRatio) % 1);
}

/** To the nearest whole number; accesses are never negative. */
function round(words: number): number {
  return words > 0 ? Math.round(words) : 0;
}
