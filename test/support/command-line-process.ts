import path from "node:path";

const root = path.join(__dirname, "..", "..");

/** The compiled command line as the words of a process; compiles the package first if it is out of date. */
export async function commandLineProcess(): Promise<readonly string[]> {
  const { ensureBuilt } = (await import(path.join(root, "tools", "ensure-built.mjs"))) as {
    ensureBuilt: () => void;
  };
  ensureBuilt();
  return [process.execPath, path.join(root, "dist", "cli.js")];
}
