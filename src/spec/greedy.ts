import { freeze, frozenCopy } from "../memory";
import { RaellaError } from "../errors";

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
}

export interface GreedyOptions {
  /** Names of dimensions, as a list or as one text of one-letter names: `"CRS"`. */
  readonly dimensions?: string | readonly string[];
  readonly levels?: readonly string[];
  readonly excludedLevels?: readonly string[];
  readonly closeOthers?: boolean;
  /** Like `dimensions`; the last one becomes the innermost loop. */
  readonly temporalPermutation?: string | readonly string[];
}

function dimensionNames(given: string | readonly string[]): readonly string[] {
  if (typeof given !== "string") return given;
  return given.includes(",") ? given.split(",").map((name) => name.trim()) : [...given.replace(/\s/g, "")];
}

/** A greedy step with defaults filled in: no dimensions, all levels, nothing closed. */
export function greedy(options: GreedyOptions): GreedyStep {
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
  });
  const repeated = step.dimensions.find((name, index) => step.dimensions.indexOf(name) !== index);
  if (repeated !== undefined)
    throw new RaellaError({
      code: "usage",
      message: `A greedy step names the dimension ${repeated} twice.`,
      value: step.dimensions.join(","),
    });
  return step;
}

/**
 * The steps of the original tools for the RAELLA and ISAAC models: inputs of a column first, weight slices, output
 * channels, groups, then copies of the weights for more samples and rows; finally the order of the time loops.
 */
export const defaultGreedySteps: readonly GreedyStep[] = freeze([
  greedy({ dimensions: "CRS", levels: ["cim_unit"], closeOthers: true }),
  greedy({ dimensions: "CRS", levels: ["crossbar", "macro", "tile"] }),
  greedy({ dimensions: "L", levels: ["column"] }),
  greedy({ dimensions: "M", levels: ["column", "crossbar", "macro", "tile"] }),
  greedy({ dimensions: "G", levels: ["tile", "macro", "crossbar"] }),
  greedy({ dimensions: "NQ", levels: ["tile"] }),
  greedy({ temporalPermutation: "NQP" }),
]);
