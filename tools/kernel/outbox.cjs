// A ZeroMQ socket refuses a message while it is still writing the one before ("Socket is busy writing"). Everything
// that a cell prints or shows in one synchronous stretch therefore has to wait its turn here.

/** Time after which a busy socket is tried again, in ms. */
const pause = 5;

class Outbox {
  #socket;
  #waiting = [];
  /** Of those waiting, the next to be sent. */
  #next = 0;
  #sending = false;
  /** Counts the times that sending was taken up; what belongs to an earlier one does not go on. */
  #turn = 0;
  #whenFlushed = [];

  constructor(socket) {
    this.#socket = socket;
  }

  send(frames) {
    this.#waiting.push(frames);
    if (!this.#sending) this.#sendNext(this.#turn);
  }

  /** Resolves when everything so far has been handed to the network. */
  flushed() {
    return this.#sending ? new Promise((resolve) => this.#whenFlushed.push(resolve)) : Promise.resolve();
  }

  /** Goes on after the brake was put on a cell, with which the way to the next message may have been lost. */
  recover() {
    if (this.#sending) this.#sendNext((this.#turn += 1));
  }

  #sendNext(turn) {
    if (turn !== this.#turn) return;
    this.#sending = this.#next < this.#waiting.length;
    if (!this.#sending) {
      this.#waiting = [];
      this.#next = 0;
      this.#whenFlushed.splice(0).forEach((resolve) => resolve());
      return;
    }
    this.#sendOne(this.#waiting[this.#next++], turn);
  }

  async #sendOne(frames, turn) {
    try {
      await this.#socket.send(frames);
    } catch (error) {
      // The kernel is going down and nobody listens.
      if (this.#socket.closed || turn !== this.#turn) return;
      if (error.code === "EBUSY") {
        this.#next -= 1;
        setTimeout(() => this.#sendNext(turn), pause);
        return;
      }
      process._rawDebug("The kernel could not send a message:", error);
    }
    this.#sendNext(turn);
  }
}

module.exports = { Outbox };
