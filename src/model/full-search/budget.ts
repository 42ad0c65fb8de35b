/** When a search has to stop before it is done. */
export interface Budget {
  /** @param count - units of work done so far by the caller */
  isSpent(count: number): boolean;
}

export interface BudgetLimits {
  /** Milliseconds from now; without it the search depends on the input alone. */
  readonly timeLimitMs?: number;
  /** Largest number of units of work. */
  readonly workLimit?: number;
  /** Asked now and then; true ends the search. */
  readonly shouldStop?: () => boolean;
}

export function createBudget({ timeLimitMs, workLimit = Infinity, shouldStop }: BudgetLimits): Budget {
  const end = timeLimitMs === undefined ? Infinity : performance.now() + timeLimitMs;
  return {
    isSpent: (count) =>
      count >= workLimit || (end < Infinity && performance.now() >= end) || shouldStop?.() === true,
  };
}
