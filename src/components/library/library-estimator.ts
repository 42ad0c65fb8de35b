import { RaellaError } from "../../errors";
import { basename, extname, join } from "../../platform";
import { freeze } from "../../memory";
import type { FileReader } from "../../spec/file-memo";
import { FileMemo } from "../../spec/file-memo";
import { contradiction, readNumberedCsv } from "../../spec/read-csv";
import type { CsvRow } from "../../spec/read-csv";
import type { Convention } from "../../spec/specification";
import { cycleSeconds, unknownAction } from "../estimator";
import type { Estimate, EstimateStep, Estimator, EstimatorQuery } from "../estimator";
import type { ParameterDescription, ParameterDescriptions } from "../parameters";
import { attributeFactor, scalingRangeNm } from "./technology-scaling";
import type { Quantity } from "./technology-scaling";

/** A value that an entry of the component library was published for. */
interface ReferenceAttribute {
  /** In lower case; synonyms name the same value. */
  readonly names: readonly string[];
  /** As written, in lower case; `*` fits everything. */
  readonly text: string;
}

/** One line of a component library: what a published component costs. */
interface LibraryEntry {
  readonly className: string;
  /** In lower case. */
  readonly actions: readonly string[];
  readonly attributes: readonly ReferenceAttribute[];
  readonly energyPj: number;
  readonly areaUm2: number;
  /** Publication, table, and how the figure follows from it. */
  readonly source: string;
  /** File that holds the entry, without its folder. */
  readonly file: string;
}

/** Attributes that every entry has with the value 1 unless it says otherwise. */
const impliedAttributes = {
  "2023": ["area_scale", "energy_scale", "n_components"],
  "2024": ["n_components"],
} as const satisfies Record<Convention, readonly string[]>;

const columnNames = {
  className: ["name", "class"],
  actions: ["actions", "action"],
  energy: ["energy_pj", "energy"],
  area: ["area_um2", "area"],
  source: ["source", "comment", "notes"],
};

/**
 * An entry from a line of a library file. Columns: `name` (or the file's name counts), `actions` separated by `|`,
 * `energy_pj`, `area_um2`, `source`; every other column is a reference attribute, its synonyms separated by `|`,
 * and applies where its cell is not empty. In the convention of 2024 the action `idle` is called `leak`.
 * @throws RaellaError (`schema`) for a missing or unreadable figure
 */
export function libraryEntry(
  row: CsvRow,
  defaultName: string,
  file: string,
  convention: Convention = "2023",
): LibraryEntry {
  const cell = (names: readonly string[]): string | undefined => {
    const own = Object.keys(row).filter((key) => names.includes(key.toLowerCase()));
    if (own.length > 1)
      throw new RaellaError({
        code: "schema",
        message: `The columns ${own.join(" and ")} say the same.`,
        location: { file },
        value: own[1],
        expected: `one of ${names.join(", ")}`,
      });
    return own.length === 0 ? undefined : row[own[0]];
  };
  const className = cell(columnNames.className) ?? defaultName;
  const figure = (names: readonly string[]): number => {
    const text = cell(names) ?? "";
    const value = Number(text);
    if (text === "" || !(value >= 0) || !Number.isFinite(value))
      throw new RaellaError({
        code: "schema",
        message: `${className} has no usable ${names[0]}.`,
        location: { file },
        value: text,
        expected: "a number of 0 or more",
      });
    return value;
  };
  const reserved = Object.values(columnNames).flat();
  const written = Object.entries(row)
    .filter(([column, text]) => !reserved.includes(column.toLowerCase()) && text !== "")
    .map(([column, text]) => ({ names: column.toLowerCase().split("|"), text: text.toLowerCase() }));
  const implied = impliedAttributes[convention]
    .filter((name) => !written.some(({ names }) => names.includes(name)))
    .map((name) => ({ names: [name], text: "1" }));
  return {
    className,
    actions: (cell(columnNames.actions) ?? "")
      .toLowerCase()
      .split("|")
      .map((action) => action.trim())
      .map((action) => (convention === "2024" && action === "idle" ? "leak" : action)),
    attributes: [...written, ...implied],
    energyPj: figure(columnNames.energy),
    areaUm2: figure(columnNames.area),
    source: cell(columnNames.source) ?? "",
    file: basename(file),
  };
}

