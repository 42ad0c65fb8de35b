import { RaellaError } from "../errors";
import type { DataSpace, Rank, Workload } from "../spec/specification";

/** One axis of a tensor: the sum of `coefficient * index` over dimensions, each named by its position. */
export interface LinearForm {
  readonly dimensions: readonly number[];
  /** Positive; dimensions with coefficient 0 are left out. */
  readonly coefficients: readonly number[];
}

/** A data space with its axes as linear forms. */
export interface Tensor {
  readonly name: string;
  readonly readWrite: boolean;
  readonly ranks: readonly LinearForm[];
  /** Per dimension: whether any axis depends on it. */
  readonly uses: readonly boolean[];
  /** Per dimension: the axes that its index moves along, and how far per step. */
  readonly moves: readonly (readonly AxisMove[])[];
}

interface AxisMove {
  readonly axis: number;
  readonly coefficient: number;
}

/** A workload in the form the map space and the model work on: dimensions are positions, not names. */
export interface Problem {
  readonly dimensions: readonly string[];
  readonly bounds: readonly number[];
  readonly tensors: readonly Tensor[];
}

/**
 * Turns a workload into positions and numbers.
 * @throws RaellaError `out-of-range` for bounds or coefficients that are no usable integers and for more than
 *   2^53 operations (beyond exact arithmetic); `unknown-name` for an axis over an undeclared dimension.
 */
export function describeProblem(workload: Workload): Problem {
  const dimensions = [...workload.dimensions];
  const bounds = dimensions.map((dimension) => checkedBound(workload, dimension));
  const operations = bounds.reduce((product, bound) => product * bound, 1);
  if (operations > Number.MAX_SAFE_INTEGER)
    throw new RaellaError({
      code: "out-of-range",
      message: `The problem has ${operations.toExponential(3)} operations (${dimensions
        .map((dimension, index) => `${dimension}=${bounds[index]}`)
        .join(" ")}).`,
      value: operations,
      expected: "at most 2^53 operations, so that every count is exact",
      remedy: "Split the layer, for instance into smaller batches.",
    });
  return { dimensions, bounds, tensors: workload.dataSpaces.map((space) => describeTensor(space, workload)) };
}

function checkedBound(workload: Workload, dimension: string): number {
  const bound: number | undefined = workload.bounds[dimension];
  if (Number.isSafeInteger(bound) && bound >= 1) return bound;
  throw new RaellaError({
    code: "out-of-range",
    message: `Dimension ${dimension} of the problem has the bound ${String(bound)}.`,
    value: bound,
    expected: "a whole number of at least 1",
  });
}

function describeTensor(dataSpace: DataSpace, { dimensions }: Workload): Tensor {
  const ranks = dataSpace.ranks.map((rank) => describeRank(rank, dataSpace.name, dimensions));
  const moves: AxisMove[][] = dimensions.map(() => []);
  ranks.forEach((rank, axis) => {
    rank.dimensions.forEach((dimension, term) => {
      moves[dimension].push({ axis, coefficient: rank.coefficients[term] });
    });
  });
  const uses = moves.map((axes) => axes.length > 0);
  return { name: dataSpace.name, readWrite: dataSpace.readWrite, ranks, uses, moves };
}

function describeRank(rank: Rank, dataSpace: string, names: readonly string[]): LinearForm {
  const dimensions: number[] = [];
  const coefficients: number[] = [];
  for (const { dimension, coefficient } of rank) {
    const index = names.indexOf(dimension);
    if (index < 0)
      throw new RaellaError({
        code: "unknown-name",
        message: `Data space ${dataSpace} depends on "${dimension}", which is no dimension of the problem.`,
        value: dimension,
        expected: `one of ${names.join(", ")}`,
      });
    if (!Number.isSafeInteger(coefficient) || coefficient < 0)
      throw new RaellaError({
        code: "out-of-range",
        message: `Data space ${dataSpace} multiplies ${dimension} by ${coefficient}.`,
        value: coefficient,
        expected: "a whole number that is not negative",
      });
    if (coefficient === 0) continue;
    const known = dimensions.indexOf(index);
    if (known < 0) {
      dimensions.push(index);
      coefficients.push(coefficient);
    } else {
      coefficients[known] += coefficient;
    }
  }
  return { dimensions, coefficients };
}

/** Operations of a problem: one for every point of the iteration space. */
export function countOperations({ bounds }: Problem): number {
  return bounds.reduce((product, bound) => product * bound, 1);
}

/** Edge length of the box that an axis spans while dimension `d` takes `spans[from + d]` consecutive values. */
export function rankExtent(rank: LinearForm, spans: ArrayLike<number>, from = 0): number {
  const { dimensions, coefficients } = rank;
  let extent = 1;
  for (let term = 0; term < dimensions.length; term += 1)
    extent += coefficients[term] * (spans[from + dimensions[term]] - 1);
  return extent;
}

/** Words of the bounding box that a tensor spans while dimension `d` takes `spans[from + d]` values. */
export function tensorSize({ ranks }: Tensor, spans: ArrayLike<number>, from = 0): number {
  let size = 1;
  for (let axis = 0; axis < ranks.length; axis += 1) size *= rankExtent(ranks[axis], spans, from);
  return size;
}
