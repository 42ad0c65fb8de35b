import { RaellaError, suggestName } from "../errors";

/** What a mapping costs, as far as the searches compare it. */
export interface MappingFigures {
  readonly energyPj: number;
  readonly cycles: number;
  /** Words read, filled and updated at the outermost level, all instances together. */
  readonly lastLevelAccesses: number;
}

/** What a search minimises, in Timeloop's words. `cycles` is another name for `delay`. */
export type Metric = "edp" | "energy" | "delay" | "last-level-accesses";

const metricNames: readonly Metric[] = ["edp", "energy", "delay", "last-level-accesses"];

/** The metrics that a specification asks for; EDP where it names none. */
export function parseMetrics(names: readonly string[]): readonly Metric[] {
  if (names.length === 0) return ["edp"];
  return names.map((name) => {
    const metric = name === "cycles" ? "delay" : name;
    const known = metricNames.find((candidate) => candidate === metric);
    if (known) return known;
    throw new RaellaError({
      code: "unknown-name",
      message: `The mapper is asked to optimise "${name}".`,
      value: name,
      expected: metricNames.join(", "),
      remedy: suggestName(name, metricNames),
    });
  });
}

export function metricValue(metric: Metric, figures: MappingFigures): number {
  switch (metric) {
    case "edp":
      return figures.energyPj * figures.cycles;
    case "energy":
      return figures.energyPj;
    case "delay":
      return figures.cycles;
    case "last-level-accesses":
      return figures.lastLevelAccesses;
  }
}

/** What decides between mappings that are equal in what a search minimises. */
export const tieBreakers: readonly Metric[] = ["edp", "energy", "delay"];

/** The tie rule of all searches but Timeloop's: the metrics in their order, then EDP, energy and cycles. */
export function rankingMetrics(metrics: readonly Metric[]): readonly Metric[] {
  return [...metrics, ...tieBreakers.filter((metric) => !metrics.includes(metric))];
}

/** Negative if the first figures are better, 0 if all metrics are equal. */
export function compareFigures(
  ranking: readonly Metric[],
  first: MappingFigures,
  second: MappingFigures,
): number {
  for (const metric of ranking) {
    const value = metricValue(metric, first);
    const other = metricValue(metric, second);
    if (value !== other) return value < other ? -1 : 1;
  }
  return 0;
}

/** The same with the last word of the tie rule: of equal mappings the one with the smaller number comes first. */
export function compareNumbered(
  ranking: readonly Metric[],
  first: MappingFigures,
  firstNumber: number,
  second: MappingFigures,
  secondNumber: number,
): number {
  return compareFigures(ranking, first, second) || firstNumber - secondNumber;
}

/** Relative differences up to this do not decide between mappings in Timeloop's own comparison. */
const decisiveImprovement = 0.001;

/** The tie rule of Timeloop's own mapper: whether it lets `candidate` replace `incumbent`. */
export function isBetterForTimeloop(
  metrics: readonly Metric[],
  candidate: MappingFigures,
  incumbent: MappingFigures,
): boolean {
  const verdict = compareFrom(metrics, 0, candidate, incumbent);
  return verdict === "better" || verdict === "slightly better";
}

type Verdict = "better" | "slightly better" | "slightly worse" | "worse";

function compareFrom(
  metrics: readonly Metric[],
  index: number,
  candidate: MappingFigures,
  incumbent: MappingFigures,
): Verdict {
  const before = metricValue(metrics[index], incumbent);
  const now = metricValue(metrics[index], candidate);
  const improvement = before === 0 ? (now === 0 ? 0 : (before - now) / now) : (before - now) / before;
  if (Math.abs(improvement) > decisiveImprovement) return improvement > 0 ? "better" : "worse";
  if (index + 1 < metrics.length) {
    const others = compareFrom(metrics, index + 1, candidate, incumbent);
    if (others === "better" || others === "worse") return others;
  }
  return improvement > 0 ? "slightly better" : "slightly worse";
}

// How far figures that should be equal may lie apart. One double operation is off by at most a part in 9 x 10^15.

/**
 * Rounding of a few dozen operations, with room to spare: a bound lowered by this share, or a product smaller by more
 * than it, stays on its side whatever the order of the operations.
 */
export const roundingShare = 1e-12;

/** Rounding of sums of many thousand terms in another order than the model's: figures this close are the same. */
export const agreement = 1e-9;
