import { RaellaError, spellingDistance, throwAll } from "../errors";
import { basename, dirname, join } from "../platform";
import type { FileLook } from "./file-memo";
import { withOneLook } from "./file-memo";
import type { FolderKey, Workspace } from "./specification";
import { displayPath } from "./yaml/source-text";

/** What is read by its name, in the folders of a workspace and in the one that holds them. */
const namesRead = {
  modelsDirectory: [
    ...["architectures.yaml", "mapper.yaml", "macros.yaml", "component_groups.yaml", "published_figures.csv"],
    ...["common_components", "component_library", "cell_configs", "sram"],
  ],
  layersDirectory: ["problem_shape.yaml"],
  statisticsDirectory: ["torch_values", "typical_values", "imported"],
} as const satisfies Record<FolderKey, readonly string[]>;

const folderKeys = Object.keys(namesRead) as FolderKey[];

/** What is read by its name in the folder of an architecture. */
const filesOfModel: readonly string[] = ["arch.yaml", "variables.yaml"];

/** Endings of what is read in folders of models whatever it is called; of cells, where a path does not name them. */
const endingsRead = {
  common_components: "yaml",
  component_library: "csv",
  sram: "csv",
  cell_configs: "cell",
};

/**
 * What is nearly called like something that is not there would be read by nothing, and the package's taken instead.
 * @param folderNames of the folders of a workspace, in the one that holds them
 * @param packageModels whose files are taken for those that are not there
 * @throws RaellaError `unknown-name` with the right names.
 */
export function requireKnownNames(
  workspace: Workspace,
  folderNames: Readonly<Record<FolderKey, string>>,
  packageModels: string,
  look: FileLook,
): void {
  const { modelsDirectory } = workspace;
  const root = dirname(modelsDirectory);
  // Cells are read by their paths, wherever these lead: only one of the package's can be missed.
  const packageCells = look.list(join(packageModels, "cell_configs"));
  const holdsCells = (folder: string): boolean =>
    look.list(folder).some((name) => packageCells.includes(name)) &&
    !isNamedByModels(look, modelsDirectory, folder);
  const errors = [
    ...folderKeys.flatMap((key) =>
      misspeltNames(look, root, [folderNames[key]], (path) => holdsWhatIsRead(look, key, path)),
    ),
    ...look.list(modelsDirectory).flatMap((name) => {
      if ((namesRead.modelsDirectory as readonly string[]).includes(name)) return [];
      const path = join(modelsDirectory, name);
      return misspeltNames(look, path, filesOfModel, () => true);
    }),
    ...folderKeys.flatMap((key) =>
      misspeltNames(
        look,
        workspace[key],
        namesRead[key],
        (path, near) =>
          look.stamp(join(path, "arch.yaml")) === undefined && (near !== "cell_configs" || holdsCells(path)),
      ),
    ),
    ...Object.entries(endingsRead).flatMap(([folder, right]) => {
      const path = join(modelsDirectory, folder);
      const known = look.list(join(packageModels, folder));
      return look.list(path).flatMap((name) => {
        const meant = rightEnding(name, right, known);
        if (meant === undefined) return [];
        const isRead =
          folder === "cell_configs" &&
          (!known.includes(meant) || isNamedByModels(look, modelsDirectory, join(path, name)));
        return isRead ? [] : readByNothing(join(path, name), meant);
      });
    }),
  ];
  throwAll(errors);
}

/** What a name becomes with the right ending, if its own may be a slip: `mine.cvs`, `mine.csv.txt`; of a known file, `isaac.txt`. */
function rightEnding(name: string, right: string, known: readonly string[]): string | undefined {
  if (name.startsWith(".") || !name.includes(".")) return undefined;
  const [ending] = /[^.]*$/.exec(name) ?? [""];
  const stem = name.slice(0, -ending.length);
  if (isNear(ending, right)) return stem + right;
  if (ending.toLowerCase() !== "txt") return undefined;
  return stem.endsWith(`.${right}.`) ? stem.slice(0, -1) : known.find((other) => other === stem + right);
}

