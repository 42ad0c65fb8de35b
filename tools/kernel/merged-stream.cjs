// Joins what a cell prints in quick succession: a front end that gets a message for every line falls behind.

const interval = 50;

/**
 * @param {(name: string, text: string) => void} publish
 * @returns `write(name, text)`, and `flush()` to be called before anything else is shown and at the end
 */
function createMergedStream(publish) {
  let pending = { name: "", text: "" };
  let flushedAt = -Infinity;
  let timer;

  function flush() {
    clearTimeout(timer);
    timer = undefined;
    if (pending.text === "") return;
    publish(pending.name, pending.text);
    pending = { name: "", text: "" };
    flushedAt = performance.now();
  }

  function write(name, text) {
    if (name !== pending.name) flush();
    pending = { name, text: pending.text + text };
    if (performance.now() - flushedAt > interval) flush();
    else timer ??= setTimeout(flush, interval);
  }

  return { write, flush };
}

module.exports = { createMergedStream };
