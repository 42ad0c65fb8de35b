import type { DataSpaceConstraint, Factor } from "../specification";
import type { CompiledLeaf } from "./compile-model";
import type { LeafLoops } from "./evaluate-leaf";

/** The loops at a leaf while they are completed. Factors and permutations are its own copies, which the steps change. */
export interface LeafDraft {
  readonly compiled: CompiledLeaf;
  readonly loops: LeafLoops;
  readonly fanout: number;
  readonly dataspace: DataSpaceConstraint;
  readonly spatialFactors: Factor[];
  readonly temporalFactors: Factor[];
  readonly spatialPermutation: string[];
  readonly temporalPermutation: string[];
  /** Every dimension has a spatial factor. */
  isClosed: boolean;
}

export function draftOf(compiled: CompiledLeaf, loops: LeafLoops, dataspace: DataSpaceConstraint): LeafDraft {
  const { spatial, temporal } = loops.constraints;
  return {
    compiled,
    loops,
    fanout: loops.meshX * loops.meshY,
    dataspace,
    spatialFactors: spatial.factors.slice(),
    temporalFactors: temporal.factors.slice(),
    spatialPermutation: spatial.permutation.slice(),
    temporalPermutation: temporal.permutation.slice(),
    isClosed: false,
  };
}
