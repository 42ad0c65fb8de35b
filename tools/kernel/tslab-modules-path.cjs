// Resolves what belongs to tslab, without loading its compiler.
const { createRequire } = require("node:module");

module.exports = { requireFromTslab: createRequire(require.resolve("tslab/package.json")) };
