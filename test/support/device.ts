import { execFileSync } from "node:child_process";
import { closeSync, openSync } from "node:fs";
import { join } from "node:path";

const minors = { null: 3, full: 7 } as const;

/**
 * A device to write to: for root one of its own in a folder, since code that has a fault could replace that of the
 * machine; for others the machine's, which they cannot replace. Undefined where there is none.
 */
export function device(folder: string, name: keyof typeof minors): string | undefined {
  if (process.platform !== "linux") return undefined;
  if (process.getuid?.() !== 0) return `/dev/${name}`;
  const path = join(folder, name);
  try {
    execFileSync("mknod", ["-m", "666", path, "c", "1", String(minors[name])], { stdio: "ignore" });
    // Some disks have no devices.
    closeSync(openSync(path, "w"));
    return path;
  } catch {
    return undefined;
  }
}
