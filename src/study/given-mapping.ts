import { requireArgument } from "../arguments";
import type { SourceLocation } from "../errors";
import { collectErrors, RaellaError, suggestName, throwAll } from "../errors";
import { freeze, publish } from "../memory";
import type { LevelMapping, Loop, Mapping } from "../model/mapping";
import { dirname, resolve } from "../platform";
import { conventionOf, nodeOfPlaceholder, placeholderName } from "../spec/convention";
import { evaluateWritten, scopeOf, valueText } from "../spec/expression";
import type { Scope } from "../spec/expression";
import { loadSpecification } from "../spec/load-specification";
import { choicesAmong } from "../spec/model-choices";
import { unreadDefine } from "../spec/model-files";
import { entriesSchema, readMappingFile } from "../spec/read-mapping-file";
import type { MappingEntry, MappingFileOptions } from "../spec/read-mapping-file";
import { substituteWords } from "../spec/processing/compiled-part";
import { wholeNumberRemedy } from "../spec/processing/factor-entry";
import { specificationSchema } from "../spec/specification";
import type { ExpressionText, Level, Specification } from "../spec/specification";
import { publishLayer } from "./layer-result";
import type { MappedLayer } from "./layer-result";
import type { Inputs } from "./manifest";
import { evaluateGivenMapping, mapAssembled, mapFully } from "./run-layer";
import type { StudyOptions } from "./study-options";

/**
 * The mapping that a mapping file describes. Levels and dimensions left out have factor 1; whether a level holds a data
 * space and its directives come from the architecture's constraints unless the file states them (a data space that
 * neither decides is held). Whether the mapping fits the hardware is not looked at here.
 * @throws RaellaError `unknown-name` and `invalid-mapping`, all mistakes at once.
 * @example
 * ```ts
 * const specification = getSpec({ architecture: "raella", dnn: "resnet18", layer: 10 });
 * const { entries } = readMappingFile("my-mapping.yaml");
 * const { evaluation } = evaluateGivenMapping(specification, mappingFromEntries(specification, entries));
 * ```
 */
export function mappingFromEntries(specification: Specification, given: readonly MappingEntry[]): Mapping {
  requireArgument(specificationSchema, specification, "the specification of mappingFromEntries");
  requireArgument(entriesSchema, given, "the entries of mappingFromEntries");
  const storage = specification.levels.filter(({ kind }) => kind === "storage");
  const entries = collectErrors(given, (entry) =>
    withValues(specification, { ...entry, target: targetName(entry.target, storage) }),
  );
  const { dimensions } = specification.workload;
  const errors = [...nameErrors(specification, storage, entries), ...repetitionErrors(entries, dimensions)];
  if (errors.length === 0) errors.push(...productErrors(specification, entries));
  throwAll(errors);
  return freeze({
    levels: storage.map((level) => {
      const own = entries.filter(({ target }) => target === level.name);
      return levelMapping(specification, level, (type) => own.find((entry) => entry.type === type));
    }),
  });
}

/** An entry in which every value is known. */
interface ValuedEntry extends MappingEntry {
  readonly factors: readonly { readonly dimension: string; readonly value: number }[];
  readonly split?: number;
}

/**
 * Names stand for what they stand for in constraints of the level.
 * @throws RaellaError `invalid-mapping` for all values that are no whole numbers.
 */
function withValues(specification: Specification, entry: MappingEntry): ValuedEntry {
  const { variableValues, levels } = specification;
  const { factors, split, ...rest } = entry;
  const level = levels.find(({ name }) => name === entry.target);
  const scope = scopeOf(level?.attributes ?? {}, scopeOf(variableValues));
  const valueOf = (what: string, given: number | ExpressionText): number =>
    typeof given === "number"
      ? given
      : wholeNumber(specification, `${what}${given.expression}`, given, scope);
  const ofFactors = collectErrors(factors, ({ dimension, value }) => ({
    dimension,
    value: valueOf(`${dimension}=`, value),
  }));
  return { ...rest, factors: ofFactors, ...(split !== undefined && { split: valueOf("split: ", split) }) };
}

/** In the convention of 2023 names are replaced and nothing is calculated. */
function wholeNumber(
  { identity }: Specification,
  written: string,
  { expression, location }: ExpressionText,
  scope: Scope,
): number {
  const calculates = conventionOf(identity) === "2024";
  const became = calculates
    ? valueText(evaluateWritten({ expression, location }, scope, { workingDirectory: "" }))
    : substituteWords(expression, scope).trim();
  const value = /^\+?[0-9]+$/.test(became) ? Number(became) : NaN;
  if (Number.isSafeInteger(value)) return value;
  throw new RaellaError({
    code: "invalid-mapping",
    message: `${written} of a mapping${became === expression ? "" : ` (${became})`} has no whole value.`,
    location,
    value: became,
    expected: calculates
      ? "a whole number, or an expression that gives one; 0 for the whole dimension"
      : "a whole number, or the name of a variable with one; 0 for the whole dimension",
    remedy:
      calculates || became !== expression
        ? wholeNumberRemedy(calculates)
        : suggestName(expression, scope.names()),
  });
}

