import { name, optionsOf, requireArgument } from "../arguments";
import { RaellaError, suggestName } from "../errors";
import { freeze, isPublished, publish } from "../memory";
import { join, packageFolder, resolve } from "../platform";
import type { ArchitectureEntry } from "./architectures";
import { readArchitectures } from "./architectures";
import { withOneLook } from "./file-memo";
import type { Workspace } from "./specification";

export type { Workspace };

export const workspaceSchema = optionsOf({
  modelsDirectory: name,
  layersDirectory: name,
  statisticsDirectory: name,
});

/** A workspace with the usual folders `models`, `dnn_layers` and `recorded_statistics` below one root. */
export function workspaceAt(root: string): Workspace {
  requireArgument(name, root, "the folder of workspaceAt");
  const folder = resolve(root);
  return publish({
    modelsDirectory: join(folder, "models"),
    layersDirectory: join(folder, "dnn_layers"),
    statisticsDirectory: join(folder, "recorded_statistics"),
  });
}

/**
 * The workspace that a caller has handed in as it is now, with absolute paths; the package's if there is none.
 * @throws RaellaError `usage` for one that lacks a folder.
 */
export function givenWorkspace(given: Workspace | undefined): Workspace {
  if (given === undefined) return defaults;
  if (isPublished(given)) return given;
  const folder = (name: keyof Workspace): string => {
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
  });
}

export function isSameWorkspace(first: Workspace, second: Workspace): boolean {
  return (
    first.modelsDirectory === second.modelsDirectory &&
    first.layersDirectory === second.layersDirectory &&
    first.statisticsDirectory === second.statisticsDirectory
  );
}

const defaults = workspaceAt(packageFolder);

/** The workspace that comes with the package. */
export function defaultWorkspace(): Workspace {
  return defaults;
}

/** The architectures that can be chosen by name, in the order for tables and charts. */
export function listArchitectures(workspace: Workspace = defaults): readonly ArchitectureEntry[] {
  requireArgument(workspaceSchema, workspace, "the workspace");
  return readArchitectures(workspace.modelsDirectory);
}

/** @throws RaellaError `unknown-name` with the nearest architecture. */
export function findArchitecture(name: string, workspace: Workspace = defaults): ArchitectureEntry {
  const known = listArchitectures(workspace);
  const wanted = name.toLowerCase();
  const found = known.find((entry) => entry.name.toLowerCase() === wanted);
  if (found !== undefined) return found;
  throw new RaellaError({
    code: "unknown-name",
    message: `There is no architecture "${name}".`,
    value: name,
    expected: known.map((entry) => entry.name).join(", "),
    remedy: suggestName(
      name,
      known.map((entry) => entry.name),
    ),
  });
}

/** Names of the DNNs that have layer files, sorted. */
export function listDnns(workspace: Workspace = defaults): readonly string[] {
  requireArgument(workspaceSchema, workspace, "the workspace");
  const { layersDirectory } = workspace;
  return withOneLook((look) =>
    freeze(
      look.list(layersDirectory).filter((name) => look.stamp(join(layersDirectory, name))?.kind === "folder"),
    ),
  );
}

/**
 * Numbers of a DNN's layers, ascending.
 *
 * @throws RaellaError `unknown-name` for an unknown DNN.
 */
export function listLayers(dnn: string, workspace: Workspace = defaults): readonly number[] {
  requireArgument(name, dnn, "the DNN");
  requireArgument(workspaceSchema, workspace, "the workspace");
  const folder = join(workspace.layersDirectory, findDnn(dnn, workspace));
  return freeze(
    withOneLook((look) => look.list(folder))
      .flatMap((name) => (/^[0-9]+\.yaml$/.test(name) ? [Number.parseInt(name, 10)] : []))
      .sort((first, second) => first - second),
  );
}

/** @throws RaellaError `unknown-name` with the nearest DNN. */
export function findDnn(name: string, workspace: Workspace = defaults): string {
  const wanted = name.toLowerCase();
  const known = listDnns(workspace);
  if (known.includes(wanted)) return wanted;
  throw new RaellaError({
    code: "unknown-name",
    message: `There is no DNN "${name}".`,
    value: name,
    expected: known.join(", "),
    remedy: suggestName(wanted, known),
  });
}
