import * as v from "valibot";
import {
  dataWith,
  hasParts,
  isListOf,
  isNumber,
  isText,
  listOf,
  name,
  names,
  optional,
  optionsOf,
  requireArgument,
  requireOptions,
} from "../arguments";
import type { SourceLocation } from "../errors";
import { RaellaError, throwAll } from "../errors";
import { freeze } from "../memory";
import { dirname, resolve } from "../platform";
import { FileMemo, FileReader } from "./file-memo";
import { definesSchema, foldersToInclude } from "./load-specification";
import { expandPattern } from "./model-files";
import type { ExpressionText } from "./specification";
import { factors } from "./schema/constraint-schema";
import { closedObject, expressionSchema, spelledOnce, text, textList, validate } from "./schema/validate";
import type { PlacedText } from "./schema/validate";
import { readYaml } from "./yaml/load-yaml";
import type { UnmergedFile } from "./yaml/load-yaml";
import type { TemplateData } from "./yaml/template";
import { uniteFiles } from "./yaml/unite-files";
import { joinPath, locationOf } from "./yaml/yaml-node";
import type { YamlNode } from "./yaml/yaml-node";

/** One entry of a mapping file: loops of a level, or which data spaces it holds. What is not stated is absent. */
export interface MappingEntry {
  /** Level name, without an instance range. */
  readonly target: string;
  readonly type: "temporal" | "spatial" | "dataspace";
  /** The value 0 stands for the whole dimension; names are those of a specification. */
  readonly factors: readonly { readonly dimension: string; readonly value: number | ExpressionText }[];
  /** Innermost first. */
  readonly permutation: readonly string[];
  /** How many of the innermost loops, factor-1 ones counted, lie along X. */
  readonly split?: number | ExpressionText;
  readonly keep?: readonly string[];
  readonly bypass?: readonly string[];
  readonly passthrough?: readonly string[];
  readonly noTemporalReuse?: readonly string[];
  readonly rmwOnFirstWriteback?: readonly string[];
  readonly noMulticastNoReduction?: readonly string[];
  readonly noLinkTransfer?: readonly string[];
  readonly location?: SourceLocation;
}

const areNames = isListOf(isText);
const isNumberOrExpression = (value: unknown): boolean =>
  isNumber(value) || hasParts(value, { expression: isText });
const areNamesIfGiven = (value: unknown): boolean => value === undefined || areNames(value);

export const entriesSchema = listOf(
  dataWith("an entry {target, type, factors, permutation}", {
    target: isText,
    type: isText,
    factors: isListOf((value) => hasParts(value, { dimension: isText, value: isNumberOrExpression })),
    permutation: areNames,
    keep: areNamesIfGiven,
    bypass: areNamesIfGiven,
    passthrough: areNamesIfGiven,
    noTemporalReuse: areNamesIfGiven,
    rmwOnFirstWriteback: areNamesIfGiven,
    noMulticastNoReduction: areNamesIfGiven,
    noLinkTransfer: areNamesIfGiven,
  }),
  "a list of entries, as readMappingFile returns it",
);

const types: Readonly<Record<string, MappingEntry["type"]>> = {
  temporal: "temporal",
  spatial: "spatial",
  dataspace: "dataspace",
  datatype: "dataspace",
  bypass: "dataspace",
};

const list = (what: string): v.GenericSchema<unknown, readonly PlacedText[]> => textList(`a list of ${what}`);

const numberOfLoops = v.union(
  [
    v.pipe(v.number("a number of loops"), v.integer("a whole number"), v.minValue(0, "at least 0")),
    expressionSchema,
  ],
  "a number of loops: a whole number of at least 0",
);

const entrySchema = spelledOnce(
  closedObject({
    target: text("the name of a level"),
    type: v.pipe(text(), v.picklist(Object.keys(types), Object.keys(types).join(", "))),
    factors: v.optional(factors(), []),
    permutation: v.optional(list("dimensions, innermost first"), []),
    split: v.optional(numberOfLoops),
    keep: v.optional(list("data spaces")),
    bypass: v.optional(list("data spaces")),
    passthrough: v.optional(list("data spaces")),
    no_temporal_reuse: v.optional(list("data spaces")),
    no_reuse: v.optional(list("data spaces")),
    rmw_on_first_writeback: v.optional(list("data spaces")),
    rmw_first_update: v.optional(list("data spaces")),
    no_coalesce: v.optional(list("data spaces")),
    no_multicast_no_reduction: v.optional(list("data spaces")),
    no_link_transfer: v.optional(list("data spaces")),
  }),
  [
    ["rmw_on_first_writeback", "rmw_first_update"],
    ["passthrough", "no_coalesce"],
    ["no_temporal_reuse", "no_reuse"],
    ["no_multicast_no_reduction", "no_reuse"],
  ],
);

/** How a mapping file is read. */
export interface MappingFileOptions {
  /** Values that templates ask for. */
  readonly defines?: Readonly<Record<string, number | string | boolean>>;
  /** Folders that included files may lie in, besides that of the file. */
  readonly includeRoots?: readonly string[];
}

const optionsSchema = optionsOf({ defines: optional(definesSchema), includeRoots: optional(names) });

/** A mapping file as read, and the hash of every file that it consists of. */
export interface MappingFile {
  readonly entries: readonly MappingEntry[];
  /** Names of the given values that its templates ask for. */
  readonly definesRead: readonly string[];
  readonly sources: readonly { readonly file: string; readonly sha256: string }[];
}

/** Mapping files as read: half of the time that a given mapping takes, where all else is known. */
const mappingFiles = new FileMemo<MappingFile>(64);

