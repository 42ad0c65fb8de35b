import type { EvaluationOptions } from "../expression/compile-expression";
import { evaluateWritten, toTable } from "../expression/evaluate";
import type { Scope } from "../expression/scope";
import { toValue } from "../expression/runtime-value";
import type { GreedyStep } from "../greedy";
import type { ProblemDocument } from "../schema/problem-schema";
import type {
  Fidelity,
  Specification,
  SpecificationIdentity,
  Value,
  ValueTable,
  Warning,
  WrittenValue,
} from "../specification";
import type { Workspace } from "../workspace";
import type { CompiledModel } from "./compile-model";
import { evaluateLeaves } from "./evaluate-leaf";
import { evaluateVariables } from "./evaluate-variables";
import { flattenArchitecture } from "./flatten-architecture";
import { frameLevels } from "./frame-levels";
import { workloadFromProblem } from "./workload-from-problem";

/** Everything a specification is made of once files are read and variables are chosen. */
export interface ProcessingInput {
  readonly model: CompiledModel;
  readonly problem: ProblemDocument;
  /** As written, after statistics and overrides, in the order of evaluation. */
  readonly variables: ReadonlyMap<string, WrittenValue>;
  readonly greedySteps: readonly GreedyStep[];
  readonly fidelity: Fidelity;
  readonly options: EvaluationOptions;
  /** Attributes that component classes see instead of their own defaults (corrected fidelity). */
  readonly correctedAttributes: Readonly<Record<string, string>>;
  readonly identity: Omit<SpecificationIdentity, "tiles" | "batch" | "fidelity">;
  readonly workspace: Workspace;
  /** Statistics that are still placeholders. */
  readonly placeholders: readonly string[];
  readonly sources: Specification["sources"];
  readonly warnings: readonly Warning[];
}

/** Variables that say how many tiles and samples there are. */
export const tilesVariable = "TILES_PER_ARCH";
export const batchVariable = "BATCH_SIZE";

/**
 * From compiled model and chosen variables to the finished specification: evaluation, permutations, greedy steps, flat
 * form.
 *
 * @throws RaellaError with the place of the first value that cannot be evaluated or is out of range.
 */
export function processSpecification(input: ProcessingInput): Specification {
  const { model, fidelity, options } = input;
  const { numbers, estimation, warnings } = evaluateVariables(
    input.variables,
    options,
    fidelity === "artifact",
  );
  const workload = workloadFromProblem(input.problem, numbers);
  const leaves = evaluateLeaves(model, numbers, options);
  const frames = frameLevels(model, leaves, workload, input.greedySteps);
  const variableValues = toTable(numbers);
  const { energyTable, areaTable } = model.document;
  return {
    identity: {
      ...input.identity,
      tiles: integerOf(variableValues[tilesVariable]),
      batch: integerOf(variableValues[batchVariable]),
      fidelity,
    },
    levels: flattenArchitecture(model, leaves, frames),
    workload,
    variables: Object.fromEntries(input.variables),
    variableValues,
    estimationVariables: { ...toTable(estimation), ...correctedAttributes(input, numbers) },
    componentClasses: model.document.componentClasses,
    mapper: model.document.mapper,
    ...(energyTable && { energyTable }),
    ...(areaTable && { areaTable }),
    ...(model.sparse.length > 0 && { sparse: model.sparse }),
    ...(input.placeholders.length > 0 && { placeholders: input.placeholders }),
    warnings: input.warnings.concat(model.warnings, frames.warnings, warnings),
    workspace: input.workspace,
    sources: input.sources,
  };
}

function integerOf(value: Value | undefined): number | null {
  return typeof value === "number" ? value : null;
}

/** Attributes that component classes see instead of their own defaults: with corrected fidelity only. */
function correctedAttributes(
  { fidelity, correctedAttributes, options }: ProcessingInput,
  numbers: Scope,
): ValueTable {
  if (fidelity === "artifact") return {};
  const corrected = Object.entries(correctedAttributes);
  return Object.fromEntries(
    corrected.map(([name, expression]) => [name, toValue(evaluateWritten({ expression }, numbers, options))]),
  );
}
