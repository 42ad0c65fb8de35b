import type { EvaluationOptions } from "../expression/compile-expression";
import { evaluateWritten } from "../expression/evaluate";
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
import type { LeafValues } from "./evaluate-leaf";
import { evaluateLeaf, mayChange } from "./evaluate-leaf";
import type { EvaluatedVariables } from "./evaluate-variables";
import { changeVariables, evaluateVariables } from "./evaluate-variables";
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

/** The variables and leaves of a specification, from which the next one of the same model differs little. */
interface Evaluated {
  readonly variables: EvaluatedVariables;
  readonly leaves: readonly LeafValues[];
  readonly fidelity: Fidelity;
  readonly workingDirectory: string;
}

/** The last evaluation of each model. What is handed out are copies of its tables, which callers may edit. */
const lastEvaluations = new WeakMap<CompiledModel, Evaluated>();

/**
 * From compiled model and chosen variables to the finished specification: evaluation, permutations, greedy steps, flat
 * form.
 *
 * @throws RaellaError with the place of the first value that cannot be evaluated or is out of range.
 */
export function processSpecification(input: ProcessingInput): Specification {
  const { model, problem, options, fidelity } = input;
  const { workingDirectory } = options;
  const known = lastEvaluations.get(model);
  const last =
    known?.fidelity === fidelity && known.workingDirectory === workingDirectory ? known : undefined;
  const change = last && changeVariables(last.variables, input.variables, options);
  const variables = change?.variables ?? evaluateVariables(input.variables, options, fidelity === "artifact");
  const workload = workloadFromProblem(problem, variables.scope);
  const leaves = collectErrors(model.leaves, (leaf, index) => {
    const before = last?.leaves[index];
    return before !== undefined && change !== undefined && !mayChange(leaf, before, change.changed)
      ? before
      : evaluateLeaf(leaf, variables.scope, options);
  });
  lastEvaluations.set(model, { variables, leaves, fidelity, workingDirectory });
  const frames = frameLevels(model, leaves, workload, input.greedySteps);
  const levels = flattenArchitecture(model, leaves, frames);
  const warnings = input.warnings.concat(
    model.warnings,
    frames.warnings,
    variables.estimation?.warnings ?? [],
  );
  const { energyTable, areaTable } = model.document;
  return {
    identity: {
      ...input.identity,
      tiles: integerOf(variables.values[tilesVariable]),
      batch: integerOf(variables.values[batchVariable]),
      fidelity,
    },
    levels,
    workload,
    variables: { ...variables.written },
    variableValues: { ...variables.values },
    estimationVariables:
      variables.estimation === null
        ? correctedVariables(input, variables)
        : { ...variables.estimation.values },
    componentClasses: model.document.componentClasses,
    mapper: model.document.mapper,
    ...(energyTable && { energyTable }),
    ...(areaTable && { areaTable }),
    warnings,
    sources: input.sources,
  };
}

function integerOf(value: Value | undefined): number | null {
  return typeof value === "number" ? value : null;
}

function correctedVariables(input: ProcessingInput, { scope, values }: EvaluatedVariables): ValueTable {
  const table: Record<string, Value> = { ...values };
  for (const [name, expression] of Object.entries(input.correctedAttributes))
    table[name] = toValue(evaluateWritten({ expression }, scope, input.options));
  return table;
}