/**
 * Reads a mapping in Timeloop's form: a list `mapping:` of entries `{target, type, factors, permutation}`, and
 * `{target, type: dataspace, keep, bypass, passthrough}`. Factors are written `C=4 M=2`, `C4,M2` or `C4M2`; as constraints
 * they may have names of variables for values (`C=LANES`).
 * @throws RaellaError `file-not-found`, `yaml-syntax`, or `schema` with all mistakes in the form.
 * @example
 * ```ts
 * const { entries } = readMappingFile("my-mapping.yaml");
 * console.log(entries.length);
 * ```
 */
export function readMappingFile(file: string, options: MappingFileOptions = {}): MappingFile {
  requireArgument(name, file, "the file of readMappingFile");
  requireOptions(optionsSchema, options, "readMappingFile");
  const { defines = {} } = options;
  const includeRoots = foldersToInclude(options.includeRoots);
  const key = JSON.stringify([file, defines, includeRoots]);
  return mappingFiles.get(key, (reader) => readMapping(file, reader, defines, includeRoots));
}

function readMapping(
  file: string,
  reader: FileReader,
  defines: TemplateData,
  includeRoots: readonly string[],
): MappingFile {
  const read = readOne(resolve(file), reader, defines, includeRoots);
  const top = topKeysOf(read);
  const node = top.get("mapping")?.value;
  if (node === undefined || node.kind !== "list") {
    throw new RaellaError({
      code: "schema",
      message: "This is not a mapping file.",
      location: node ? locationOf(node, "mapping") : { file },
      expected: "the top key `mapping` with a list of {target, type, factors, permutation}",
    });
  }
  const errors: RaellaError[] = [];
  const entries = node.items.flatMap((item, index) => {
    const entry = readEntry(item, joinPath("mapping", index), errors);
    return entry ? [entry] : [];
  });
  throwAll(errors);
  return freeze({
    entries,
    definesRead: [...read.read],
    sources: reader.sources().map(({ path: name, sha256 }) => ({ file: name, sha256 })),
  });
}

function readOne(
  path: string,
  reader: FileReader,
  defines: TemplateData,
  includeRoots: readonly string[],
): UnmergedFile {
  return readYaml(path, reader, [dirname(path), ...includeRoots.map((root) => resolve(root))], defines);
}

/** Templates belong to the convention of 2024. */
function topKeysOf({ isTemplate, merge }: UnmergedFile): ReturnType<typeof uniteFiles> {
  return uniteFiles([merge(isTemplate ? "2024" : "2023")]);
}

/**
 * The first of the files of a specification that holds a mapping.
 * @throws RaellaError `usage` where none does
 */
export function findMappingFile(
  files: readonly string[],
  { defines = {}, includeRoots = [] }: MappingFileOptions,
): string {
  const reader = new FileReader();
  const found = files
    .flatMap((pattern) => expandPattern(pattern, reader))
    .find((path) => topKeysOf(readOne(path, reader, defines, includeRoots)).has("mapping"));
  if (found !== undefined) return found;
  throw new RaellaError({
    code: "usage",
    message: "There is no mapping.",
    expected: "--mapping with a file, or a top key `mapping` in one of the files",
  });
}

function readEntry(node: YamlNode, path: string, errors: RaellaError[]): MappingEntry | undefined {
  const given = validate(entrySchema, node, path, errors);
  if (given === undefined) return undefined;
  const isSpatial = types[given.type] === "spatial";
  const names = (texts: readonly PlacedText[] | undefined): readonly string[] | undefined =>
    texts?.map((item) => item.text);
  return {
    target: given.target.replace(/\[.*\]$/, ""),
    type: types[given.type],
    factors: given.factors.flatMap((factor) => readFactor(factor, errors)),
    permutation: names(given.permutation) ?? [],
    split: given.split,
    keep: names(given.keep),
    bypass: names(given.bypass),
    passthrough: names(given.passthrough ?? given.no_coalesce),
    noTemporalReuse: names(given.no_temporal_reuse ?? (isSpatial ? undefined : given.no_reuse)),
    rmwOnFirstWriteback: names(given.rmw_on_first_writeback ?? given.rmw_first_update),
    noMulticastNoReduction: names(
      given.no_multicast_no_reduction ?? (isSpatial ? given.no_reuse : undefined),
    ),
    noLinkTransfer: names(given.no_link_transfer),
    location: locationOf(node, path),
  };
}

/** Reads `C=4`, `C4`, `C4M2`, or `C=LANES`. */
function readFactor({ text: written, location }: PlacedText, errors: RaellaError[]): MappingEntry["factors"] {
  const parts = /^([A-Za-z_]+=*\d{1,15})+$/.test(written) ? (written.match(/\D+\d+/g) ?? []) : [written];
  const matches = parts.map((part) => /^([A-Za-z_]\w*?)=*(\d{1,15})$/.exec(part));
  if (matches.every((match) => match !== null))
    return matches.map(([, dimension, value]) => ({ dimension, value: Number(value) }));
  const [, dimension, expression] = /^([A-Za-z_]\w*)=+([^<>=]*[A-Za-z_(][^<>=]*)$/.exec(written) ?? [];
  if (dimension !== undefined) return [{ dimension, value: { expression, location } }];
  errors.push(
    new RaellaError({
      code: "schema",
      message: `"${written}" is not a factor of a mapping.`,
      location,
      value: written,
      expected: "C=4, C4 or C=NAME; 0 stands for the whole dimension",
    }),
  );
  return [];
}
