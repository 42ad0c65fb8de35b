import { adopt, freeze } from "../memory";
import { RaellaError } from "../errors";
import { findMappingProblems, type MappingProblem } from "../mapping/check-mapping";
import { assembleMapSpace, factorProblem, type MapSpace } from "../mapping/map-space";
import { mappingAt } from "../mapping/mapping-at";
import type { Mapping } from "../mapping/mapping";
import { optionsOf, requireArgument, requireOptions } from "../arguments";
import { assembleSpec } from "../spec/get-spec";
import { specificationSchema, type Specification, type Warning } from "../spec/specification";
import type { Diagnosis, Misfit, NearestMiss, Usage } from "./diagnosis";
import { findRemedies } from "./find-remedies";
import type { MappedLayer } from "./mapped-layer";
import { mapAssembled } from "./run-layer";
import { layerEntries, searchEntries, withDefaults, type LayerOptions } from "./study-options";
import { mappingBlocks } from "./summarize-layer";

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
 * that the best mapping leaves idle.
 * @throws RaellaError for names that do not exist and mistakes in the files.
 */
export function diagnoseLayer(options: DiagnosisOptions): Diagnosis {
  requireOptions(diagnosisSchema, options, "diagnoseLayer");
  const complete = withDefaults(options);
  const specification = assembleSpec(complete);
  const diagnosis = diagnose(specification);
  if (diagnosis.fits) return diagnosis;
  return freeze({ ...diagnosis, remedies: findRemedies(specification, diagnosis.nearestMiss, complete) });
}

/**
 * The same for any specification; without remedies, since those change what the specification is made from. One whose
 * statistics are placeholders is looked at, too, with a warning: no figure of the diagnosis is an energy.
 */
export function diagnoseSpecification(specification: Specification): Diagnosis {
  requireArgument(specificationSchema, specification, "the specification of diagnoseSpecification");
  return diagnose(specification);
}

function diagnose(given: Specification): Diagnosis {
  const specification: Specification = adopt({ ...given, placeholders: undefined });
  const { architecture, dnn, layer, layerName, tiles, batch } = specification.identity;
  const identity = { architecture, dnn, layer, layerName, tiles, batch };
  const mapped = mapIfPossible(specification);
  if (mapped !== undefined) {
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

function mapIfPossible(specification: Specification): MappedLayer | undefined {
  try {
    return mapAssembled(specification);
  } catch (error) {
    if (error instanceof RaellaError && error.code === "no-mapping") return undefined;
    throw error;
  }
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
