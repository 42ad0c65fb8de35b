import type { Hardware } from "../mapping/hardware";
import type { AccessCosts } from "../model/access-costs";
import type {
  DataSpaceConstraint,
  Factor,
  LevelConstraints,
  SpatialConstraint,
  Specification,
  TemporalConstraint,
} from "../spec/specification";

/** Small numbers for texts, the same text always the same number. */
const textNumbers = new Map<string, number>();

function numberOfText(text: string): number {
  let number = textNumbers.get(text);
  if (number === undefined) textNumbers.set(text, (number = textNumbers.size + 1));
  return number;
}

/**
 * Separates lists without a length, so that different lists never look alike, and stands for what is not given. Of the
 * other numbers only factors may be negative.
 */
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

/** What parts of constraints say, as numbers: specifications share them, so that each is read once. */
const partNumbers = new WeakMap<object, readonly number[]>();
/** No part begins like this. */
const noPart: readonly number[] = [-2];

function putConstraints({ spatial, temporal, dataspace }: LevelConstraints): void {
  putPart(spatial, addSpatial);
  putPart(temporal, addTemporal);
  putPart(dataspace, addDataSpaces);
}

function putPart<Part extends object>(
  part: Part | undefined,
  add: (part: Part, numbers: number[]) => void,
): void {
  const numbers = part === undefined ? noPart : (partNumbers.get(part) ?? numbersOfPart(part, add));
  for (let index = 0; index < numbers.length; index += 1) put(numbers[index]);
}

function numbersOfPart<Part extends object>(
  part: Part,
  add: (part: Part, numbers: number[]) => void,
): readonly number[] {
  const numbers: number[] = [];
  add(part, numbers);
  partNumbers.set(part, numbers);
  return numbers;
}

function addSpatial(part: SpatialConstraint, numbers: number[]): void {
  numbers.push(part.split ?? separator, part.defaultMaxFactor ?? separator);
  addFactors(part.factors, numbers);
  addTexts(part.permutation, numbers);
  addTexts(part.noMulticastNoReduction, numbers);
  addTexts(part.noLinkTransfer, numbers);
}

function addTemporal(part: TemporalConstraint, numbers: number[]): void {
  numbers.push(part.defaultMaxFactor ?? separator);
  addFactors(part.factors, numbers);
  addTexts(part.permutation, numbers);
  addTexts(part.noTemporalReuse, numbers);
  addTexts(part.rmwOnFirstWriteback, numbers);
}

function addDataSpaces({ keep, bypass, passthrough }: DataSpaceConstraint, numbers: number[]): void {
  addTexts(keep, numbers);
  addTexts(bypass, numbers);
  addTexts(passthrough, numbers);
}

function addFactors(factors: readonly Factor[], numbers: number[]): void {
  numbers.push(factors.length);
  for (let index = 0; index < factors.length; index += 1) {
    const { dimension, operator, value } = factors[index];
    numbers.push(numberOfText(dimension), operator === "=" ? 0 : 1, value);
  }
}

function addTexts(texts: readonly string[], numbers: number[]): void {
  numbers.push(texts.length);
  for (let index = 0; index < texts.length; index += 1) numbers.push(numberOfText(texts[index]));
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
    put(level.clusters ?? separator);
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
  for (const { readPj, fillPj, updatePj, leakPj } of costs.levels)
    put(kindOfPrice(readPj) + 3 * kindOfPrice(fillPj) + 9 * kindOfPrice(updatePj) + 27 * kindOfPrice(leakPj));
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
