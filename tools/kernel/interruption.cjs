// What the kernel's two threads tell each other about interrupting, in memory that both see: the control thread has to
// know what the main thread is doing while that is too busy to answer.

const answers = 0;
const requests = 1;
const stoppable = 2;

/** @param {Int32Array} shared as another thread's `shared` */
function createInterruption(shared = new Int32Array(new SharedArrayBuffer(3 * 4))) {
  return {
    shared,
    /** How often the main thread has shown that it is not busy. */
    answers: () => Atomics.load(shared, answers),
    answer: () => Atomics.add(shared, answers, 1),
    /** How often an interruption was asked for: what starts now is interrupted if the number grows. */
    requests: () => Atomics.load(shared, requests),
    request: () => Atomics.add(shared, requests, 1),
    /** Whether the main thread runs a user's code, which may be stopped anywhere. */
    isStoppable: () => Atomics.load(shared, stoppable) === 1,
    setStoppable: (value) => Atomics.store(shared, stoppable, value ? 1 : 0),
    /** Does work of the kernel's own, which would be left half-done if it were stopped. */
    shield(work) {
      const before = Atomics.exchange(shared, stoppable, 0);
      try {
        return work();
      } finally {
        Atomics.store(shared, stoppable, before);
      }
    },
  };
}

/** What an interrupted cell fails with. */
class CellInterrupted extends Error {}

module.exports = { createInterruption, CellInterrupted };
