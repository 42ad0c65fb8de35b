import { distance } from "fastest-levenshtein";

/** Where in the user's input a problem stands; lines and columns count from 1. */
export interface SourceLocation {
  readonly file: string;
  readonly line?: number;
  readonly column?: number;
  /** Keys from the root of the file to the value, e.g. `architecture.nodes[3].attributes.width`. */
  readonly keyPath?: string;
}

/** What kind of mistake an error reports; stable, so that scripts can act on it. */
export type ErrorCode =
  | "yaml-syntax"
  | "file-not-found"
  | "include"
  | "schema"
  | "unknown-name"
  | "expression"
  | "out-of-range"
  | "constraint"
  | "statistics"
  | "component"
  | "check"
  | "no-mapping"
  | "invalid-mapping"
  | "usage"
  | "aborted";

/** What a {@link RaellaError} tells. */
export interface ErrorDetails {
  readonly code: ErrorCode;
  /** One plain sentence: what is wrong, with the offending value. */
  readonly message: string;
  readonly location?: SourceLocation;
  /** The offending value as the user wrote it. */
  readonly value?: unknown;
  /** What would have been accepted. */
  readonly expected?: string;
  /** What to do about it. */
  readonly remedy?: string;
  /** Further lines: a caret under an expression, numbers of a mapping that does not fit, … */
  readonly details?: readonly string[];
}

/**
 * A mistake in what the user gave (a file, a parameter, a name), never a fault of the program.
 * Its message is complete: place, value, what was expected and what to do; no stack trace is needed.
 * @example
 * ```ts
 * try {
 *   runLayer({ architecture: "raela", dnn: "resnet18", layer: 10 });
 * } catch (error) {
 *   if (error instanceof RaellaError) console.log(error.code, error.message); // unknown-name … Did you mean "raella"?
 * }
 * ```
 */
export class RaellaError extends Error {
  readonly code: ErrorCode;
  readonly location?: SourceLocation;
  readonly value?: unknown;
  readonly expected?: string;
  readonly remedy?: string;
  readonly details: readonly string[];
  /** The message without place, expectation and remedy. */
  readonly summary: string;

  constructor(error: ErrorDetails) {
    super(formatErrorDetails(error));
    this.name = "RaellaError";
    this.summary = error.message;
    this.code = error.code;
    this.location = error.location;
    this.value = error.value;
    this.expected = error.expected;
    this.remedy = error.remedy;
    this.details = error.details ?? [];
  }

  /** The error as plain data, for `--json` output. */
  toJSON(): ErrorDetails {
    const { code, summary, location, value, expected, remedy, details } = this;
    return { code, message: summary, location, value, expected, remedy, details };
  }
}

/** Several mistakes found in one pass over the input. */
export class RaellaErrors extends RaellaError {
  readonly errors: readonly RaellaError[];

  constructor(errors: readonly RaellaError[]) {
    super({
      code: errors[0].code,
      message: `${errors.length} problems were found.`,
      details: errors.map((error) => error.message),
    });
    this.name = "RaellaErrors";
    this.errors = errors;
  }
}

/** `1 layer`, `3 layers`, as messages count. */
export function counted(count: number, noun: string, format: (count: number) => string = String): string {
  return `${format(count)} ${noun}${count === 1 ? "" : "s"}`;
}

/** `1 layer is`, `3 layers are`. */
export function countedAre(count: number, noun: string, format?: (count: number) => string): string {
  return `${counted(count, noun, format)} ${count === 1 ? "is" : "are"}`;
}

/** `a`, `a and b`, `a, b and c`. */
export function listed(names: readonly string[]): string {
  return names.length < 2
    ? names.join("")
    : `${names.slice(0, -1).join(", ")} and ${names[names.length - 1]}`;
}

/** The same error with a line more. */
export function withDetail(error: RaellaError, detail: string): RaellaError {
  if (error instanceof RaellaErrors)
    return new RaellaErrors(error.errors.map((one) => withDetail(one, detail)));
  const { details = [], ...rest } = error.toJSON();
  return new RaellaError({ ...rest, details: [...details, detail] });
}

