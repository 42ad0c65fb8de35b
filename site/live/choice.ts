// What the page computes, as plain data: in its address, as the options of runAblation, as a command and as a cell.
import { parseCount, parseLayers, parseSettings } from "../../src/cli/parse-options";
import { RaellaError } from "../../src/errors";
import type { AblationOptions } from "../../src/study/run-network";
import type { LayerOptions } from "../../src/study/study-options";

/** What somebody has chosen. Null: as it is when nothing is said. */
export interface Choice {
  readonly dnn: string;
  /** All of them, in the order of the list. */
  readonly architectures: readonly string[] | null;
  /** Numbers and ranges as the command line reads them, e.g. `0,10,20` or `0-5`; empty for all. */
  readonly layers: string;
  readonly tiles: number | null;
  readonly batch: number | null;
  /** Numbers and expressions by the name of a variable, as they were typed. */
  readonly settings: Readonly<Record<string, string>>;
  /** Ways to model and to search: those that are not the usual ones. */
  readonly ways: Readonly<Partial<Record<WayName, string>>>;
  /** What the figure shows of speed. */
  readonly speed: "throughput" | "cycles";
  /** The layer whose mapping is shown (null: the first one), and on which architecture (null: the last one). */
  readonly layer: number | null;
  readonly on: string | null;
}

interface Way {
  readonly label: string;
  /** The usual one first; each with what people read. */
  readonly values: Readonly<Record<string, string>>;
  readonly options: (value: string) => Partial<AblationOptions>;
  readonly flags: (value: string) => readonly string[];
}

/** A way that has the same name in options and, with hyphens, on the command line. */
function way<Name extends keyof AblationOptions>(
  name: Name,
  flag: string,
  label: string,
  values: Readonly<Record<string, string>>,
): Way {
  return {
    label,
    values,
    options: (value) => ({ [name]: value }),
    flags: (value) => [flag, value],
  };
}

/** A way that is either taken or not. */
function flagged(
  name: "useTypicalStatistics" | "leakage",
  flag: string,
  label: string,
  no: string,
  yes: string,
): Way {
  return { label, values: { no, yes }, options: () => ({ [name]: true }), flags: () => [flag] };
}

export const ways = {
  fidelity: way("fidelity", "--fidelity", "Fidelity", {
    artifact: "as published: with the original's quirks",
    corrected: "corrected: without them",
  }),
  typical: flagged(
    "useTypicalStatistics",
    "--typical",
    "Statistics",
    "recorded for every layer",
    "typical ones",
  ),
  search: way("search", "--search", "Mapping", {
    optimal: "the best that greedy steps leave",
    full: "the best of all, proven (slower)",
  }),
  replication: way("replication", "--replication", "Replication of layers", {
    doubling: "doubled, as the original does",
    increment: "one by one, from the fewest tiles",
  }),
  checks: way("unmetChecks", "--unmet-checks", "Designs that cannot be built", {
    warn: "warn",
    adapt: "adapt, as the checks say",
  }),
  leakage: flagged("leakage", "--leakage", "Leakage", "not counted, as published", "counted"),
} as const satisfies Readonly<Record<string, Way>>;

export type WayName = keyof typeof ways;
export const wayNames = Object.keys(ways) as WayName[];

export const usualChoice: Choice = {
  dnn: "resnet18",
  architectures: null,
  layers: "",
  tiles: null,
  batch: null,
  settings: {},
  ways: {},
  speed: "throughput",
  layer: null,
  on: null,
};

const settingPrefix = "set.";

/** The part of an address behind the `#`: what differs from the usual choice, and the version that computes it. */
export function addressOf(choice: Choice, version: string): string {
  const parts: [string, string][] = [["dnn", choice.dnn]];
  if (choice.architectures !== null) parts.push(["architectures", choice.architectures.join(",")]);
  if (choice.layers !== "") parts.push(["layers", choice.layers]);
  for (const name of ["tiles", "batch"] as const)
    if (choice[name] !== null) parts.push([name, String(choice[name])]);
  for (const [name, text] of Object.entries(choice.settings)) parts.push([settingPrefix + name, text]);
  for (const [name, value] of Object.entries(choice.ways)) parts.push([name, value]);
  if (choice.speed !== usualChoice.speed) parts.push(["speed", choice.speed]);
  if (choice.layer !== null) parts.push(["layer", String(choice.layer)]);
  if (choice.on !== null) parts.push(["on", choice.on]);
  parts.push(["version", version]);
  return new URLSearchParams(parts).toString().replaceAll("%2C", ",");
}

/** A choice as an address has it, and what in it cannot be read. */
export interface ReadAddress {
  readonly choice: Choice;
  readonly problems: readonly string[];
  /** The version that the address was made with. */
  readonly version: string | null;
}

