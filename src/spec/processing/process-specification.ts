import type { SourceLocation } from "../../errors";
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
import type { Workload } from "../workload";
import { applyGreedyStep } from "./apply-greedy-step";
import { collectErrors } from "./collect-errors";
import type { CompiledModel } from "./compile-model";
import { completePermutations } from "./complete-permutations";
import { quotedStatistics } from "./estimation-variables";
import type { EvaluatedLeaf } from "./evaluate-leaf";
import { evaluateLeaf } from "./evaluate-leaf";
import { flattenArchitecture } from "./flatten-architecture";
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
  const leaves = collectErrors(model.leaves, (leaf) => evaluateLeaf(leaf, variables, options));
  const warnings = input.warnings.concat(model.warnings, exceedingFactors(leaves, workload));
  completePermutations(leaves, workload.dimensions, workload.bounds);
  for (const step of input.greedySteps) applyGreedyStep(step, leaves, workload);
  const levels = flattenArchitecture(leaves, {
    dimensions: workload.dimensions,
    dataSpaces: workload.dataSpaces.map((dataSpace) => dataSpace.name),
  });
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

/** Factors larger than their dimension, which the mapper drops: the dimension is then free at that level. */
function exceedingFactors(leaves: readonly EvaluatedLeaf[], { bounds }: Workload): Warning[] {
  const warnings: Warning[] = [];
  for (const leaf of leaves)
    for (const { dimension, value } of leaf.values.fixedFactors)
      if (value > bounds[dimension])
        warnings.push(exceedingFactor(leaf, dimension, value, bounds[dimension]));
  return warnings;
}

function exceedingFactor(leaf: EvaluatedLeaf, dimension: string, value: number, bound: number): Warning {
  const location: SourceLocation = leaf.compiled.document.location;
  const message = `The factor ${dimension}=${value} of "${leaf.compiled.name}" exceeds the dimension (${bound}) and is ignored: ${dimension} is free there.`;
  return { code: "constraint", message, location };
}
