import type { Hardware } from "../mapping/hardware";
import type { AccessCosts } from "../model/access-costs";
import type { Factor, Specification } from "../spec/specification";

/** Small numbers for texts, the same text always the same number. */
const textNumbers = new Map<string, number>();

function numberOfText(text: string): number {
  let number = textNumbers.get(text);
  if (number === undefined) textNumbers.set(text, (number = textNumbers.size + 1));
  return number;
}

/** Separates lists, so that different lists never look alike: no number in a signature is negative otherwise. */
const separator = -1;
const none = -2;

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

function putOptional(value: number | null): void {
  put(value ?? none);
}

function putTexts(texts: readonly string[]): void {
  for (const text of texts) put(numberOfText(text));
  put(separator);
}

/** Numbers for lists that specifications share, so that each is read once. */
const listNumbers = new WeakMap<readonly string[], number>();

/** A list that never changes, as one number; equal lists get the same number. */
function putSharedTexts(texts: readonly string[]): void {
  let number = listNumbers.get(texts);
  if (number === undefined) listNumbers.set(texts, (number = numberOfText(texts.join("\n"))));
  put(number);
}

function putFactors(factors: readonly Factor[]): void {
  for (const { dimension, operator, value } of factors) {
    put(numberOfText(dimension));
    put(operator === "=" ? 0 : 1);
    // -1 is a value of its own (free) and must not look like a separator.
    put(value + 3);
  }
  put(separator);
}

/** Missing, free or a price. */
function kindOfPrice(price: number | undefined): number {
  if (price === undefined) return 0;
  return price === 0 ? 1 : 2;
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

function putConstraints({
  spatial,
  temporal,
  dataspace,
}: Specification["levels"][number]["constraints"]): void {
  put(spatial ? 1 : none);
  if (spatial) {
    putFactors(spatial.factors);
    putTexts(spatial.permutation);
    putOptional(spatial.split);
    putSharedTexts(spatial.noMulticastNoReduction);
    putSharedTexts(spatial.noLinkTransfer);
    putOptional(spatial.defaultMaxFactor);
  }
  put(temporal ? 1 : none);
  if (temporal) {
    putFactors(temporal.factors);
    putTexts(temporal.permutation);
    putSharedTexts(temporal.noTemporalReuse);
    putSharedTexts(temporal.rmwOnFirstWriteback);
    putOptional(temporal.defaultMaxFactor);
  }
  put(dataspace ? 1 : none);
  if (dataspace) {
    putSharedTexts(dataspace.keep);
    putSharedTexts(dataspace.bypass);
    putSharedTexts(dataspace.passthrough);
  }
}
