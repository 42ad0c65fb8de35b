import { isPlain, shown } from "../arguments";
import { RaellaError, suggestName, throwAll } from "../errors";
import { join } from "../platform";
import type { FileReader } from "./file-memo";
import { FileMemo } from "./file-memo";
import type { Sources } from "./model-files";
import { sourcesOf } from "./model-files";
import { sizesOfArchitecture, unknownSizes } from "./processing/workload-from-problem";
import type { KeyedShape, ProblemDocument } from "./schema/problem-schema";
import { readProblem, readShape } from "./schema/problem-schema";
import { requireLayerNames } from "./misspelt-names";
import type { Workspace } from "./workspace";
import { baseOf, findDnn, listLayers, overlaysOf } from "./workspace";
import { loadYaml } from "./yaml/load-yaml";
import { displayPath } from "./yaml/source-text";
import { uniteFiles } from "./yaml/unite-files";
import { valueAt } from "./yaml/yaml-node";

/**
 * A layer by the sizes of its loops: `{C: 64, M: 128, R: 3, S: 3, P: 28, Q: 28}`, and strides and dilations (`Wstride`, …)
 * other than 1. Sizes left out are 1, the bits and the batch what the architecture says. It has typical statistics.
 */
export type LayerSizes = Readonly<Record<string, number>>;

/** A layer as it is written. */
export interface LoadedProblem {
  /** As it is listed; null for a layer given by its sizes, as are those below. */
  readonly dnn: string | null;
  readonly layer: number | null;
  readonly sizes?: LayerSizes;
  readonly problem: ProblemDocument;
  readonly sources: Sources;
}

const problems = new FileMemo<LoadedProblem>(2_000);

/** @throws RaellaError `usage` for what is no name. */
export function requireText(value: unknown, what: string): string {
  if (typeof value === "string" && value !== "") return value;
  throw new RaellaError({
    code: "usage",
    message: `The option "${what}" is ${value === undefined ? "missing" : shown(value)}.`,
    value,
    expected: "a name",
  });
}

/** The layer that is meant: by number or name of a DNN, or by sizes. */
export function findLayer(
  workspace: Workspace,
  { dnn, layer }: { readonly dnn?: unknown; readonly layer?: unknown },
): LoadedProblem {
  if (isPlain(layer)) return layerOfSizes(workspace, dnn, layer as LayerSizes);
  // An instance of a class is a mistake in the sizes, not in the name that they stand for.
  if (typeof layer === "object" && layer !== null) layerNumber(layer);
  const wanted = requireText(dnn, "dnn");
  return loadLayer(workspace, wanted, layerNumber(layer) ?? layerNamed(String(layer), wanted, workspace));
}

/** Undefined for the name of a layer. */
function layerNumber(layer: unknown): number | undefined {
  const number = typeof layer === "string" && /^[0-9]{1,6}$/.test(layer) ? Number(layer) : layer;
  if (typeof number === "number" && Number.isInteger(number) && number >= 0) return number;
  // What is written like a number is none by mistake.
  if (typeof layer === "string" && layer.trim() !== "" && Number.isNaN(Number(layer))) return undefined;
  throw new RaellaError({
    code: "out-of-range",
    message: `The layer is ${layer === undefined ? "missing" : shown(layer)}.`,
    value: layer,
    expected: 'the number of a layer, e.g. 10 or "010", its name, or its sizes, e.g. {C: 64, M: 128, …}',
  });
}

/** The number of the layer with this name, in any letter case where that is unique. */
function layerNamed(name: string, dnn: string, workspace: Workspace): number {
  const layers = listLayers(dnn, workspace).map((number) => ({
    number,
    name: loadLayer(workspace, dnn, number).problem.layerName ?? "",
  }));
  const exact = layers.filter((layer) => layer.name === name);
  const near = layers.filter((layer) => layer.name.toLowerCase() === name.toLowerCase());
  const found = exact.length > 0 ? exact : near;
  if (found.length === 1) return found[0].number;
  const listed = findDnn(dnn, workspace);
  throw new RaellaError(
    found.length > 1
      ? {
          code: "unknown-name",
          message: `${listed} has ${found.length} layers named "${name}".`,
          value: name,
          expected: `one of their numbers: ${found.map(({ number }) => number).join(", ")}`,
        }
      : {
          code: "unknown-name",
          message: `${listed} has no layer "${name}".`,
          value: name,
          remedy: suggestName(
            name,
            layers.map((layer) => layer.name),
          ),
        },
  );
}

const shapes = new FileMemo<KeyedShape & { readonly sources: Sources }>(16);

