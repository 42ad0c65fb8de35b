import { frozenCopy } from "../../memory";
import { shown } from "../../arguments";
import * as v from "valibot";

import type { SourceLocation } from "../../errors";
import { RaellaError, suggestName, throwAll } from "../../errors";
import { completeChoices } from "../../spec/model-choices";
import { defaultAggregateTiles } from "../replication";
import { defaultBatch, defaultTiles } from "../study-options";
import { expandValues, planAxis } from "./expand-values";
import { plannedObjective } from "./objectives";
import type { SweepDescription, SweepObjective } from "./sweep-description";
import type { PlannedObjective, SweepPlan } from "./sweep-plan";
import { countDesigns, countPoints } from "./sweep-plan";
import { sweepSchema } from "./sweep-schema";

/** Where a key of the description stands; for descriptions that come from a file. */
export type LocateKey = (path: readonly (string | number)[]) => SourceLocation;

/** Most points that a sweep may have: their numbers and counts stay exact and a folder of chunks manageable. */
const maximumPoints = 1e9;

/**
 * Checks a sweep description and works out everything that it leaves open. Pure: the same description always gives
 * the same plan, and thereby the same point numbers.
 * @param locate Where keys stand; by default errors name the key only.
 * @throws RaellaError naming the key, the value and what was expected; several mistakes at once if there are.
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
  const { variables = {}, points, random, throughput } = description;
  if (throughput?.areaMm2 !== undefined && throughput.aggregateTiles !== undefined)
    throw new RaellaError({
      code: "usage",
      message: "The silicon for the pipeline is given twice.",
      location: locate(["throughput", "aggregateTiles"]),
      expected: "`areaMm2` or `aggregateTiles`",
    });
  const isRandom = random !== undefined;
  const axes = Object.entries(variables).map(([variable, values]) =>
    planAxis(variable, values, isRandom, locate(["variables", variable])),
  );
  const plan = {
    name: description.name ?? "sweep",
    architectures: asNames(description.architectures, locate(["architectures"])),
    dnns: asNames(description.dnns, locate(["dnns"])),
    tiles: asCounts(description.nTiles ?? defaultTiles, locate(["nTiles"])),
    batches: asCounts(description.batch ?? defaultBatch, locate(["batch"])),
    typicalStatistics: description.typical ?? false,
    fidelity: description.fidelity ?? "artifact",
    ...completeChoices(description),
    listed: checkListed(points ?? [{}], Object.keys(variables), locate),
    axes,
    random: random ? { count: random.count, seed: random.seed ?? 0 } : null,
    constraint: description.constraint ?? null,
    objectives: asObjectives(description.objective),
    throughput: {
      areaMm2: throughput?.areaMm2 ?? null,
      aggregateTiles: throughput?.aggregateTiles ?? defaultAggregateTiles,
      scheme: throughput?.scheme ?? "doubling",
    },
    chunkSize: 1,
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

function asObjectives(objective: SweepDescription["objective"]): readonly PlannedObjective[] {
  if (objective === undefined) return [];
  const list = Array.isArray(objective)
    ? (objective as readonly SweepObjective[])
    : [objective as SweepObjective];
  return list.map(plannedObjective);
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

type Issue = v.InferIssue<typeof sweepSchema>;

function toError(issue: Issue, locate: LocateKey): RaellaError {
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
  const shown = path.length === 0 ? "The sweep" : `The value of "${keyPathText(path)}"`;
  return new RaellaError({
    code: "schema",
    message: `${shown} cannot be ${shorten(issue.input)}.`,
    location,
    value: issue.input,
    expected: issue.message,
  });
}

/** Keys that could have been meant where there is an unknown one. */
function knownKeys(path: readonly (string | number)[]): readonly string[] {
  if (path.length === 1) return Object.keys(sweepSchema.entries);
  if (path[0] === "random") return ["count", "seed"];
  if (path[0] === "throughput") return ["areaMm2", "aggregateTiles", "scheme"];
  return ["from", "to", "step", "factor", "logarithmic"];
}

function shorten(value: unknown): string {
  return shown(value);
}

/** `variables.ADC_RESOLUTION[2]`. */
export function keyPathText(path: readonly (string | number)[]): string {
  return path
    .map((key, index) => (typeof key === "number" ? `[${key}]` : index === 0 ? key : `.${key}`))
    .join("");
}

function locateByKey(path: readonly (string | number)[]): SourceLocation {
  return { file: "sweep", keyPath: path.length > 0 ? keyPathText(path) : undefined };
}
