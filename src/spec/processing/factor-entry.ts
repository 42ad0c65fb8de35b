import type { SourceLocation } from "../../errors";
import { RaellaError, suggestName } from "../../errors";
import type { PlacedText } from "../schema/validate";
import type { Factor } from "../specification";

/** A factor as written, `C=4`, `C=N_ROWS`, `C<=4` or `C>=2`. */
export interface FactorEntry {
  readonly dimension: string;
  readonly operator: Factor["operator"];
  /** Text of the value; a name until variables are known. */
  readonly valueText: string;
  readonly location?: SourceLocation;
}

const form = /^([^<>=\s]+)\s*(<=|>=|=)\s*([^<>=]+?)$/;

/** Reads `C=4`, `C<=4` or `C>=4`. */
export function parseFactor({ text, location }: PlacedText): FactorEntry {
  const match = form.exec(text.trim());
  if (match === null)
    throw new RaellaError({
      code: "constraint",
      message: `"${text}" is not a factor.`,
      location,
      value: text,
      expected: "C=4 (exactly 4), C=0 (the whole dimension), C=-1 (free), C<=4 or C>=2",
    });
  const [, dimension, operator, valueText] = match;
  return { dimension, operator: operator as Factor["operator"], valueText: valueText.trim(), location };
}

/** The entry as compared and printed. */
function factorText(entry: FactorEntry): string {
  return `${entry.dimension}${entry.operator}${entry.valueText}`;
}

/**
 * Removes repeated entries; the last copy stays.
 *
 * @throws RaellaError `constraint` if two different entries name the same dimension.
 */
export function tidyFactors(entries: readonly FactorEntry[], level: string): readonly FactorEntry[] {
  return entries.filter((_, index) => !comesAgain(index, entries, entries, level));
}

/**
 * Whether an entry stands again behind itself. A dimension may have an upper and a lower limit.
 *
 * @param written the entries before names in them were replaced.
 * @throws RaellaError `constraint` if another entry behind it contradicts it.
 */
export function comesAgain(
  index: number,
  entries: readonly FactorEntry[],
  written: readonly FactorEntry[],
  level: string,
): boolean {
  const { dimension, operator, location } = entries[index];
  const next = entries.findIndex((other, at) => {
    const areLimits = operator !== "=" && other.operator !== "=" && operator !== other.operator;
    return at > index && other.dimension === dimension && !areLimits;
  });
  if (next < 0) return false;
  if (factorText(entries[next]) === factorText(entries[index])) return true;
  const [first, second] = [index, next].map((at) => shownFactor(written[at], entries[at]));
  throw new RaellaError({
    code: "constraint",
    message: `The constraints of "${level}" contradict each other: ${first} and ${second}.`,
    location: entries[next].location ?? location,
    remedy: "Keep one of them. An empty list `factors: []` discards the factors of a merged macro.",
  });
}

/** An entry as written and, where names are replaced, what it became. */
export function shownFactor(entry: FactorEntry, became: FactorEntry): string {
  const [written, text] = [factorText(entry), factorText(became)];
  return written === text ? written : `${written} (${text})`;
}

/** What to write instead of a fraction, where expressions are calculated and where they are not. */
export function wholeNumberRemedy(calculates: boolean): string {
  return calculates
    ? "Divide whole numbers with //, which gives a whole number."
    : "Expressions are not evaluated here; define a variable (use // for whole numbers).";
}

/** Reads the integer value of a factor whose names are replaced, or whose expression is calculated. */
export function factorValue(
  entry: FactorEntry,
  became: FactorEntry,
  level: string,
  calculates = false,
): number {
  const text = became.valueText;
  const value = /^[-+]?[0-9]+$/.test(text) ? Number(text) : NaN;
  if (value >= -1 && Number.isSafeInteger(value)) return value;
  throw new RaellaError({
    code: "constraint",
    message: `The factor ${shownFactor(entry, became)} of "${level}" has no integer value.`,
    location: entry.location,
    value: text,
    expected:
      "an integer of at least 1, 0 for the whole dimension, -1 for a free one, or the name of a variable",
    remedy: Number.isNaN(value) ? wholeNumberRemedy(calculates) : undefined,
  });
}

/** The error for a name that is not a dimension or data space of the problem, nor became one. */
export function unknownProblemName(
  kind: "dimension" | "data space",
  { text, location }: PlacedText,
  known: readonly string[],
  level: string,
  became = text,
): RaellaError {
  return new RaellaError({
    code: "unknown-name",
    message: `The constraints of "${level}" name "${text}"${became === text ? "" : ` (which became "${became}")`}, which is not a ${kind} of the problem.`,
    location,
    value: became,
    expected: known.join(", "),
    remedy: suggestOf(became, known),
  });
}

/** Names of one letter are near to all others, except for those that differ in letter case only. */
function suggestOf(text: string, known: readonly string[]): string | undefined {
  if (text.length > 1) return suggestName(text, known);
  const same = known.find((name) => name.toLowerCase() === text.toLowerCase());
  return same === undefined ? undefined : `Did you mean "${same}"?`;
}
