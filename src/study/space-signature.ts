import type { Hardware } from "../mapping/hardware";
import type { AccessCosts } from "../model/access-costs";
import type { LevelConstraints, Specification } from "../spec/specification";

/** Small numbers for texts, the same text always the same number. */
const textNumbers = new Map<string, number>();

function numberOfText(text: string): number {
  let number = textNumbers.get(text);
  if (number === undefined) textNumbers.set(text, (number = textNumbers.size + 1));
  return number;
}

/** Separates lists, so that different lists never look alike: no number in a signature is negative otherwise. */
const separator = -1;

let scratch = new Float64Array(4096);
let used = 0;

function put(value: number): void {
  if (used === scratch.length) {
    const larger = new Float64Array(2 * used);
    larger.set(scratch);
    scratch = larger;
  }
  scratch[used] = value;
  used += 1;
}

/** Numbers for lists that specifications share, so that each is read once. */
const listNumbers = new WeakMap<readonly string[], number>();

/** A list that never changes, as one number; equal lists get the same number. */
function putSharedTexts(texts: readonly string[]): void {
  let number = listNumbers.get(texts);
  if (number === undefined) listNumbers.set(texts, (number = numberOfText(texts.join("\n"))));
  put(number);
}

/** Numbers for constraints that specifications share, so that each is read once. */
const constraintNumbers = new WeakMap<LevelConstraints, number>();
/** Numbers for what constraints say: equal ones get the same number as long as it is remembered. */
const contentNumbers = new Map<string, number>();
const rememberedContents = 10_000;
let lastConstraintNumber = 0;

function putConstraints(constraints: LevelConstraints): void {
  let number = constraintNumbers.get(constraints);
  if (number === undefined) constraintNumbers.set(constraints, (number = numberOfContent(constraints)));
  put(number);
}

function numberOfContent(constraints: LevelConstraints): number {
  const text = JSON.stringify(constraints);
  let number = contentNumbers.get(text);
  if (number === undefined) {
    // Numbers are never given twice: what is forgotten is at worst searched again.
    if (contentNumbers.size >= rememberedContents) contentNumbers.clear();
    contentNumbers.set(text, (number = lastConstraintNumber += 1));
  }
  return number;
}

/**
 * Everything about a specification that its map space and the counts of accesses depend on, as numbers: workload,
 * sizes and fan-outs of the levels, constraints, objectives, which accesses have no price or cost nothing and which levels
 * have a bandwidth. Two specifications with equal signatures have the same mappings with the same counts and validity; they may
 * differ in what accesses cost and in how much the bandwidths are.
 * @returns A view that the next call overwrites.
 */
export function spaceSignature(
  specification: Pick<Specification, "levels" | "workload" | "mapper">,
  hardware: Hardware,
  costs: AccessCosts,
): Float64Array {
  used = 0;
  putWorkload(specification.workload);
  for (const level of hardware.levels) {
    put(numberOfText(level.name));
    put(level.instances);
    put(level.meshX);
    put(level.meshY);
    put(level.fanX);
    put(level.fanY);
    put(level.wordBits);
    put(level.blockWords);
    put(level.capacityWords);
    put(level.minUtilization);
    put(level.readBandwidth === null ? 0 : 1);
    put(level.writeBandwidth === null ? 0 : 1);
    put(level.sharedBandwidth === null ? 0 : 1);
    put(level.reductionSupported ? 1 : 0);
  }
  for (const { readPj, fillPj, updatePj } of costs.levels)
    put(kindOfPrice(readPj) + 3 * kindOfPrice(fillPj) + 9 * kindOfPrice(updatePj));
  const { compute } = hardware;
  put(numberOfText(compute.name));
  put(compute.instances);
  put(compute.meshX);
  put(compute.meshY);
  for (const { kind, constraints } of specification.levels)
    if (kind === "storage") putConstraints(constraints);
  putSharedTexts(specification.mapper.optimizationMetrics);
  return scratch.subarray(0, used);
}

function putWorkload({ dimensions, bounds, dataSpaces }: Specification["workload"]): void {
  putSharedTexts(dimensions);
  for (const dimension of dimensions) put(bounds[dimension]);
  for (const { name, readWrite, ranks } of dataSpaces) {
    put(numberOfText(name));
    put(readWrite ? 1 : 0);
    for (const rank of ranks) {
      for (const { dimension, coefficient } of rank) {
        put(numberOfText(dimension));
        put(coefficient);
      }
      put(separator);
    }
    put(separator);
  }
}

/** Missing, free or a price. */
function kindOfPrice(price: number | undefined): number {
  if (price === undefined) return 0;
  return price === 0 ? 1 : 2;
}
