// The parts of tslab that compile and run a cell. They are not public, hence the paths; the version is pinned.
const { requireFromTslab } = require("./tslab-modules-path.cjs");

/** Its `lastWriteDisplayData` is where all display functions send their outputs. */
const jupyter = requireFromTslab("./dist/jupyter.js");
const { createExecutor } = requireFromTslab("./dist/executor.js");

module.exports = { jupyter, createExecutor };
