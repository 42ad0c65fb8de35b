import { RaellaError } from "../../../src/errors";
import { buildMapSpace } from "../../../src/mapspace/map-space";
import type { MapSpace } from "../../../src/mapspace/map-space";
import type { EnergyReferenceTable } from "../../../src/spec/reference-tables";
import type {
  DataSpace,
  Factor,
  Level,
  LevelConstraints,
  Specification,
  Workload,
} from "../../../src/spec/specification";

/** Numbers from 0 (included) to 1, the same for the same seed. */
export function createRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

/** What a random case may contain beyond loops, sizes and energies. */
export interface CaseFeatures {
  /** Axes along which two dimensions add up. */
  readonly windows?: boolean;
  readonly directives?: boolean;
  /** Data spaces and loop orders left to the search. */
  readonly open?: boolean;
  readonly meshY?: boolean;
  /** Transfers between neighbours are allowed. */
  readonly forwarding?: boolean;
  readonly bandwidths?: boolean;
  /** Words of some data spaces use more or less of the bandwidths. */
  readonly consumption?: boolean;
  readonly utilization?: boolean;
  /** Dimensions that move along several axes, partial sums along shared ones. */
  readonly tangled?: boolean;
  /** Most actions cost nothing: nothing hides a bound of the others that is too high. */
  readonly fewCosts?: boolean;
  /** Instances that are accessed together. */
  readonly clusters?: boolean;
  /** Levels lose energy in every cycle. */
  readonly leakage?: boolean;
}

export interface RandomCase {
  readonly specification: Pick<Specification, "levels" | "workload">;
  readonly energyTable: EnergyReferenceTable;
}

const dimensions = ["C", "M", "R", "P", "N"];
const names = ["Weights", "Inputs", "Outputs"];

/** The compute units of a hierarchy. */
export function computeLevel(meshX: number, meshY: number): Level {
  return {
    name: "mac",
    kind: "compute",
    class: "mac",
    subclass: null,
    areaShare: null,
    instances: meshX * meshY,
    meshX,
    meshY,
    attributes: {},
    requiredActions: [],
    constraints: {},
  };
}

