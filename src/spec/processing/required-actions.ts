import type { LeafDocument } from "../schema/architecture-schema";

const storageActions = ["read", "update", "write"];

function prefixed(prefixes: readonly string[]): string[] {
  return prefixes.flatMap((prefix) => storageActions.map((action) => prefix + action));
}

/** The actions a component must offer: those named in the file and those its kind demands, sorted. */
export function requiredActions(leaf: LeafDocument): readonly string[] {
  const kinds = leaf.sparseOptimizations.map(({ kind }) => kind);
  const hasActionOptimization =
    kinds.includes("action_optimization") || kinds.includes("compute_optimization");
  const hasRepresentationFormat = kinds.includes("representation_format");
  const hasMetadata = Object.keys(leaf.attributes).some(
    (name) => name.startsWith("metadata_") && leaf.attributes[name] !== null,
  );
  const actions = new Set(leaf.requiredActions);
  const add = (names: readonly string[]): void => names.forEach((name) => actions.add(name));
  if (leaf.kind === "storage") {
    add(storageActions);
    if (hasMetadata) add(prefixed(["metadata_"]));
    if (hasActionOptimization) add(prefixed(["gated_", "skipped_"]));
    if (hasMetadata && hasActionOptimization) add(prefixed(["gated_metadata_", "skipped_metadata_"]));
    if (hasRepresentationFormat) add(["decompression_count", "compression_count"]);
  } else if (leaf.kind === "compute") {
    add(["compute"]);
    if (hasActionOptimization) add(["gated_compute", "skipped_compute"]);
  }
  return [...actions].sort();
}
