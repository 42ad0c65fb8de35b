import type { LevelMapping, Loop, Mapping } from "../../src/model/mapping";
import type { EnergyReferenceTable } from "../../src/spec/reference-tables";
import type { Level, Specification, TemporalConstraint, Workload } from "../../src/spec/specification";

/** The problem of a recorded case. */
export interface GoldenProblem {
  readonly dims: readonly string[];
  readonly bounds: Readonly<Record<string, number>>;
  readonly coefficients: Readonly<Record<string, number>>;
}

/** A level of a recorded case; loops stand innermost first. */
export interface GoldenLevel {
  readonly name: string;
  readonly instances: number;
  readonly meshX: number;
  readonly meshY: number;
  readonly fanX: number;
  readonly wordBits: number;
  readonly block: number;
  readonly capacity: number;
  readonly readBW: number | null;
  readonly eRead: number;
  readonly eFill: number;
  readonly eUpdate: number;
  readonly keep: readonly string[];
  readonly passthrough: readonly string[];
  readonly noTemporalReuse: readonly string[];
  readonly rmwOnFirstWriteback: readonly string[];
  readonly noMulticast: readonly string[];
  readonly space: readonly (readonly [string, number])[];
  readonly time: readonly (readonly [string, number])[];
}

export interface GoldenCase {
  readonly name: string;
  readonly problem: GoldenProblem;
  readonly compute: {
    readonly name: string;
    readonly instances: number;
    readonly meshX: number;
    readonly energy: number;
  };
  readonly levels: readonly GoldenLevel[];
  readonly expect: GoldenEvaluation;
}

export interface GoldenAccesses {
  readonly partition: number;
  readonly used: number;
  readonly instances: number;
  readonly reads: number;
  readonly updates: number;
  readonly fills: number;
  readonly temporalReductions: number;
  readonly energyPerInstance: number;
}

export interface GoldenEvaluation {
  readonly computeCycles: number;
  readonly computes: number;
  readonly usedComputeUnits: number;
  readonly cycles: number;
  readonly energy: number;
  readonly edp: number;
  readonly levelEnergy: Readonly<Record<string, number>>;
  readonly levels: Readonly<Record<string, Readonly<Record<string, GoldenAccesses | number>>>>;
  readonly summary: readonly string[];
}

/** The convolution shape that all recorded cases share. */
export function goldenWorkload({ dims, bounds, coefficients }: GoldenProblem): Workload {
  const term = (dimension: string, coefficient = 1): { dimension: string; coefficient: number } => ({
    dimension,
    coefficient,
  });
  const plain = (letters: string): { dimension: string; coefficient: number }[][] =>
    [...letters].map((letter) => [term(letter)]);
  const { Wstride, Hstride, Wdilation, Hdilation } = coefficients;
  return {
    name: "golden",
    dimensions: dims,
    bounds,
    coefficients,
    dataSpaces: [
      { name: "Weights", readWrite: false, ranks: plain("CMRSLG") },
      {
        name: "Inputs",
        readWrite: false,
        ranks: [
          ...plain("NC"),
          [term("R", Wdilation), term("P", Wstride)],
          [term("S", Hdilation), term("Q", Hstride)],
          ...plain("IG"),
        ],
      },
      { name: "Outputs", readWrite: true, ranks: plain("NMQPTG") },
    ],
    bitDimensions: ["I", "L", "T"],
    instance: {},
  };
}

/** The slot of a recorded map space. */
export interface GoldenSlot {
  readonly level: string;
  readonly kind: "space" | "time";
  readonly fixed: Readonly<Record<string, number>>;
  /** Innermost first. */
  readonly order: string;
}

/** Levels that do not forbid transfers between neighbours. */
const linkedLevels = ["inter_bitwise_virtualization_spatial_dummy"];

/** The levels, workload and energies of a recorded case; with its slots also the constraints on loops. */
export function goldenSpecification(
  { problem, levels, compute }: Pick<GoldenCase, "problem" | "levels" | "compute">,
  slots: readonly GoldenSlot[] = [],
): {
  readonly specification: Pick<Specification, "levels" | "workload">;
  readonly energyTable: EnergyReferenceTable;
} {
  const workload = goldenWorkload(problem);
  const names = workload.dataSpaces.map(({ name }) => name);
  const storage = [...levels].reverse().map((level): Level => {
    const constraint = (
      kind: "space" | "time",
    ): Pick<TemporalConstraint, "factors" | "permutation" | "defaultMaxFactor"> => {
      const slot = slots.find((candidate) => candidate.level === level.name && candidate.kind === kind);
      return {
        factors: Object.entries(slot?.fixed ?? {}).map(([dimension, value]) => ({
          dimension,
          operator: "=",
          value,
        })),
        permutation: [...(slot?.order ?? "")],
        defaultMaxFactor: null,
      };
    };
    return {
      name: level.name,
      kind: "storage",
      class: "dummy_storage",
      subclass: null,
      areaShare: null,
      instances: level.instances,
      meshX: level.meshX,
      meshY: level.meshY,
      attributes: {
        datawidth: level.wordBits,
        width: level.block * level.wordBits,
        depth: level.capacity / level.block,
        read_bandwidth: level.readBW,
      },
      requiredActions: [],
      constraints: {
        spatial: {
          ...constraint("space"),
          split: 999,
          noMulticastNoReduction: level.noMulticast,
          noLinkTransfer: linkedLevels.includes(level.name) ? [] : names,
        },
        temporal: {
          ...constraint("time"),
          noTemporalReuse: level.noTemporalReuse,
          rmwOnFirstWriteback: level.rmwOnFirstWriteback,
        },
        dataspace: {
          keep: level.keep,
          bypass: names.filter((name) => !level.keep.includes(name)),
          passthrough: level.passthrough,
        },
      },
    };
  });
  const units: Level = {
    ...storage[0],
    name: compute.name,
    kind: "compute",
    class: "free_mac",
    instances: compute.instances,
    meshX: compute.meshX,
    meshY: 1,
    attributes: {},
    constraints: {},
  };
  return {
    specification: { levels: [...storage, units], workload },
    energyTable: {
      energyPj: Object.fromEntries([
        ...levels.map(({ name, eRead, eFill, eUpdate }) => [
          name,
          { read: eRead, fill: eFill, update: eUpdate },
        ]),
        [compute.name, { compute: compute.energy }],
      ]) as Record<string, Record<string, number>>,
    },
  };
}

/** The loops and directives of a recorded case. */
export function goldenMapping({ levels }: Pick<GoldenCase, "levels">): Mapping {
  return {
    levels: [...levels].reverse().map((level): LevelMapping => ({
      level: level.name,
      spatial: loops(level.space).map((loop) => ({ ...loop, axis: "X" })),
      temporal: loops(level.time),
      keep: level.keep,
      passthrough: level.passthrough,
      noTemporalReuse: level.noTemporalReuse,
      rmwOnFirstWriteback: level.rmwOnFirstWriteback,
      noMulticastNoReduction: level.noMulticast,
      noLinkTransfer: linkedLevels.includes(level.name) ? [] : ["Weights", "Inputs", "Outputs"],
    })),
  };
}

function loops(innermostFirst: readonly (readonly [string, number])[]): Loop[] {
  return [...innermostFirst].reverse().map(([dimension, factor]) => ({ dimension, factor }));
}
