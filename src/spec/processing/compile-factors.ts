import { RaellaError } from "../../errors";
import type { Factor } from "../specification";
import type { CompiledPart } from "./compiled-part";
import { compilePart, wordsOf } from "./compiled-part";
import type { FactorEntry } from "./factor-entry";
import { contradictoryFactors, factorValue, shownFactor, unknownProblemName } from "./factor-entry";
import { substituteWords, wordsIn } from "./substitute-words";

function compileFactor(
  entry: FactorEntry,
  dimensions: readonly string[],
  level: string,
): CompiledPart<Factor> {
  const { location, operator } = entry;
  const isKnown = dimensions.includes(entry.dimension);
  const words = [...(isKnown ? [] : wordsIn(entry.dimension)), ...wordsIn(entry.valueText)];
  return compilePart(words, (scope) => {
    const dimension = isKnown ? entry.dimension : substituteWords(entry.dimension, scope).trim();
    if (!dimensions.includes(dimension))
      throw unknownProblemName(
        "dimension",
        { text: entry.dimension, location },
        dimensions,
        level,
        dimension,
      );
    const became = { ...entry, dimension, valueText: substituteWords(entry.valueText, scope).trim() };
    const value = factorValue(entry, became, level);
    if (operator === "<=" && value < 1)
      throw new RaellaError({
        code: "constraint",
        message: `The upper limit ${shownFactor(entry, became)} of "${level}" allows no factor.`,
        location,
        expected: "a limit of at least 1",
      });
    return { dimension, operator, value };
  });
}

/** Of factors that are equal now that names are dimensions the last one stays; different ones are a contradiction. */
function tidied(
  factors: readonly Factor[],
  entries: readonly FactorEntry[],
  level: string,
): readonly Factor[] {
  const shown = (index: number): string => {
    const { dimension, operator, value } = factors[index];
    return shownFactor(entries[index], { dimension, operator, valueText: String(value) });
  };
  return factors.filter(({ dimension, operator, value }, index) => {
    const next = factors.findIndex((factor, other) => other > index && factor.dimension === dimension);
    if (next < 0) return true;
    if (factors[next].operator === operator && factors[next].value === value) return false;
    const location = entries[index].location ?? entries[next].location;
    throw contradictoryFactors(shown(index), shown(next), level, location);
  });
}

/** The factors of a leaf. Names may stand for their dimensions and values. */
export function compileFactors(
  entries: readonly FactorEntry[],
  dimensions: readonly string[],
  level: string,
): CompiledPart<readonly Factor[]> {
  const parts = entries.map((entry) => compileFactor(entry, dimensions, level));
  const isTidy = entries.every(({ dimension }) => dimensions.includes(dimension));
  return compilePart(wordsOf(parts), (scope) => {
    const factors = parts.map(({ evaluate }) => evaluate(scope));
    return isTidy ? factors : tidied(factors, entries, level);
  });
}