/** A layer that stands in no file: the loop nest that all layers share, with these sizes. */
function layerOfSizes(workspace: Workspace, dnn: unknown, sizes: LayerSizes): LoadedProblem {
  if (dnn !== undefined)
    throw new RaellaError({
      code: "usage",
      message: "A layer that is given by its sizes belongs to no DNN.",
      value: dnn,
      remedy: "Leave out the DNN, or give the layer by number or name.",
    });
  const file = join(workspace.layersDirectory, "problem_shape.yaml");
  const load = (reader: FileReader): KeyedShape & { readonly sources: Sources } => {
    const root = loadYaml(file, reader, [workspace.layersDirectory]);
    const places = valueAt(root, "problem_shapes_ignore");
    const node = places?.kind === "map" ? [...places.entries.values()].at(0)?.value : undefined;
    const errors: RaellaError[] = [];
    const shape = node && readShape(node, errors);
    throwAll(errors);
    if (shape === undefined)
      throw new RaellaError({
        code: "schema",
        message: "The file has no shape of a problem under problem_shapes_ignore.",
        location: { file: displayPath(file) },
      });
    return { ...shape, sources: sourcesOf(reader, baseOf(workspace)) };
  };
  const { sources, ...keyed } = shapes.get(file, load, overlaysOf(workspace));
  const { dimensions, coefficients } = keyed.shape;
  requireSizes(sizes, [...dimensions, ...coefficients.map(({ name }) => name)]);
  const layerName = Object.entries(sizes)
    .map(([name, size]) => `${name}=${size}`)
    .join(" ");
  const own = { ...sizes };
  const open = Object.entries(sizesOfArchitecture).filter(([name]) => dimensions.includes(name));
  return {
    ...{ dnn: null, layer: null, sizes: own, sources },
    problem: {
      ...keyed,
      instance: {
        ...Object.fromEntries(dimensions.map((name) => [name, 1])),
        ...Object.fromEntries(open.map(([name, expression]) => [name, { expression }])),
        ...own,
      },
      ...{ layerName, modelName: null, densities: {}, passes: 1 },
      location: { file: "the layer" },
      locate: (dimension) => ({ file: "the layer", keyPath: dimension }),
    },
  };
}

/** @throws RaellaError for sizes that are none, all at once. */
function requireSizes(sizes: LayerSizes, known: readonly string[]): void {
  const errors = Object.entries(sizes).flatMap(([name, size]) => {
    if (name === "N")
      return new RaellaError({
        code: "usage",
        message: "N, the samples of the batch, is no size of a layer.",
        value: size,
        remedy: "Give it as batchSize (--batch).",
      });
    if (known.includes(name) && Object.hasOwn(sizesOfArchitecture, name))
      return new RaellaError({
        code: "usage",
        message: `${name} is no size of a layer: its bits come from the model, whose hardware is made for them.`,
        value: size,
        remedy: `Set the variable ${sizesOfArchitecture[name as keyof typeof sizesOfArchitecture]}.`,
      });
    if (!known.includes(name))
      return new RaellaError({
        code: "unknown-name",
        message: `A layer has no size "${name}".`,
        value: name,
        remedy: suggestName(name, known),
      });
    if (Number.isSafeInteger(size) && size >= 1) return [];
    return new RaellaError({
      code: "out-of-range",
      message: `The size ${name} of the layer is ${shown(size)}.`,
      value: size,
      expected: "a whole number of at least 1",
    });
  });
  if (Object.keys(sizes).length === 0)
    errors.push(
      new RaellaError({
        code: "usage",
        message: "The layer has no sizes.",
        expected: "e.g. {C: 64, M: 128, R: 3, S: 3, P: 28, Q: 28}",
      }),
    );
  throwAll(errors);
}

function loadLayer(workspace: Workspace, wantedDnn: string, layer: number): LoadedProblem {
  const { layersDirectory } = workspace;
  const load = (reader: FileReader): LoadedProblem => {
    const isSpelt = reader.list(layersDirectory).includes(wantedDnn);
    const dnn = isSpelt ? wantedDnn : findDnn(wantedDnn, workspace);
    const folder = join(layersDirectory, dnn);
    const file = join(folder, `${String(layer).padStart(3, "0")}.yaml`);
    if (reader.overlays.length > 0) requireLayerNames(folder, reader.list(folder));
    if (!reader.has(file)) throw unknownLayer(dnn, layer, listLayers(dnn, workspace));
    return {
      dnn,
      layer,
      problem: readLayer(file, reader, layersDirectory),
      sources: sourcesOf(reader, baseOf(workspace)),
    };
  };
  return problems.get([layersDirectory, wantedDnn, layer].join("\n"), load, overlaysOf(workspace));
}

/** The error for a layer that a DNN does not have. */
export function unknownLayer(dnn: string, layer: number, known: readonly number[]): RaellaError {
  return new RaellaError({
    code: "unknown-name",
    message: `${dnn} has no layer ${layer}.`,
    value: layer,
    expected:
      known.length === 0
        ? "a DNN with layer files"
        : `a layer from ${known[0]} to ${known[known.length - 1]}`,
  });
}

/** Reads a layer file: one top key `problem`. */
function readLayer(file: string, reader: FileReader, layersDirectory: string): ProblemDocument {
  const top = uniteFiles([loadYaml(file, reader, [layersDirectory])]);
  const node = top.get("problem")?.value;
  if (node === undefined || top.size > 1)
    throw new RaellaError({
      code: "schema",
      message: `A layer file has the top key "problem" and no other; this one has ${[...top.keys()].join(", ") || "none"}.`,
      location: { file },
    });
  const errors: RaellaError[] = [];
  const problem = readProblem(node, errors);
  throwAll(errors.length > 0 || problem === undefined ? errors : unknownSizes(problem).errors);
  return problem as ProblemDocument;
}
