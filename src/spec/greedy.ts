import * as v from "valibot";
import { flag, listOf, names, optional, optionsOf, requireOptions } from "../arguments";
import { RaellaError, suggestName, throwAll } from "../errors";
import { freeze, frozenCopy } from "../memory";

/**
 * One greedy step: it spreads dimensions over fan-outs before the search, so that the search has less to decide.
 */
export interface GreedyStep {
  /** Dimensions to spread, in the order in which they get their share. */
  readonly dimensions: readonly string[];
  /** Containers whose fan-out may be used; empty for all. Filled innermost first, whatever their order here. */
  readonly levels: readonly string[];
  readonly excludedLevels: readonly string[];
  /** Fix all other dimensions at 1 where this step has allocated. */
  readonly closeOthers: boolean;
  /** Time loops of storage elements, outermost first: appended to their permutations where they lack them. */
  readonly temporalPermutation: readonly string[];
  /** Levels and dimensions that an architecture or a problem lacks are passed over; otherwise they are errors. */
  readonly optional?: boolean;
}

/** What a greedy step gives to which levels; see {@link greedy}. */
export interface GreedyOptions {
  /** Names of dimensions, as a list or as one text of one-letter names: `"CRS"`. */
  readonly dimensions?: string | readonly string[];
  readonly levels?: readonly string[];
  readonly excludedLevels?: readonly string[];
  readonly closeOthers?: boolean;
  /** Like `dimensions`; the last one becomes the innermost loop. */
  readonly temporalPermutation?: string | readonly string[];
  /** Pass over levels and dimensions that do not exist. Default: they are errors. */
  readonly optional?: boolean;
}

const dimensionsSchema = v.union([v.string(), names], "names of dimensions, as a list or as one text");

const greedySchema = optionsOf({
  dimensions: optional(dimensionsSchema),
  levels: optional(names),
  excludedLevels: optional(names),
  closeOthers: optional(flag),
  temporalPermutation: optional(dimensionsSchema),
  optional: optional(flag),
});

export const greedyStepsSchema = listOf(
  optionsOf({
    dimensions: names,
    levels: names,
    excludedLevels: names,
    closeOthers: flag,
    temporalPermutation: names,
    optional: optional(flag),
  }),
  "a list of steps, each made by greedy({…})",
);

function dimensionNames(given: string | readonly string[]): readonly string[] {
  if (typeof given !== "string") return given;
  return given.includes(",") ? given.split(",").map((name) => name.trim()) : [...given.replace(/\s/g, "")];
}

/**
 * A greedy step with defaults filled in: no dimensions, all levels, nothing closed.
 * @example
 * ```ts
 * const greedySteps = [
 *   greedy({ dimensions: "CRS", levels: ["cim_unit"], closeOthers: true }),
 *   greedy({ dimensions: "M", levels: ["column", "crossbar"] }),
 * ];
 * runLayer({ architecture: "raella", dnn: "resnet18", layer: 10, greedySteps });
 * ```
 */
export function greedy(options: GreedyOptions): GreedyStep {
  requireOptions(greedySchema, options, "greedy");
  const {
    dimensions = [],
    levels = [],
    excludedLevels = [],
    closeOthers = false,
    temporalPermutation = [],
  } = options;
  const step = frozenCopy<GreedyStep>({
    dimensions: dimensionNames(dimensions),
    levels,
    excludedLevels,
    closeOthers,
    temporalPermutation: dimensionNames(temporalPermutation),
    ...(options.optional === true && { optional: true }),
  });
  for (const list of [step.dimensions, step.temporalPermutation]) {
    const repeated = list.find((name, index) => list.indexOf(name) !== index);
    if (repeated !== undefined)
      throw new RaellaError({
        code: "usage",
        message: `A greedy step names the dimension ${repeated} twice.`,
        value: list.join(","),
      });
  }
  return step;
}

/**
 * Refuses steps that name what an architecture or a problem does not have.
 *
 * @param levels - containers and elements of the architecture.
 * @throws RaellaError `unknown-name` with the nearest name.
 */
export function requireKnownNames(
  steps: readonly GreedyStep[],
  levels: readonly string[],
  dimensions: readonly string[],
): void {
  const unknown = (name: string, kind: string, step: number, known: readonly string[]): RaellaError =>
    new RaellaError({
      code: "unknown-name",
      message: `Greedy step ${step} names the ${kind} "${name}", which does not exist here.`,
      value: name,
      expected: known.join(", "),
      remedy: `${suggestName(name, known)} A step with \`optional: true\` passes over what does not exist.`,
    });
  throwAll(
    steps.flatMap((step, index) => {
      if (step.optional === true) return [];
      const { levels: chosen, excludedLevels, dimensions: spread, temporalPermutation } = step;
      return [
        ...[...chosen, ...excludedLevels]
          .filter((name) => !levels.includes(name))
          .map((name) => unknown(name, "level", index, levels)),
        ...[...spread, ...temporalPermutation]
          .filter((name) => !dimensions.includes(name))
          .map((name) => unknown(name, "dimension", index, dimensions)),
      ];
    }),
  );
}

/**
 * The steps of the original tools for the RAELLA and ISAAC models: inputs of a column first, weight slices, output
 * channels, groups, then copies of the weights for more samples and rows; finally the order of the time loops. Architectures that lack
 * some of the levels, and problems that lack some of the dimensions, get what is left.
 */
export const defaultGreedySteps: readonly GreedyStep[] = freeze(
  (
    [
      { dimensions: "CRS", levels: ["cim_unit"], closeOthers: true },
      { dimensions: "CRS", levels: ["crossbar", "macro", "tile"] },
      { dimensions: "L", levels: ["column"] },
      { dimensions: "M", levels: ["column", "crossbar", "macro", "tile"] },
      { dimensions: "G", levels: ["tile", "macro", "crossbar"] },
      { dimensions: "NQ", levels: ["tile"] },
      { temporalPermutation: "NQP" },
    ] satisfies readonly GreedyOptions[]
  ).map((step) => greedy({ ...step, optional: true })),
);
