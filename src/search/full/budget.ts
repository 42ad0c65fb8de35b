/** Why a search stops before it is done. */
export type StopReason = "time" | "work" | "request";

/** When a search has to stop before it is done. */
export interface Budget {
  /** Why it has to stop, once it has. */
  readonly reason: StopReason | null;
  /** @param count - units of work done so far by the caller */
  isSpent(count: number): boolean;
}

interface BudgetLimits {
  /** On the clock of `performance.now()`; infinite where the search shall depend on the input alone. */
  readonly deadline: number;
  /** Largest number of units of work. */
  readonly workLimit: number;
  /** Asked now and then; true ends the search. */
  readonly shouldStop?: () => boolean;
}

export function createBudget({ deadline, workLimit, shouldStop }: BudgetLimits): Budget {
  let reason: StopReason | null = null;
  return {
    get reason() {
      return reason;
    },
    isSpent(count) {
      if (count >= workLimit) reason = "work";
      else if (deadline < Infinity && performance.now() >= deadline) reason = "time";
      else if (shouldStop?.() === true) reason = "request";
      return reason !== null;
    },
  };
}
