import * as v from "valibot";
import type { Document } from "yaml";
import { isMap, isNode, LineCounter } from "yaml";
import { pathText, requireArgument, shown, text as textSchema } from "../../arguments";
import type { SourceLocation } from "../../errors";
import { RaellaError, suggestName, throwAll } from "../../errors";
import { frozenCopy } from "../../memory";
import { defaultSeed } from "../../network/samples";
import { completeChoices } from "../../spec/model-choices";
import { parseDeepDocument } from "../../spec/yaml/compose-text";
import { nestedTooDeeply } from "../../spec/yaml/yaml-node";
import { defaultAggregateTiles } from "../replication";
import { defaultBatchSize, defaultTiles } from "../study-options";
import type {
  SweepDescription,
  SweepObjective,
  SweepValue,
  SweepValues,
  ValueRange,
} from "./sweep-description";
import { sweepSchema } from "./sweep-description";
import type { SweepAxis, SweepPlan } from "./sweep-plan";
import { countDesigns, countPoints } from "./sweep-plan";

/** Longest list that a range may stand for. */
const maximumValues = 1_000_000;

function isRange(values: SweepValues): values is ValueRange {
  return typeof values === "object" && !Array.isArray(values);
}

/**
 * The values that a list or a range stands for.
 * @param place Where it is written, for error messages.
 * @throws RaellaError `out-of-range` for a range that has no end, no step or no value.
 */
