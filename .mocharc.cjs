// Where tests run the compiled package (see test/support/compiled.mjs), only they themselves are transpiled, and worker threads
// and `import` go without: that takes a fifth less.
const isCompiled = Boolean(process.env.TEST_COMPILED || process.env.NODE_V8_COVERAGE);

module.exports = {
  "node-option": [...(isCompiled ? [] : ["import=tsx"]), "max-semi-space-size=64"],
  require: [...(isCompiled ? ["tsx/cjs"] : []), "test/support/compiled.mjs", "test/support/stack-traces.mjs"],
  extension: ["ts"],
  timeout: 120000,
  reporter: "test/support/reporter.cjs",
};
