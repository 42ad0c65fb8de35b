import { RaellaError } from "../errors";
import { createMapSpace } from "../mapping/map-space";
import { findBestMapping } from "../mapping/find-best-mapping";
import type { ScorerFactory } from "../mapping/scorer";
import { assembleResizedSpec, assembleSpec } from "../spec/get-spec";
import { batchVariable, tilesVariable } from "../spec/processing/process-specification";
import type { Level, Specification } from "../spec/specification";
import type { NearestMiss, Remedy } from "./diagnosis";
import type { LayerRequest } from "./run-layer";

/** Most tiles that are tried. */
const mostTiles = 1024;

/**
 * The smallest changes with which a layer fits, each enough by itself: the fewest tiles, the nearest batch, the depth
 * of the buffer that the nearest mapping overfills, the nearest sizes that divide well. Every one has been tried.
 */
export function findRemedies(
  specification: Specification,
  nearestMiss: NearestMiss | null,
  options: LayerRequest,
): Remedy[] {
  const { tiles, batch } = specification.identity;
  const remedies: (Remedy | undefined)[] = [
    tiles === null ? undefined : moreTiles(tiles, options),
    batch === null ? undefined : otherBatch(batch, options),
    ...deeperBuffers(specification, nearestMiss),
    ...rounderSizes(specification, options),
  ];
  return remedies.filter((remedy): remedy is Remedy => remedy !== undefined);
}

function moreTiles(tiles: number, options: LayerRequest): Remedy | undefined {
  for (let count = tiles + 1; count <= mostTiles; count += count < 64 ? 1 : Math.ceil(count / 64)) {
    if (!fits(() => assembleSpec({ ...options, nTiles: count }))) continue;
    return remedy(tilesVariable, tiles, count, `It fits on ${count} tiles instead of ${tiles}.`);
  }
  return undefined;
}

/** Batches from the nearest one outwards, smaller ones first. */
function otherBatch(batch: number, options: LayerRequest): Remedy | undefined {
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
      `It fits with ${deeper} rows in ${subject} instead of ${depth}.`,
    );
  });
}

/** Sizes with greater prime factors are hard to spread over parts of the hardware, whose numbers are products of small ones. */
const largestEasyFactor = 7;
/** How far from a size another is looked for, as a share. */
const nearSize = 0.05;

/** For every dimension whose size divides badly, the nearest sizes below and above it that divide well and fit. */
function rounderSizes({ workload }: Specification, options: LayerRequest): (Remedy | undefined)[] {
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

/** Any mapping will do: the search has nothing to compare. */
const freeOfCharge: ScorerFactory = () => ({
  energyPj: 0,
  cycles: 0,
  lastLevelAccesses: 0,
  score: () => undefined,
});

function fits(specification: () => Specification): boolean {
  try {
    return findBestMapping(createMapSpace(specification()), freeOfCharge).valid > 0;
  } catch (error) {
    if (error instanceof RaellaError) return false;
    throw error;
  }
}
