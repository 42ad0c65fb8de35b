#!/usr/bin/env node
import { runCommandLine } from "./cli/run-command-line";

void runCommandLine(process.argv).then((exitCode) => {
  // Not process.exit(): output to a pipe may still be on its way.
  process.exitCode = exitCode;
});
