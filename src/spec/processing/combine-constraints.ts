import { RaellaError, suggestName } from "../../errors";
import type { LeafDocument } from "../schema/architecture-schema";
import type {
  ConstraintsDocument,
  DataSpaceDocument,
  LoopConstraintDocument,
  SpatialDocument,
  TargetDocument,
  TemporalDocument,
} from "../schema/constraint-schema";
import type { SparseTargetDocument } from "../schema/read-document";
import type { PlacedTexts } from "../schema/validate";

/** Both lists without repeats, in order. */
export function uniteNames(first: PlacedTexts, second: PlacedTexts): PlacedTexts {
  const known = new Set(first.map((item) => item.text));
  return [...first, ...second.filter((item) => !known.has(item.text) && known.add(item.text))];
}

function textsOf(names: PlacedTexts): string {
  return names.map((item) => item.text).join(",");
}

/** Puts two constraints of one node and type together; what cannot be joined must be equal. */
class Combination {
  constructor(
    private readonly target: string,
    private readonly added: TargetDocument,
  ) {}

  /** The only one of two values, or the value they share. */
  private same<T>(
    first: T,
    second: T,
    what: string,
    isEmpty: (value: T) => boolean,
    textOf: (value: T) => string,
  ): T {
    if (isEmpty(first)) return second;
    if (isEmpty(second) || textOf(first) === textOf(second)) return first;
    throw new RaellaError({
      code: "constraint",
      message: `"${this.target}" gets two different values of ${what}: ${textOf(first)} and ${textOf(second)}.`,
      location: this.added.location,
      remedy: "Keep one of them.",
    });
  }

  private names(first: PlacedTexts, second: PlacedTexts, what: string): PlacedTexts {
    return this.same(first, second, what, (list) => list.length === 0, textsOf);
  }

  private macro(
    first: PlacedTexts | undefined,
    second: PlacedTexts | undefined,
    what: string,
  ): PlacedTexts | undefined {
    return this.same(
      first,
      second,
      what,
      (list) => list === undefined,
      (list) => textsOf(list ?? []),
    );
  }

  private value<T>(first: T, second: T, what: string): T {
    return this.same(first, second, what, (item) => item === null, JSON.stringify);
  }

  private loops(first: LoopConstraintDocument, second: LoopConstraintDocument): LoopConstraintDocument {
    return {
      factors: [...first.factors, ...second.factors],
      permutation: this.names(first.permutation, second.permutation, "permutation"),
      defaultMaxFactor: this.value(first.defaultMaxFactor, second.defaultMaxFactor, "default_max_factor"),
      defaultMinFactor: this.value(first.defaultMinFactor, second.defaultMinFactor, "default_min_factor"),
      factorsOnly: this.macro(first.factorsOnly, second.factorsOnly, "factors_only"),
      noReuse: this.macro(first.noReuse, second.noReuse, "no_reuse"),
      noIterationOverDataspaces: this.macro(
        first.noIterationOverDataspaces,
        second.noIterationOverDataspaces,
        "no_iteration_over_dataspaces",
      ),
      mustIterateOverDataspaces: this.macro(
        first.mustIterateOverDataspaces,
        second.mustIterateOverDataspaces,
        "must_iterate_over_dataspaces",
      ),
      maximizeDims: this.same(
        first.maximizeDims,
        second.maximizeDims,
        "maximize_dims",
        (groups) => groups === undefined,
        (groups = []) => groups.map(textsOf).join("; "),
      ),
      maximizeDimsCapacity: this.value(
        first.maximizeDimsCapacity,
        second.maximizeDimsCapacity,
        "maximize_dims_capacity",
      ),
    };
  }

  spatial(
    first: SpatialDocument | undefined,
    second: SpatialDocument | undefined,
  ): SpatialDocument | undefined {
    if (first === undefined || second === undefined) return first ?? second;
    return {
      ...this.loops(first, second),
      noMulticastNoReduction: uniteNames(first.noMulticastNoReduction, second.noMulticastNoReduction),
      noLinkTransfer: uniteNames(first.noLinkTransfer, second.noLinkTransfer),
      split: this.value(first.split, second.split, "split"),
    };
  }