/** A small random architecture and workload. */
export function randomCase(seed: number, features: CaseFeatures): RandomCase {
  const random = createRandom(seed);
  const pick = <T>(items: readonly T[]): T => items[Math.floor(random() * items.length)];
  const chance = (share: number): boolean => random() < share;
  const some = (share: number): string[] => names.filter(() => chance(share));

  function workload(): Workload {
    const bounds = Object.fromEntries(dimensions.map((dimension) => [dimension, pick([1, 2, 2, 3, 4, 6])]));
    const plain = (dimension: string): DataSpace["ranks"][number] => [{ dimension, coefficient: 1 }];
    const stride = pick([1, 1, 2, 3]);
    const dilation = pick([1, 1, 2]);
    const window = [
      { dimension: "P", coefficient: stride },
      { dimension: "R", coefficient: dilation },
    ];
    const hasWindows = features.windows === true;
    const inputs = hasWindows ? [plain("C"), window, plain("N")] : [plain("C"), plain("P"), plain("N")];
    const outputs = [plain("M"), plain("P"), plain("N")];
    if (features.tangled === true) {
      if (chance(0.6))
        inputs.push([
          { dimension: "N", coefficient: 1 },
          { dimension: "P", coefficient: 2 },
        ]);
      if (chance(0.6))
        outputs.push([
          { dimension: "M", coefficient: 1 },
          { dimension: "N", coefficient: pick([1, 2]) },
        ]);
    }
    return {
      name: "random",
      dimensions,
      bounds,
      coefficients: {},
      dataSpaces: [
        { name: "Weights", readWrite: false, ranks: [plain("C"), plain("M"), plain("R")] },
        { name: "Inputs", readWrite: false, ranks: inputs },
        { name: "Outputs", readWrite: true, ranks: outputs },
      ],
      bitDimensions: [],
      instance: {},
    };
  }

  function factors(problem: Workload, closing: number): Factor[] {
    return problem.dimensions.flatMap((dimension): Factor[] => {
      const bound = problem.bounds[dimension];
      if (chance(closing)) return [{ dimension, operator: "=", value: 1 }];
      if (chance(0.04)) return [{ dimension, operator: "=", value: pick([0, bound]) }];
      if (chance(0.06)) return [{ dimension, operator: "<=", value: pick([1, 2, 3]) }];
      return [];
    });
  }

  function permutation(problem: Workload): string[] {
    const order = [...problem.dimensions].sort(() => random() - 0.5);
    return features.open === true ? order.slice(0, pick([2, 3, 4, 5])) : order;
  }

  function level(problem: Workload, index: number, meshX: number, meshY: number, spreads: boolean): Level {
    const isTop = index === 0;
    const isBig = isTop || chance(0.4);
    const directives = features.directives === true ? 0.3 : 0;
    const noLinkTransfer = features.forwarding === true ? some(0.4) : names;
    const constraints: LevelConstraints = {
      temporal: {
        factors: factors(problem, isTop ? 0.3 : 0.55),
        permutation: permutation(problem),
        noTemporalReuse: some(directives / 2),
        rmwOnFirstWriteback: some(directives),
        defaultMaxFactor: null,
      },
      dataspace: dataspace(isTop),
      ...(spreads
        ? {
            spatial: {
              factors: factors(problem, 0.4),
              permutation: permutation(problem),
              split: features.meshY === true ? pick([null, 1, 2, 3, 999]) : 999,
              noMulticastNoReduction: some(directives),
              noLinkTransfer,
              defaultMaxFactor: null,
            },
          }
        : {}),
    };
    const clusterSize = features.clusters === true ? Math.min(pick([1, 2, 3, 4]), meshX * meshY) : 1;
    const limited = features.bandwidths === true && chance(0.6);
    return {
      name: `level${index}`,
      kind: "storage",
      class: "storage",
      subclass: null,
      areaShare: null,
      instances: meshX * meshY,
      meshX,
      meshY,
      attributes: {
        datawidth: 8,
        width: 8 * pick([1, 1, 2, 3, 4]) * clusterSize,
        ...(clusterSize > 1 ? { cluster_size: clusterSize } : {}),
        depth: isBig ? 100_000 : pick([2, 6, 12, 24, 60]),
        ...(limited ? { read_bandwidth: pick([0.1, 0.5, 1, 3.3]) } : {}),
        ...(limited && chance(0.5) ? { write_bandwidth: pick([0.2, 1, 2]) } : {}),
        ...(limited && chance(0.3) ? { shared_bandwidth: pick([0.7, 2]) } : {}),
        ...(features.consumption === true && limited
          ? Object.fromEntries(
              some(0.6).map((name) => [
                `per_dataspace_bandwidth_consumption_scale.${name}`,
                pick([0, 0.3, 2]),
              ]),
            )
          : {}),
        ...(features.utilization === true && !isBig && chance(0.5)
          ? { min_utilization: pick([0.05, 0.2]) }
          : {}),
      },
      requiredActions: [],
      constraints,
    };
  }

  function dataspace(isTop: boolean): LevelConstraints["dataspace"] {
    if (isTop && chance(0.8)) return { keep: names, bypass: [], passthrough: [] };
    const keep: string[] = [];
    const bypass: string[] = [];
    for (const name of names) {
      if (features.open === true && chance(0.3)) continue;
      // Partial sums end at the top.
      if (chance(0.6) || (isTop && name === "Outputs")) keep.push(name);
      else bypass.push(name);
    }
    const passthrough = features.directives === true && !isTop ? keep.filter(() => chance(0.3)) : [];
    return { keep, bypass, passthrough };
  }

  const problem = workload();
  const count = pick([2, 3, 3, 4]);
  let meshX = 1;
  let meshY = 1;
  const levels: Level[] = [];
  for (let index = 0; index < count; index += 1) {
    const fanX = chance(0.6) ? pick([2, 3, 4, 6]) : 1;
    const fanY = features.meshY === true && chance(0.5) ? pick([2, 3]) : 1;
    levels.push(level(problem, index, meshX, meshY, fanX * fanY > 1));
    meshX *= fanX;
    meshY *= fanY;
  }
  levels.push(computeLevel(meshX, meshY));
  const cost = (): number =>
    features.fewCosts === true && chance(0.85) ? 0 : pick([0, 0.1, 1, 1.7, 5, 12.5]);
  const energyPj: Record<string, Record<string, number>> = {};
  for (const { name, kind } of levels)
    energyPj[name] =
      kind === "compute" ? { compute: cost() } : { read: cost(), write: cost(), update: cost() };
  const leakagePj: Record<string, number> = {};
  if (features.leakage === true)
    for (const { name, kind } of levels)
      if (kind === "storage") leakagePj[name] = chance(0.3) ? 0 : pick([0.01, 0.2, 1.3, 7]);
  const energyTable = { energyPj, ...(features.leakage === true ? { leakagePj } : {}) };
  return { specification: { levels, workload: problem }, energyTable };
}

/** Undefined where the constraints contradict each other. */
export function spaceOf({ specification }: RandomCase): MapSpace | undefined {
  try {
    return buildMapSpace(specification);
  } catch (error) {
    if (error instanceof RaellaError) return undefined;
    throw error;
  }
}
