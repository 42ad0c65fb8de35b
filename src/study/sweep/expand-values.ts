import type { SourceLocation } from "../../errors";
import { RaellaError } from "../../errors";
import type { SweepAxis } from "./sweep-plan";
import type { SweepValue, SweepValues, ValueRange } from "./sweep-description";

/** Longest list that a range may stand for. */
const maximumValues = 1_000_000;

export function isRange(values: SweepValues): values is ValueRange {
  return typeof values === "object" && !Array.isArray(values);
}

/**
 * The values that a list or a range stands for.
 * @param place Where it is written, for error messages.
 * @throws RaellaError `out-of-range` for a range that has no end, no step or no value.
 */
export function expandValues(values: SweepValues, place: SourceLocation): readonly SweepValue[] {
  if (!isRange(values)) {
    const list = Array.isArray(values) ? (values as readonly SweepValue[]) : [values as SweepValue];
    if (list.length === 0) throw badRange("The list has no values.", values, place, "at least one value");
    const repeated = list.find((value, index) => list.indexOf(value) < index);
    if (repeated !== undefined)
      throw badRange(`The value ${repeated} occurs twice.`, values, place, "different values");
    return list;
  }
  checkRange(values, place);
  if (values.factor !== undefined) return geometricValues(values, values.factor, place);
  if (values.step !== undefined) return arithmeticValues(values, values.step, place);
  throw badRange(
    "The range has neither a step nor a factor.",
    values,
    place,
    "{from, to, step} or {from, to, factor}; only random designs draw from a range without them",
  );
}

/** The axis of a variable; for random designs a range without a step stays an interval. */
export function planAxis(
  variable: string,
  values: SweepValues,
  isRandom: boolean,
  place: SourceLocation,
): SweepAxis {
  if (!isRange(values) || !isRandom || values.step !== undefined || values.factor !== undefined)
    return { variable, values: expandValues(values, place) };
  checkRange(values, place);
  const logarithmic = values.logarithmic ?? false;
  if (logarithmic && !(values.from > 0))
    throw badRange(
      `A logarithmic range cannot start at ${values.from}.`,
      values,
      place,
      "a number above 0 for `from`",
    );
  return { variable, interval: { from: values.from, to: values.to, logarithmic } };
}

function checkRange(range: ValueRange, place: SourceLocation): void {
  const { from, to, step, factor } = range;
  if (!(to >= from))
    throw badRange(`The range ends (${to}) before it starts (${from}).`, range, place, "from <= to");
  if (step !== undefined && factor !== undefined)
    throw badRange("The range has both a step and a factor.", range, place, "one of them");
  if (step !== undefined && !(step > 0))
    throw badRange(`The step ${step} does not lead from ${from} to ${to}.`, range, place, "a step above 0");
  if (factor !== undefined && !(factor > 1 && from > 0))
    throw badRange(
      `The factor ${factor} does not lead from ${from} to ${to}.`,
      range,
      place,
      "a factor above 1 and a start above 0",
    );
}

function arithmeticValues({ from, to }: ValueRange, step: number, place: SourceLocation): number[] {
  // A hair more, so that 0 to 1 in steps of 0.1 ends with 1.
  const count = Math.floor((to - from) / step + 1e-9) + 1;
  checkCount(count, place);
  return Array.from({ length: count }, (_, index) => withoutRoundingNoise(from + index * step));
}

function geometricValues({ from, to }: ValueRange, factor: number, place: SourceLocation): number[] {
  const values: number[] = [];
  for (let value = from; value <= to * (1 + 1e-12); value *= factor) {
    values.push(withoutRoundingNoise(value));
    checkCount(values.length, place);
  }
  return values;
}

/** 0.1 + 0.2 as 0.3. */
function withoutRoundingNoise(value: number): number {
  return Number(value.toPrecision(12));
}

function checkCount(count: number, place: SourceLocation): void {
  if (count > maximumValues)
    throw badRange(
      `The range stands for more than ${maximumValues} values.`,
      count,
      place,
      `at most ${maximumValues}`,
    );
}

function badRange(message: string, value: unknown, location: SourceLocation, expected: string): RaellaError {
  return new RaellaError({ code: "out-of-range", message, location, value, expected });
}
