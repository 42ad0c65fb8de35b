import { estimate } from "../../components/estimate";
import { pricingOf } from "../../components/pricing";
import { RaellaError, suggestName } from "../../errors";
import { frozenCopy } from "../../memory";
import { arithmeticArchitectures, undeclaredArithmetic } from "../../network/arithmetic-design";
import { hashFile, readImportRecord, recordFile } from "../../network/network-sources";
import { join, sha256 } from "../../platform";
import { loadComponentGroups } from "../../spec/component-groups";
import { requireComputable } from "../../spec/computable";
import type { FileLook } from "../../spec/file-memo";
import { assembleSpec } from "../../spec/get-spec";
import { countsLeakage } from "../../spec/convention";
import { choicesAmong } from "../../spec/model-choices";
import { batchVariable, tilesVariable } from "../../spec/processing/process-specification";
import type { Specification, Warning } from "../../spec/specification";
import type { Workspace } from "../../spec/workspace";
import { findArchitecture, findDnn, givenWorkspace, listLayers } from "../../spec/workspace";
import { displayPath } from "../../spec/yaml/source-text";
import type { ComponentGroup } from "../component-groups";
import { groupOfLevel, leakageGroup } from "../component-groups";
import { gatherWarnings } from "../network-result";
import type { LayersWarning } from "../network-result";
import type { LayerRequest } from "../run-layer";
import { defaultBatchSize, defaultTiles } from "../study-options";
import { Surroundings } from "../surroundings";
import type { ColumnExpression } from "./objectives";
import { compileColumnExpression } from "./objectives";
import { partsOf } from "./pareto-front";
import type { SweepPlan, SweepPoint } from "./sweep-plan";
import { pointAt, variableNames } from "./sweep-plan";
import type { SweepColumn } from "./sweep-row";
import { sweepColumns } from "./sweep-row";

/** What the slices of a layer change in the model of a design. */
interface LayerSlices {
  readonly slices: number;
  readonly averageWeight: number;
  readonly adcShare: number;
}

/** How accurate a design computes the network. */
export interface SweepAccuracy {
  readonly loss: number | null;
  readonly top1Agreement: number | null;
  readonly error: number;
  readonly meanSlices: number;
  /** Of every layer, where they are chosen anew. */
  readonly layers: readonly LayerSlices[] | null;
}

/** By the key of the arithmetic: few designs differ in it. */
export type AccuracyTable = Readonly<Record<string, SweepAccuracy>>;

/** How a sweep is run. */
export interface SweepRunOptions {
  /** Threads that compute; `auto` (default) takes up to one for each processor, as many as have enough to do. */
  readonly workers?: number | "auto";
  /** Ends the run early with a RaellaError `aborted`. */
  readonly signal?: AbortSignal;
}

/** A plan and everything that its points have in common. */
export interface SweepContext {
  readonly plan: SweepPlan;
  readonly workspace: Workspace;
  /** Files and registrations as all points see them. */
  readonly surroundings: Surroundings;
  /** The files among them. */
  readonly look: FileLook;
  readonly columns: readonly SweepColumn[];
  readonly groups: readonly ComponentGroup[];
  /** Groups with a column, in column order. */
  readonly groupNames: readonly string[];
  /** Numbers of the layers of each DNN. */
  readonly layers: ReadonlyMap<string, readonly number[]>;
  readonly constraint: ColumnExpression | null;
  /** Variables of every architecture of the sweep. */
  readonly modelVariables: ReadonlySet<string>;
  /** What the models have to say of the first design on every architecture, each once. */
  readonly warnings: readonly LayersWarning[];
  /** Of all designs, once it is computed, if the sweep asks for it. */
  readonly accuracy?: AccuracyTable;
}

/**
 * Looks up the architectures and DNNs of a plan and checks that they exist, that their models have the variables of
 * the sweep, and that constraint and objectives can be read.
 * @throws RaellaError naming what is wrong, with the nearest name.
 */
export function prepareSweep(
  plan: SweepPlan,
  workspace?: Workspace,
  surroundings = new Surroundings(),
): SweepContext {
  const { look } = surroundings;
  const found = surroundings.during(() => lookUp(frozenCopy(plan), givenWorkspace(workspace)));
  return { surroundings, look, ...found };
}