/** Whether the text of a model or of the list of architectures names a file or folder of cells. */
function isNamedByModels(look: FileLook, modelsDirectory: string, path: string): boolean {
  const escaped = basename(path).replaceAll(".", "\\.");
  const named = new RegExp(`[/"' ]${escaped}(?![\\w.:])`);
  const folders = [modelsDirectory, ...look.list(modelsDirectory).map((name) => join(modelsDirectory, name))];
  return folders
    .flatMap((folder) => look.list(folder).map((name) => join(folder, name)))
    .filter((file) => file.endsWith(".yaml") && look.stamp(file)?.kind === "file")
    .some((file) => named.test(look.read(file).text));
}

/** Whether a folder holds what is read in one of a workspace's: any other folder may be called as it likes. */
function holdsWhatIsRead(look: FileLook, key: FolderKey, folder: string): boolean {
  const names: readonly string[] = namesRead[key];
  const isOfPart = (name: string): boolean =>
    key === "modelsDirectory" ? filesOfModel.includes(name) : /^[0-9]+\.ya?ml$/.test(name);
  return look
    .list(folder)
    .some((name) => names.includes(name) || look.list(join(folder, name)).some(isOfPart));
}

/** @param isMeant whether a path of such a name can be what the known name stands for */
function misspeltNames(
  look: FileLook,
  folder: string,
  known: readonly string[],
  isMeant: (path: string, near: string) => boolean,
): readonly RaellaError[] {
  const names = look.list(folder);
  const missing = known.filter((name) => !names.includes(name));
  return names.flatMap((name) => {
    if (known.includes(name)) return [];
    const near = missing.find((other) => isNear(name, other));
    return near === undefined || !isMeant(join(folder, name), near)
      ? []
      : readByNothing(join(folder, name), near);
  });
}

/**
 * Whether a name may be a slip for another one: one letter, in a longer name two, and upper or lower case. Names with
 * other numbers, and copies that editors make, are what they are meant to be.
 */
function isNear(name: string, other: string): boolean {
  if (name.toLowerCase() === `${other}.txt`) return true;
  const digits = (text: string): string => text.replace(/\D/g, "");
  if (/^\.|[~#]$/.test(name) || digits(name) !== digits(other)) return false;
  const most = other.length < 8 ? 1 : 2;
  return name !== other && spellingDistance(name.toLowerCase(), other.toLowerCase()) <= most;
}

/** The error for a file or folder whose name is nearly one that is read. */
function readByNothing(path: string, near: string): RaellaError {
  return new RaellaError({
    code: "unknown-name",
    message: `Nothing reads ${displayPath(path)}.`,
    value: basename(path),
    remedy: `Did you mean "${near}"?`,
  });
}

/**
 * Statistics of a workspace under a name that is nearly the right one: nothing would read them.
 * @param wanted files or folders that are looked for, without their ending
 * @param others what else may be called so, asked for where a name is near
 * @throws RaellaError `unknown-name` with the right name.
 */
export function requireNothingNear(
  folder: string,
  wanted: readonly string[],
  ending: string,
  others: () => readonly string[],
): void {
  withOneLook((look) => {
    for (const given of look.list(folder)) {
      if (wanted.includes(given)) continue;
      const stem = given.replace(/\.[^.]*$/, "");
      const right = wanted.find((name) => isNear(stem, name) || (stem === name && given !== name + ending));
      if (right === undefined || (stem !== right && others().includes(stem))) continue;
      throw readByNothing(join(folder, given), right + ending);
    }
  });
}

/**
 * Files that are nearly called like layers would be read by nothing, or as a layer that is there.
 * @param names what the folder of a DNN holds
 * @throws RaellaError `unknown-name` with the right names.
 */
export function requireLayerNames(folder: string, names: readonly string[]): void {
  throwAll(
    names.flatMap((name) => {
      const [, number = "", ending = ""] = /^([0-9]+)\.([A-Za-z]+)$/.exec(name) ?? [];
      const right = `${String(Number(number)).padStart(3, "0")}.yaml`;
      return number === "" || name === right || !(ending === "yaml" || isNear(ending, "yaml"))
        ? []
        : readByNothing(join(folder, name), right);
    }),
  );
}
