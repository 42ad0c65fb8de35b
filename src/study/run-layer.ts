import { isObject, optionsOf, requireArgument, requireOptions } from "../arguments";
import { priceLevels } from "../components/estimate";
import { RaellaError } from "../errors";
import { adopt, Derived, freeze, frozenCopy, publish } from "../memory";
import { describeCosts } from "../model/access-costs";
import { evaluateMapping, priceAccesses } from "../model/evaluate-mapping";
import { describeHardware } from "../model/hardware";
import { mappingSchema } from "../model/mapping";
import type { Mapping } from "../model/mapping";
import { describeProblem } from "../model/problem";
import type { Problem } from "../model/problem";
import { requireComputable } from "../spec/computable";
import { withOneLook } from "../spec/file-memo";
import { assembleSpec } from "../spec/get-spec";
import type { SpecificationRequest } from "../spec/get-spec";
import { specificationSchema } from "../spec/specification";
import type { Specification, Warning, Workload } from "../spec/specification";
import { givenWorkspace, isSameWorkspace } from "../spec/workspace";
import type { Workspace } from "../spec/workspace";
import { findMapping } from "./find-mapping";
import {
  minimising,
  ownObjective,
  requireSettings,
  searchFully,
  unlessNothingFits,
  unlessTooLarge,
} from "./full-search";
import type { LayerResult, MappedLayer } from "./layer-result";
import { mappedLayerSchema, publishLayer, requireFinite, summarizeLayer, withWarnings } from "./layer-result";
import { createManifest, inputsSchema } from "./manifest";
import type { Inputs } from "./manifest";
import { requireSearchKind } from "./search-kind";
import type { SearchKind } from "./search-kind";
import { layerEntries, requireFullSearch, searchEntries, studyEntries, withDefaults } from "./study-options";
import type { LayerOptions, StudyOptions } from "./study-options";

/** How a specification that was made before is mapped. */
export type MappingOptions = Pick<StudyOptions, "search" | "workspace" | "objective" | "timeLimitMs">;

const mappingEntries = { ...searchEntries, workspace: studyEntries.workspace };
const mappingOptionsSchema = optionsOf(mappingEntries);
const evaluationSchema = optionsOf({ ...mappingEntries, strict: studyEntries.strict });
const layerSchema = optionsOf(layerEntries);

/**
 * Prices a specification that nobody else can change and finds the best mapping for it; not frozen. Where there are too
 * many mappings to visit, a full search finds it, with a certificate.
 */
export function mapAssembled(
  specification: Specification,
  options: Omit<MappingOptions, "workspace"> = {},
): MappedLayer {
  const { search = "optimal" } = options;
  requireSearchKind(search);
  if (search === "full") return requireFinite(searchFully(specification, null, options));
  const visited = unlessTooLarge(() => mapByVisit(specification, search), search);
  if (visited !== null && options.timeLimitMs !== undefined)
    return { ...visited, specification: withWarnings(visited.specification, [limitlessVisit]) };
  if (visited !== null) return visited;
  const settings = { ...options, ...ownObjective(specification) };
  requireSettings(settings);
  return requireFinite(searchFully(specification, null, settings));
}

const limitlessVisit: Warning = {
  code: "usage",
  message:
    "The time limit has no effect: every mapping that the constraints allow is visited. Only full searches, and map " +
    "spaces too large to visit, are limited.",
};

/** The best mapping by a visit to all of them, or Timeloop's. */
function mapByVisit(specification: Specification, search: Exclude<SearchKind, "full">): MappedLayer {
  requireComputable(specification);
  const tables = priceLevels(specification);
  const hardware = describeHardware(specification);
  const costs = describeCosts(hardware, tables.energy);
  const { mapping, counts, mapSpace, walk, warnings } = findMapping(specification, hardware, costs, search);
  return requireFinite({
    specification: withWarnings(specification, [...warnings, ...(tables.warnings ?? [])]),
    tables,
    mapping,
    evaluation: priceAccesses(problems.of(specification.workload), hardware, costs, counts),
    mapSpace,
    ...(walk && { walk }),
  });
}