/** What the plan says of how all layers are modelled. */
function requestOf(
  { plan, workspace }: Pick<SweepContext, "plan" | "workspace">,
  chosen: LayerRequest,
): LayerRequest {
  const { typicalStatistics: useTypicalStatistics, fidelity } = plan;
  return { ...chosen, useTypicalStatistics, fidelity, ...choicesAmong(plan), workspace };
}

/** The request for one layer of a design. */
export function layerRequest(
  context: SweepContext,
  { architecture, dnn, nTiles, batchSize, variables }: Omit<SweepPoint, "point" | "design">,
  layer: number,
): LayerRequest {
  const defaults = { [tilesVariable]: nTiles, [batchVariable]: batchSize };
  return requestOf(context, { architecture, dnn, layer, defaults, variables });
}

function lookUp(plan: SweepPlan, workspace: Workspace): Omit<SweepContext, "surroundings" | "look"> {
  if (plan.accuracy !== undefined) readImportRecord(plan.accuracy.dnn, workspace.statisticsDirectory);
  const layers = new Map(
    plan.dnns.map((dnn) => [findDnn(dnn, workspace), listLayers(dnn, workspace)] as const),
  );
  const samples = plan.architectures.map((name) => {
    const architecture = findArchitecture(name, workspace).name;
    const [dnn] = plan.dnns;
    return assembleSpec(
      requestOf({ plan, workspace }, { architecture, dnn, layer: layers.get(dnn)?.[0] ?? 0 }),
    );
  });
  checkCountsAreOptions(plan);
  checkAccuracy(plan, workspace);
  for (const specification of samples) {
    checkVariables(plan, specification);
    checkCounts(plan, specification);
  }
  const warnings = plan.architectures.flatMap((architecture) =>
    warningsOfFirstPoint(plan, architecture, layers, workspace),
  );
  const groups = loadComponentGroups(workspace);
  const groupNames = [
    ...namesOfGroups(samples, groups),
    ...(samples.some(({ identity }) => countsLeakage(identity)) ? [leakageGroup] : []),
  ];
  const columns = sweepColumns(plan, groupNames);
  const modelVariables = new Set(
    Object.keys(samples[0].variables).filter((name) =>
      samples.every(({ variables }) => Object.hasOwn(variables, name)),
    ),
  );
  const known = new Set([...columns.map(({ name }) => name), ...modelVariables]);
  const constraint =
    plan.constraint === null ? null : compileColumnExpression(plan.constraint, known, "constraint");
  const columnNames = new Set(columns.map(({ name }) => name));
  for (const objective of plan.objectives)
    compileColumnExpression(partsOf(objective)[1], columnNames, "objective");
  return { plan, workspace, columns, groups, groupNames, layers, constraint, modelVariables, warnings };
}

/** @throws RaellaError if an architecture of the sweep computes in an unknown way. */
function checkAccuracy({ accuracy, architectures }: SweepPlan, workspace: Workspace): void {
  if (accuracy === undefined) return;
  const known = arithmeticArchitectures(workspace);
  const other = architectures
    .map((name) => findArchitecture(name, workspace).name)
    .find((name) => !known.includes(name));
  if (other !== undefined) throw undeclaredArithmetic(other, workspace);
}

/** A variable that no model knows would have no effect: surely a slip. */
function checkVariables(plan: SweepPlan, { identity, variables }: Specification): void {
  for (const name of variableNames(plan)) {
    if (Object.hasOwn(variables, name)) continue;
    throw new RaellaError({
      code: "unknown-name",
      message: `The model of ${identity.architecture} has no variable "${name}".`,
      location: { file: "sweep", keyPath: "variables" },
      value: name,
      remedy: suggestName(name, Object.keys(variables)),
    });
  }
}

/** Tiles and samples have keys of their own, from which columns and throughput follow. */
function checkCountsAreOptions(plan: SweepPlan): void {
  for (const [variable, key] of [
    [tilesVariable, "nTiles"],
    [batchVariable, "batchSize"],
  ])
    if (variableNames(plan).includes(variable))
      throw new RaellaError({
        code: "usage",
        message: `A sweep does not set the variable ${variable}.`,
        location: { file: "sweep", keyPath: "variables" },
        value: variable,
        remedy: `Write its values under the key ${key}.`,
      });
}

