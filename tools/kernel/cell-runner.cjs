// Runs cells one after another through tslab, in this process: the heart of the kernel and of the headless run.
const { TextDecoder } = require("node:util");
const { createCompiler } = require("./compiler.cjs");
const { createExecutor, jupyter } = require("./tslab-modules.cjs");
const { describeCellError } = require("./cell-error.cjs");
const { CellInterrupted, createInterruption } = require("./interruption.cjs");
const { showValue, warnOfResults } = require("./cell-values.cjs");
const { createCellContext } = require("./cell-context.cjs");

/**
 * Imports in cells are resolved from the working directory of the process, so that has to be the notebook's folder.
 * @returns a runner with
 *   `run(source, output, requestsBefore)`: runs a cell; resolves to `undefined`, or to the error that it ended with.
 *     `output.stream(name, text)` gets what is printed, `output.display(message, update)` what is shown, and the cell
 *     begins when `output.flushed()`, if there is one, resolves;
 *     A cell fails with an interruption that was asked for after so many others, even before it began.
 *   `interrupt(number)`: makes a cell fail that waits or was stopped, if the interruption of this number means it;
 *   `warmUp()`: gets the compiler ready;
 *   `interruption`: for a thread that watches this one; `executor`: tslab's own, for completion and help; `close()`.
 */
function createCellRunner() {
  const context = createCellContext(newCell({ stream: () => undefined, display: () => undefined }));
  let precedingRequests = 0;
  let giveUp = () => undefined;
  const interruption = createInterruption();
  const failIfInterrupted = () => {
    if (interruption.requests() !== precedingRequests) throw new CellInterrupted();
  };
  const converter = createCompiler();
  const converters = {
    node: {
      ...converter,
      convert(...values) {
        // A compiler that is stopped halfway cannot go on with the next cell.
        const converted = interruption.shield(() => converter.convert(...values));
        failIfInterrupted();
        return converted;
      },
    },
    get browser() {
      throw new Error("Cells for the browser are not supported.");
    },
    close: () => converter.close(),
  };
  const executor = createExecutor(process.cwd(), converters, {
    log: (value) => (context.latest().last = value),
    error: (...values) => context.latest().reports.push(values),
  });
  globalThis.__tslab__ = {
    ...context.forCells,
    exports: globalThis.__tslab__.exports,
    require: warnOfResults(globalThis.__tslab__.require, (line) => context.current().warn(line)),
  };

  async function run(source, output, requestsBefore = interruption.requests()) {
    const cell = newCell(output);
    context.begin(cell);
    process.stdout.write = writerOf((text) => context.current().stream("stdout", text));
    process.stderr.write = writerOf((text) => context.current().stream("stderr", text));
    jupyter.lastWriteDisplayData = (message, update) => context.current().display(message, update ?? false);
    jupyter.waitForOutput = (shown) => context.current().pending.push(shown);
    precedingRequests = requestsBefore;
    try {
      await output.flushed?.();
      if (await execute(source, cell)) return undefined;
    } catch (error) {
      cell.reports.push([error]);
    }
    return describeCellError(cell.reports);
  }

  /**
   * Runs the cell, and settles, in turns of the event loop of their own: where V8's brake stops a cell, all that waits to
   * go on in the same turn is lost, the executor's answer included.
   */
  function execute(source, cell) {
    return new Promise((resolve, reject) => {
      giveUp = () => {
        cell.isInterrupted = true;
        reject(new CellInterrupted());
      };
      const begin = async () => {
        try {
          failIfInterrupted();
          const succeeded = await executor.execute(source);
          if (succeeded) await finish(cell);
          setImmediate(resolve, succeeded);
        } catch (error) {
          setImmediate(reject, error);
        }
      };
      setImmediate(begin);
    });
  }

  /** Shows the value that the cell ends with, and lasts until all is shown that was begun. */
  async function finish(cell) {
    const value = await cell.last;
    if (value !== undefined && value !== null) await showValue(value);
    while (cell.pending.length > 0) await cell.pending.shift();
  }

  function interrupt(number) {
    if (number <= precedingRequests) return;
    context.latest().isInterrupted = true;
    executor.interrupt();
    // The executor's own answer, if there is one, comes first.
    setImmediate(giveUp);
  }

  function warmUp() {
    const entries = ["", "/charts", "/notebook"].map((entry) => `import {} from "raella${entry}";`);
    converter.convert("", entries.join("\n"));
  }

  return { run, interrupt, warmUp, interruption, executor, close: () => executor.close() };
}

/** What belongs to one cell. What it prints or shows late, from a timer say, still does; but not once interrupted. */
function newCell(output) {
  const warned = new Set();
  const cell = {
    isInterrupted: false,
    /** The value that it ends with. */
    last: undefined,
    /** Outputs that are still being drawn. */
    pending: [],
    /**
     * Arguments of the executor's calls of `console.error`: one thrown value, or a format and its values for every
     * complaint of the compiler.
     */
    reports: [],
    stream(name, text) {
      if (!cell.isInterrupted) output.stream(name, text);
    },
    display(message, update) {
      if (!cell.isInterrupted) output.display(message, update);
    },
    /** Every warning once, however often a run gives it. */
    warn(line) {
      if (!warned.has(line)) cell.stream("stderr", `warning: ${line}\n`);
      warned.add(line);
    },
  };
  return cell;
}

/** A `write` as streams have it. */
function writerOf(receive) {
  const decoder = new TextDecoder();
  return (chunk, encoding, callback) => {
    receive(typeof chunk === "string" ? chunk : decoder.decode(chunk, { stream: true }));
    const done = typeof encoding === "function" ? encoding : callback;
    if (done) process.nextTick(done);
    return true;
  };
}

module.exports = { createCellRunner };