/** Accuracy that the component library claims. */
const libraryAccuracyPercent = 90;

type RefusedConverters = "none" | "other resolutions" | "all";

/** Who answers, and how far. */
interface LibraryOptions {
  readonly name?: string;
  readonly accuracyPercent?: number;
  /** Refuse converters of a resolution that no entry has, instead of scaling an entry by a factor of two per bit; or all. */
  readonly refuseConverters?: RefusedConverters;
  /** In that of 2024 the idle energy is that of the action `leak`, and lasts one cycle. Default 2023. */
  readonly convention?: Convention;
}

interface Candidate {
  readonly entry: LibraryEntry;
  readonly matches: number;
  readonly scale: number;
  readonly factors: readonly { name: string; from: string; to: unknown; factor: number }[];
}

/**
 * Estimator of one class from its entries, in table order. Of the entries that can be scaled to what is asked, the
 * one with the most matching attributes answers, the earlier one on a tie; there is no notion of the nearest entry.
 */
export function libraryEstimator(
  className: string,
  entries: readonly LibraryEntry[],
  options: LibraryOptions = {},
  { attributeNames, actions, parameters }: ClassDescription = describeClass(entries),
): Estimator {
  const { name = "component library", accuracyPercent = libraryAccuracyPercent } = options;
  const refuseConverters = options.refuseConverters ?? "none";
  const isNew = options.convention === "2024";
  return {
    name,
    accuracyPercent,
    classNames: [className],
    actions,
    parameters,
    isRelevant: (attribute) =>
      attributeNames.has(attribute.toLowerCase()) ||
      attribute === "no_scale_energy" ||
      attribute === "no_scale_area" ||
      (isNew && attribute === "global_cycle_seconds"),
    estimateArea: (query) => answer("area", query, entries, refuseConverters),
    estimateEnergy: (query, action) => {
      const wanted = action.toLowerCase();
      const candidates = entries.filter((entry) => entry.actions.includes(wanted));
      if (candidates.length === 0) throw unknownAction(query.className, action, actions);
      const found = answer("energy", query, candidates, refuseConverters);
      return isNew && wanted === "leak" ? overCycle(found, query) : found;
    },
  };
}

/** Published idle energies last one nanosecond. */
function overCycle(found: Estimate, query: EstimatorQuery): Estimate {
  const factor = cycleSeconds(query) / 1e-9;
  if (factor === 1) return found;
  return {
    ...found,
    value: found.value * factor,
    steps: () => [...(found.steps?.() ?? []), { description: "a cycle instead of 1 ns", factor }],
  };
}

function answer(
  quantity: Quantity,
  query: EstimatorQuery,
  entries: readonly LibraryEntry[],
  refuseConverters: RefusedConverters,
): Estimate {
  let best: Candidate | undefined;
  for (const entry of entries) {
    const candidate = fit(quantity, query, entry);
    if (candidate && (!best || candidate.matches > best.matches)) best = candidate;
  }
  if (!best) throw unscalable(query, entries);
  const { entry, scale, factors } = best;
  const published = quantity === "energy" ? entry.energyPj : entry.areaUm2;
  const value = published * scale;
  if (!(value >= 0)) throw unscalable(query, entries);
  const extrapolated =
    published !== 0 && factors.some(({ name, factor }) => name === "resolution" && factor !== 1);
  const isRefused = refuseConverters === "all" || (extrapolated && refuseConverters === "other resolutions");
  if (isRefused && /adc$/i.test(query.className)) throw unscalable(query, entries);
  return {
    value,
    source: entry.source,
    steps: () => describeSteps(quantity, published, best),
    warnings: extrapolated
      ? [
          `No entry of ${query.className} has the resolution ${String(query.attributes.get("resolution"))}; ` +
            "the first one is scaled by a factor of two per bit.",
        ]
      : undefined,
  };
}

