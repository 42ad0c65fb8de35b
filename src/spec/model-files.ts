import { RaellaError } from "../errors";
import { freeze, Memo } from "../memory";
import { dirname, join, resolve, sep } from "../platform";
import type { ArchitectureChanges } from "./architectures";
import { withChanges } from "./architectures";
import { detectConvention } from "./convention";
import type { FileReader } from "./file-memo";
import type { CompiledModel } from "./processing/compiled-model";
import { compileModel } from "./processing/compile-model";
import type { ProblemDocument } from "./schema/problem-schema";
import type { ModelDocument } from "./schema/read-document";
import { readDocument } from "./schema/read-document";
import type {
  Convention,
  Fidelity,
  ModelChoices,
  Specification,
  Warning,
  WrittenValue,
} from "./specification";
import { readYaml } from "./yaml/load-yaml";
import type { UnmergedFile } from "./yaml/load-yaml";
import type { TemplateData } from "./yaml/template";
import { displayPath, relativeTo } from "./yaml/source-text";
import { uniteFiles } from "./yaml/unite-files";

export type Sources = Specification["sources"];

/** Model files as read, with compiled forms for each problem shape met so far. */
export interface LoadedModel {
  readonly document: ModelDocument;
  readonly variables: ReadonlyMap<string, WrittenValue>;
  readonly sources: Sources;
  /** By shape key: without it a layer takes a third more time. */
  readonly compiled: Memo<CompiledModel>;
}

const isYaml = /\.ya?ml(\.j(inja)?2?)?$|\.jinja2?$/;

/** The files a pattern stands for, sorted; one without `*` is a file, whether it is there or not. */
export function expandPattern(pattern: string, reader: FileReader): readonly string[] {
  const absolute = resolve(pattern);
  if (!absolute.includes("*")) return [absolute];
  const files = reader.matching(absolute).filter((path) => isYaml.test(path));
  if (files.length === 0)
    throw new RaellaError({
      code: "file-not-found",
      message: `No YAML file matches ${pattern}.`,
      value: pattern,
    });
  return files;
}

/**
 * Reads, unites and checks the files of a model.
 *
 * @param patterns files, or patterns with `*`, in order.
 * @param roots folders that included files may lie in, besides those of the files.
 * @param changes of an architecture that is derived from the one in the files.
 * @param isDense whether sparse optimizations are to be left out.
 * @param base folder that paths in `sources` are relative to, where they lie in it.
 */
export function loadModel(
  patterns: readonly string[],
  reader: FileReader,
  options: {
    readonly roots: readonly string[];
    readonly base: string;
    readonly fidelity: Fidelity;
    readonly isDense?: boolean;
    readonly changes?: readonly ArchitectureChanges[];
    /** Instead of the one that the files show. */
    readonly convention?: ModelChoices["convention"];
    /** Values for templates. */
    readonly defines?: TemplateData;
  },
): LoadedModel {
  const files = [...new Set(patterns.flatMap((pattern) => expandPattern(pattern, reader)))];
  if (files.length === 0)
    throw new RaellaError({
      code: "usage",
      message: "No files are given.",
      expected: "at least one YAML file",
    });
  const roots = [...new Set([...files.map(dirname), ...options.roots])];
  const read = files.map((file) => readYaml(file, reader, roots, options.defines));
  const { convention: asked = "auto", fidelity, isDense = false, changes = [] } = options;
  const convention = asked === "auto" ? conventionOfFiles(read) : asked;
  const united = changes.reduce(withChanges, uniteFiles(read.map(({ merge }) => merge(convention))));
  const model = readDocument(united, { fidelity, isDense, convention });
  const unread = unreadDefines(options.defines ?? {}, read);
  const document = { ...model, warnings: [...model.warnings, ...unread] };
  const variables = freeze(new Map(Object.entries(document.variables)));
  return {
    document,
    variables,
    sources: sourcesOf(reader, options.base),
    compiled: new Memo(shapeLimit * sizeOfShape, () => sizeOfShape),
  };
}

/** Values that no template asks for. */
function unreadDefines(defines: TemplateData, read: readonly UnmergedFile[]): readonly Warning[] {
  const names = Object.keys(defines).filter((name) => !read.some((file) => file.read.has(name)));
  return names.map(unreadDefine);
}

/** The warning of a value that no template asks for. */
export function unreadDefine(name: string): Warning {
  return {
    code: "unknown-name",
    message: `--define ${name} has no effect: no template that was read asks for it.`,
  };
}

/** Templates belong to the convention of 2024. */
function conventionOfFiles(read: readonly UnmergedFile[]): Convention {
  if (read.some(({ isTemplate }) => isTemplate)) return "2024";
  return detectConvention(read.map(({ root }) => root));
}

/** Path and content hash of every file read. */
export function sourcesOf(reader: FileReader, base: string): Sources {
  return reader.sources().map(({ path, sha256 }) => {
    const inside = relativeTo(base, path);
    return { file: inside.startsWith("..") ? displayPath(path) : inside.split(sep).join("/"), sha256 };
  });
}

/** Most shapes kept for one model, and about the size of one in numbers of eight bytes. */
const shapeLimit = 64;
const sizeOfShape = 10_000;

/** The model prepared for problems of this shape. */
export function compiledFor(model: LoadedModel, problem: ProblemDocument): CompiledModel {
  return model.compiled.get(problem.shapeKey, () => compileModel(model.document, problem));
}

/** The files of a model directory, in the order of the original. */
export function modelDirectoryFiles(modelsDirectory: string, directory: string): readonly string[] {
  return [
    join(modelsDirectory, directory, "arch.yaml"),
    join(modelsDirectory, directory, "variables.yaml"),
    join(modelsDirectory, "common_components", "*.yaml"),
    join(modelsDirectory, "mapper.yaml"),
  ];
}
