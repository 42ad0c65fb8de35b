// Runs cells one after another through tslab, in this process: the heart of the kernel and of the headless run.
const { TextDecoder } = require("node:util");
const { createConverter, createExecutor, jupyter } = require("./tslab-modules.cjs");
const { adaptSource } = require("./adapt-source.cjs");
const { describeCellError } = require("./cell-error.cjs");

/**
 * Imports in cells are resolved from the working directory of the process, so that has to be the notebook's folder.
 * @returns a runner with
 *   `run(source, output)`: runs a cell; resolves to `undefined`, or to the error that it ended with.
 *     `output.stream(name, text)` gets what is printed, `output.display(message, update)` what is shown;
 *   `interrupt()`: makes a waiting cell fail; `executor`: tslab's own, for completion and help; `close()`.
 */
function createCellRunner() {
  let reports = [];
  const converter = createConverter({ isJS: false, isBrowser: false });
  const converters = {
    node: converter,
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
    let succeeded = false;
    try {
      succeeded = await executor.execute(adaptSource(source));
    } catch (error) {
      reports.push([error]);
    }
    return succeeded ? undefined : describeCellError(reports);
  }

  return { run, interrupt: () => executor.interrupt(), executor, close: () => executor.close() };
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