/** Layers that differ in prices alone share a workload. */
const problems = new Derived<Workload, Problem>((workload) => freeze(describeProblem(workload)));

/** A specification that a caller hands in, read from another workspace where one is given. */
function adoptIn(given: Specification, workspace: Workspace | undefined): Specification {
  const specification = adopt(given);
  if (workspace === undefined || isSameWorkspace(specification.workspace, workspace)) return specification;
  return publish({ ...specification, workspace: givenWorkspace(workspace) });
}

/**
 * Prices a specification and evaluates a given mapping, also one that the constraints do not allow.
 * @throws RaellaError `invalid-mapping` with the numbers where it does not fit the hardware.
 * @example
 * ```ts
 * const specification = getSpec({ architecture: "raella", dnn: "resnet18", layer: 10 });
 * const { mapping } = mapLayer(specification);
 * const { evaluation } = evaluateGivenMapping(specification, mapping); // or a mapping of your own
 * console.log(evaluation.energyPj, evaluation.cycles);
 * ```
 */
export function evaluateGivenMapping(specification: Specification, mapping: Mapping): MappedLayer {
  requireArgument(specificationSchema, specification, "the specification of evaluateGivenMapping");
  requireArgument(mappingSchema, mapping, "the mapping of evaluateGivenMapping");
  const own = adopt(specification);
  requireComputable(own);
  const tables = priceLevels(own);
  const layer = requireFinite({
    specification: withWarnings(own, tables.warnings ?? []),
    tables,
    mapping: frozenCopy(mapping),
    evaluation: evaluateMapping(own, tables.energy, mapping),
    mapSpace: { size: 1, valid: 1, evaluated: 1 },
  });
  return publishLayer(layer);
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
  const visit = (steps: () => Specification): MappedLayer | null =>
    unlessTooLarge(() => mapByVisit(minimising(steps(), options.objective), "optimal"), "optimal");
  const heuristic = greedy && unlessNothingFits(() => visit(greedy));
  return requireFinite(searchFully(full, heuristic, options));
}

/**
 * Finds the best mapping of a DNN layer on an architecture, or of a specification that was made before, with all that
 * reports may show of it.
 * @throws RaellaError `no-mapping` where nothing fits, `constraint` where constraints contradict each other,
 *   `component` where a level cannot be priced; for a layer also for names that do not exist and mistakes in the files.
 * @example
 * ```ts
 * const mapped = mapLayer({ architecture: "raella", dnn: "resnet18", layer: 10 });
 * console.log(mapped.mapping.levels, mapped.evaluation.energyPj);
 * const full = mapLayer({ architecture: "raella", dnn: "resnet18", layer: 10, search: "full" });
 * console.log(full.fullSearch?.certificate);
 * ```
 */
export function mapLayer(specification: Specification, options?: MappingOptions): MappedLayer;
export function mapLayer(options: LayerOptions): MappedLayer;
export function mapLayer(layer: LayerOptions | Specification, options?: MappingOptions): MappedLayer {
  if (isSpecification(layer)) {
    requireOptions(mappingOptionsSchema, options === undefined ? {} : options, "mapLayer");
    return publishLayer(mapGiven(layer, options, "mapLayer"));
  }
  requireLayer(layer, options, "mapLayer");
  return publishLayer(mapRequest(withDefaults(layer)));
}

/** Options of a layer have no levels. */
export function isSpecification(given: object): given is Specification {
  return isObject(given) && ("levels" in given || "workload" in given);
}

function mapGiven(given: Specification, options: MappingOptions = {}, functionName: string): MappedLayer {
  requireArgument(specificationSchema, given, `the specification of ${functionName}`);
  requireFullSearch(options);
  return mapAssembled(adoptIn(given, options.workspace), options);
}

