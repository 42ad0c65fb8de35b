import { collectErrors, RaellaError, suggestName } from "../../errors";
import { freeze } from "../../memory";
import type { UnmetCheck } from "../design-checks";
import { examine, remarksOn, withAttributes } from "../design-checks";
import type { EvaluationOptions } from "../expression/compile-expression";
import { evaluateInOrder, isExpressionText } from "../expression/evaluate";
import { describeType, toValue, valueText } from "../expression/runtime-value";
import type { Scope } from "../expression/runtime-value";
import { requireKnownNames } from "../greedy";
import type { GreedyStep } from "../greedy";
import type { ProblemDocument } from "../schema/problem-schema";
import type {
  DesignCheck,
  Fidelity,
  Level,
  Specification,
  SpecificationIdentity,
  Value,
  ValueTable,
  Warning,
  WrittenValue,
} from "../specification";
import type { Workspace } from "../workspace";
import type { CompiledModel, LeafValues, SettledModel } from "./compiled-model";
import { evaluateLeaves } from "./evaluate-leaf";
import { evaluateVariables } from "./evaluate-variables";
import { flattenArchitecture } from "./flatten-architecture";
import { frameLevels } from "./frame-levels";
import { settledFor } from "./settle-model";
import { workloadFor } from "./workload-from-problem";

/** Everything a specification is made of once files are read and variables are chosen. */
interface ProcessingInput {
  readonly model: CompiledModel;
  readonly problem: ProblemDocument;
  /** What statistics, rules and the caller set, as written: in place of the model's variables, or behind them. */
  readonly given: ReadonlyMap<string, WrittenValue>;
  /** What of it the caller has set. */
  readonly overrides: ReadonlyMap<string, WrittenValue>;
  readonly greedySteps: readonly GreedyStep[];
  readonly fidelity: Fidelity;
  readonly options: EvaluationOptions;
  /** What component classes and checks see in place of their own defaults, for this workload. */
  readonly attributes: Readonly<Record<string, number>>;
  /** Whether a design that a check rules out is refused. */
  readonly isStrict: boolean;
  readonly identity: Omit<SpecificationIdentity, "nTiles" | "batchSize" | "fidelity">;
  readonly workspace: Workspace;
  /** Statistics that are still placeholders. */
  readonly placeholders: readonly string[];
  readonly sources: Specification["sources"];
  readonly warnings: readonly Warning[];
  /** What has been changed to meet the checks. */
  readonly notes?: readonly Warning[];
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
  const { model, given, fidelity, options } = input;
  const isArtifact = fidelity === "artifact";
  const settled = settledFor(model, [...given.keys()], options, isArtifact);
  const { numbers, numberTable, estimationTable, warnings } = evaluateVariables(
    settled.variables,
    ...([given, input.problem.instance, options, isArtifact] as const),
  );
  requireOwnTypes(input, numberTable);
  const workload = workloadFor(model, input.problem, numbers);
  const leaves = evaluateLeaves(model, settled, numbers, options);
  if (!input.greedySteps.every((step) => step.optional))
    requireKnownNames(
      input.greedySteps,
      model.leaves.map((leaf) => leaf.name),
      workload.dimensions,
    );
  const frames = frameLevels(model, settled, leaves, workload, input.greedySteps);
  const ofTree = attributesOfTree(model, leaves);
  const { energyTable, areaTable } = model.document;
  const levels = flattenArchitecture(model, leaves, frames);
  const checks = withAttributes(model.document.checks, input.attributes);
  const unmet = examineDesign(checks, settled, numbers, levels, input);
  if (input.identity.unmetChecks === "adapt") {
    const adapted = adaptedTo(unmet, input);
    if (adapted !== undefined) return processSpecification(adapted);
  }
  const remarks = remarksOn(unmet, input.isStrict);
  const notes = (input.notes ?? []).concat(remarks.notes);
  const waiting = checks.filter(({ level }) => level !== null);
  return {
    identity: {
      ...input.identity,
      nTiles: integerOf(numberTable[tilesVariable]),
      batchSize: integerOf(numberTable[batchVariable]),
      fidelity,
    },
    levels,
    workload,
    variables: writtenVariables(settled, input, ofTree),
    variableValues: Object.assign(numberTable, ofTree),
    estimationVariables: freeze(Object.assign(estimationTable, ofTree, input.attributes)),
    componentClasses: model.document.componentClasses,
    mapper: model.document.mapper,
    ...(energyTable && { energyTable }),
    ...(areaTable && { areaTable }),
    ...(model.sparse.length > 0 && { sparse: model.sparse }),
    ...(input.placeholders.length > 0 && { placeholders: input.placeholders }),
    warnings: input.warnings.concat(model.warnings, frames.warnings, warnings, remarks.warnings),
    ...(notes.length > 0 && { notes }),
    ...(waiting.length > 0 && { checks: waiting }),
    workspace: input.workspace,
    sources: input.sources,
  };
}

/** Those of the model with what is given in their place or behind them. */
function writtenVariables(
  { variables }: SettledModel,
  { given }: ProcessingInput,
  ofTree: ValueTable,
): Specification["variables"] {
  const written = { ...variables.writtenTable };
  for (const [name, value] of given) written[name] = value;
  return Object.assign(written, ofTree);
}

/** In the convention of 2024 the attributes of the first container are those of the whole tree, as variables are. */
function attributesOfTree({ convention, leaves }: CompiledModel, values: readonly LeafValues[]): ValueTable {
  const first = leaves.findIndex(({ kind }) => kind === "container");
  return convention === "2023" || first < 0 ? {} : values[first].attributes;
}

/** The checks that the variables do not meet. Those of a level wait for a mapping, but must name one that there is. */
function examineDesign(
  checks: readonly DesignCheck[],
  settled: SettledModel,
  scope: Scope,
  levels: readonly Level[],
  { options }: ProcessingInput,
): readonly UnmetCheck[] {
  return collectErrors(checks, (check) => {
    const known = settled.checks.get(check);
    if (known !== undefined) return known ?? undefined;
    if (check.level === null) return examine(check, scope, options);
    const names = levels.map(({ name }) => name);
    if (names.includes(check.level)) return undefined;
    throw new RaellaError({
      code: "unknown-name",
      message: `The check is of the level "${check.level}", which there is not.`,
      location: check.location,
      value: check.level,
      remedy: suggestName(check.level, names),
    });
  }).filter((found) => found !== undefined);
}

/** The input with the variables that unmet checks ask for; undefined where none does, or nothing would change. */
function adaptedTo(unmet: readonly UnmetCheck[], input: ProcessingInput): ProcessingInput | undefined {
  const given = new Map(input.given);
  const notes = [...(input.notes ?? [])];
  for (const { check, message, changes } of unmet) {
    // A check that is still not met after its own change is reported.
    if (Object.keys(changes).length === 0 || notes.some(({ location }) => location === check.location))
      continue;
    for (const [name, value] of Object.entries(changes)) given.set(name, value);
    const settings = Object.entries(changes).map(([name, value]) => `${name} is ${valueText(value)}`);
    const { location } = check;
    notes.push({ code: "check", message: `Adapted: ${settings.join(", ")}. ${message}`, location });
  }
  return notes.length === (input.notes ?? []).length ? undefined : { ...input, given, notes };
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
