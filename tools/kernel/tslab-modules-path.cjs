// Resolves what belongs to tslab, without loading its compiler.
const { createRequire } = require("node:module");

/** @throws Error with a sentence for people if tslab is not installed */
function requireFromTslab(id) {
  return createRequire(tslabPackage())(id);
}

function tslabPackage() {
  try {
    return require.resolve("tslab/package.json");
  } catch {
    throw new Error(
      "Notebooks need the package tslab, a development dependency that is not installed: run `npm ci`.",
    );
  }
}

/** Path of the file that a module of tslab would get. @throws as above */
function resolveFromTslab(id) {
  return createRequire(tslabPackage()).resolve(id);
}

module.exports = { requireFromTslab, resolveFromTslab };
