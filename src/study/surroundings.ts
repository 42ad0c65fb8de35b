import { registrations, withRegistrations } from "../components/registry";
import type { Registrations } from "../components/registry";
import { FileLook } from "../spec/file-memo";

/**
 * What a run finds when it starts and keeps until its end, whoever changes it meanwhile: the files, and what users have
 * registered.
 */
export class Surroundings {
  readonly look = new FileLook();

  constructor(private readonly registered: Registrations = registrations()) {}

  /** Computes something within them. Not for promises: what they do later is outside. */
  during<Result>(compute: () => Result): Result {
    return this.look.during(() => withRegistrations(this.registered, compute));
  }

  /** Component libraries are data that other threads can be told; estimators are functions, which stay where they are. */
  get fitThreads(): boolean {
    return this.registered.estimators.length === 0;
  }

  /** What registered estimators say of themselves. */
  get estimatorTexts(): readonly string[] {
    return this.registered.estimators.map(({ registeredAs = "" }) => registeredAs);
  }

  /** For a thread that helps with this run. */
  get forThreads(): Registrations {
    return { ...this.registered, estimators: [] };
  }
}
