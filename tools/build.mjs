// Compiles src/ to dist/ (CommonJS with type declarations) and reads the package's YAML files in advance.
import { spawnSync } from "node:child_process";
import { chmodSync, existsSync, rmSync, symlinkSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { composeFiles } from "./compose-files.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));
rmSync(`${root}dist`, { recursive: true, force: true });
const { status } = spawnSync(
  process.execPath,
  [`${root}node_modules/typescript/bin/tsc`, "-p", `${root}tsconfig.build.json`],
  { stdio: "inherit", cwd: root },
);
if (existsSync(`${root}dist/cli.js`)) chmodSync(`${root}dist/cli.js`, 0o755);
if (status === 0) composeFiles(root);
// A plain tslab kernel looks for "raella" among the packages that are installed only.
const link = `${root}node_modules/raella`;
if (!existsSync(link)) symlinkSync(root, link, "junction");
process.exit(status ?? 1);