/** The level meant: the fan-out of PE may be called PE, inter_PE_spatial or inter_PE_spatial_dummy. */
function targetName(target: string, storage: readonly Level[]): string {
  const node = nodeOfPlaceholder(target) ?? target;
  const names = [target, placeholderName(node, "2024"), placeholderName(node, "2023")];
  return names.find((name) => storage.some((level) => level.name === name)) ?? target;
}

function levelMapping(
  specification: Specification,
  level: Level,
  entry: (type: MappingEntry["type"]) => ValuedEntry | undefined,
): LevelMapping {
  const { spatial: spatialRules, temporal: temporalRules } = level.constraints;
  const [temporal, spatial] = [entry("temporal"), entry("spatial")];
  /** The names of a directive in declared order: those stated, else those of the constraints. */
  const named = (...lists: (readonly string[] | undefined)[]): readonly string[] => {
    const chosen = lists.find((list) => list !== undefined) ?? [];
    return specification.workload.dataSpaces.map(({ name }) => name).filter((name) => chosen.includes(name));
  };
  return {
    level: level.name,
    spatial: spatialLoops(specification, level, spatial),
    temporal: innermostFirst(specification, temporal)
      .filter(({ factor }) => factor > 1)
      .reverse(),
    ...dataSpaces(specification, level, entry("dataspace")),
    noTemporalReuse: named(temporal?.noTemporalReuse, temporalRules?.noTemporalReuse),
    rmwOnFirstWriteback: named(temporal?.rmwOnFirstWriteback, temporalRules?.rmwOnFirstWriteback),
    noMulticastNoReduction: named(spatial?.noMulticastNoReduction, spatialRules?.noMulticastNoReduction),
    noLinkTransfer: named(spatial?.noLinkTransfer, spatialRules?.noLinkTransfer),
  };
}

/** All loops of an entry, those of factor 1 as well: the order given, then the other dimensions as declared. */
function innermostFirst({ workload }: Specification, entry: ValuedEntry | undefined): Loop[] {
  if (entry === undefined) return [];
  const { dimensions, bounds } = workload;
  const named = permutationNames(entry.permutation, dimensions);
  const order = [...named, ...dimensions.filter((dimension) => !named.includes(dimension))];
  return order.map((dimension) => {
    const value = entry.factors.find((factor) => factor.dimension === dimension)?.value ?? 1;
    return { dimension, factor: value === 0 ? bounds[dimension] : value };
  });
}

/** A permutation may be one text of one-letter names. */
function permutationNames(permutation: readonly string[], dimensions: readonly string[]): readonly string[] {
  return permutation.flatMap((name) => (dimensions.includes(name) ? [name] : [...name]));
}

function spatialLoops(
  specification: Specification,
  level: Level,
  entry: ValuedEntry | undefined,
): LevelMapping["spatial"] {
  const loops = innermostFirst(specification, entry);
  const split = entry?.split ?? level.constraints.spatial?.split ?? fittingSplit(specification, level, loops);
  return loops
    .map((loop, position) => ({ ...loop, axis: position < split ? ("X" as const) : ("Y" as const) }))
    .filter(({ factor }) => factor > 1)
    .reverse();
}

/** The most loops along X with which both axes fit; all of them where nothing does. */
function fittingSplit({ levels }: Specification, level: Level, loops: readonly Loop[]): number {
  const inside = levels.filter(({ kind }) => kind !== "network");
  const child = inside[inside.indexOf(level) + 1];
  const product = (part: readonly Loop[]): number => part.reduce((sum, { factor }) => sum * factor, 1);
  for (let split = loops.length; split >= 0; split -= 1) {
    const fits =
      product(loops.slice(0, split)) <= child.meshX / level.meshX &&
      product(loops.slice(split)) <= child.meshY / level.meshY;
    if (fits) return split;
  }
  return loops.length;
}

function dataSpaces(
  { workload }: Specification,
  level: Level,
  entry: MappingEntry | undefined,
): Pick<LevelMapping, "keep" | "passthrough"> {
  const rules = level.constraints.dataspace;
  const isKept = (name: string): boolean => {
    if (entry?.keep?.includes(name)) return true;
    return !(entry?.bypass?.includes(name) || rules?.bypass.includes(name));
  };
  const keep = workload.dataSpaces.map(({ name }) => name).filter(isKept);
  const through = entry?.passthrough ?? rules?.passthrough ?? [];
  return { keep, passthrough: keep.filter((name) => through.includes(name)) };
}

/** What entries say of data spaces. */
const directives = [
  ...(["keep", "bypass", "passthrough", "noTemporalReuse"] as const),
  ...(["rmwOnFirstWriteback", "noMulticastNoReduction", "noLinkTransfer"] as const),
];

