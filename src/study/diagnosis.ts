import type { SpecificationIdentity, Warning } from "../spec/specification";
import type { MappingBlock } from "./layer-result";

/** Why a layer does not fit, as one sentence with the numbers. */
export interface Misfit {
  readonly kind: "factors" | "fanout" | "capacity" | "utilization" | "other";
  /** The level or dimension concerned. */
  readonly subject: string;
  readonly message: string;
  readonly needed?: number;
  readonly available?: number;
}

/** The mapping that comes nearest to fitting, and what it exceeds. */
export interface NearestMiss {
  readonly mapping: readonly MappingBlock[];
  readonly problems: readonly Misfit[];
  /** Largest ratio of what is needed to what is there. */
  readonly excess: number;
}

/** A change of one variable or attribute with which the layer fits (tried, not guessed). */
export interface Remedy {
  /** Variable, dimension, or `level.attribute`. */
  readonly name: string;
  readonly from: number;
  readonly to: number;
  /** One sentence. */
  readonly message: string;
}

/** How much of a fan-out the mapping uses. */
export interface Usage {
  readonly level: string;
  readonly used: number;
  readonly available: number;
  readonly share: number;
  /** The loops that use it, outermost first. */
  readonly loops: readonly { readonly dimension: string; readonly factor: number }[];
}

/** Whether a layer fits, why not, what would help; how well the best mapping uses the hardware. Plain data. */
export interface Diagnosis extends Pick<
  SpecificationIdentity,
  "architecture" | "dnn" | "layer" | "layerName" | "tiles" | "batch"
> {
  readonly fits: boolean;
  readonly misfits: readonly Misfit[];
  readonly nearestMiss: NearestMiss | null;
  /** The smallest changes found, each enough by itself. */
  readonly remedies: readonly Remedy[];
  /** Of the best mapping, outermost level first; empty where there is none. */
  readonly usage: readonly Usage[];
  readonly warnings: readonly Warning[];
}
