// Jupyter starts this as the kernel "TypeScript". It is tslab's compiler and executor behind a server of our own, since
// tslab's loses output that comes in bursts, leaves out execution counts and cannot stop a cell that computes after an
// `await`. A plain tslab kernel runs the same notebooks.
const { readFileSync } = require("node:fs");
const { createCellRunner } = require("./cell-runner.cjs");
const { serve } = require("./kernel-server.cjs");

const file = process.argv[process.argv.indexOf("--config-path") + 1];
const connection = JSON.parse(readFileSync(file, "utf8"));
const runner = createCellRunner();

process.on("uncaughtException", (error) => console.error("Uncaught:", error));
process.on("unhandledRejection", (reason) => console.error("Unhandled rejection:", reason));

void serve(connection, runner);
