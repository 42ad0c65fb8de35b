import { requireArgument } from "../arguments";
import { isExpressionText } from "../spec/expression";
import { conventionOf } from "../spec/convention";
import { specificationSchema } from "../spec/specification";
import type {
  Factor,
  Level,
  LevelConstraints,
  SpatialConstraint,
  Specification,
  TemporalConstraint,
  Value,
  WrittenValue,
} from "../spec/specification";

/** One level of the flat form, with the names and spellings that Timeloop's input files use. */
export interface FlatLevel {
  readonly name: string;
  readonly class: string;
  readonly subclass?: string;
  readonly attributes: Readonly<Record<string, Value>>;
  readonly area_share?: number;
  readonly energy_scale?: number;
  readonly required_actions: readonly string[];
  readonly constraints: {
    readonly spatial?: FlatConstraint;
    readonly temporal?: FlatConstraint;
    readonly dataspace?: Readonly<Record<string, readonly string[]>>;
  };
}

export type FlatConstraint = Readonly<Record<string, string | number | readonly string[]>>;

/** The flat form of a specification: what `raella spec --json` prints. */
export interface FlatForm {
  readonly architecture: string;
  readonly dnn: string | null;
  readonly n_tiles: number | null;
  readonly batch: number | null;
  readonly typical: boolean;
  /** Three digits, the stem of the layer's file. */
  readonly layer: string | null;
  readonly layer_name: string | null;
  /** As written: numbers and expression texts. */
  readonly variables: Readonly<Record<string, Value>>;
  readonly instance: Readonly<Record<string, Value>>;
  /** Outermost first, the compute units last. */
  readonly levels: readonly FlatLevel[];
}

/** Levels with attributes and constraints in order, outermost first, as Timeloop and Accelergy read them. */
export function flatForm(specification: Specification): FlatForm {
  requireArgument(specificationSchema, specification, "the specification of flatForm");
  const { identity, workload, variables } = specification;
  return {
    architecture: identity.architecture,
    dnn: identity.dnn,
    n_tiles: identity.nTiles,
    batch: identity.batchSize,
    typical: identity.typicalStatistics,
    layer: identity.layer === null ? null : String(identity.layer).padStart(3, "0"),
    layer_name: identity.layerName,
    // The original of 2024 takes the version of the format for a variable here.
    variables: {
      ...(conventionOf(identity) === "2024" && { version: "0.4" }),
      ...mapValues(variables, asWritten),
    },
    instance: { ...workload.bounds, ...workload.coefficients, ...workload.instance },
    levels: specification.levels.map(flatLevel),
  };
}

export function mapValues<A, B>(
  record: Readonly<Record<string, A>>,
  convert: (value: A) => B,
): Record<string, B> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, convert(value)]));
}

/** An expression as its text, a literal as itself. */
function asWritten(value: WrittenValue): Value {
  return isExpressionText(value) ? value.expression : value;
}

/** Level name with its instance range, as flat forms and reference tables write it: `input_buffer[1..128]`. */
export function rangedName(level: Level): string {
  return level.kind === "network" ? level.name : `${level.name}[1..${level.instances}]`;
}

function flatLevel(level: Level): FlatLevel {
  return {
    name: rangedName(level),
    class: level.class,
    ...(level.subclass === null ? {} : { subclass: level.subclass }),
    attributes: level.attributes,
    ...(level.areaShare === null ? {} : { area_share: level.areaShare }),
    ...(level.energyShare === undefined ? {} : { energy_scale: level.energyShare }),
    required_actions: level.requiredActions,
    constraints: flatConstraints(level.constraints),
  };
}

export function flatConstraints({
  spatial,
  temporal,
  dataspace,
}: LevelConstraints): FlatLevel["constraints"] {
  return {
    ...(spatial && {
      spatial: flatLoops(spatial, spatial.split, {
        no_multicast_no_reduction: spatial.noMulticastNoReduction,
        no_link_transfer: spatial.noLinkTransfer,
      }),
    }),
    ...(temporal && {
      temporal: flatLoops(temporal, null, {
        no_temporal_reuse: temporal.noTemporalReuse,
        rmw_on_first_writeback: temporal.rmwOnFirstWriteback,
      }),
    }),
    ...(dataspace && {
      dataspace: withoutEmpty({
        keep: dataspace.keep,
        bypass: dataspace.bypass,
        passthrough: dataspace.passthrough,
      }),
    }),
  };
}

function flatLoops(
  { factors, permutation, defaultMaxFactor, defaultMinFactor }: SpatialConstraint | TemporalConstraint,
  split: number | null,
  directives: Readonly<Record<string, readonly string[]>>,
): FlatConstraint {
  return {
    ...(factors.length > 0 && { factors: factors.map(factorText).join(",") }),
    ...(permutation.length > 0 && { permutation: permutationText(permutation) }),
    ...(split !== null && { split }),
    ...withoutEmpty(directives),
    ...(defaultMaxFactor !== null && { default_max_factor: defaultMaxFactor }),
    ...(defaultMinFactor !== undefined && { default_min_factor: defaultMinFactor }),
  };
}

function factorText({ dimension, operator, value }: Factor): string {
  return `${dimension}${operator}${value}`;
}

/** One text of letters; dimensions with longer names are separated by commas. */
export function permutationText(permutation: readonly string[]): string {
  return permutation.join(permutation.every((dimension) => dimension.length === 1) ? "" : ",");
}

/** Lists of data spaces are sets; they are written sorted, and empty ones left out. */
function withoutEmpty(lists: Readonly<Record<string, readonly string[]>>): Record<string, readonly string[]> {
  return Object.fromEntries(
    Object.entries(lists).flatMap(([name, list]) => (list.length > 0 ? [[name, [...list].sort()]] : [])),
  );
}
