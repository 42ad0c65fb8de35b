import * as v from "valibot";
import { name, optional, optionsOf, requireArgument } from "../arguments";
import { RaellaError, suggestName, unknownName } from "../errors";
import { freeze, isPublished, publish } from "../memory";
import { basename, dirname, join, packageFolder, resolve } from "../platform";
import type { ArchitectureEntry, ArchitectureOrigin } from "./architectures";
import { readArchitectures } from "./architectures";
import type { FileLook, Overlay } from "./file-memo";
import { FileReader, withOneLook } from "./file-memo";
import { namesNear } from "./files";
import { requireKnownNames, requireLayerNames } from "./misspelt-names";
import type { FolderKey, Workspace } from "./specification";
import { displayPath } from "./yaml/source-text";

export type { Workspace };

export const workspaceSchema = optionsOf(
  {
    modelsDirectory: name,
    layersDirectory: name,
    statisticsDirectory: name,
    overPackage: optional(v.literal(true, "true, or nothing")),
  },
  'a workspace, as workspaceAt("my-workspace") gives one',
);

/** The folders of a workspace, by what they hold. */
const folderNames = {
  modelsDirectory: "models",
  layersDirectory: "dnn_layers",
  statisticsDirectory: "recorded_statistics",
} as const satisfies Record<FolderKey, string>;

const folderKeys = Object.keys(folderNames) as FolderKey[];

/**
 * A workspace with the folders `models`, `dnn_layers` and `recorded_statistics` below one root, of which each may be
 * missing. They lie over the package's: what they lack, comes from there. A folder that has all that models need stands
 * alone.
 * @example
 * ```ts
 * const workspace = workspaceAt("my-workspace");
 * runLayer({ architecture: "my_design", dnn: "resnet18", layer: 10, workspace });
 * ```
 */
export function workspaceAt(root: string): Workspace {
  requireArgument(name, root, "the folder of workspaceAt");
  const folder = resolve(root);
  return publish({ ...foldersBelow(folder), ...(folder === packageFolder ? {} : { overPackage: true }) });
}

function foldersBelow(root: string): Workspace {
  const folders = folderKeys.map((key) => [key, join(root, folderNames[key])] as const);
  return Object.fromEntries(folders) as Record<FolderKey, string>;
}

/**
 * The workspace that a caller has handed in as it is now, with absolute paths; the package's if there is none.
 * @throws RaellaError `usage` for one that lacks a folder.
 */
export function givenWorkspace(given: Workspace | undefined): Workspace {
  if (given === undefined) return defaults;
  if (isPublished(given)) return given;
  const folder = (name: FolderKey): string => {
    const path: unknown = given[name];
    if (typeof path === "string") return resolve(path);
    throw new RaellaError({
      code: "usage",
      message: `The workspace has no ${name}.`,
      value: path,
      expected:
        "folders modelsDirectory, layersDirectory and statisticsDirectory, as workspaceAt(root) gives them",
    });
  };
  return publish({
    modelsDirectory: folder("modelsDirectory"),
    layersDirectory: folder("layersDirectory"),
    statisticsDirectory: folder("statisticsDirectory"),
    ...(given.overPackage === true ? { overPackage: true } : {}),
  });
}

export function isSameWorkspace(first: Workspace, second: Workspace): boolean {
  return folderKeys.every((key) => first[key] === second[key]) && first.overPackage === second.overPackage;
}

const defaults = publish(foldersBelow(packageFolder));

/** The workspace that comes with the package. */
export function defaultWorkspace(): Workspace {
  return defaults;
}

/**
 * Which folders of a workspace lie over which of the package's; none for one that stands alone: one that was not made by
 * {@link workspaceAt}, or that has everything that models and layers share: architectures.yaml, mapper.yaml and
 * common_components/ among its models, problem_shape.yaml among its layers.
 * @throws RaellaError `file-not-found` if none of its folders is there.
 */
export function overlaysOf(workspace: Workspace): readonly Overlay[] {
  if (workspace.overPackage !== true) return [];
  return withOneLook((look) => {
    const isThere = (path: string): boolean => look.stamp(path) !== undefined;
    if (!folderKeys.some((key) => isThere(workspace[key]))) throw noWorkspace(workspace, look);
    const { modelsDirectory, layersDirectory } = workspace;
    requireKnownNames(workspace, folderNames, defaults.modelsDirectory, look);
    const shared = ["architectures.yaml", "mapper.yaml", "common_components"];
    const isWhole =
      shared.every((name) => isThere(join(modelsDirectory, name))) &&
      isThere(join(layersDirectory, "problem_shape.yaml"));
    return isWhole ? [] : folderKeys.map((key) => ({ upper: workspace[key], lower: defaults[key] }));
  });
}

