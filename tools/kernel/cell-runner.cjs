// Runs cells one after another through tslab, in this process: the heart of the kernel and of the headless run.
const { TextDecoder } = require("node:util");
const { createConverter, createExecutor, jupyter } = require("./tslab-modules.cjs");
const { adaptSource } = require("./adapt-source.cjs");
const { describeCellError } = require("./cell-error.cjs");
const { CellInterrupted, createInterruption } = require("./interruption.cjs");

/**
 * Imports in cells are resolved from the working directory of the process, so that has to be the notebook's folder.
 * @returns a runner with
 *   `run(source, output, requestsBefore)`: runs a cell; resolves to `undefined`, or to the error that it ended with.
 *     `output.stream(name, text)` gets what is printed, `output.display(message, update)` what is shown, and the cell
 *     begins when `output.flushed()`, if there is one, resolves;
 *     A cell fails with an interruption that was asked for after so many others, even before it began.
 *   `interrupt(number)`: makes a cell fail that waits or was stopped, if the interruption of this number means it;
 *   `interruption`: for a thread that watches this one; `executor`: tslab's own, for completion and help; `close()`.
 */
function createCellRunner() {
  let reports = [];
  let precedingRequests = 0;
  let giveUp = () => undefined;
  const interruption = createInterruption();
  const failIfInterrupted = () => {
    if (interruption.requests() !== precedingRequests) throw new CellInterrupted();
  };
  const converter = createConverter({ isJS: false, isBrowser: false });
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
    log: (...values) => console.log(...values),
    error: (...values) => reports.push(values),
  });

  async function run(source, output, requestsBefore = interruption.requests()) {
    // What a cell prints after its end (from a timer, say) still belongs to it, until the next one starts.
    process.stdout.write = writerOf((text) => output.stream("stdout", text));
    process.stderr.write = writerOf((text) => output.stream("stderr", text));
    jupyter.lastWriteDisplayData = (message, update) => output.display(message, update ?? false);
    reports = [];
    precedingRequests = requestsBefore;
    try {
      await output.flushed?.();
      if (await execute(interruption.shield(() => adaptSource(source)))) return undefined;
    } catch (error) {
      reports.push([error]);
    }
    return describeCellError(reports);
  }

  /**
   * Runs the cell, and settles, in turns of the event loop of their own: where V8's brake stops a cell, all that waits to
   * go on in the same turn is lost, the executor's answer included.
   */
  function execute(source) {
    return new Promise((resolve, reject) => {
      giveUp = () => reject(new CellInterrupted());
      setImmediate(async () => {
        try {
          failIfInterrupted();
          const succeeded = await executor.execute(source);
          setImmediate(resolve, succeeded);
        } catch (error) {
          setImmediate(reject, error);
        }
      });
    });
  }

  function interrupt(number) {
    if (number <= precedingRequests) return;
    executor.interrupt();
    // The executor's own answer, if there is one, comes first.
    setImmediate(giveUp);
  }

  return { run, interrupt, interruption, executor, close: () => executor.close() };
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
