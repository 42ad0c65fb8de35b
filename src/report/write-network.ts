import {
  copyFileSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { RaellaError } from "../errors";
import { defaultWorkspace, listDnns } from "../spec/workspace";
import type { WritableNetwork } from "./network-files";
import { networkFiles, recordOf, tableOf, tablesFolder } from "./network-files";
import { makeFolders } from "./write-atomically";

/**
 * The name of a network in files and commands. One that was imported before is replaced; others are not.
 * @throws RaellaError `usage` for a name that cannot be one or is taken.
 */
export function checkNetworkName(name: string, root: string): void {
  if (!/^[a-z0-9][a-z0-9_.-]*$/.test(name))
    throw new RaellaError({
      code: "usage",
      message: `A network cannot be named "${name}".`,
      value: name,
      expected: "small letters, digits, _, . and -, beginning with a letter or digit",
    });
  const isOther = existsSync(join(root, "dnn_layers", name)) && !existsSync(join(root, recordOf(name)));
  if (isOther || (!existsSync(join(root, recordOf(name))) && listDnns().includes(name)))
    throw new RaellaError({
      code: "usage",
      message: `There is a DNN "${name}" already, which was not imported.`,
      value: name,
      remedy: "Choose another name.",
    });
}

/**
 * Writes layers and statistics of a network into a workspace. Everything is written in full beside its place first and
 * then moved there, the layers last, so that an interruption leaves no network that is half there. Of a network that was
 * imported before nothing stays: statistics of other layers would count for the new ones.
 *
 * @param root The folder that holds dnn_layers/ and recorded_statistics/.
 * @returns The files written.
 * @throws RaellaError `usage` if the folder cannot be written to.
 */
export function writeNetwork(root: string, name: string, network: WritableNetwork): readonly string[] {
  checkNetworkName(name, root);
  const { layersFolder, layers, others } = networkFiles(name, network);
  const target = join(root, layersFolder);
  const outdated = tablesOfImport(root, name).filter((file) => !(file in others));
  let temporary: string | undefined;
  try {
    makeFolders(root);
    temporary = mkdtempSync(join(root, ".importing-"));
    const fresh = join(temporary, "layers");
    makeFolders(fresh);
    for (const [file, text] of Object.entries(layers)) writeFileSync(join(fresh, file), text);
    for (const [index, text] of Object.values(others).entries())
      writeFileSync(join(temporary, String(index)), text);
    makeFolders(dirname(target));
    for (const [index, file] of Object.keys(others).entries()) {
      makeFolders(dirname(join(root, file)));
      renameSync(join(temporary, String(index)), join(root, file));
    }
    // What all layer files include: the package's own, where the workspace has none.
    const shape = join(root, "dnn_layers", "problem_shape.yaml");
    if (!existsSync(shape))
      copyFileSync(join(defaultWorkspace().layersDirectory, "problem_shape.yaml"), shape);
    for (const [index, file] of outdated.entries())
      renameSync(join(root, file), join(temporary, `outdated-${index}`));
    if (existsSync(target)) renameSync(target, join(temporary, "replaced"));
    renameSync(fresh, target);
  } catch (error) {
    throw new RaellaError({
      code: "usage",
      message: `Cannot write to ${root}: ${(error as Error).message}.`,
      value: root,
      remedy: "Choose a folder that you may write to.",
    });
  } finally {
    if (temporary !== undefined) rmSync(temporary, { recursive: true, force: true });
  }
  return [...Object.keys(layers).map((file) => `${layersFolder}/${file}`), ...Object.keys(others)];
}

/** The tables of statistics, of whatever architecture, of a network that was imported before. */
function tablesOfImport(root: string, name: string): readonly string[] {
  if (!existsSync(join(root, recordOf(name))) || !existsSync(join(root, tablesFolder))) return [];
  return readdirSync(join(root, tablesFolder))
    .map((architecture) => tableOf(architecture, name))
    .filter((file) => existsSync(join(root, file)));
}
