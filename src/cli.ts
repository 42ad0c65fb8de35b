#!/usr/bin/env node
import * as nodeModule from "node:module";

/** Node.js 22 and later can keep what V8 makes of the modules, in its own folder for temporary files. */
const { enableCompileCache } = nodeModule as { readonly enableCompileCache?: () => void };
enableCompileCache?.();

// Imported only now, so that its modules come from there too.
void import("./cli/run-command-line.js").then(async ({ runCommandLine }) => {
  // Not process.exit(): output to a pipe may still be on its way.
  process.exitCode = await runCommandLine(process.argv);
});
