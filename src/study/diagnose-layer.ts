import { optionsOf, requireArgument, requireOptions } from "../arguments";
import { counted, RaellaError } from "../errors";
import { mappingAt } from "../mapspace/candidate-mapping";
import { assembleMapSpace, createMapSpace, factorProblem } from "../mapspace/map-space";
import type { MapSpace } from "../mapspace/map-space";
import { adopt, freeze } from "../memory";
import { findMappingProblems } from "../model/fit";
import type { MappingProblem } from "../model/fit";
import type { Mapping } from "../model/mapping";
import { hasValidMapping } from "../search/exhaustive/find-best-mapping";
import { assembleResizedSpec, assembleSpec } from "../spec/get-spec";
import { batchVariable, tilesVariable } from "../spec/processing/process-specification";
import type { Level, Specification, SpecificationIdentity, Warning } from "../spec/specification";
import { specificationSchema } from "../spec/specification";
import { unlessNothingFits } from "./full-search";
import type { MappedLayer, MappingBlock } from "./layer-result";
import { mappingBlocks } from "./layer-result";
import type { AnyRequest } from "./run-layer";
import { isSpecification, mapAssembled } from "./run-layer";
import { layerEntries, searchEntries, withDefaults } from "./study-options";
import type { LayerOptions } from "./study-options";

/** Why a layer does not fit, as one sentence with the numbers. */
export interface Misfit {
  readonly kind: "factors" | "fanout" | "capacity" | "utilization" | "other";
  /** The level or dimension concerned. */
  readonly subject: string;
  readonly message: string;
  readonly needed?: number;
  readonly available?: number;
}

/** The mapping that comes nearest to fitting, and what it exceeds. */
export interface NearestMiss {
  readonly mapping: readonly MappingBlock[];
  readonly problems: readonly Misfit[];
  /** Largest ratio of what is needed to what is there. */
  readonly excess: number;
}

/** A change of one variable or attribute with which the layer fits (tried, not guessed). */
export interface Remedy {
  /** Variable, dimension, or `level.attribute`. */
  readonly name: string;
  readonly from: number;
  readonly to: number;
  /** One sentence. */
  readonly message: string;
}

/** How much of a fan-out the mapping uses. */
export interface Usage {
  readonly level: string;
  readonly used: number;
  readonly available: number;
  readonly share: number;
  /** The loops that use it, outermost first. */
  readonly loops: readonly { readonly dimension: string; readonly factor: number }[];
}

/** Whether a layer fits, why not, what would help; how well the best mapping uses the hardware. Plain data. */
export interface Diagnosis extends Pick<
  SpecificationIdentity,
  "architecture" | "dnn" | "layer" | "layerName" | "nTiles" | "batchSize"
> {
  readonly fits: boolean;
  readonly misfits: readonly Misfit[];
  readonly nearestMiss: NearestMiss | null;
  /** The smallest changes found, each enough by itself. */
  readonly remedies: readonly Remedy[];
  /** Of the best mapping, outermost level first; empty where there is none. */
  readonly usage: readonly Usage[];
  readonly warnings: readonly Warning[];
}

/** Most tiles that are tried. */
const mostTiles = 1024;

/**
 * The smallest changes with which a layer fits, each enough by itself: the fewest tiles, the nearest batch, the depth
 * of the buffer that the nearest mapping overfills, the nearest sizes that divide well. Every one has been tried.
 */
function findRemedies(
  specification: Specification,
  nearestMiss: NearestMiss | null,
  options: AnyRequest,
): Remedy[] {
  const { nTiles, batchSize } = specification.identity;
  const remedies: (Remedy | undefined)[] = [
    nTiles === null ? undefined : moreTiles(nTiles, options),
    batchSize === null ? undefined : otherBatch(batchSize, options),
    ...deeperBuffers(specification, nearestMiss),
    ...rounderSizes(specification, options),
  ];
  return remedies.filter((remedy): remedy is Remedy => remedy !== undefined);
}

function moreTiles(tiles: number, options: AnyRequest): Remedy | undefined {
  for (let count = tiles + 1; count <= mostTiles; count += count < 64 ? 1 : Math.ceil(count / 64)) {
    if (!fits(() => assembleSpec({ ...options, nTiles: count }))) continue;
    return remedy(tilesVariable, tiles, count, `It fits on ${counted(count, "tile")} instead of ${tiles}.`);
  }
  return undefined;
}

