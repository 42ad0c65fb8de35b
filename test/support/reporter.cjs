// Mocha's spec reporter; besides, it leaves the counts for tools/test.mjs in the file named by TEST_COUNTS_FILE.
const { writeFileSync } = require("node:fs");
const { reporters } = require("mocha");

module.exports = class extends reporters.Spec {
  constructor(runner, options) {
    super(runner, options);
    runner.once("end", () => {
      const { passes, failures, pending } = this.stats;
      const file = process.env.TEST_COUNTS_FILE;
      if (file) writeFileSync(file, JSON.stringify({ passes, failures, pending }));
    });
  }
};
