// Executes a notebook without Jupyter and without Python, and writes it back with its outputs, and as a HTML page beside.
// Neither is touched if a cell fails.
import { writeSync } from "node:fs";
import path from "node:path";
import { parseArgs } from "node:util";
import { fileURLToPath } from "node:url";

import { ensureBuilt } from "./ensure-built.mjs";
import { htmlPage } from "./notebook/html-page.mjs";
import { formatNotebook, readNotebook, writeFiles } from "./notebook/notebook-file.mjs";
import { runNotebook } from "./notebook/run-notebook.mjs";

const usage = `Usage: npm run notebook [-- [NOTEBOOK] [--output FILE]]

Executes NOTEBOOK (notebooks/RAELLA.ipynb) and writes it back with its outputs, and a HTML page of it beside.

  --output FILE  write the executed notebook there instead (the HTML page beside it)
  --help         show this text`;

const defaultNotebook = fileURLToPath(new URL("../notebooks/RAELLA.ipynb", import.meta.url));

async function main() {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { output: { type: "string" }, help: { type: "boolean" } },
  });
  if (values.help) {
    console.log(usage);
    return;
  }
  if (positionals.length > 1) throw new Error(usage);
  const file = path.resolve(positionals[0] ?? defaultNotebook);
  const output = path.resolve(values.output ?? file);
  const page = output.replace(/(\.ipynb)?$/, ".html");
  const start = performance.now();
  const notebook = readNotebook(file);
  ensureBuilt();

  const startedIn = process.cwd();
  // Where a kernel runs as well: imports of the cells are relative to the notebook.
  process.chdir(path.dirname(file));
  const executed = await guardExit(() => runNotebook(notebook, showProgress(path.basename(file))));
  writeFiles({
    [output]: formatNotebook(executed),
    [page]: htmlPage(executed, path.basename(file, ".ipynb")),
  });
  const seconds = ((performance.now() - start) / 1000).toFixed(1);
  const count = executed.cells.filter(({ execution_count: number }) => number).length;
  console.log(`Executed ${count} cells in ${seconds} s:`);
  for (const written of [output, page]) console.log(`  ${path.relative(startedIn, written)}`);
}

/** Runs the cells; a cell that ends the process is a failure as well. */
async function guardExit(run) {
  const complain = () => {
    writeSync(process.stderr.fd, "A cell ended the process; nothing was written.\n");
    process.exitCode ||= 1;
  };
  process.once("exit", complain);
  try {
    return await run();
  } finally {
    process.off("exit", complain);
  }
}

/** One line on a terminal that says which cell is running; nothing elsewhere. */
function showProgress(name) {
  if (!process.stderr.isTTY) return () => undefined;
  return (number, total) => {
    const text = `${name}: cell ${number} of ${total}`;
    // The line is erased again by what is printed next, at its place.
    process.stderr.write(`\r${text}${"\b".repeat(text.length)}`);
  };
}

try {
  await main();
  // Cells may have started workers or timers that would keep the process alive.
  process.exit(0);
} catch (error) {
  console.error(error.name === "CellFailure" || error.code === undefined ? error.message : error);
  process.exit(1);
}
