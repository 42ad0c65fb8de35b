import fc from "fast-check";
import type { EnergyReferenceTable } from "../../src/spec/reference-tables";
import type { DataSpace, Factor, Level, Rank, Specification, Workload } from "../../src/spec/specification";

/** A small architecture, layer and energy table, with constraints that leave some freedom. */
export interface RandomSpecification {
  readonly specification: Pick<Specification, "levels" | "workload">;
  readonly energyTable: EnergyReferenceTable;
}

const names = ["A", "B", "C"];
const dataSpaceNames = ["W", "I", "O"];

const plainAxis = (name: string): Rank => [{ dimension: name, coefficient: 1 }];

/** A matrix product, convolutions with stride and dilation, and one whose outputs overlap. */
const shapes: fc.Arbitrary<readonly Rank[][]> = fc.oneof(
  fc.constant<Rank[][]>([
    [plainAxis("A"), plainAxis("B")],
    [plainAxis("B"), plainAxis("C")],
    [plainAxis("A"), plainAxis("C")],
  ]),
  fc
    .record({ stride: fc.integer({ min: 1, max: 3 }), dilation: fc.integer({ min: 1, max: 2 }) })
    .map(({ stride, dilation }) => [
      [plainAxis("A"), plainAxis("B")],
      [
        [
          { dimension: "B", coefficient: dilation },
          { dimension: "C", coefficient: stride },
        ],
      ],
      [plainAxis("A"), plainAxis("C")],
    ]),
  fc.constant<Rank[][]>([
    [plainAxis("A")],
    [plainAxis("B")],
    [
      [
        { dimension: "A", coefficient: 1 },
        { dimension: "B", coefficient: 2 },
      ],
      plainAxis("C"),
    ],
  ]),
);

const subset = (items: readonly string[]): fc.Arbitrary<string[]> => fc.subarray([...items]);
const few = (items: readonly string[]): fc.Arbitrary<string[]> =>
  fc.oneof(fc.constant<string[]>([]), subset(items));
const price = fc.integer({ min: 0, max: 40 }).map((tenths) => tenths / 10);

export interface RandomOptions {
  readonly levels: number;
  /** Loop orders and data spaces left to the search. */
  readonly openOrders: boolean;
  readonly undecided: boolean;
  readonly linkTransfers: boolean;
  /** Instances that are accessed together, and levels that leak. */
  readonly clustersAndLeakage?: boolean;
}

export function randomSpecifications(options: RandomOptions): fc.Arbitrary<RandomSpecification> {
  const { levels: count } = options;
  const level = fc.record({
    fan: fc.constantFrom([1, 1], [1, 1], [2, 1], [4, 1], [3, 1], [2, 2], [1, 3]),
    depth: fc.constantFrom(2, 6, 12, 40, 1000),
    width: fc.constantFrom(8, 16, 32),
    bandwidth: fc.option(fc.constantFrom(0.1, 0.5, 2), { freq: 3 }),
    bandwidthKind: fc.constantFrom("read_bandwidth", "write_bandwidth", "shared_bandwidth"),
    minUtilization: fc.constantFrom(0, 0, 0, 0, 0.05),
    closed: fc.array(fc.boolean(), { minLength: 6, maxLength: 6 }),
    limits: fc.array(fc.option(fc.integer({ min: 1, max: 3 }), { freq: 8 }), { minLength: 6, maxLength: 6 }),
    orders: fc.tuple(
      fc.shuffledSubarray(names, { minLength: options.openOrders ? 0 : 3, maxLength: 3 }),
      fc.shuffledSubarray(names, { minLength: options.openOrders ? 0 : 3, maxLength: 3 }),
    ),
    split: fc.constantFrom(null, 999, 999, 1),
    keep: subset(dataSpaceNames),
    open: few(dataSpaceNames),
    passthrough: few(dataSpaceNames),
    noTemporalReuse: few(dataSpaceNames),
    rmwOnFirstWriteback: few(dataSpaceNames),
    noMulticast: few(dataSpaceNames),
    noLinkTransfer: options.linkTransfers ? few(dataSpaceNames) : fc.constant(dataSpaceNames),
    prices: fc.tuple(price, price, price),
    ...(options.clustersAndLeakage === true
      ? { clusterSize: fc.constantFrom(1, 2, 3, 4), leak: fc.constantFrom(0, 0.01, 0.3, 2.7) }
      : { clusterSize: fc.constant(1), leak: fc.constant(0) }),
  });
  return fc
    .record({
      shape: shapes,
      bounds: fc.array(fc.constantFrom(1, 2, 3, 4, 6, 8), { minLength: 3, maxLength: 3 }),
      rules: fc.array(level, { minLength: count, maxLength: count }),
      computePrice: price,
    })
    .map(({ shape, bounds, rules, computePrice }) => {
      const workload = describeWorkload(shape, bounds);
      const energyPj: Record<string, Record<string, number>> = { mac: { compute: computePrice } };
      const leakagePj: Record<string, number> = {};
      let meshX = 1;
      let meshY = 1;
      const levels: Level[] = rules.map((rule, index) => {
        const [read, fill, update] = rule.prices;
        const name = `level${count - 1 - index}`;
        energyPj[name] = { read, fill, update };
        leakagePj[name] = rule.leak;
        const clusterSize = Math.min(rule.clusterSize, meshX * meshY);
        const described: Level = {
          name,
          kind: "storage",
          class: "storage",
          subclass: null,
          areaShare: null,
          instances: meshX * meshY,
          meshX,
          meshY,
          attributes: {
            depth: rule.depth,
            width: rule.width * clusterSize,
            ...(clusterSize === 1 ? {} : { cluster_size: clusterSize }),
            datawidth: 8,
            min_utilization: rule.minUtilization,
            ...(rule.bandwidth === null ? {} : { [rule.bandwidthKind]: rule.bandwidth }),
          },
          requiredActions: [],
          constraints: constraintsOf(rule, index === 0, options),
        };
        meshX *= rule.fan[0];
        meshY *= rule.fan[1];
        return described;
      });
      levels.push({
        ...levels[0],
        name: "mac",
        kind: "compute",
        class: "mac",
        instances: meshX * meshY,
        meshX,
        meshY,
        constraints: {},
      });
      const energyTable = { energyPj, ...(options.clustersAndLeakage === true ? { leakagePj } : {}) };
      return { specification: { levels, workload }, energyTable };
    });
}

