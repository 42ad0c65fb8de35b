import type { EvaluationOptions } from "../expression/compile-expression";
import { evaluateAllInOrder, evaluateWritten, toTable } from "../expression/evaluate";
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
import { collectErrors } from "./collect-errors";
import type { CompiledModel } from "./compile-model";
import { quotedStatistics } from "./estimation-variables";
import { evaluateLeaf } from "./evaluate-leaf";
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
  const { model, problem, options } = input;
  const variables = evaluateAllInOrder(input.variables, null, options);
  const workload = workloadFromProblem(problem, variables);
  const values = collectErrors(model.leaves, (leaf) => evaluateLeaf(leaf, variables, options));
  const frames = frameLevels(model, values, workload, input.greedySteps);
  const warnings = input.warnings.concat(model.warnings, frames.warnings);
  const levels = flattenArchitecture(model, values, frames);
  const variableValues = toTable(variables);
  const estimation = estimationVariables(input, variables, variableValues);
  const { energyTable, areaTable } = model.document;
  return {
    identity: {
      ...input.identity,
      tiles: integerOf(variableValues[tilesVariable]),
      batch: integerOf(variableValues[batchVariable]),
      fidelity: input.fidelity,
    },
    levels,
    workload,
    variables: Object.fromEntries<WrittenValue>(input.variables),
    variableValues,
    estimationVariables: estimation.values,
    componentClasses: model.document.componentClasses,
    mapper: model.document.mapper,
    ...(energyTable && { energyTable }),
    ...(areaTable && { areaTable }),
    warnings: estimation.warnings.length === 0 ? warnings : [...warnings, ...estimation.warnings],
    sources: input.sources,
  };
}

function integerOf(value: Value | undefined): number | null {
  return typeof value === "number" ? value : null;
}

function estimationVariables(
  input: ProcessingInput,
  variables: Scope,
  values: ValueTable,
): { readonly values: ValueTable; readonly warnings: readonly Warning[] } {
  if (input.fidelity === "artifact") return quotedStatistics(input.variables, variables, input.options);
  const corrected = Object.entries(input.correctedAttributes).map(([name, expression]): [string, Value] => [
    name,
    toValue(evaluateWritten({ expression }, variables, input.options)),
  ]);
  return { values: { ...values, ...Object.fromEntries<Value>(corrected) }, warnings: [] };
}
