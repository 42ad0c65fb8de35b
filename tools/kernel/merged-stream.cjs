// Joins what a cell prints in quick succession: a front end that gets a message for every line falls behind.

const interval = 50;

/**
 * @param {(name: string, text: string) => void} publish
 * @returns `write(name, text)`, and `flush()` to be called before anything else is shown and at the end
 */
function createMergedStream(publish) {
  let pending = { name: "", text: "", since: 0 };
  let timer;

  function flush() {
    clearTimeout(timer);
    timer = undefined;
    const { name, text } = pending;
    pending = { name: "", text: "", since: 0 };
    if (text !== "") publish(name, text);
  }

  function write(name, text) {
    if (name !== pending.name) flush();
    if (pending.text === "") pending = { name, text, since: performance.now() };
    else pending.text += text;
    // A cell that computes without a pause keeps timers waiting.
    if (performance.now() - pending.since > interval) flush();
    else timer ??= setTimeout(flush, interval);
  }

  return { write, flush };
}

module.exports = { createMergedStream };
