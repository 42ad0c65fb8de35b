import * as v from "valibot";
import { nearestName, RaellaError } from "../../errors";
import { isExpressionText } from "../expression/evaluate";
import type { Fidelity, MapperOptions, Value, ValueTable, Warning, WrittenValue } from "../specification";
import type { YamlNode } from "../yaml/yaml-node";
import { joinPath, locationOf, valueAt } from "../yaml/yaml-node";
import { orEmpty, validate } from "./validate";

/** What the mapper does when an option is not given. */
const defaultOptions: ValueTable = {
  out_prefix: "timeloop_mapper",
  num_threads: 8,
  optimization_metric: [],
  search_size: null,
  timeout: 1000,
  victory_condition: null,
  sync_interval: null,
  log_interval: 1,
  log_oaves: false,
  log_oaves_mappings: false,
  log_stats: false,
  log_suboptimal: false,
  live_status: false,
  diagnostics: false,
  penalize_consecutive_bypass_fails: false,
  emit_whoop_nest: false,
  filter_revisits: false,
  algorithm: "hybrid",
  max_permutations_per_if_visit: 16,
};

/** Mappings with more time loops of a factor above 1 do not count; left out or below 1, all do. */
const mostTimeLoopsOption = "max_temporal_loops_in_a_mapping";

/** Algorithms of Timeloop's mapper, and those that are its random walk where constraints fix all orders. */
const algorithms = ["random_pruned", "hybrid", "random", "linear_pruned", "exhaustive"];
const randomWalks = ["random_pruned", "hybrid"];

const withUnderscore = (algorithm: string): string => algorithm.replaceAll("-", "_");

/** Whether the algorithm is the random walk that can be re-enacted. */
export function isRandomWalk(algorithm: string): boolean {
  return randomWalks.includes(withUnderscore(algorithm));
}

function otherAlgorithm(algorithm: string, node: YamlNode | undefined): Warning {
  const entry = valueAt(node, "algorithm");
  const near = nearestName(algorithm, algorithms);
  return {
    code: "unknown-name",
    message: algorithms.includes(withUnderscore(algorithm))
      ? `The mapper's algorithm ${algorithm} is not modelled; the searches here do not use it.`
      : `The mapper has no algorithm "${algorithm}"; it has no effect.${near === undefined ? "" : ` Did you mean "${near}"?`}`,
    location: entry && locationOf(entry, joinPath("mapper", "algorithm")),
  };
}

/** Figures a search can minimise. */
export const optimizationMetrics = ["edp", "energy", "delay", "last-level-accesses"] as const;

function toLiteral(value: unknown): Value {
  if (Array.isArray(value)) return value.map(toLiteral);
  if (isExpressionText(value as WrittenValue)) return (value as { expression: string }).expression;
  return value as Value;
}

/** A whole number option that may be absent. */
function wholeNumber(
  options: ValueTable,
  name: string,
  minimum: number,
  node: YamlNode | undefined,
  errors: RaellaError[],
): number | null {
  const value = options[name] ?? null;
  if (value === null || (typeof value === "number" && Number.isInteger(value) && value >= minimum))
    return value;
  const entry = valueAt(node, name);
  errors.push(
    new RaellaError({
      code: "out-of-range",
      message: `The mapper option "${name}" cannot be ${JSON.stringify(value)}.`,
      location: (entry ?? node) && locationOf(entry ?? (node as YamlNode), joinPath("mapper", name)),
      value,
      expected: `an integer of at least ${minimum}`,
    }),
  );
  return null;
}

interface Metrics {
  readonly metrics: readonly string[];
  readonly warning?: string;
}

/**
 * `optimization_metric` counts as one text and is ignored as a list; `optimization_metrics` is the list that counts.
 * With corrected fidelity both lists count.
 */
function chosenMetrics(options: ValueTable, fidelity: Fidelity): Metrics {
  const { optimization_metric: single, optimization_metrics: several } = options;
  if (typeof single === "string" && single !== "") return { metrics: [single] };
  if (typeof several === "string" && several !== "") return { metrics: [several] };
  if (Array.isArray(several) && several.length > 0) return { metrics: several as string[] };
  if (Array.isArray(single) && single.length > 0)
    return fidelity === "corrected"
      ? { metrics: single as string[] }
      : {
          metrics: ["edp"],
          warning:
            "optimization_metric is given as a list, which the original mapper does not read: it minimises edp. Write optimization_metrics.",
        };
  return { metrics: ["edp"], warning: "The mapper options name no optimization_metrics; edp is minimised." };
}

/** Unknown options have no effect. */
function unknownOptions(given: readonly string[]): string[] {
  const known = [...Object.keys(defaultOptions), "optimization_metrics", mostTimeLoopsOption, "version"];
  return given
    .filter((name) => !known.includes(name))
    .map((name) => {
      const near = nearestName(name, known);
      const suggestion = near === undefined ? "" : ` Did you mean "${near}"?`;
      return `The mapper has no option "${name}"; it has no effect.${suggestion}`;
    });
}

/** Reads the top key `mapper`; unknown options pass through in `all`. Mistakes are added to `errors`. */
export function readMapperOptions(
  node: YamlNode | undefined,
  fidelity: Fidelity,
  errors: RaellaError[],
): { readonly options: MapperOptions; readonly warnings: readonly Warning[] } {
  const schema = orEmpty(v.record(v.string(), v.unknown(), "a map of options"));
  const given = node === undefined ? {} : (validate(schema, node, "mapper", errors) ?? {});
  const plain = Object.fromEntries(Object.entries(given).map(([name, value]) => [name, toLiteral(value)]));
  const all: ValueTable = {
    ...plain,
    ...Object.fromEntries(Object.entries(defaultOptions).filter(([name]) => !(name in plain))),
  };
  const { metrics, warning } = chosenMetrics(all, fidelity);
  for (const metric of metrics)
    if (!optimizationMetrics.some((known) => known === metric))
      errors.push(
        new RaellaError({
          code: "schema",
          message: `"${metric}" is not something the mapper can minimise.`,
          location: node && locationOf(node, "mapper"),
          value: metric,
          expected: optimizationMetrics.join(", "),
        }),
      );
  const number = (name: string, minimum: number): number | null =>
    wholeNumber(all, name, minimum, node, errors);
  const chosen = all.algorithm ?? defaultOptions.algorithm;
  const algorithm = typeof chosen === "string" ? chosen : JSON.stringify(chosen);
  const searchSize = number("search_size", 0);
  const victoryCondition = number("victory_condition", 0) ?? 500;
  const mostTimeLoops = number(mostTimeLoopsOption, -1) ?? -1;
  const options: MapperOptions = {
    optimizationMetrics: metrics,
    numThreads: number("num_threads", 1) ?? 8,
    searchSize: searchSize === 0 ? null : searchSize,
    victoryCondition: victoryCondition === 0 ? null : victoryCondition,
    timeout: number("timeout", 0) ?? 1000,
    maxPermutationsPerIfVisit: number("max_permutations_per_if_visit", 1) ?? 16,
    algorithm,
    ...(mostTimeLoops > 0 ? { mostTimeLoops } : {}),
    all,
  };
  const location = node && locationOf(node, "mapper");
  const warnings: Warning[] = unknownOptions(Object.keys(plain)).map((message) => ({
    code: "unknown-name",
    message,
    location,
  }));
  if (!isRandomWalk(algorithm)) warnings.push(otherAlgorithm(algorithm, node));
  if (warning !== undefined && node !== undefined)
    warnings.push({ code: "usage", message: warning, location });
  return { options, warnings };
}
