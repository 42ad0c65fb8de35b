import { requireChoice } from "../arguments";

/**
 * How the mapping is looked for: `optimal` tries every mapping of the constrained map space, `timeloop` re-enacts
 * the random walk of Timeloop's mapper and ends with the mapping that it would have reported, `full` leaves out the
 * greedy steps and finds the provably best mapping of the whole space.
 */
export type SearchKind = "optimal" | "timeloop" | "full";

const searchKinds: readonly SearchKind[] = ["optimal", "timeloop", "full"];

/** @throws RaellaError `usage` for anything but a kind of search. */
export function requireSearchKind(given: unknown): void {
  requireChoice("search", given, searchKinds);
}
