import { RaellaError } from "../../errors";
import type { EvaluationOptions } from "../expression/compile-expression";
import { evaluateInOrder, evaluateWritten, isExpressionText } from "../expression/evaluate";
import { describeType, toValue } from "../expression/runtime-value";
import { requireKnownNames, type GreedyStep } from "../greedy";
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
import type { Workload } from "../workload";
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
  /** Those of the variables that the caller has set. */
  readonly overrides: ReadonlyMap<string, WrittenValue>;
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

/** The variables and leaves of a specification with its workload. */
function evaluate(input: ProcessingInput): Evaluated & { readonly workload: Workload } {
  const { model, options, fidelity } = input;
  const { workingDirectory } = options;
  const last = lastEvaluations.get(model);
  // What is given up halfway is not used again.
  lastEvaluations.delete(model);
  const changed =
    last?.fidelity === fidelity && last.workingDirectory === workingDirectory
      ? changeVariables(last.variables, input.variables, options)
      : undefined;
  const variables =
    last !== undefined && changed !== undefined
      ? last.variables
      : evaluateVariables(input.variables, options, fidelity === "artifact");
  requireOwnTypes(input, variables.numbers.table);
  const { scope } = variables.numbers;
  const workload = workloadFromProblem(input.problem, scope);
  const leaves = collectErrors(model.leaves, (leaf, index) => {
    const before = last?.leaves[index];
    return before !== undefined && changed !== undefined && !mayChange(leaf, before, changed)
      ? before
      : evaluateLeaf(leaf, scope, options);
  });
  lastEvaluations.set(model, { variables, leaves, fidelity, workingDirectory });
  return { variables, leaves, fidelity, workingDirectory, workload };
}

/**
 * From compiled model and chosen variables to the finished specification: evaluation, permutations, greedy steps, flat
 * form.
 *
 * @throws RaellaError with the place of the first value that cannot be evaluated or is out of range.
 */
export function processSpecification(input: ProcessingInput): Specification {
  const { model, fidelity } = input;
  const { variables, leaves, workload } = evaluate(input);
  if (!input.greedySteps.every((step) => step.optional))
    requireKnownNames(
      input.greedySteps,
      model.leaves.map((leaf) => leaf.name),
      workload.dimensions,
    );
  const frames = frameLevels(model, leaves, workload, input.greedySteps);
  const variableValues = { ...variables.numbers.table };
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
    variables: { ...variables.writtenTable },
    variableValues,
    estimationVariables:
      variables.quoted === null ? correctedVariables(input, variables) : { ...variables.quoted.table },
    componentClasses: model.document.componentClasses,
    mapper: model.document.mapper,
    ...(energyTable && { energyTable }),
    ...(areaTable && { areaTable }),
    warnings: input.warnings.concat(model.warnings, frames.warnings, variables.warnings),
    sources: input.sources,
  };
}

/** Any other text is refused where a number is needed; a technology may be "32nm". */
function readsAsNumber(text: string): boolean {
  return text.trim() !== "" && Number.isFinite(Number(text));
}

/**
 * A variable that is a number in the model stays one, and a text a text: "7" would be another thing than 7 wherever it
 * is compared. One that is 0 or 1 may also be true or false.
 *
 * @throws RaellaError `usage` naming the variable.
 */
function requireOwnTypes(
  { overrides, model, options }: ProcessingInput,
  values: Readonly<Record<string, Value>>,
): void {
  for (const name of overrides.keys()) {
    const value = values[name];
    if (typeof value === "number" ? Number.isFinite(value) : Array.isArray(value) || value === null) continue;
    const own = ownValue(name, model, options);
    const ownType = typeof own;
    const isFlag = own === 0 || own === 1;
    const fits =
      ownType === typeof value
        ? ownType !== "number"
        : own === undefined ||
          own === null ||
          (typeof value === "boolean" && isFlag) ||
          (typeof value === "string" && !readsAsNumber(value));
    if (fits) continue;
    throw new RaellaError({
      code: typeof value === "number" ? "out-of-range" : "usage",
      message: `The variable "${name}" is set to ${describeType(value)}: ${typeof value === "string" ? JSON.stringify(value) : String(value)}.`,
      location: { file: "variables", keyPath: name },
      value,
      expected:
        ownType === "string"
          ? "a text, as in the model"
          : `a finite number${isFlag ? ", or true or false" : ""}, as in the model`,
    });
  }
}

/** The value of a variable in the model itself; undefined where there is none. */
function ownValue(name: string, { document }: CompiledModel, options: EvaluationOptions): Value | undefined {
  const written = document.variables;
  if (!Object.hasOwn(written, name)) return undefined;
  if (!isExpressionText(written[name])) return written[name];
  try {
    return toValue(evaluateInOrder(Object.entries(written), null, options).lookup(name) ?? null);
  } catch (error) {
    if (error instanceof RaellaError) return undefined;
    throw error;
  }
}

function integerOf(value: Value | undefined): number | null {
  return typeof value === "number" ? value : null;
}

function correctedVariables(input: ProcessingInput, { numbers }: EvaluatedVariables): ValueTable {
  const table: Record<string, Value> = { ...numbers.table };
  for (const [name, expression] of Object.entries(input.correctedAttributes))
    table[name] = toValue(evaluateWritten({ expression }, numbers.scope, input.options));
  return table;
}
