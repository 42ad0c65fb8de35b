import { isListOf, isObject } from "../../arguments";
import { RaellaError, suggestName } from "../../errors";
import { nodeOfPlaceholder } from "../convention";
import type { LeafDocument } from "../schema/architecture-schema";
import type { ConstraintsDocument, TargetDocument } from "../schema/constraint-schema";
import type { SparseTargetDocument } from "../schema/read-document";
import type { PlacedTexts } from "../schema/validate";
import type { WrittenValue } from "../specification";

/** Both lists without repeats, in order. */
export function uniteNames(first: PlacedTexts, second: PlacedTexts): PlacedTexts {
  const known = new Set(first.map((item) => item.text));
  return [...first, ...second.filter((item) => !known.has(item.text) && known.add(item.text))];
}

/** What constraints say of themselves. */
const labels: ReadonlySet<string> = new Set(["type", "target"]);
/** Lists of names that are put together without repeats. */
const united: ReadonlySet<string> = new Set([
  ...["no_multicast_no_reduction", "no_link_transfer", "no_temporal_reuse"],
  ...["keep", "bypass"],
]);
/** Of lists that must be equal, those that say nothing where they are empty. */
const silentIfEmpty: ReadonlySet<string> = new Set(["permutation", "rmw_on_first_writeback", "passthrough"]);

/** Names, groups of names, or a value. */
type Part = PlacedTexts | readonly PlacedTexts[] | WrittenValue | undefined;

function areNames(part: unknown): part is PlacedTexts {
  return isListOf(isObject)(part);
}

function areGroups(part: unknown): part is readonly PlacedTexts[] {
  return isListOf(areNames)(part);
}

/** Two parts of one name together; what cannot be joined must be equal, if both say something. */
function combinePart(name: string, first: Part, second: Part, { target, location }: TargetDocument): Part {
  if (areNames(first) && areNames(second)) {
    if (name === "factors") return [...first, ...second];
    if (united.has(name)) return uniteNames(first, second);
  }
  const isSilent = (part: Part): boolean =>
    part === undefined || part === null || (silentIfEmpty.has(name) && areNames(part) && part.length === 0);
  if (isSilent(first)) return second;
  if (isSilent(second) || shownPart(first) === shownPart(second)) return first;
  throw new RaellaError({
    code: "constraint",
    message: `"${target}" gets two different values of ${name}: ${shownPart(first)} and ${shownPart(second)}.`,
    location,
    remedy: "Keep one of them.",
  });
}

function shownPart(part: Part): string {
  if (areNames(part)) return part.map((item) => item.text).join(",");
  return areGroups(part) ? part.map(shownPart).join("; ") : JSON.stringify(part);
}

function combine<Document extends Readonly<Record<string, Part>>>(
  first: Document | undefined,
  second: Document | undefined,
  added: TargetDocument,
): Document | undefined {
  if (first === undefined || second === undefined) return first ?? second;
  const names = Object.keys({ ...first, ...second }).filter((name) => !labels.has(name));
  const parts = names.map((name) => [name, combinePart(name, first[name], second[name], added)]);
  return Object.fromEntries(parts) as Document;
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
    const combined: ConstraintsDocument = {
      spatial: combine(constraints.spatial, added.spatial, added),
      temporal: combine(constraints.temporal, added.temporal, added),
      dataspace: combine(constraints.dataspace, added.dataspace, added),
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
  const placeholder = nodeOfPlaceholder(name);
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
