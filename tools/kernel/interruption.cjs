// What the kernel's two threads tell each other about interrupting, in memory that both see: the control thread has to
// know what the main thread is doing while that is too busy to answer.

const answers = 0;
const requests = 1;
const shields = 2;

/** @param {Int32Array} shared as another thread's `shared` */
function createInterruption(shared = new Int32Array(new SharedArrayBuffer(3 * 4))) {
  return {
    shared,
    /** How often the main thread has shown that it is not busy. */
    answers: () => Atomics.load(shared, answers),
    answer: () => Atomics.add(shared, answers, 1),
    /** How often an interruption was asked for: a cell that has begun is interrupted if the number grows. */
    requests: () => Atomics.load(shared, requests),
    /** Asks for one; returns its number. */
    request: () => Atomics.add(shared, requests, 1) + 1,
    /** Whether the main thread does work of the kernel's own, which must not be left half-done. */
    isShielded: () => Atomics.load(shared, shields) > 0,
    shield(work) {
      Atomics.add(shared, shields, 1);
      try {
        return work();
      } finally {
        Atomics.sub(shared, shields, 1);
      }
    },
  };
}

/** What an interrupted cell fails with. */
class CellInterrupted extends Error {}

module.exports = { createInterruption, CellInterrupted };
