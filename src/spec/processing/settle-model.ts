import { RaellaError } from "../../errors";
import type { UnmetCheck } from "../design-checks";
import { examine, namesOfCheck } from "../design-checks";
import type { EvaluationOptions } from "../expression/compile-expression";
import type { NamedValues, RuntimeValue } from "../expression/runtime-value";
import { Scope } from "../expression/runtime-value";
import type { DesignCheck } from "../specification";
import type { CompiledModel, OpenLeaf, SettledModel, SettledVariables } from "./compiled-model";
import { namesDeciding, openLeafOf, valuesOfLeaf } from "./evaluate-leaf";
import { settleVariables } from "./evaluate-variables";

/**
 * The model settled for variables of these names. What fails stays open, so that it is reported with the rest.
 * @param quotesStatistics Whether component classes see values of statistics as texts.
 */
export function settledFor(
  model: CompiledModel,
  given: readonly string[],
  options: EvaluationOptions,
  quotesStatistics: boolean,
): SettledModel {
  const key = `${options.workingDirectory} ${quotesStatistics} ${given.join(" ")}`;
  return model.settledMemo.get(key, () => {
    const variables = settleVariables(model, given, options, quotesStatistics);
    const scope = new Scope(valuesOf(variables));
    return {
      ...{ key, variables },
      ...settleLeaves(model, variables.openNames, scope, options),
      checks: settleChecks(model.document.checks, variables.openNames, scope, options),
    };
  });
}

function valuesOf({ positions, numbers }: SettledVariables): NamedValues {
  return new Map(
    [...positions].flatMap(([name, position]) => {
      const value = numbers[position];
      return value === undefined ? [] : [[name, value] as const];
    }),
  );
}

/** Undefined if it fails. */
function attempt<T>(compute: () => T): T | undefined {
  try {
    return compute();
  } catch (error) {
    if (error instanceof RaellaError) return undefined;
    throw error;
  }
}

function settleLeaves(
  model: CompiledModel,
  openVariables: ReadonlySet<string>,
  variables: Scope,
  options: EvaluationOptions,
): Pick<SettledModel, "leaves" | "openLeaves"> {
  const open = new Set(openVariables);
  const handedDown = new Map<string, RuntimeValue>();
  const handsDown = model.convention !== "2023";
  const scope = handsDown ? new Scope(handedDown, variables) : variables;
  const openLeaves: (OpenLeaf | undefined)[] = [];
  const leaves = model.leaves.map((leaf, index) => {
    const names = namesDeciding(leaf, scope);
    const isOpen = names === null || [...names].some((name) => open.has(name));
    const values = isOpen ? undefined : attempt(() => valuesOfLeaf(model, index, scope, options));
    const isPart = isOpen && leaf.kind !== "container";
    openLeaves.push(isPart ? attempt(() => openLeafOf(model, index, open, scope, options)) : undefined);
    if (leaf.kind === "container" && handsDown) {
      if (values === undefined) for (const [name] of leaf.attributes) open.add(name);
      else
        for (const [name, value] of Object.entries(values.attributes)) {
          handedDown.set(name, value);
        }
    }
    return values;
  });
  return { leaves, openLeaves };
}

function settleChecks(
  checks: readonly DesignCheck[],
  open: ReadonlySet<string>,
  variables: Scope,
  options: EvaluationOptions,
): ReadonlyMap<DesignCheck, UnmetCheck | null> {
  const settled = new Map<DesignCheck, UnmetCheck | null>();
  for (const check of checks) {
    if (check.level !== null || namesOfCheck(check).some((name) => open.has(name))) continue;
    const result = attempt(() => ({ unmet: examine(check, variables, options) }));
    if (result !== undefined) settled.set(check, result.unmet ?? null);
  }
  return settled;
}
