/**
 * How the mapping is looked for: `optimal` tries every mapping of the constrained map space, `timeloop` re-enacts
 * the random walk of Timeloop's mapper and ends with the mapping that it would have reported.
 */
export type SearchKind = "optimal" | "timeloop";

export const searchKinds: readonly SearchKind[] = ["optimal", "timeloop"];