function expandValues(values: SweepValues, place: SourceLocation): readonly SweepValue[] {
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
function planAxis(
  variable: string,
  values: SweepValues,
  isRandom: boolean,
  place: SourceLocation,
): SweepAxis {
  if (!isRange(values) || !isRandom || values.step !== undefined || values.factor !== undefined)
    return { variable, values: expandValues(values, place) };
  checkRange(values, place);
  const { logarithmic = false } = values;
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
  const { from, to, step, factor, logarithmic } = range;
  if (!(to >= from))
    throw badRange(`The range ends (${to}) before it starts (${from}).`, range, place, "from <= to");
  if (step !== undefined && factor !== undefined)
    throw badRange("The range has both a step and a factor.", range, place, "one of them");
  if (step !== undefined && !(step > 0))
    throw badRange(`The step ${step} does not lead from ${from} to ${to}.`, range, place, "a step above 0");
  if (logarithmic !== undefined && (step !== undefined || factor !== undefined))
    throw badRange(
      "`logarithmic` says how numbers are drawn from an interval, and this range has its values.",
      range,
      place,
      `\`logarithmic\` without \`${step === undefined ? "factor" : "step"}\`, with \`random: {count, seed}\``,
    );
  if (factor !== undefined && !(factor > 1 && from > 0))
    throw badRange(
      `The factor ${factor} does not lead from ${from} to ${to}.`,
      range,
      place,
      "a factor above 1 and a start above 0",
    );
}

function arithmeticValues(range: ValueRange, step: number, place: SourceLocation): number[] {
  const { from, to } = range;
  const at = (index: number): number => {
    const value = from + index * step;
    if (Number.isInteger(from) && Number.isInteger(step)) return value;
    // A hair beside 0 is 0: it has no digits to be rounded to.
    return Math.abs(value) < step * 1e-9 ? 0 : withoutRoundingNoise(value);
  };
  const steps = (to - from) / step;
  // A hair more, so that 0 to 1 in steps of 0.1 ends with 1: what rounding may do to the ends, in steps.
  const hair = 1e-9 + (2 * Number.EPSILON * Math.max(Math.abs(from), Math.abs(to))) / step;
  const last = Math.floor(steps + hair);
  checkCount(last + 1, place);
  if (steps - last > hair) throw missedEnd(range, `in steps of ${step}`, [at(last), at(last + 1)], place);
  return Array.from({ length: last + 1 }, (_, index) => at(index));
}

function geometricValues(range: ValueRange, factor: number, place: SourceLocation): number[] {
  const { from, to } = range;
  const values: number[] = [];
  let value = from;
  // A factor like 1.41421356 comes near enough to what it stands for.
  for (; value < to * (1 - 1e-6); value *= factor) {
    values.push(withoutRoundingNoise(value));
    checkCount(values.length, place);
  }
  if (value > to * (1 + 1e-6))
    throw missedEnd(
      range,
      `by factors of ${factor}`,
      [values[values.length - 1] ?? from, withoutRoundingNoise(value)],
      place,
    );
  return [...values, to];
}

/** Both ends belong to a range: one that is passed over was not meant. */
function missedEnd(
  range: ValueRange,
  way: string,
  [last, next]: readonly [number, number],
  place: SourceLocation,
): RaellaError {
  return new RaellaError({
    code: "out-of-range",
    message: `The range from ${range.from} ${way} does not meet its end ${range.to}: its last value would be ${last}.`,
    location: place,
    value: range,
    expected: `${last === range.from ? "" : `${last} or `}${next} for \`to\``,
  });
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

/** Where a key of the description stands; for descriptions that come from a file. */
type LocateKey = (path: readonly (string | number)[]) => SourceLocation;

/** Most points that a sweep may have: their numbers and counts stay exact and a folder of chunks manageable. */
const maximumPoints = 1e9;

/**
 * Checks a sweep description and works out everything that it leaves open. Pure: the same description always gives
 * the same plan, and thereby the same point numbers.
 * @param locate Where keys stand; by default errors name the key only.
 * @throws RaellaError naming the key, the value and what was expected; several mistakes at once if there are.
 * @example
 * ```ts
 * const plan = planSweep({
 *   architectures: ["isaac_like", "raella"],
 *   dnns: "resnet18",
 *   variables: { ADC_RESOLUTION: [6, 7, 8] },
 * });
 * console.log(countPoints(plan)); // 6
 * ```
 */
export function planSweep(description: SweepDescription, locate: LocateKey = locateByKey): SweepPlan {
  if (Array.isArray(description))
    throw new RaellaError({
      code: "schema",
      message: "The sweep cannot be a list.",
      location: locate([]),
      expected: "keys and values, at least `architectures` and `dnns`",
    });
  const checked = v.safeParse(sweepSchema, description, { abortPipeEarly: true });
  if (!checked.success) throwAll(checked.issues.map((issue) => toError(issue, locate)));
  const { variables = {}, points, random, throughput, accuracy } = description;
  if (throughput?.areaBudgetMm2 !== undefined && throughput.aggregateTiles !== undefined)
    throw new RaellaError({
      code: "usage",
      message: "The silicon for the pipeline is given twice.",
      location: locate(["throughput", "aggregateTiles"]),
      expected: "`areaBudgetMm2` or `aggregateTiles`",
    });
  if (accuracy?.seed !== undefined && !accuracy.noise)
    throw new RaellaError({
      code: "usage",
      message: "The seed is that of noise, and there is none.",
      location: locate(["accuracy", "seed"]),
      expected: "`noise` above 0 with a seed",
    });
  const isRandom = random !== undefined;
  if (isRandom && Object.keys(variables).length === 0)
    throw new RaellaError({
      code: "usage",
      message:
        "Random designs are drawn from `variables`, and there are none: all of them would be the same.",
      location: locate(["random"]),
      expected: "at least one variable with an interval or several values",
    });
  const axes = Object.entries(variables).map(([variable, values]) =>
    planAxis(variable, values, isRandom, locate(["variables", variable])),
  );
  const plan = {
    name: description.name ?? "sweep",
    architectures: asNames(description.architectures, locate(["architectures"])),
    dnns: asNames(description.dnns, locate(["dnns"])),
    nTiles: asCounts(description.nTiles ?? defaultTiles, locate(["nTiles"])),
    batchSize: asCounts(description.batchSize ?? defaultBatchSize, locate(["batchSize"])),
    typicalStatistics: description.typical ?? false,
    fidelity: description.fidelity ?? "artifact",
    ...completeChoices(description),
    listed: checkListed(points ?? [{}], Object.keys(variables), locate),
    axes,
    random: random ? { count: random.count, seed: random.seed ?? 0 } : null,
    constraint: description.constraint ?? null,
    objectives: asObjectives(description.objective),
    throughput: {
      areaBudgetMm2: throughput?.areaBudgetMm2 ?? null,
      aggregateTiles: throughput?.aggregateTiles ?? defaultAggregateTiles,
      scheme: throughput?.scheme ?? "doubling",
    },
    chunkSize: 1,
    ...(accuracy && {
      accuracy: {
        dnn: accuracy.dnn.toLowerCase(),
        slicing: accuracy.slicing ?? "kept",
        endToEnd: accuracy.end_to_end ?? false,
        ...(accuracy.noise && { noise: accuracy.noise, seed: accuracy.seed ?? defaultSeed }),
      },
    }),
  } satisfies SweepPlan;
  const size = countPoints(plan);
  if (!(size <= maximumPoints))
    throw new RaellaError({
      code: "out-of-range",
      message: `The sweep has ${size} points.`,
      location: locate([]),
      expected: `at most ${maximumPoints}`,
      remedy: "Use fewer values, or draw a part of the designs with `random: {count, seed}`.",
    });
  return frozenCopy<SweepPlan>({ ...plan, chunkSize: description.chunkSize ?? defaultChunkSize(plan) });
}

/**
 * About 200 chunks of whole designs: an interruption costs little, and the folder stays small. Not fewer than eight
 * designs each: neighbours share map spaces and whatever belongs to a layer.
 */
function defaultChunkSize(plan: SweepPlan): number {
  const designs = Math.max(Math.ceil(countDesigns(plan) / 200), 8);
  return Math.min(designs * plan.dnns.length, 1000);
}

function asNames(names: string | readonly string[], place: SourceLocation): readonly string[] {
  return expandValues(typeof names === "string" ? [names.toLowerCase()] : names.map(lower), place).map(
    String,
  );
}

const lower = (name: string): string => name.toLowerCase();

function asCounts(counts: NonNullable<SweepDescription["nTiles"]>, place: SourceLocation): readonly number[] {
  const expanded = expandValues(counts, place).map(Number);
  const wrong = expanded.find((count) => !Number.isInteger(count) || count < 1);
  if (wrong === undefined) return expanded;
  throw new RaellaError({
    code: "out-of-range",
    message: `The value ${wrong} is not a count.`,
    location: place,
    value: counts,
    expected: "whole numbers, 1 or more",
  });
}

function asObjectives(objective: SweepDescription["objective"]): readonly SweepObjective[] {
  if (objective === undefined) return [];
  return Array.isArray(objective) ? (objective as readonly SweepObjective[]) : [objective as SweepObjective];
}

/** Every point must set the same variables, none of which is an axis as well. */
function checkListed(
  points: SweepPlan["listed"],
  axes: readonly string[],
  locate: LocateKey,
): SweepPlan["listed"] {
  const expected = Object.keys(points[0]);
  points.forEach((point, index) => {
    const missing = expected.find((name) => !Object.hasOwn(point, name));
    const surplus = Object.keys(point).find((name) => !Object.hasOwn(points[0], name));
    if (missing !== undefined || surplus !== undefined)
      throw new RaellaError({
        code: "schema",
        message: `Point ${index} ${missing !== undefined ? `lacks ${missing}` : `has ${surplus}, which the first one lacks`}.`,
        location: locate(["points", index]),
        value: point,
        expected: `a value for each of ${expected.join(", ")}`,
      });
    const twice = expected.find((name) => axes.includes(name));
    if (twice !== undefined)
      throw new RaellaError({
        code: "schema",
        message: `The variable ${twice} is both listed in the points and varied.`,
        location: locate(["variables", twice]),
        expected: "each variable in `points` or in `variables`",
      });
  });
  return points;
}

type SweepIssue = v.InferIssue<typeof sweepSchema>;

function toError(issue: SweepIssue, locate: LocateKey): RaellaError {
  const path = (issue.path ?? []).map(({ key }) => key as string | number);
  const key = path.at(-1);
  const location = locate(path);
  if (issue.type === "strict_object" && issue.expected === "never" && typeof key === "string")
    return new RaellaError({
      code: "unknown-name",
      message: `There is no key "${key}" here.`,
      location,
      value: key,
      remedy: suggestName(key, knownKeys(path)),
    });
  if (issue.input === undefined && key !== undefined)
    return new RaellaError({
      code: "schema",
      message: `The key "${key}" is missing.`,
      location,
      remedy: path.length === 1 ? `Add ${key}: [NAME, …].` : undefined,
    });
  const what = path.length === 0 ? "The sweep" : `The value of "${pathText(path)}"`;
  return new RaellaError({
    code: "schema",
    message: `${what} cannot be ${shown(issue.input)}.`,
    location,
    value: issue.input,
    expected: issue.message,
  });
}

/** Keys that could have been meant where there is an unknown one. */
function knownKeys(path: readonly (string | number)[]): readonly string[] {
  if (path.length === 1) return Object.keys(sweepSchema.entries);
  if (path[0] === "random") return ["count", "seed"];
  if (path[0] === "accuracy") return ["dnn", "slicing", "end_to_end", "noise", "seed"];
  if (path[0] === "throughput") return ["areaBudgetMm2", "aggregateTiles", "scheme"];
  return ["from", "to", "step", "factor", "logarithmic"];
}

function locateByKey(path: readonly (string | number)[]): SourceLocation {
  return { file: "sweep", keyPath: path.length > 0 ? pathText(path) : undefined };
}

/**
 * Reads a sweep description from YAML text. The description may stand under a top key `sweep`.
 * @param file Name of the file, for error messages.
 * @throws RaellaError with file, line and column of the mistake.
 */
export function parseSweep(text: string, file: string): SweepPlan {
  requireArgument(textSchema, text, "the text of parseSweep");
  requireArgument(textSchema, file, "the file name of parseSweep");
  const lines = new LineCounter();
  const document = parseDeepDocument(text, {
    lineCounter: lines,
    prettyErrors: false,
    logLevel: "error",
  });
  if (document === undefined) throw nestedTooDeeply({ file });
  const positionOf = (offset: number): SourceLocation => {
    const { line, col } = lines.linePos(offset);
    return { file, line, column: col };
  };
  const [problem] = document.errors;
  if (problem)
    throw new RaellaError({
      code: "yaml-syntax",
      message: problem.message,
      location: positionOf(problem.pos[0]),
    });
  const prefix = isMap(document.contents) && document.has("sweep") ? ["sweep"] : [];
  const locate = (path: readonly (string | number)[]): SourceLocation => {
    // A key that is missing is reported at the map that lacks it.
    for (let depth = path.length; depth >= 0; depth -= 1) {
      const node: unknown = document.getIn([...prefix, ...path.slice(0, depth)], true);
      if (isNode(node) && node.range)
        return { ...positionOf(node.range[0]), keyPath: pathText(path) || undefined };
    }
    return { file, keyPath: pathText(path) || undefined };
  };
  const content = plainData(document, file);
  const description = prefix.length > 0 ? (content as { sweep: unknown }).sweep : content;
  return planSweep(description as SweepDescription, locate);
}

/** The document as plain data. @throws RaellaError for aliases that stand for nothing or unfold to too much. */
function plainData(document: Document.Parsed, file: string): unknown {
  try {
    return document.toJS({ maxAliasCount: 100 });
  } catch (error) {
    if (!(error instanceof ReferenceError || error instanceof TypeError)) throw error;
    throw new RaellaError({ code: "yaml-syntax", message: `${error.message}.`, location: { file } });
  }
}
