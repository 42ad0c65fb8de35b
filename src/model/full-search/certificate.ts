/** What a full search did, and what follows from it. */
export interface SearchCertificate {
  /** Mappings of the space: factors, loop orders and choices of what to hold where. */
  readonly spaceSize: string;
  /** False where loop orders could only be bounded from above. */
  readonly spaceSizeIsExact: boolean;
  /**
   * `bounds`: everything else was cut off by bounds. `visit`: a small space that the bounds did not settle within
   * the work limit was visited mapping by mapping.
   */
  readonly method: "bounds" | "visit";
  /** Nothing in the space has a smaller objective than the mapping found (up to rounding, see below). */
  readonly isProven: boolean;
  /**
   * Also ties down to the last bit are decided (by EDP, energy, cycles): no mapping has an objective that is
   * smaller even by rounding. Without it, one may be better by less than a part in 10^9.
   */
  readonly isExactToTheBit: boolean;
  /** No mapping of the space has a smaller objective than this. */
  readonly lowerBound: number;
  /** How far the bound lies below the objective found, as a share of the latter; 0 if proven. */
  readonly gap: number;
  /** Why the search ended without a proof. */
  readonly stoppedBy: "time" | "work" | "request" | null;
  readonly relaxation: {
    /** Points of the lattice of what is left to place, solved in relaxed form. */
    readonly points: number;
    readonly transitions: number;
    /** Points that cannot be completed (fan-outs, capacities). */
    readonly infeasible: number;
    /** The bound that it gives for the whole space. */
    readonly bound: number;
  };
  readonly search: {
    /** Partial mappings whose continuations were listed. */
    readonly expanded: number;
    /** Partial mappings made and priced. */
    readonly created: number;
    /** Complete mappings evaluated by the model. */
    readonly evaluated: number;
  };
  /** Continuations cut off, by rule. */
  readonly pruned: {
    /** They cannot be completed within the fan-outs and capacities. */
    readonly infeasible: number;
    /** Their bound is no better than the best mapping known. */
    readonly bound: number;
    /** Another one with the same continuations is as good. */
    readonly merged: number;
  };
}
