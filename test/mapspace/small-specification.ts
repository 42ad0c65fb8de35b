import type {
  Factor,
  Level,
  LevelConstraints,
  Specification,
  Value,
  Workload,
} from "../../src/spec/specification";

/** A level as tests write it: factors as text, `C=2 M<=4`. */
export interface SmallLevel {
  readonly name: string;
  readonly class?: string;
  /** Children per instance, along X and Y. */
  readonly fan?: readonly [number, number];
  readonly attributes?: Readonly<Record<string, Value>>;
  readonly temporal?: string;
  readonly order?: string;
  readonly spatial?: string;
  readonly spaceOrder?: string;
  readonly split?: number | null;
  readonly maxFactor?: number;
  readonly keep?: readonly string[];
  readonly bypass?: readonly string[];
  readonly passthrough?: readonly string[];
  readonly noTemporalReuse?: readonly string[];
  readonly noMulticast?: readonly string[];
  readonly noLinkTransfer?: readonly string[];
}

const all = ["Weights", "Inputs", "Outputs"];

/** A matrix product: Weights C M, Inputs C P, Outputs M P. */
export function smallWorkload(bounds: Readonly<Record<string, number>>): Workload {
  const axes = (letters: string): { dimension: string; coefficient: number }[][] =>
    [...letters].map((dimension) => [{ dimension, coefficient: 1 }]);
  return {
    name: "product",
    dimensions: ["C", "M", "P"],
    bounds: { C: 1, M: 1, P: 1, ...bounds },
    coefficients: {},
    dataSpaces: [
      { name: "Weights", readWrite: false, ranks: axes("CM") },
      { name: "Inputs", readWrite: false, ranks: axes("CP") },
      { name: "Outputs", readWrite: true, ranks: axes("MP") },
    ],
    bitDimensions: [],
    instance: {},
  };
}

/** A specification with these levels (outermost first) above 8-bit multiply-accumulate units. */
export function smallSpecification(
  bounds: Readonly<Record<string, number>>,
  levels: readonly SmallLevel[],
): Pick<Specification, "levels" | "workload"> {
  let meshX = 1;
  let meshY = 1;
  const storage = levels.map((level): Level => {
    const described: Level = {
      name: level.name,
      kind: "storage",
      class: level.class ?? "storage",
      subclass: null,
      areaShare: null,
      instances: meshX * meshY,
      meshX,
      meshY,
      attributes: { datawidth: 8, width: 8, depth: 1000, ...level.attributes },
      requiredActions: [],
      constraints: constraintsOf(level),
    };
    meshX *= level.fan?.[0] ?? 1;
    meshY *= level.fan?.[1] ?? 1;
    return described;
  });
  const compute: Level = {
    ...storage[0],
    name: "mac",
    kind: "compute",
    class: "mac",
    instances: meshX * meshY,
    meshX,
    meshY,
    attributes: {},
    constraints: {},
  };
  return { levels: [...storage, compute], workload: smallWorkload(bounds) };
}

function constraintsOf(level: SmallLevel): LevelConstraints {
  const spatial =
    level.spatial === undefined && level.split === undefined
      ? {}
      : {
          spatial: {
            factors: parseFactors(level.spatial ?? ""),
            permutation: [...(level.spaceOrder ?? "CMP")],
            split: level.split === undefined ? 999 : level.split,
            noMulticastNoReduction: level.noMulticast ?? [],
            noLinkTransfer: level.noLinkTransfer ?? all,
            defaultMaxFactor: level.maxFactor ?? null,
          },
        };
  return {
    ...spatial,
    temporal: {
      factors: parseFactors(level.temporal ?? ""),
      permutation: [...(level.order ?? "CMP")],
      noTemporalReuse: level.noTemporalReuse ?? [],
      rmwOnFirstWriteback: [],
      defaultMaxFactor: level.maxFactor ?? null,
    },
    dataspace: {
      keep: level.keep ?? all,
      bypass: level.bypass ?? all.filter((name) => !(level.keep ?? all).includes(name)),
      passthrough: level.passthrough ?? [],
    },
  };
}

function parseFactors(text: string): Factor[] {
  return [...text.matchAll(/(\w+?)(<?=)(-?\d+)/g)].map(([, dimension, operator, value]) => ({
    dimension,
    operator: operator === "=" ? "=" : "<=",
    value: Number(value),
  }));
}

/** Energies of 1, 2 and 3 pJ per row at every level. */
export function smallEnergies({ levels }: Pick<Specification, "levels">): {
  readonly energyPj: Record<string, Record<string, number>>;
} {
  return {
    energyPj: Object.fromEntries(
      levels.map(({ name, kind }): [string, Record<string, number>] => [
        name,
        kind === "compute" ? { compute: 0.5 } : { read: 1, write: 2, update: 3 },
      ]),
    ),
  };
}
