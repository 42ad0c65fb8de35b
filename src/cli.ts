#!/usr/bin/env node
import { createRequire } from "node:module";
import type * as CommandLine from "./cli/run-command-line";
import { loadBundle } from "./cli/bundle";

const { runCommandLine } =
  loadBundle() ?? (createRequire(__filename)("./cli/run-command-line") as typeof CommandLine);

void runCommandLine(process.argv).then((exitCode) => {
  // Not process.exit(): output to a pipe may still be on its way.
  process.exitCode = exitCode;
});
