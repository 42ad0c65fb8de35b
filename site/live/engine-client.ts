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
  private readonly worker: Worker;
  private readonly waiting = new Map<number, Waiting>();
  private last = 0;

  constructor(
    script: string,
    onProgress: (progress: { readonly done: number; readonly total: number }) => void,
  ) {
    this.worker = new Worker(script);
    this.worker.onmessage = ({ data }: MessageEvent<Reply>) => {
      if ("progress" in data) return onProgress(data.progress);
      const waiting = this.waiting.get(data.id);
      this.waiting.delete(data.id);
      if ("error" in data) waiting?.reject(new EngineError(data.error.message, data.error.code));
      else waiting?.resolve(data.answer as never);
    };
    this.worker.onerror = (event) => {
      event.preventDefault();
      const why = event.message || "its file could not be loaded";
      for (const { reject } of this.waiting.values())
        reject(new EngineError(`The engine does not run: ${why}.`, "fault"));
      this.waiting.clear();
    };
  }

  ask<Name extends TaskName>(task: Name, given: Tasks[Name]["given"]): Promise<Tasks[Name]["answer"]> {
    const id = ++this.last;
    return new Promise((resolve, reject) => {
      this.waiting.set(id, { resolve, reject });
      this.worker.postMessage({ id, task, given } satisfies Order<Name>);
    });
  }
}
