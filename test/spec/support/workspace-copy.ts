import { cpSync, mkdirSync, realpathSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Workspace } from "../../../src/spec/workspace";
import { defaultWorkspace, workspaceAt } from "../../../src/spec/workspace";
import { withFiles } from "./small-model";

/** Writes a file of a workspace, with the folders it needs. */
export function writeIn(root: string, name: string, text: string): void {
  const file = join(root, name);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
}

/** Runs a function with a copy of the models, the layers of ResNet18, and files of its own. */
export function withWorkspace<T>(
  files: Readonly<Record<string, string>>,
  use: (workspace: Workspace, root: string) => T,
): T {
  return withFiles({}, (root) => use(copyWorkspace(root, files), root));
}

/** Copies the models, the layers of ResNet18 and files of its own into a folder. */
export function copyWorkspace(root: string, files: Readonly<Record<string, string>>): Workspace {
  const { modelsDirectory, layersDirectory, statisticsDirectory } = defaultWorkspace();
  // Links are followed: a copy of a link would let the tests write into what it leads to.
  const copy = (from: string, to: string): void =>
    cpSync(realpathSync(from), join(root, to), { recursive: true, dereference: true });
  copy(modelsDirectory, "models");
  copy(join(layersDirectory, "problem_shape.yaml"), "dnn_layers/problem_shape.yaml");
  for (const layer of ["000", "010"])
    copy(join(layersDirectory, `resnet18/${layer}.yaml`), `dnn_layers/resnet18/${layer}.yaml`);
  copy(join(statisticsDirectory, "typical_values"), "recorded_statistics/typical_values");
  for (const [name, text] of Object.entries(files)) writeIn(root, name, text);
  return workspaceAt(root);
}
