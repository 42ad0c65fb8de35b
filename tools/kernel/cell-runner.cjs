// Runs cells one after another through tslab, in this process: the heart of the kernel and of the headless run.
const { TextDecoder } = require("node:util");
const { createConverter, createExecutor, jupyter } = require("./tslab-modules.cjs");
const { adaptSource } = require("./adapt-source.cjs");
const { describeCellError } = require("./cell-error.cjs");
const { CellInterrupted, createInterruption } = require("./interruption.cjs");

/**
 * Imports in cells are resolved from the working directory of the process, so that has to be the notebook's folder.
 * @returns a runner with
 *   `run(source, output)`: runs a cell; resolves to `undefined`, or to the error that it ended with.
 *     `output.stream(name, text)` gets what is printed, `output.display(message, update)` what is shown, and the cell
 *     begins when `output.flushed()`, if there is one, resolves;
 *   `interrupt()`: makes the cell fail, whether it waits, is being compiled or has not begun;
 *   `interruption`: for a thread that watches this one; `executor`: tslab's own, for completion and help; `close()`.
 */
function createCellRunner() {
  let reports = [];
  let requestsBefore = 0;
  let giveUp = () => undefined;
  const interruption = createInterruption();
  const failIfInterrupted = () => {
    if (interruption.requests() !== requestsBefore) throw new CellInterrupted();
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

  async function run(source, output) {
    // What a cell prints after its end (from a timer, say) still belongs to it, until the next one starts.
    process.stdout.write = writerOf((text) => output.stream("stdout", text));
    process.stderr.write = writerOf((text) => output.stream("stderr", text));
    jupyter.lastWriteDisplayData = (message, update) => output.display(message, update ?? false);
    reports = [];
    requestsBefore = interruption.requests();
    // The executor never answers for a cell that was stopped from outside.
    const givenUp = new Promise((_, reject) => (giveUp = () => reject(new CellInterrupted())));
    givenUp.catch(() => undefined);
    let succeeded = false;
    try {
      await output.flushed?.();
      failIfInterrupted();
      const adapted = adaptSource(source);
      interruption.setStoppable(true);
      succeeded = await Promise.race([executor.execute(adapted), givenUp]);
    } catch (error) {
      reports.push([error]);
    } finally {
      interruption.setStoppable(false);
    }
    return succeeded ? undefined : describeCellError(reports);
  }

  function interrupt() {
    interruption.request();
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