/** How an entry fits a query; undefined if some attribute cannot be scaled. */
function fit(quantity: Quantity, query: EstimatorQuery, entry: LibraryEntry): Candidate | undefined {
  const { attributes, context } = query;
  const unscaled = attributes.get(quantity === "energy" ? "no_scale_energy" : "no_scale_area");
  const paired = new Set<object>();
  const factors: Candidate["factors"][number][] = [];
  let matches = 0;
  let scale = 1;
  for (const [name, value] of attributes) {
    const lowerCaseName = name.toLowerCase();
    const reference = entry.attributes.find(({ names }) => names.includes(lowerCaseName));
    const isNew = reference !== undefined && !paired.has(reference);
    if (isNew) paired.add(reference);
    if (!isNew || reference.text === "*" || reference.text === String(value).toLowerCase()) {
      matches++;
      continue;
    }
    if (unscaled) continue;
    const factor = attributeFactor(quantity, name, reference.text, value, context.technologyInterpolation);
    if (factor === undefined) return undefined;
    if (factor === 1) matches++;
    scale *= factor;
    factors.push({ name, from: reference.text, to: value, factor });
  }
  return { entry, matches, scale, factors };
}

function describeSteps(quantity: Quantity, published: number, { entry, factors }: Candidate): EstimateStep[] {
  const unit = quantity === "energy" ? "pJ" : "um^2";
  const given = entry.attributes
    .filter(({ text, names }) => text !== "1" || !names[0].includes("_"))
    .map(({ names, text }) => `${names[0]} ${text}`)
    .join(", ");
  return [
    { description: `${published} ${unit} at ${given || "any size"} (${entry.file})` },
    ...factors.map(({ name, from, to, factor }) => ({
      description: `${name} ${from} -> ${String(to)}`,
      factor,
    })),
  ];
}

function unscalable(query: EstimatorQuery, entries: readonly LibraryEntry[]): RaellaError {
  const asked = [...query.attributes]
    .filter(([name]) =>
      entries.some(({ attributes }) => attributes.some(({ names }) => names.includes(name.toLowerCase()))),
    )
    .map(([name, value]) => `${name} ${String(value)}`)
    .join(", ");
  return new RaellaError({
    code: "out-of-range",
    message: `The component library cannot scale ${query.className} to ${asked}.`,
    value: asked,
    expected: `a technology from ${scalingRangeNm.smallest} to ${scalingRangeNm.largest} nm and sizes above 0`,
  });
}

/** What the entries of a class tell together. */
interface ClassDescription {
  readonly attributeNames: ReadonlySet<string>;
  readonly actions: readonly string[];
  readonly parameters: ParameterDescriptions;
}

function describeClass(entries: readonly LibraryEntry[]): ClassDescription {
  const attributeNames = new Set(
    entries.flatMap(({ attributes }) => attributes.flatMap(({ names }) => names)),
  );
  return {
    attributeNames,
    actions: [...new Set(entries.flatMap((entry) => entry.actions))],
    parameters: Object.fromEntries(
      [...attributeNames].map((attribute) => [attribute, describeReference(attribute, entries)]),
    ),
  };
}

function describeReference(attribute: string, entries: readonly LibraryEntry[]): ParameterDescription {
  const texts = new Set(
    entries.flatMap(({ attributes }) =>
      attributes.filter(({ names }) => names.includes(attribute)).map(({ text }) => text),
    ),
  );
  return {
    kind: "number",
    unit: attribute === "technology" ? "nm" : "1",
    description: `published for ${[...texts].join(", ")}; left out: as published`,
    default: [...texts][0],
  };
}

