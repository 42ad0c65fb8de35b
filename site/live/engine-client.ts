// The page's end of the line to the worker.
import type { Order, Reply, TaskName, Tasks } from "./messages";

/** What the engine could not compute, and why. */
export class EngineError extends Error {
  constructor(
    message: string,
    readonly code: string,
  ) {
    super(message);
  }
}

interface Waiting {
  readonly resolve: (answer: never) => void;
  readonly reject: (error: Error) => void;
}

/** Asks the engine and gets answers, in any order. */
export class EngineClient {
  private readonly waiting = new Map<number, Waiting>();
  private last = 0;

  constructor(
    private readonly worker: Worker & { readonly fault?: string },
    onProgress: (progress: { readonly done: number; readonly total: number }) => void,
  ) {
    this.worker.onmessage = ({ data }: MessageEvent<Reply>) => {
      if ("progress" in data) return onProgress(data.progress);
      const waiting = this.waiting.get(data.id);
      this.waiting.delete(data.id);
      if ("error" in data) waiting?.reject(new EngineError(data.error.message, data.error.code));
      else waiting?.resolve(data.answer as never);
    };
    this.worker.addEventListener("error", (event) => {
      event.preventDefault();
      for (const { reject } of this.waiting.values()) reject(this.broken());
      this.waiting.clear();
    });
  }

  private broken(): EngineError {
    return new EngineError(`The engine does not run: ${this.worker.fault}.`, "fault");
  }

  ask<Name extends TaskName>(task: Name, given: Tasks[Name]["given"]): Promise<Tasks[Name]["answer"]> {
    if (this.worker.fault !== undefined) return Promise.reject(this.broken());
    const id = ++this.last;
    return new Promise((resolve, reject) => {
      this.waiting.set(id, { resolve, reject });
      this.worker.postMessage({ id, task, given } satisfies Order<Name>);
    });
  }
}
