// Executes the cells of a notebook in this process, through tslab's own compiler and executor: no Jupyter, no Python.
import { createRequire } from "node:module";

const require = createRequire(import.meta.url);

/** A cell ended with an error: its number among the code cells, and the error as Jupyter's `error` output. */
export class CellFailure extends Error {
  constructor(number, source, error, printed) {
    const firstLine = source.trim().split("\n")[0];
    super(
      [
        `Cell ${number} failed: ${firstLine}`,
        ...(printed ? [printed.trimEnd()] : []),
        ...error.traceback,
      ].join("\n"),
    );
    this.name = "CellFailure";
    this.number = number;
    this.error = error;
  }
}

/**
 * Runs all cells in the working directory of the process and resolves to the notebook with their outputs.
 * @param onCell called before every code cell with its number and how many there are
 */
export async function runNotebook(notebook, onCell = () => undefined) {
  // Loads a TypeScript compiler, so not before it is needed.
  const { createCellRunner } = require("../kernel/cell-runner.cjs");
  const runner = createCellRunner();
  const writers = [process.stdout.write, process.stderr.write];
  const shown = new Map();
  const isCode = ({ cell_type, source }) => cell_type === "code" && source.trim() !== "";
  const total = notebook.cells.filter(isCode).length;
  let number = 0;
  try {
    const cells = [];
    for (const cell of notebook.cells) {
      if (cell.cell_type !== "code") {
        cells.push(cell);
        continue;
      }
      if (!isCode(cell)) {
        cells.push({ ...cell, outputs: [], execution_count: null });
        continue;
      }
      [process.stdout.write, process.stderr.write] = writers;
      onCell(++number, total);
      const outputs = [];
      const error = await runner.run(cell.source, collectOutputs(outputs, shown));
      // What is printed in the very end arrives with the next turn.
      await new Promise((resolve) => setImmediate(resolve));
      if (error) throw new CellFailure(number, cell.source, error, printedIn(outputs));
      cells.push({ ...cell, execution_count: number, outputs });
    }
    return { ...notebook, cells };
  } finally {
    [process.stdout.write, process.stderr.write] = writers;
    runner.close();
  }
}

/** What a cell shows goes into `outputs`; `shown` finds earlier outputs that are to be replaced, by display id. */
function collectOutputs(outputs, shown) {
  return {
    stream(name, text) {
      const last = outputs.at(-1);
      if (last?.output_type === "stream" && last.name === name) last.text += text;
      else outputs.push({ output_type: "stream", name, text });
    },
    display({ data, metadata = {}, transient = {} }, update) {
      const id = transient.display_id;
      const earlier = shown.get(id) ?? [];
      if (update) {
        for (const output of earlier) Object.assign(output, { data, metadata });
        return;
      }
      const output = { output_type: "display_data", data, metadata };
      outputs.push(output);
      if (id !== undefined) shown.set(id, [...earlier, output]);
    },
  };
}

function printedIn(outputs) {
  return outputs
    .filter(({ output_type }) => output_type === "stream")
    .map(({ text }) => text)
    .join("");
}
