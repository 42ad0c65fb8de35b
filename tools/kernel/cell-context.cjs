// Which cell some code belongs to, also after it has waited: what it prints late is that cell's, and what goes on after
// its cell was interrupted ends. (Node's own AsyncLocalStorage does not survive the brake that stops a cell.)
const { clearInterval } = require("node:timers");
const { CellInterrupted } = require("./interruption.cjs");

/**
 * @param none a cell for code of none
 * @returns `begin(cell)`; `latest()`, the one that began last; `current()`, the one whose code runs; `forCells`, what
 *   compiled cells call: `goOn(cell(), await x)` for `await x`, and `iterate(values)` in `for await`
 */
function createCellContext(none) {
  let latest = none;
  let current = none;

  function goOn(cell, value) {
    if (cell.isInterrupted) throw new CellInterrupted();
    current = cell;
    // Until it waits again.
    if (cell !== latest) globalThis.queueMicrotask(() => (current = latest));
    return value;
  }

  async function* iterate(values) {
    const cell = current;
    for await (const value of values) yield goOn(cell, value);
  }

  /** A timer's function as code of the cell that has set the timer. */
  function belonging(callback, repeats) {
    const cell = current;
    return function (...values) {
      if (cell.isInterrupted && repeats) return clearInterval(this);
      const before = current;
      current = cell;
      try {
        return callback.apply(this, values);
      } finally {
        current = before;
      }
    };
  }

  for (const name of ["setTimeout", "setInterval", "setImmediate"]) {
    const start = globalThis[name];
    const started = (callback, ...rest) =>
      start(typeof callback === "function" ? belonging(callback, name === "setInterval") : callback, ...rest);
    // Node keeps the form that returns a promise in a property.
    globalThis[name] = Object.defineProperties(started, Object.getOwnPropertyDescriptors(start));
  }

  return {
    begin: (cell) => (latest = current = cell),
    latest: () => latest,
    current: () => current,
    forCells: { cell: () => current, goOn, iterate },
  };
}

module.exports = { createCellContext };