/** Batches from the nearest one outwards, smaller ones first. */
function otherBatch(batch: number, options: AnyRequest): Remedy | undefined {
  const candidates = Array.from({ length: 2 * batch }, (_, index) => index + 1)
    .filter((size) => size !== batch && (batch % size === 0 || size % batch === 0))
    .sort((a, b) => Math.abs(a - batch) - Math.abs(b - batch));
  const size = candidates.find((candidate) => fits(() => assembleSpec({ ...options, batchSize: candidate })));
  if (size === undefined) return undefined;
  return remedy(batchVariable, batch, size, `It fits with a batch of ${size} instead of ${batch}.`);
}

/** For every buffer that the nearest mapping overfills, the depth that would hold it. */
function deeperBuffers(
  specification: Specification,
  nearestMiss: NearestMiss | null,
): (Remedy | undefined)[] {
  const overfull = (nearestMiss?.problems ?? []).filter(({ kind }) => kind === "capacity");
  return overfull.map(({ subject, needed, available }) => {
    const level = specification.levels.find(({ name }) => name === subject);
    const depth = level?.attributes.depth;
    if (level === undefined || typeof depth !== "number" || !needed || !available) return undefined;
    const deeper = Math.ceil((depth * needed) / available);
    if (!fits(() => withDepth(specification, level, deeper))) return undefined;
    return remedy(
      `${subject}.depth`,
      depth,
      deeper,
      `It fits with ${counted(deeper, "row")} in ${subject} instead of ${depth}.`,
    );
  });
}

/** Sizes with greater prime factors are hard to spread over parts of the hardware, whose numbers are products of small ones. */
const largestEasyFactor = 7;
/** How far from a size another is looked for, as a share. */
const nearSize = 0.05;

/** For every dimension whose size divides badly, the nearest sizes below and above it that divide well and fit. */
function rounderSizes({ workload }: Specification, options: AnyRequest): (Remedy | undefined)[] {
  return Object.entries(workload.bounds).flatMap(([dimension, size]) => {
    if (largestPrimeFactor(size) <= largestEasyFactor) return [];
    const reach = Math.max(8, Math.ceil(nearSize * size));
    return [-1, 1].map((direction) => {
      const nearest = Array.from({ length: reach }, (_, index) => size + direction * (index + 1)).find(
        (other) =>
          other > 0 &&
          largestPrimeFactor(other) <= largestEasyFactor &&
          fits(() => assembleResizedSpec(options, { [dimension]: other })),
      );
      return nearest === undefined
        ? undefined
        : remedy(
            dimension,
            size,
            nearest,
            `It fits with ${dimension} ${nearest} instead of ${size}, which divides badly.`,
          );
    });
  });
}

function largestPrimeFactor(size: number): number {
  let rest = size;
  for (let factor = 2; factor * factor <= rest; factor += 1)
    while (rest % factor === 0 && rest > factor) rest /= factor;
  return rest;
}

function remedy(name: string, from: number, to: number, message: string): Remedy {
  return { name, from, to, message };
}

function withDepth(specification: Specification, level: Level, depth: number): Specification {
  const deeper = { ...level, attributes: { ...level.attributes, depth } };
  return {
    ...specification,
    levels: specification.levels.map((candidate) => (candidate === level ? deeper : candidate)),
  };
}

function fits(specification: () => Specification): boolean {
  try {
    return hasValidMapping(createMapSpace(specification()));
  } catch (error) {
    if (error instanceof RaellaError) return false;
    throw error;
  }
}

/** Mappings looked at, spread evenly over the map space, to find the one that misses by least. */
const sampleSize = 5000;

/** Below this share of a fan-out a diagnosis warns. */
const lowUsage = 0.5;

/** The layer to look at; how a mapping is looked for plays no part. */
export type DiagnosisOptions = Omit<LayerOptions, keyof typeof searchEntries>;

const diagnosisSchema = optionsOf(
  Object.fromEntries(Object.entries(layerEntries).filter(([key]) => !(key in searchEntries))),
);

/**
 * Says whether a layer fits on an architecture; if not, why not, by how much the nearest mapping misses, and the
 * smallest changes with which it fits (these are tried: fewest tiles, a batch, the depth of a buffer). Warns of parts
 * that the best mapping leaves idle. For a specification that was made before there are no remedies, since those change
 * what it is made from; one whose statistics are placeholders is looked at, too, with a warning: no figure of the
 * diagnosis is an energy.
 * @throws RaellaError for names that do not exist and mistakes in the files.
 * @example
 * ```ts
 * const { fits, misfits, remedies } = diagnoseLayer({ architecture: "raella", dnn: "resnet18", layer: 18, nTiles: 1 });
 * console.log(fits, misfits, remedies);
 * ```
 */
