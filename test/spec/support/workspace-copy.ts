import { cpSync, mkdirSync, writeFileSync } from "node:fs";
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
  return withFiles({}, (root) => {
    const { modelsDirectory, layersDirectory, statisticsDirectory } = defaultWorkspace();
    cpSync(modelsDirectory, join(root, "models"), { recursive: true });
    cpSync(join(layersDirectory, "problem_shape.yaml"), join(root, "dnn_layers/problem_shape.yaml"));
    for (const layer of ["000", "010"])
      cpSync(
        join(layersDirectory, `resnet18/${layer}.yaml`),
        join(root, `dnn_layers/resnet18/${layer}.yaml`),
      );
    cpSync(join(statisticsDirectory, "typical_values"), join(root, "recorded_statistics/typical_values"), {
      recursive: true,
    });
    for (const [name, text] of Object.entries(files)) writeIn(root, name, text);
    return use(workspaceAt(root), root);
  });
}