interface PlacedEntry {
  readonly entry: LibraryEntry;
  readonly file: string;
  readonly line: number;
}

/** Whether two figures are equal, or one is the other with fewer digits, of which it has three or more: 1.67 for 1.6667. */
function isSameFigure(first: number, second: number): boolean {
  const digitsOf = (figure: number): number =>
    figure
      .toExponential()
      .replace(/e.*$/, "")
      .replace(/[^0-9]/g, "").length;
  const digits = Math.min(digitsOf(first), digitsOf(second));
  return first === second || (digits >= 3 && first.toPrecision(digits) === second.toPrecision(digits));
}

/**
 * Of entries with equal attributes the first always answers: others with other figures would never count.
 * @throws RaellaError `schema` naming both lines; an area of 0 further down is none, and a rounded figure no other one.
 */
function requireOneFigure(entries: readonly PlacedEntry[]): void {
  const met = new Map<string, PlacedEntry>();
  for (const placed of entries) {
    const { className, attributes, actions, energyPj, areaUm2 } = placed.entry;
    const texts = attributes.map(({ names, text }) => `${names.join("|")} ${text}`).sort();
    const component = [className.toLowerCase(), ...texts].join("\n");
    for (const action of [null, ...actions]) {
      const key = `${component}\n${action ?? ""}`;
      const first = met.get(key);
      if (first === undefined) met.set(key, placed);
      else if (
        action === null
          ? areaUm2 !== 0 && !isSameFigure(areaUm2, first.entry.areaUm2)
          : !isSameFigure(energyPj, first.entry.energyPj)
      )
        throw contradiction(
          `${className}${action === null ? "" : `, ${action},`} with the same attributes`,
          first,
          placed,
        );
    }
  }
}

/** Classes in the order of their first lines. */
type Library = readonly {
  readonly entries: readonly LibraryEntry[];
  readonly description: ClassDescription;
}[];

/** Libraries as read, by folder and convention: to read them takes most of the time until a first table. */
const libraries = new FileMemo<Library>(16);

/**
 * Estimators of all classes in the CSV files of a folder, in the order of file names and lines.
 * @throws RaellaError for files that cannot be read, for a folder without any, and for lines that contradict each other
 */
export function loadLibrary(
  directory: string,
  reader: FileReader,
  options: LibraryOptions = {},
): Estimator[] {
  const { convention = "2023" } = options;
  const library = libraries.within(reader, `${convention} ${directory}`, (own) =>
    readLibrary(directory, own, convention),
  );
  return library.map(({ entries, description }) =>
    libraryEstimator(entries[0].className, entries, options, description),
  );
}

function readLibrary(directory: string, reader: FileReader, convention: Convention): Library {
  const files = reader.namesIn(directory).filter((name) => extname(name).toLowerCase() === ".csv");
  if (files.length === 0)
    throw new RaellaError({
      code: "file-not-found",
      message: `The folder ${directory} holds no component library.`,
      value: directory,
      expected: "CSV files with the columns name, actions, energy_pj, area_um2 and reference attributes",
    });
  const placed = files.flatMap((name) => {
    const file = join(directory, name);
    const defaultName = basename(name, extname(name));
    return readNumberedCsv(file, reader).map(({ row, line }) => ({
      ...{ file, line },
      entry: libraryEntry(row, defaultName, file, convention),
    }));
  });
  requireOneFigure(placed);
  const byClass = new Map<string, LibraryEntry[]>();
  for (const { entry } of placed) {
    const key = entry.className.toLowerCase();
    const ofClass = byClass.get(key);
    if (ofClass) ofClass.push(entry);
    else byClass.set(key, [entry]);
  }
  return freeze([...byClass.values()].map((entries) => ({ entries, description: describeClass(entries) })));
}