/** Throws one error as it is, several as one {@link RaellaErrors}, nothing for an empty list. */
export function throwAll(errors: readonly RaellaError[]): void {
  if (errors.length === 1) throw errors[0];
  if (errors.length > 1) throw new RaellaErrors(errors);
}

/** `file:line:column` with the key path behind it. */
export function formatLocation(location: SourceLocation): string {
  const place = [location.file, location.line, location.column]
    .filter((part) => part !== undefined)
    .join(":");
  return location.keyPath ? `${place} (${location.keyPath})` : place;
}

/** A message with its place before it, unless it begins with that already. */
export function placedMessage({ message, location }: Pick<ErrorDetails, "message" | "location">): string {
  const place = location ? `${formatLocation(location)}: ` : "";
  return message.startsWith(place) ? message : `${place}${message}`;
}

function formatErrorDetails(error: ErrorDetails): string {
  const lines = [placedMessage(error)];
  if (error.expected) lines.push(`  Expected: ${error.expected}`);
  for (const detail of error.details ?? []) lines.push(...detail.split("\n").map((line) => `  ${line}`));
  const repeatsExpected = error.remedy === `Known: ${error.expected?.replace(/^one of /, "")}.`;
  if (error.remedy && !repeatsExpected) lines.push(`  ${error.remedy}`);
  return lines.join("\n");
}

/** Letters to add, drop or change, or two neighbours to swap, to get from one word to another. */
export function spellingDistance(first: string, second: string): number {
  const changes = distance(first, second);
  if (changes !== 2 || first.length !== second.length) return changes;
  const at = [...first].findIndex((letter, index) => letter !== second[index]);
  return first[at] === second[at + 1] && first[at + 1] === second[at] ? 1 : 2;
}

/** The candidate that `name` most likely was meant to be, if one is close enough. */
export function nearestName(name: string, candidates: Iterable<string>): string | undefined {
  const wanted = name.toLowerCase();
  let best: string | undefined;
  let bestDistance = Math.max(1, Math.floor(name.length / 3)) + 1;
  for (const candidate of candidates) {
    const candidateDistance = spellingDistance(wanted, candidate.toLowerCase());
    if (candidateDistance < bestDistance) [best, bestDistance] = [candidate, candidateDistance];
  }
  return best;
}

/** What options, keys and columns were called in version 0.1.0, and what they are called now. */
const renamed: Readonly<Record<string, string>> = {
  batch: "batchSize",
  batches: "batchSize",
  tiles: "nTiles",
};

/**
 * `Did you mean "raella"?`, else the list of what is there (shortened when long); for a name of an earlier version,
 * what it is called now.
 */
export function suggestName(name: string, candidates: Iterable<string>): string {
  const all = [...candidates];
  if (Object.hasOwn(renamed, name) && all.includes(renamed[name]))
    return `"${name}" is now "${renamed[name]}".`;
  const near = nearestName(name, all);
  if (near !== undefined) return `Did you mean "${near}"?`;
  const shown = all.slice(0, 12).join(", ");
  return all.length === 0
    ? "There are none."
    : `Known: ${shown}${all.length > 12 ? `, … (${all.length})` : ""}.`;
}

/** The error for a name that there is not, with those that there are. */
export function unknownName(what: string, name: string, known: readonly string[]): RaellaError {
  return new RaellaError({
    code: "unknown-name",
    message: `There is no ${what} "${name}".`,
    value: name,
    expected: known.join(", "),
    remedy: suggestName(name, known),
  });
}

/**
 * Converts independent items, so that the mistakes in several of them are reported together.
 *
 * @throws RaellaErrors with every mistake found.
 */
export function collectErrors<T, R>(items: readonly T[], convert: (item: T, index: number) => R): R[] {
  const errors: RaellaError[] = [];
  const results: R[] = [];
  for (let index = 0; index < items.length; index++)
    try {
      results.push(convert(items[index], index));
    } catch (error) {
      if (!(error instanceof RaellaError)) throw error;
      errors.push(...(error instanceof RaellaErrors ? error.errors : [error]));
    }
  throwAll(errors);
  return results;
}
