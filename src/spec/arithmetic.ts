import { RaellaError } from "../errors";
import type { ArchitectureEntry } from "./architectures";
import { evaluateInOrder, evaluateExpression, isExpressionText } from "./expression/evaluate";
import { Scope } from "./expression/runtime-value";
import { withOneLook } from "./file-memo";
import { loadArchitecture } from "./get-spec";
import type { LoadedModel } from "./model-files";
import type { SlicesOfWeights, WeightEncoding, WrittenArithmetic } from "./schema/arithmetic-schema";
import { namesOfArithmetic } from "./schema/arithmetic-schema";
import type { Value, ValueTable, WrittenValue } from "./specification";
import type { Workspace } from "./workspace";
import { lookUpArchitecture } from "./workspace";

export type { SlicesOfWeights, WeightEncoding };

/** How the crossbars of an architecture compute: what the statistics and the accuracy of a network follow from. */
export interface Arithmetic {
  readonly encoding: WeightEncoding;
  readonly slices: SlicesOfWeights;
  /** Slices whose cells AVERAGE_WEIGHT_VALUE describes. */
  readonly averageWeightSlices: SlicesOfWeights;
  /** Input bits 7 to 4, 3 to 2 and 1 to 0 are tried together, and repeated one by one where that fails. */
  readonly speculation: boolean;
  /** Bits of an input that are applied in one step. */
  readonly inputBits: number;
  readonly rows: number;
  readonly converterBits: number;
  readonly cellBits: number;
}

/** The arithmetic as it is written, and the variables that it depends on. */
interface DeclaredArithmetic {
  readonly entry: ArchitectureEntry;
  readonly model: LoadedModel;
  readonly written: WrittenArithmetic;
}

/** What the model says, and where it differs for this architecture its entry in `architectures.yaml`. */
function declaredArithmetic(architecture: string, workspace: Workspace): DeclaredArithmetic | undefined {
  const { entry, origin } = lookUpArchitecture(architecture, workspace);
  const model = loadArchitecture(workspace, entry, origin, { fidelity: "artifact", isDense: false });
  const { arithmetic } = model.document;
  if (arithmetic === undefined && entry.arithmetic === undefined) return undefined;
  return { entry, model, written: { ...arithmetic, ...entry.arithmetic } };
}

/**
 * The arithmetic of an architecture.
 *
 * @param variables Of a design. Default: those of the model.
 * @returns Undefined if its model does not declare one.
 * @throws RaellaError for an unknown architecture, a key that is missing or makes no number.
 */
export function arithmeticOf(
  architecture: string,
  workspace: Workspace,
  variables?: ValueTable,
): Arithmetic | undefined {
  return withOneLook(() => {
    const declared = declaredArithmetic(architecture, workspace);
    if (declared === undefined) return undefined;
    const options = { workingDirectory: workspace.modelsDirectory };
    const scope =
      variables === undefined
        ? evaluateInOrder(declared.model.variables, null, options)
        : new Scope(new Map(Object.entries(variables)));
    const { entry, written } = declared;
    const given = <Key extends keyof WrittenArithmetic>(key: Key): NonNullable<WrittenArithmetic[Key]> => {
      const value = written[key];
      if (value !== undefined && value !== null) return value;
      throw new RaellaError({
        code: "schema",
        message: `The arithmetic of ${entry.name} does not say its ${key}.`,
        expected: `arithmetic: {${key}: …} in the model, or in its entry in architectures.yaml`,
      });
    };
    const evaluate = (key: "speculation" | NumberKey): Value =>
      evaluateExpression(given(key), scope, options);
    const number = (key: NumberKey): number => {
      const value = evaluate(key);
      if (typeof value === "number" && Number.isFinite(value)) return value;
      throw noValue(entry, key, given(key), value, "a number");
    };
    const truth = evaluate("speculation");
    if (typeof truth !== "boolean" && typeof truth !== "number")
      throw noValue(entry, "speculation", given("speculation"), truth, "true or false");
    const slices = given("slices");
    return {
      encoding: given("encoding"),
      slices,
      averageWeightSlices: written.average_weight_slices ?? slices,
      speculation: Boolean(truth),
      inputBits: number("input_bits"),
      rows: number("rows"),
      converterBits: number("converter_bits"),
      cellBits: number("cell_bits"),
    };
  });
}

type NumberKey = "input_bits" | "rows" | "converter_bits" | "cell_bits";

function noValue(
  { name }: ArchitectureEntry,
  key: string,
  written: WrittenValue,
  value: Value,
  expected: string,
): RaellaError {
  return new RaellaError({
    code: "schema",
    message: `The ${key} of the arithmetic of ${name} cannot be ${JSON.stringify(value)}.`,
    location: isExpressionText(written) ? written.location : undefined,
    value,
    expected,
  });
}

/** Names of the variables that the arithmetic of an architecture is written with. */
export function variablesOfArithmetic(architecture: string, workspace: Workspace): readonly string[] {
  const declared = withOneLook(() => declaredArithmetic(architecture, workspace));
  return [...new Set(namesOfArithmetic(declared?.written ?? {}))];
}
