import { priceLevels } from "../estimation/estimate";
import { describeHardware } from "../mapping/hardware";
import type { Mapping } from "../mapping/mapping";
import { describeProblem } from "../mapping/problem";
import { describeCosts } from "../model/access-costs";
import { evaluateMapping } from "../model/evaluate-mapping";
import { priceAccesses } from "../model/price-accesses";
import { adopt, freeze, frozenCopy, publish } from "../memory";
import { withOneLook } from "../spec/file-memo";
import { assembleSpec } from "../spec/get-spec";
import type { Specification } from "../spec/specification";
import { givenWorkspace, isSameWorkspace, type Workspace } from "../spec/workspace";
import { findMapping } from "./find-mapping";
import type { LayerResult } from "./layer-result";
import { minimising, requireSettings, searchFully, unlessNothingFits } from "./full-search";
import { createManifest, type Inputs } from "./manifest";
import { publishLayer, withWarnings, type MappedLayer } from "./mapped-layer";
import { requireSearchKind } from "./search-kind";
import { withDefaults, type LayerOptions, type StudyOptions } from "./study-options";
import { summarizeLayer } from "./summarize-layer";

/** How a specification is mapped. */
export type MappingOptions = Pick<StudyOptions, "search" | "workspace" | "objective" | "timeLimitMs">;

/**
 * Prices a specification and finds the best mapping for it.
 * @throws RaellaError `no-mapping` where nothing fits, `constraint` where constraints contradict each other,
 *   `component` where a level cannot be priced.
 */
export function mapSpecification(specification: Specification, options: MappingOptions = {}): MappedLayer {
  return publishLayer(mapAssembled(adoptIn(specification, options.workspace), options));
}

/** The same for use inside the package: of a specification that nobody else can change, and not frozen. */
export function mapAssembled(
  specification: Specification,
  options: Omit<MappingOptions, "workspace"> = {},
): MappedLayer {
  const { search = "optimal" } = options;
  requireSearchKind(search);
  if (search === "full") return searchFully(specification, null, options);
  const tables = priceLevels(specification);
  const hardware = describeHardware(specification);
  const costs = describeCosts(hardware, tables.energy);
  const { mapping, counts, mapSpace, walk, warnings } = findMapping(specification, hardware, costs, search);
  return {
    specification: withWarnings(specification, [...warnings, ...(tables.warnings ?? [])]),
    tables,
    mapping,
    evaluation: priceAccesses(describeProblem(specification.workload), hardware, costs, counts),
    mapSpace,
    ...(walk && { walk }),
  };
}

/** A specification that a caller hands in, read from another workspace where one is given. */
function adoptIn(given: Specification, workspace: Workspace | undefined): Specification {
  const specification = adopt(given);
  if (workspace === undefined || isSameWorkspace(specification.workspace, workspace)) return specification;
  return publish({ ...specification, workspace: givenWorkspace(workspace) });
}

/**
 * Prices a specification and evaluates a given mapping, also one that the constraints do not allow.
 * @throws RaellaError `invalid-mapping` with the numbers where it does not fit the hardware.
 */
export function evaluateGivenMapping(specification: Specification, mapping: Mapping): MappedLayer {
  const own = adopt(specification);
  const tables = priceLevels(own);
  return publishLayer({
    specification: withWarnings(own, tables.warnings ?? []),
    tables,
    mapping: frozenCopy(mapping),
    evaluation: evaluateMapping(own, tables.energy, mapping),
    mapSpace: { size: 1, valid: 1, evaluated: 1 },
  });
}

/**
 * Finds the best mapping of the full map space, starting from the best one that the greedy steps leave.
 * @param greedy - the specification with greedy steps, null where there is nothing to start from.
 * @returns a layer that is not frozen yet.
 */
export function mapFully(
  full: Specification,
  greedy: (() => Specification) | null,
  options: MappingOptions,
): MappedLayer {
  requireSettings(options);
  const heuristic = greedy && unlessNothingFits(() => mapAssembled(minimising(greedy(), options.objective)));
  return searchFully(full, heuristic, options);
}

/** Finds the best mapping of a DNN layer on an architecture, with all that reports may show of it. */
export function mapLayer(options: LayerOptions): MappedLayer {
  return publishLayer(findLayer(options));
}

function findLayer(options: LayerOptions): MappedLayer {
  return withOneLook(() => findLayerHere(options));
}

function findLayerHere(options: LayerOptions): MappedLayer {
  const complete = withDefaults(options);
  const { search, greedySteps = [] } = complete;
  if (search !== "full") return mapAssembled(assembleSpec(complete), complete);
  const full = assembleSpec({ ...complete, greedySteps });
  // Greedy steps of the caller's own narrow the space: the mapping of the usual ones may not be in it.
  const isWhole = greedySteps.length === 0;
  const greedy = isWhole ? () => assembleSpec({ ...complete, greedySteps: undefined }) : null;
  return mapFully(full, greedy, complete);
}

/** The result of a mapped layer as plain frozen data, with its manifest. */
export function resultOf(
  mapped: MappedLayer,
  options: Pick<StudyOptions, "search" | "variables" | "strict"> = {},
  inputs?: Inputs,
): LayerResult {
  const { search: kind = "optimal", variables = {}, strict } = options;
  return freeze(
    summarizeLayer(mapped, createManifest(mapped.specification, kind, variables, inputs), strict),
  );
}

/** Maps a specification and returns the result as plain data. Errors as {@link mapSpecification}. */
export function evaluateSpecification(
  specification: Specification,
  options: MappingOptions & Pick<StudyOptions, "variables" | "strict"> = {},
): LayerResult {
  return resultOf(mapSpecification(specification, options), options);
}

/**
 * The best mapping of a DNN layer on an architecture, and its energy, area and cycles.
 * @throws RaellaError for names that do not exist, mistakes in the files, a layer that does not fit.
 */
export function runLayer(options: LayerOptions): LayerResult {
  return resultOf(findLayer(options), options);
}
