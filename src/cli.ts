#!/usr/bin/env node
import { createRequire } from "node:module";
import type * as CommandLine from "./cli/run-command-line";
import { loadBundle } from "./cli/bundle";
import { hastenShortRun } from "./cli/short-runs";

const { runCommandLine } =
  loadBundle() ?? (createRequire(__filename)("./cli/run-command-line") as typeof CommandLine);

void runCommandLine(process.argv, hastenShortRun).then((exitCode) => {
  // Not process.exit(): output to a pipe may still be on its way.
  process.exitCode = exitCode;
});
