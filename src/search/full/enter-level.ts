import {
  energyOfInstances,
  energyOfRows,
  leakageEnergy,
  leakingInstances,
  rowAccesses,
} from "../../model/access-costs";
import { accessRules, fillsOf, readsOf, updatesOf } from "../../model/access-counts";
import type { AccessRule } from "../../model/access-counts";
import { consumptionScale } from "../../model/bandwidth";
import { fitsRoom, tileRoom } from "../../model/fit";
import { tensorSize } from "../../model/problem";
import { receivedWords } from "../../model/received-words";
import { averageOverChildren, contentPassed, groupTraffic, sumOfWords } from "../../model/traffic";
import type { PartialMapping, PendingContent } from "./partial-mapping";
import { copyPartial, decide } from "./partial-mapping";
import type { SearchPlan } from "./search-plan";

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
  let words = 0;
  for (let tensor = 0; tensor < tensors.length; tensor += 1)
    if (held[tensor]) words += tensorSize(tensors[tensor].tensor, spans);
  if (!fitsRoom(tileRoom(space.hardware.levels[level]), words)) return false;
  for (let tensor = 0; tensor < tensors.length; tensor += 1)
    passTensor(plan, partial, level, tensor, spans, held[tensor]);
  partial.entered = level;
  if (plan.leaks !== null) {
    const leaking = leakingInstances(partial.instances, partial.heldOutside !== 0);
    const leakPj = leakageEnergy(plan.leaks[level], 1, leaking);
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
  const { tensor } = plan.tensors[index];
  const rules = plan.space.rules[level];
  const transfer = partial.transfers[index];
  partial.transfers[index] = undefined;
  const filters = isHeld && !rules.passthrough[index];
  if (!filters && transfer !== undefined)
    scalePending(partial, index, contentPassed(transfer, transfer.fan, 1));
  if (!isHeld) return;
  const matters = plan.matters[level][index];
  const isOutermost = (partial.heldOutside & (1 << index)) === 0;
  partial.heldOutside |= 1 << index;
  const isAwaited = filters && partial.pending.some((entry) => entry.tensor === index);
  if (!isAwaited && !matters.content && !matters.fills) return;
  const tile = tensorSize(tensor, spans);
  const received = receivedByTile(plan, partial, level, index, spans, tile);
  let share = received;
  let arrived = received;
  let peer = 0;
  if (transfer !== undefined) {
    const groups = groupTraffic(transfer, received);
    share = averageOverChildren(groups, transfer.fan);
    arrived = sumOfWords(groups);
    // Neighbours pass on what comes from a level outside.
    if (filters && transfer.forwarded !== undefined && !isOutermost)
      peer = transfer.forwarded.linkWords / partial.instances;
  }
  if (filters) settlePending(plan, partial, index, arrived);
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

/**
 * Words that one instance of a level receives. Where no axis adds up two dimensions (`simple`), tiles never overlap:
 * every step of the innermost loop that moves them, and of all outside it, fetches the whole tile. Where nothing is
 * reused, every step does.
 */
function receivedByTile(
  plan: SearchPlan,
  partial: PartialMapping,
  level: number,
  index: number,
  spans: ArrayLike<number>,
  tile: number,
): number {
  const { tensor, shape } = plan.tensors[index];
  if (plan.space.rules[level].noTemporalReuse[index]) return tile * partial.placedSteps;
  if (shape === "simple") return tile * partial.refetches[index];
  return receivedWords(tensor, spans, 0, tile, partial.loops);
}

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
    const { placedSteps } = partial;
    const arrived = transfer === undefined ? placedSteps : sumOfWords(groupTraffic(transfer, placedSteps));
    settlePending(plan, partial, tensor, arrived);
  });
}

/** Prices the accesses of a level that depend on its inside. */
function settle(plan: SearchPlan, partial: PartialMapping, pending: PendingContent, content: number): void {
  const { level, tensor, partition, peer } = pending;
  addEnergy(partial, level, tensor, contentEnergyPj(plan, pending, content));
  const rule = plan.accessRules[level][tensor];
  const reads = readsOf(rule, content, peer, partition);
  const writes = contentFills(rule, content, peer) + updatesOf(rule, content);
  countAccesses(plan, partial, level, tensor, reads, writes);
}

/** Fills that depend on the inside: where words are passed on. */
function contentFills(rule: AccessRule, content: number, peer: number): number {
  return rule === accessRules.passthrough ? fillsOf(rule, content, 0, peer, 0) : 0;
}

/** Energy of the accesses that depend on the inside, all instances together, pJ. */
export function contentEnergyPj(plan: SearchPlan, pending: PendingContent, content: number): number {
  const { level, tensor, partition, peer, instances } = pending;
  const { blockWords, clusters } = plan.space.hardware.levels[level];
  const { readPj, fillPj, updatePj } = plan.rowCosts[level];
  const rule = plan.accessRules[level][tensor];
  const perInstancePj = energyOfRows(
    rowAccesses(readsOf(rule, content, peer, partition), blockWords),
    readPj,
    rowAccesses(contentFills(rule, content, peer), blockWords),
    fillPj,
    rowAccesses(updatesOf(rule, content), blockWords),
    updatePj,
  );
  return energyOfInstances(perInstancePj, instances, clusters);
}

/** Prices the fills that come from outside. */
function priceFills(
  plan: SearchPlan,
  partial: PartialMapping,
  { level, tensor, partition, peer, instances }: PendingContent,
  share: number,
): void {
  const rule = plan.accessRules[level][tensor];
  if (rule === accessRules.passthrough) return;
  const fills = fillsOf(rule, 0, share, peer, partition);
  const { blockWords, clusters } = plan.space.hardware.levels[level];
  const perInstancePj = energyOfRows(0, 0, rowAccesses(fills, blockWords), plan.rowCosts[level].fillPj, 0, 0);
  addEnergy(partial, level, tensor, energyOfInstances(perInstancePj, instances, clusters));
  countAccesses(plan, partial, level, tensor, 0, fills);
}

/** Counts words read and written per instance where a bandwidth limits them. */
function countAccesses(
  plan: SearchPlan,
  partial: PartialMapping,
  level: number,
  tensor: number,
  reads: number,
  writes: number,
): void {
  const limited = plan.limitedLevels.indexOf(level);
  if (limited < 0) return;
  const scale = consumptionScale(plan.space.hardware.levels[level], plan.tensors[tensor].tensor.name);
  partial.accesses[2 * limited] += reads * scale;
  partial.accesses[2 * limited + 1] += writes * scale;
}

const goldenRatio = 0.618033988749895;

function addEnergy(partial: PartialMapping, level: number, tensor: number, energyPj: number): void {
  partial.energyPj += energyPj;
  partial.fingerprint += energyPj * weightOf(level, tensor);
}

function weightOf(level: number, tensor: number): number {
  return 1 + (((level * 16 + tensor + 1) * goldenRatio) % 1);
}