function describeWorkload(shape: readonly Rank[][], bounds: readonly number[]): Workload {
  return {
    name: "random",
    dimensions: names,
    bounds: Object.fromEntries(names.map((name, index) => [name, bounds[index]])),
    coefficients: {},
    dataSpaces: shape.map((ranks, index): DataSpace => ({
      name: dataSpaceNames[index],
      readWrite: index === 2,
      ranks,
    })),
    bitDimensions: [],
    instance: {},
  };
}

interface LevelRule {
  readonly fan: readonly number[];
  readonly closed: readonly boolean[];
  readonly limits: readonly (number | null)[];
  readonly orders: readonly [readonly string[], readonly string[]];
  readonly split: number | null;
  readonly keep: readonly string[];
  readonly open: readonly string[];
  readonly passthrough: readonly string[];
  readonly noTemporalReuse: readonly string[];
  readonly rmwOnFirstWriteback: readonly string[];
  readonly noMulticast: readonly string[];
  readonly noLinkTransfer: readonly string[];
}

function constraintsOf(rule: LevelRule, isOutermost: boolean, options: RandomOptions): Level["constraints"] {
  const factors = (from: number): Factor[] =>
    names.flatMap((dimension, index): Factor[] => {
      // The outermost level stays open in time, so that some factors always reach the bounds.
      if (isOutermost && from === 0) return [];
      if (rule.closed[from + index]) return [{ dimension, operator: "=", value: 1 }];
      const limit = rule.limits[from + index];
      return limit === null ? [] : [{ dimension, operator: "<=", value: limit }];
    });
  const keep = isOutermost ? dataSpaceNames : rule.keep;
  const open = options.undecided && !isOutermost ? rule.open.filter((name) => !keep.includes(name)) : [];
  const bypass = dataSpaceNames.filter((name) => !keep.includes(name) && !open.includes(name));
  const isFannedOut = rule.fan[0] * rule.fan[1] > 1;
  return {
    ...(isFannedOut
      ? {
          spatial: {
            factors: factors(3),
            permutation: rule.orders[1],
            split: rule.split,
            noMulticastNoReduction: rule.noMulticast,
            noLinkTransfer: rule.noLinkTransfer,
            defaultMaxFactor: null,
          },
        }
      : {}),
    temporal: {
      factors: factors(0),
      permutation: rule.orders[0],
      noTemporalReuse: rule.noTemporalReuse,
      rmwOnFirstWriteback: rule.rmwOnFirstWriteback,
      defaultMaxFactor: null,
    },
    dataspace: {
      keep,
      bypass,
      passthrough: rule.passthrough.filter((name) => keep.includes(name) && !isOutermost),
    },
  };
}