/** Reads what {@link addressOf} writes, and what people type. */
export function readAddress(hash: string): ReadAddress {
  const choice: { -readonly [Name in keyof Choice]: Choice[Name] } = {
    ...usualChoice,
    settings: {},
    ways: {},
  };
  const problems: string[] = [];
  let version: string | null = null;
  const given = [...new URLSearchParams(hash.replace(/^#/, ""))];
  const seen = new Set<string>();
  for (const [name, value] of given) {
    const attempt = (read: () => void): void => {
      try {
        read();
      } catch (error) {
        if (!(error instanceof RaellaError)) throw error;
        problems.push(error.message);
      }
    };
    if (seen.has(name)) problems.push(`The address gives "${name}" twice.`);
    seen.add(name);
    if (name === "dnn") choice.dnn = value.toLowerCase();
    else if (name === "architectures")
      choice.architectures = value
        .toLowerCase()
        .split(",")
        .filter((part) => part !== "");
    else if (name === "layers") {
      choice.layers = value;
      attempt(() => void parseLayers(value));
    } else if (name === "tiles" || name === "batch")
      attempt(() => (choice[name] = parseCount(value, name, 1)));
    else if (name === "layer") attempt(() => (choice.layer = parseCount(value, name, 0)));
    else if (name === "on") choice.on = value.toLowerCase();
    else if (name === "version") version = value;
    else if (name === "speed" && (value === "throughput" || value === "cycles")) choice.speed = value;
    else if (name.startsWith(settingPrefix)) {
      const variable = name.slice(settingPrefix.length);
      attempt(() => void parseSettings([`${variable}=${value}`], "The address"));
      choice.settings = { ...choice.settings, [variable]: value };
    } else if (isWayName(name) && Object.hasOwn(ways[name].values, value))
      choice.ways = { ...choice.ways, [name]: value };
    else if (isWayName(name) || name === "speed")
      problems.push(`The address says ${name}=${value}, which is none of the ways there are.`);
    else problems.push(`The address says ${name}=${value}; this page knows no "${name}".`);
  }
  return { choice, problems, version };
}

function isWayName(name: string): name is WayName {
  return Object.hasOwn(ways, name);
}

function unusualWays({ ways: chosen }: Choice): readonly (readonly [WayName, string])[] {
  return wayNames.flatMap((name) => {
    const value = chosen[name];
    const [usual] = Object.keys(ways[name].values);
    return value === undefined || value === usual ? [] : [[name, value] as const];
  });
}

type ModelOptions = Omit<AblationOptions, "architectures" | "layers" | "replication">;

/** What both a run and a single layer are told; where nothing is said it is left out. */
function modelOptions(choice: Choice): ModelOptions {
  const { tiles, batch, settings } = choice;
  const variables = parseSettings(Object.entries(settings).map(([name, text]) => `${name}=${text}`));
  return {
    ...(tiles === null ? {} : { nTiles: tiles }),
    ...(batch === null ? {} : { batchSize: batch }),
    ...(Object.keys(variables).length > 0 ? { variables } : {}),
    ...Object.assign(
      {},
      ...unusualWays(choice)
        .filter(([name]) => name !== "replication")
        .map(([name, value]) => ways[name].options(value)),
    ),
  } as ModelOptions;
}

/** The second argument of `runAblation(choice.dnn, …)`. */
export function ablationOptions(choice: Choice): AblationOptions {
  const { architectures, layers, ways: chosen } = choice;
  return {
    ...(architectures === null ? {} : { architectures }),
    ...(layers === "" ? {} : { layers: parseLayers(layers) }),
    ...modelOptions(choice),
    ...(chosen.replication === "increment" ? { replication: "increment" as const } : {}),
  };
}

/** The argument of `mapLayer` for a layer of the choice. */
export function layerOptions(choice: Choice, architecture: string, layer: number): LayerOptions {
  return { architecture, dnn: choice.dnn, layer, ...modelOptions(choice) };
}

/** The command that prints the same figures. */
export function commandOf(choice: Choice): string {
  const { dnn, architectures, layers, tiles, batch, settings } = choice;
  const words = [
    ...["npx", "raella", "ablation", "--dnn", dnn],
    ...(architectures === null ? [] : ["--architecture", ...architectures]),
    ...(layers === "" ? [] : ["--layers", layers.replaceAll(" ", "")]),
    ...(tiles === null ? [] : ["--tiles", String(tiles)]),
    ...(batch === null ? [] : ["--batch", String(batch)]),
    ...Object.entries(settings).flatMap(([name, text]) => ["--set", `${name}=${text}`]),
    ...unusualWays(choice).flatMap(([name, value]) => ways[name].flags(value)),
  ];
  return words.map(quoted).join(" ");
}

/** A word as a POSIX shell reads it back. */
function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}

/** The cell of a notebook that draws the same figure. */
export function cellOf(choice: Choice): string {
  const options = ablationOptions(choice);
  const given = Object.keys(options).length === 0 ? "" : `, ${literal(options, true)}`;
  return [
    'import { runAblation } from "raella";',
    'import { ablationChart } from "raella/charts";',
    'import { showChart } from "raella/notebook";',
    "",
    `const ablation = await runAblation(${JSON.stringify(choice.dnn)}${given});`,
    `await showChart(ablationChart(ablation, { speed: ${JSON.stringify(choice.speed)} }));`,
    "",
  ].join("\n");
}

/** Plain data as TypeScript. */
function literal(data: unknown, isBroken = false): string {
  if (Array.isArray(data)) return `[${data.map((item) => literal(item)).join(", ")}]`;
  if (typeof data !== "object" || data === null) return JSON.stringify(data);
  const parts = Object.entries(data).map(([name, value]) => `${name}: ${literal(value)}`);
  return isBroken ? `{\n${parts.map((part) => `  ${part},\n`).join("")}}` : `{ ${parts.join(", ")} }`;
}