/** What is not the default was asked for. */
function checkCounts(plan: SweepPlan, { identity, variables }: Specification): void {
  for (const [variable, key, values, usual] of [
    [tilesVariable, "nTiles", plan.nTiles, defaultTiles],
    [batchVariable, "batchSize", plan.batchSize, defaultBatchSize],
  ] as const) {
    if (Object.hasOwn(variables, variable) || (values.length === 1 && values[0] === usual)) continue;
    throw new RaellaError({
      code: "unknown-name",
      message: `The model of ${identity.architecture} has no variable ${variable}, so that ${key} has no effect.`,
      location: { file: "sweep", keyPath: key },
      value: values,
      remedy: "Leave it out.",
    });
  }
}

/** Mistakes in names and expressions would make every point infeasible: they are reported at once. */
function warningsOfFirstPoint(
  plan: SweepPlan,
  architecture: string,
  layers: ReadonlyMap<string, readonly number[]>,
  workspace: Workspace,
): readonly LayersWarning[] {
  const { dnn, variables } = pointAt(plan, 0);
  const [layer = 0, ...others] = layers.get(dnn) ?? [];
  const assemble = (number: number): Specification =>
    assembleSpec(requestOf({ plan, workspace }, { architecture, dnn, layer: number, variables }));
  let first: Specification;
  try {
    first = assemble(layer);
  } catch (error) {
    if (error instanceof RaellaError && ["expression", "unknown-name", "usage"].includes(error.code))
      throw error;
    if (!(error instanceof RaellaError)) throw error;
    return [];
  }
  requireComputable(first);
  return gatherWarnings([
    { layer, warnings: first.warnings },
    ...others.map((number) => ({ layer: number, warnings: warningsOf(() => assemble(number)) })),
  ]);
}

/** None of a layer that the design cannot run: its row says why. */
function warningsOf(assemble: () => Specification): readonly Warning[] {
  try {
    return assemble().warnings;
  } catch (error) {
    if (error instanceof RaellaError) return [];
    throw error;
  }
}

/** Groups of the levels of all architectures, known ones first, in their order. */
function namesOfGroups(
  samples: readonly Specification[],
  groups: readonly ComponentGroup[],
): readonly string[] {
  const present = new Set(
    samples.flatMap(({ levels }) =>
      levels.filter(({ kind }) => kind !== "network").map(({ name }) => groupOfLevel(name, groups)),
    ),
  );
  const known = groups.map(({ name }) => name).filter((name) => present.has(name));
  return [...known, ...[...present].filter((name) => !known.includes(name))];
}

/** What the points are computed from, besides the plan. */
export interface SweepSources {
  /** Content hashes, by file. */
  readonly files: Readonly<Record<string, string>>;
  /** Hash of what registered estimators say of themselves and answer for the models as they are; absent without. */
  readonly estimators?: string;
}

/** What two runs must have in common for their points to belong to one sweep. */
export function sweepSources(context: SweepContext): SweepSources {
  const { surroundings } = context;
  return surroundings.during(() => {
    const specifications = specificationsOf(context);
    const files = hashesOfFiles(context, specifications);
    if (surroundings.fitThreads) return { files };
    // Functions enclose values that their text does not show, so that their answers count, too.
    const answers = context.plan.architectures.map((architecture) =>
      specifications.find(({ identity }) => identity.architecture === architecture),
    );
    const tables = answers.map((specification) => specification && estimate(specification));
    return { files, estimators: sha256(JSON.stringify([surroundings.estimatorTexts, tables])) };
  });
}

/** The models as they are, for every layer. */
function specificationsOf({ plan, layers, workspace }: SweepContext): readonly Specification[] {
  return plan.architectures.flatMap((architecture) =>
    plan.dnns.flatMap((dnn) =>
      (layers.get(dnn) ?? []).map((layer) =>
        assembleSpec(requestOf({ plan, workspace }, { architecture, dnn, layer })),
      ),
    ),
  );
}

function hashesOfFiles(
  { plan, workspace }: SweepContext,
  specifications: readonly Specification[],
): Readonly<Record<string, string>> {
  const sources = specifications.flatMap((specification) => [
    ...specification.sources,
    ...pricingOf(specification).sources,
  ]);
  const files = new Map(sources.map(({ file, sha256: hash }) => [file, hash]));
  if (plan.accuracy !== undefined) {
    const record = join(workspace.statisticsDirectory, recordFile(plan.accuracy.dnn));
    files.set(displayPath(record), hashFile(record, "The record"));
  }
  return Object.fromEntries([...files].sort(([a], [b]) => (a < b ? -1 : 1)));
}
