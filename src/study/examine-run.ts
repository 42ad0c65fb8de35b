import type { UnmetCheck } from "../spec/design-checks";
import { examine } from "../spec/design-checks";
import { Scope, scopeOf } from "../spec/expression";
import type { Evaluation } from "../model/evaluation";
import type { Specification, Value } from "../spec/specification";

/**
 * The checks of levels that a run does not meet. Such a check sees the variables, the level's attributes, the `cycles`
 * of the run, and of one instance of the level in use the rows that it reads, fills and updates, all data spaces together:
 * `rows_read`, `rows_filled`, `rows_updated`.
 * @throws RaellaError for an expression that cannot be evaluated
 */
export function examineRun(specification: Specification, evaluation: Evaluation): UnmetCheck[] {
  const { checks = [], levels, variableValues } = specification;
  return checks.flatMap((check) => {
    const level = levels.find(({ name }) => name === check.level);
    if (level === undefined) return [];
    const variables = scopeOf(variableValues);
    const counts = new Map<string, Value>(Object.entries(countsOf(level.name, evaluation)));
    const scope = new Scope(counts, scopeOf(level.attributes, variables));
    return examine(check, scope, { workingDirectory: "" }) ?? [];
  });
}

function countsOf(level: string, { levels, cycles }: Evaluation): Record<string, number> {
  const accesses = Object.values(levels.find((known) => known.level === level)?.accesses ?? {});
  const sum = (count: "rowReads" | "rowFills" | "rowUpdates"): number =>
    accesses.reduce((total, access) => total + access[count], 0);
  return {
    cycles,
    rows_read: sum("rowReads"),
    rows_filled: sum("rowFills"),
    rows_updated: sum("rowUpdates"),
  };
}