  temporal(
    first: TemporalDocument | undefined,
    second: TemporalDocument | undefined,
  ): TemporalDocument | undefined {
    if (first === undefined || second === undefined) return first ?? second;
    return {
      ...this.loops(first, second),
      noTemporalReuse: uniteNames(first.noTemporalReuse, second.noTemporalReuse),
      rmwOnFirstWriteback: this.names(
        first.rmwOnFirstWriteback,
        second.rmwOnFirstWriteback,
        "rmw_on_first_writeback",
      ),
    };
  }

  dataspace(
    first: DataSpaceDocument | undefined,
    second: DataSpaceDocument | undefined,
  ): DataSpaceDocument | undefined {
    if (first === undefined || second === undefined) return first ?? second;
    return {
      keep: uniteNames(first.keep, second.keep),
      bypass: uniteNames(first.bypass, second.bypass),
      passthrough: this.names(first.passthrough, second.passthrough, "passthrough"),
      keepOnly: this.macro(first.keepOnly, second.keepOnly, "keep_only"),
      bypassOnly: this.macro(first.bypassOnly, second.bypassOnly, "bypass_only"),
    };
  }
}

/**
 * Moves the constraints of the top keys `constraints` and `mapping` into the nodes they name (the first node of that
 * name). Factors are joined, lists of data spaces united; everything else that differs is a contradiction.
 *
 * @throws RaellaError `unknown-name` for an unknown target, `constraint` for a contradiction.
 */
export function attachTargets(
  leaves: readonly LeafDocument[],
  targets: readonly TargetDocument[],
): readonly LeafDocument[] {
  const result = [...leaves];
  for (const added of targets) {
    const index = indexOfTarget("The constraint's target", added, result);
    const { constraints } = result[index];
    const combination = new Combination(added.target, added);
    const combined: ConstraintsDocument = {
      spatial: combination.spatial(constraints.spatial, added.spatial),
      temporal: combination.temporal(constraints.temporal, added.temporal),
      dataspace: combination.dataspace(constraints.dataspace, added.dataspace),
    };
    result[index] = { ...result[index], constraints: combined };
  }
  return result;
}

/**
 * Moves the entries of the top key `sparse_optimizations` into the nodes they name.
 *
 * @throws RaellaError `unknown-name` for an unknown target.
 */
export function attachSparseTargets(
  leaves: readonly LeafDocument[],
  targets: readonly SparseTargetDocument[],
): readonly LeafDocument[] {
  const result = [...leaves];
  for (const added of targets) {
    const index = indexOfTarget("The target of sparse optimizations", added, result);
    const sparseOptimizations = [...result[index].sparseOptimizations, ...added.optimizations];
    result[index] = { ...result[index], sparseOptimizations };
  }
  return result;
}

/** A node may be given with the range of its instances, a fan-out by the name of its placeholder. */
function indexOfNode(target: string, leaves: readonly LeafDocument[]): number {
  const name = target.replace(/\[.*\]$/, "");
  const placeholder = /^inter_(.+)_spatial(?:_dummy)?$/.exec(name)?.[1];
  const index = leaves.findIndex((leaf) => leaf.name === name);
  return index >= 0 ? index : leaves.findIndex((leaf) => leaf.name === placeholder);
}

function indexOfTarget(
  what: string,
  { target, location }: Pick<TargetDocument, "target" | "location">,
  leaves: readonly LeafDocument[],
): number {
  const index = indexOfNode(target, leaves);
  if (index >= 0) return index;
  throw new RaellaError({
    code: "unknown-name",
    message: `${what} "${target}" is not a node of the architecture.`,
    location,
    value: target,
    remedy: suggestName(
      target,
      leaves.map((leaf) => leaf.name),
    ),
  });
}
