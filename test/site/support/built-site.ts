import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { withoutCoverage } from "../../support/without-coverage";

const root = resolve(__dirname, "../../..");
let folder: string | undefined;

/** The folder of the whole site, built once as `npm run site` builds it. */
export function builtSite(): string {
  if (folder !== undefined) return folder;
  const target = mkdtempSync(join(tmpdir(), "raella-site-"));
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ["--import=tsx", join(root, "site", "build.ts"), target],
    { cwd: root, encoding: "utf8", env: withoutCoverage() },
  );
  process.once("exit", () => rmSync(target, { recursive: true, force: true }));
  if (status !== 0) throw new Error(`The site cannot be built:\n${stdout}${stderr}`);
  return (folder = target);
}
