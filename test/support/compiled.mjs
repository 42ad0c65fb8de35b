// With TEST_COMPILED, and while coverage is measured, tests run the compiled package wherever they import its sources: it is
// what users run, it loads faster, in worker threads above all, and a transpiler's helpers would count as branches.
import Module from "node:module";
import path from "node:path";

import { ensureBuilt } from "../../tools/ensure-built.mjs";

const root = path.join(import.meta.dirname, "..", "..");
const sources = path.join(root, "src") + path.sep;

function compiled(file) {
  const isSource = file.startsWith(sources) && file.endsWith(".ts");
  return isSource ? path.join(root, "dist", file.slice(sources.length).replace(/\.ts$/, ".js")) : file;
}

if (process.env.NODE_V8_COVERAGE || process.env.TEST_COMPILED) {
  ensureBuilt();
  const resolve = Module._resolveFilename;
  Module._resolveFilename = function (...request) {
    return compiled(resolve.apply(this, request));
  };
}