function requireLayer(layer: LayerOptions, more: unknown, functionName: string): void {
  requireOptions(layerSchema, layer, functionName);
  requireFullSearch(layer);
  if (more === undefined) return;
  throw new RaellaError({
    code: "usage",
    message: `A second argument of ${functionName} says something only about a specification.`,
    value: more,
    remedy: "Write all options into the first one.",
  });
}

/** Options of a layer that have been checked, with what they leave open. */
export type AnyRequest = LayerOptions & Pick<SpecificationRequest, "defaults" | "measured">;

/** The same for a layer of a DNN. */
export type LayerRequest = AnyRequest & { readonly dnn: string; readonly layer: number | string };

/** {@link mapLayer} for a request; not frozen, since it does not leave the package. */
function mapRequest(request: AnyRequest): MappedLayer {
  return withOneLook(() => mapRequestHere(request));
}

function mapRequestHere(request: AnyRequest): MappedLayer {
  const { search, greedySteps = [] } = request;
  if (search !== "full") return mapAssembled(assembleSpec(request), request);
  const full = assembleSpec({ ...request, greedySteps });
  // Greedy steps of the caller's own narrow the space: the mapping of the usual ones may not be in it.
  const isWhole = greedySteps.length === 0;
  const greedy = isWhole ? () => assembleSpec({ ...request, greedySteps: undefined }) : null;
  return mapFully(full, greedy, request);
}

/**
 * The result of a mapped layer as plain frozen data, with its manifest.
 * @example
 * ```ts
 * const mapped = mapLayer({ architecture: "raella", dnn: "resnet18", layer: 10 });
 * const result = resultOf(mapped); // as runLayer would give it
 * ```
 */
export function resultOf(mapped: MappedLayer, options: RequestedOptions = {}, inputs?: Inputs): LayerResult {
  requireArgument(mappedLayerSchema, mapped, "the layer of resultOf");
  requireOptions(layerSchema, options, "resultOf");
  if (options.search !== undefined) requireSearchKind(options.search);
  if (inputs !== undefined) requireArgument(inputsSchema, inputs, "the inputs of resultOf");
  return summarizeRequest(mapped, options, inputs);
}

/** What a manifest tells of a request, and whether warnings of checks are errors. */
type RequestedOptions = Pick<StudyOptions, "search" | "variables" | "newVariables" | "strict">;

function summarizeRequest(mapped: MappedLayer, options: RequestedOptions, inputs?: Inputs): LayerResult {
  const manifest = createManifest(mapped.specification, options, inputs);
  return freeze(summarizeLayer(mapped, manifest, options.strict));
}

/**
 * The best mapping of a DNN layer on an architecture, or of a specification that was made before, and its energy, area
 * and cycles. Errors as {@link mapLayer}.
 * @example
 * ```ts
 * const layer = runLayer({ architecture: "raella", dnn: "resnet18", layer: 10, nTiles: 16, batchSize: 32 });
 * console.log(layer.energyPj.total, layer.areaUm2.total, layer.cycles);
 * ```
 */
export function runLayer(
  specification: Specification,
  options?: MappingOptions & Pick<StudyOptions, "strict">,
): LayerResult;
export function runLayer(options: LayerOptions): LayerResult;
export function runLayer(
  layer: LayerOptions | Specification,
  options?: MappingOptions & Pick<StudyOptions, "strict">,
): LayerResult {
  if (isSpecification(layer)) {
    requireOptions(evaluationSchema, options === undefined ? {} : options, "runLayer");
    const { search, strict } = options ?? {};
    return summarizeRequest(publishLayer(mapGiven(layer, options, "runLayer")), { search, strict });
  }
  requireLayer(layer, options, "runLayer");
  return runRequest(withDefaults(layer));
}

/** {@link runLayer} for a request. */
export function runRequest(request: AnyRequest): LayerResult {
  return withOneLook(() => summarizeRequest(mapRequest(request), request));
}