function noWorkspace({ modelsDirectory }: Workspace, look: FileLook): RaellaError {
  const root = dirname(modelsDirectory);
  const isFolder = look.stamp(root)?.kind === "folder";
  const near = isFolder ? [] : namesNear(look.source, dirname(root));
  const init = `\`raella init ${displayPath(root)}\` makes one.`;
  return new RaellaError({
    code: "file-not-found",
    message: isFolder
      ? `${displayPath(root)} is no workspace: it holds none of the folders ${Object.values(folderNames).join(", ")}.`
      : `There is no workspace ${displayPath(root)}.`,
    value: root,
    expected: "a folder that holds models, dnn_layers or recorded_statistics",
    remedy: near.length === 0 ? init : `${suggestName(basename(root), near)} ${init}`,
  });
}

/** The folder that paths in sources are relative to. */
export function baseOf(workspace: Workspace): string {
  return dirname(workspace.modelsDirectory);
}

/** Reads a workspace with what it lies over. */
function readerOf(workspace: Workspace): FileReader {
  return new FileReader(overlaysOf(workspace));
}

/** The architectures that can be chosen by name, in the order for tables and charts. */
export function listArchitectures(workspace: Workspace = defaults): readonly ArchitectureEntry[] {
  requireArgument(workspaceSchema, workspace, "the workspace");
  const given = givenWorkspace(workspace);
  return readArchitectures(given.modelsDirectory, overlaysOf(given)).entries;
}

/** @throws RaellaError `unknown-name` with the nearest architecture. */
export function findArchitecture(name: string, workspace: Workspace = defaults): ArchitectureEntry {
  return lookUpArchitecture(name, workspace).entry;
}

/** The same, and where it comes from. */
export function lookUpArchitecture(
  name: string,
  workspace: Workspace,
): { readonly entry: ArchitectureEntry; readonly origin: ArchitectureOrigin } {
  const { modelsDirectory } = givenWorkspace(workspace);
  const { entries, origins } = readArchitectures(modelsDirectory, overlaysOf(workspace));
  const wanted = name.toLowerCase();
  const entry = entries.find((known) => known.name.toLowerCase() === wanted);
  if (entry !== undefined)
    return { entry, origin: origins.get(entry.name) ?? { changes: [], statisticsNames: [entry.name] } };
  const names = entries.map((known) => known.name);
  throw unknownName("architecture", name, names);
}

/** Names of the DNNs that have layer files, sorted. */
export function listDnns(workspace: Workspace = defaults): readonly string[] {
  requireArgument(workspaceSchema, workspace, "the workspace");
  const given = givenWorkspace(workspace);
  return withOneLook(() => {
    const reader = readerOf(given);
    const isDnn = (name: string): boolean => reader.isFolder(join(given.layersDirectory, name));
    return freeze(reader.list(given.layersDirectory).filter(isDnn));
  });
}

/**
 * Numbers of a DNN's layers, ascending.
 *
 * @throws RaellaError `unknown-name` for an unknown DNN.
 * @example
 * ```ts
 * listLayers("resnet18"); // [0, 1, …, 20]
 * ```
 */
export function listLayers(dnn: string, workspace: Workspace = defaults): readonly number[] {
  requireArgument(name, dnn, "the DNN");
  requireArgument(workspaceSchema, workspace, "the workspace");
  const given = givenWorkspace(workspace);
  return withOneLook(() => {
    const folder = join(given.layersDirectory, findDnn(dnn, given));
    const names = readerOf(given).list(folder);
    requireLayerNames(folder, names);
    return freeze(
      names
        .flatMap((name) => (/^[0-9]+\.yaml$/.test(name) ? [Number.parseInt(name, 10)] : []))
        .sort((first, second) => first - second),
    );
  });
}

/**
 * The name of a DNN as it is listed.
 * @param name in any letter case; where two differ only in that, the one spelt so.
 * @throws RaellaError `unknown-name` with the nearest DNN.
 */
export function findDnn(name: string, workspace: Workspace = defaults): string {
  const wanted = name.toLowerCase();
  const known = listDnns(workspace);
  const found = known.includes(name) ? name : known.find((dnn) => dnn.toLowerCase() === wanted);
  if (found !== undefined) return found;
  throw unknownName("DNN", name, known);
}