function nameErrors(
  { workload }: Specification,
  storage: readonly Level[],
  entries: readonly MappingEntry[],
): RaellaError[] {
  const { dimensions } = workload;
  const levels = storage.map(({ name }) => name);
  const dataSpaceNames = workload.dataSpaces.map(({ name }) => name);
  return entries.flatMap((entry) => {
    const check = (kind: string, names: readonly string[], known: readonly string[]): RaellaError[] =>
      names.filter((name) => !known.includes(name)).map((name) => unknown(kind, name, known, entry.location));
    return [
      ...check("level", [entry.target], levels),
      ...check(
        "dimension",
        entry.factors.map(({ dimension }) => dimension),
        dimensions,
      ),
      ...check("dimension", permutationNames(entry.permutation, dimensions), dimensions),
      ...check(
        "data space",
        directives.flatMap((directive) => entry[directive] ?? []),
        dataSpaceNames,
      ),
    ];
  });
}

function unknown(
  kind: string,
  name: string,
  known: readonly string[],
  location: SourceLocation | undefined,
): RaellaError {
  return new RaellaError({
    code: "unknown-name",
    message: `The mapping names "${name}", which is not a ${kind} of this specification.`,
    location,
    value: name,
    expected: known.join(", "),
    remedy: suggestName(name, known),
  });
}

/** A level with two entries of one type, or an entry that names a dimension twice or contradicts itself. */
function repetitionErrors(entries: readonly MappingEntry[], dimensions: readonly string[]): RaellaError[] {
  const seen = new Set<string>();
  return entries.flatMap(({ target, type, factors, permutation, keep, bypass, location }) => {
    const key = `${type} entry of ${target}`;
    const problems = seen.has(key) ? [`There is a second ${key}.`] : [];
    seen.add(key);
    for (const [what, names] of [
      ["factors", factors.map(({ dimension }) => dimension)],
      ["permutation", permutationNames(permutation, dimensions)],
    ] as const) {
      const repeated = names.find((name, index) => names.indexOf(name) !== index);
      if (repeated !== undefined) problems.push(`The ${what} of the ${key} name ${repeated} twice.`);
    }
    const both = keep?.find((name) => bypass?.includes(name));
    if (both !== undefined) problems.push(`The ${key} both keeps and bypasses ${both}.`);
    return problems.map((message) => new RaellaError({ code: "invalid-mapping", message, location }));
  });
}

/** The factors of every dimension must multiply to its bound. */
function productErrors(specification: Specification, entries: readonly ValuedEntry[]): RaellaError[] {
  const { dimensions, bounds } = specification.workload;
  return dimensions.flatMap((dimension) => {
    const parts = entries.flatMap((entry) =>
      innermostFirst(specification, entry)
        .filter((loop) => loop.dimension === dimension && loop.factor !== 1)
        .map(({ factor }) => `${factor} (${entry.target}, ${entry.type})`),
    );
    const product = parts.reduce((sum, part) => sum * Number.parseInt(part, 10), 1);
    if (product === bounds[dimension]) return [];
    const written = parts.length === 0 ? "none" : parts.join(" × ");
    return [
      new RaellaError({
        code: "invalid-mapping",
        message: `The factors of ${dimension} multiply to ${product}, but its bound is ${bounds[dimension]}.`,
        value: product,
        expected: `factors of ${dimension} with the product ${bounds[dimension]}`,
        details: [`factors of ${dimension}: ${written}`],
      }),
    ];
  });
}

/**
 * Maps a specification given as YAML files, or evaluates the given mapping for it. A full search leaves out the
 * greedy steps and compares with them, unless they are declined.
 * @throws RaellaError for mistakes in the files, and as `mapLayer` and `evaluateGivenMapping`.
 */
export function mapInputs(inputs: Inputs, options: StudyOptions = {}): MappedLayer {
  const { nTiles, batchSize, variables, newVariables, fidelity, workspace, strict } = options;
  const load = (greedy: boolean): Specification =>
    loadSpecification({
      files: inputs.files,
      includeRoots: inputs.includeRoots,
      defines: inputs.defines,
      statistics: inputs.statistics,
      ...{ nTiles, batchSize, variables, newVariables, fidelity, workspace, strict },
      ...choicesAmong(options),
      greedySteps: greedy ? undefined : [],
    });
  if (inputs.mapping === undefined && options.search === "full")
    return publishLayer(mapFully(load(false), inputs.greedy ? () => load(true) : null, options));
  const specification = load(inputs.greedy);
  if (inputs.mapping === undefined) return publishLayer(mapAssembled(specification, options));
  const { entries, definesRead, sources } = readMappingFile(inputs.mapping, mappingFileOptions(inputs));
  const asked = definesRead.map((name) => unreadDefine(name).message);
  return evaluateGivenMapping(
    publish({
      ...specification,
      sources: [...specification.sources, ...sources],
      warnings: specification.warnings.filter(({ message }) => !asked.includes(message)),
    }),
    mappingFromEntries(specification, entries),
  );
}

/** The mapping may be one of the files, and include what they may include. */
export function mappingFileOptions({
  files,
  includeRoots = [],
  defines,
}: Pick<Inputs, "files" | "includeRoots" | "defines">): MappingFileOptions {
  // A pattern for folders is none itself; `?` belongs to one only beside a `*`.
  const single = files.filter((file) => !file.includes("*") || !/[*?]/.test(dirname(file)));
  return { defines, includeRoots: [...includeRoots, ...single.map((file) => dirname(resolve(file)))] };
}
