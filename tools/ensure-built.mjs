// Compiles the package if that has not happened since the last change to a source file.
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, statSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));

/** Throws if the package cannot be compiled. */
export function ensureBuilt() {
  const entry = path.join(root, "dist", "index.js");
  const sources = path.join(root, "src");
  // A package from the registry comes built and without sources.
  if (!existsSync(sources)) return;
  const changed = Math.max(newestChange(sources), statSync(path.join(root, "tsconfig.build.json")).mtimeMs);
  if (existsSync(entry) && statSync(entry).mtimeMs >= changed) return;
  console.error("Building the package …");
  const { status } = spawnSync(process.execPath, [path.join(root, "tools", "build.mjs")], {
    stdio: "inherit",
  });
  if (status !== 0) throw new Error("The package could not be built; see the messages above.");
}

function newestChange(folder) {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) =>
    entry.isFile(),
  );
  return Math.max(
    ...files.map((entry) => statSync(path.join(entry.parentPath ?? entry.path, entry.name)).mtimeMs),
  );
}
