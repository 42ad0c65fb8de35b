// A ZeroMQ socket refuses a message while it is still writing the one before ("Socket is busy writing"). Everything
// that a cell prints or shows in one synchronous stretch therefore has to wait its turn here.

class Outbox {
  #socket;
  #waiting = [];
  #sending = false;
  #drained = Promise.resolve();

  constructor(socket) {
    this.#socket = socket;
  }

  send(frames) {
    this.#waiting.push(frames);
    if (!this.#sending) this.#drained = this.#drain();
  }

  /** Resolves when everything so far has been handed to the network. */
  flushed() {
    return this.#drained;
  }

  async #drain() {
    this.#sending = true;
    while (this.#waiting.length > 0) {
      const batch = this.#waiting;
      this.#waiting = [];
      for (const frames of batch) {
        try {
          await this.#socket.send(frames);
        } catch (error) {
          // The socket was closed: the kernel is going down and nobody listens.
          if (this.#socket.closed) return;
          process._rawDebug("The kernel could not send a message:", error);
        }
      }
    }
    this.#sending = false;
  }
}

module.exports = { Outbox };