export function diagnoseLayer(layer: DiagnosisOptions | Specification): Diagnosis {
  if (isSpecification(layer)) {
    requireArgument(specificationSchema, layer, "the specification of diagnoseLayer");
    return diagnose(layer);
  }
  const options = layer;
  requireOptions(diagnosisSchema, options, "diagnoseLayer");
  const complete = withDefaults(options);
  const specification = assembleSpec(complete);
  const diagnosis = diagnose(specification);
  if (diagnosis.fits) return diagnosis;
  return freeze({ ...diagnosis, remedies: findRemedies(specification, diagnosis.nearestMiss, complete) });
}

function diagnose(given: Specification): Diagnosis {
  const specification: Specification = adopt({ ...given, placeholders: undefined });
  const { architecture, dnn, layer, layerName, nTiles, batchSize } = specification.identity;
  const identity = { architecture, dnn, layer, layerName, nTiles, batchSize };
  const mapped = unlessNothingFits(() => mapAssembled(specification));
  if (mapped !== null) {
    const usage = usageOf(mapped);
    const warnings = [...mapped.specification.warnings, ...usage.filter(isLow).map(lowUsageWarning)];
    return freeze({
      ...{ ...identity, fits: true, misfits: [], nearestMiss: null, remedies: [] },
      ...{ usage, warnings },
    });
  }
  const space = assembleMapSpace(specification);
  const misfits = space.problem.dimensions.flatMap((dimension, index): Misfit[] => {
    const problem = factorProblem(space, index);
    return problem ? [{ kind: "factors", subject: dimension, message: problem.summary }] : [];
  });
  const nearestMiss = misfits.length > 0 ? null : findNearestMiss(space);
  return freeze({
    ...identity,
    fits: false,
    misfits: misfits.length > 0 ? misfits : (nearestMiss?.problems ?? []),
    nearestMiss,
    remedies: [],
    usage: [],
    warnings: [...specification.warnings, ...space.warnings],
  });
}

/** Of a sample of mappings, evenly spread, the one whose worst excess is smallest. */
function findNearestMiss(space: MapSpace): NearestMiss | null {
  const count = BigInt(Math.min(space.factorizations, sampleSize));
  const size = BigInt(space.factorizations);
  let nearest: {
    readonly mapping: Mapping;
    readonly problems: MappingProblem[];
    readonly excess: number;
  } | null = null;
  for (let index = 0n; index < count; index += 1n) {
    const mapping = mappingAt(space, (index * size) / count);
    const problems = findMappingProblems(space.problem, space.hardware, mapping);
    const excess = Math.max(...problems.map(({ needed, available }) => excessOf(needed, available)));
    if (nearest === null || excess < nearest.excess) nearest = { mapping, problems, excess };
  }
  if (nearest === null) return null;
  const { mapping, problems, excess } = nearest;
  return { mapping: mappingBlocks(mapping), problems: problems.map(misfitOf), excess };
}

function excessOf(needed: number, available: number): number {
  return needed > available ? needed / Math.max(available, 1) : Math.max(available, 1) / Math.max(needed, 1);
}

function misfitOf({ kind, subject, message, needed, available }: MappingProblem): Misfit {
  const known = ["factors", "fanout", "capacity", "utilization"] as const;
  return {
    kind: known.find((candidate) => candidate === kind) ?? "other",
    subject,
    message,
    needed,
    available,
  };
}

/** How much of every fan-out is used; levels inside which there is only one child are left out. */
function usageOf({ specification, mapping }: MappedLayer): Usage[] {
  const levels = specification.levels.filter(({ kind }) => kind !== "network");
  return mapping.levels.flatMap(({ level, spatial }) => {
    const index = levels.findIndex(({ name }) => name === level);
    const available = levels[index + 1].instances / levels[index].instances;
    if (available <= 1) return [];
    const loops = spatial.map(({ dimension, factor }) => ({ dimension, factor }));
    const used = loops.reduce((product, { factor }) => product * factor, 1);
    return [{ level, used, available, share: used / available, loops }];
  });
}

function isLow({ share }: Usage): boolean {
  return share < lowUsage;
}

function lowUsageWarning({ level, used, available, loops }: Usage): Warning {
  const reason =
    loops.length === 0
      ? "no loop is placed there"
      : loops.map(({ dimension, factor }) => `${dimension} ${factor}`).join(" x ");
  return {
    code: "out-of-range",
    message: `${level} uses ${used} of ${available} places (${reason}).`,
  };
}
