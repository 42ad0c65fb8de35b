import { distance } from "fastest-levenshtein";
import type { LeafDocument } from "../schema/architecture-schema";
import type { Warning } from "../specification";
import { storageAttributeNames } from "./storage-attributes";

/** One letter wrong, missing, too many, or two neighbours swapped. */
function isMisspelling(written: string, meant: string): boolean {
  if (Math.abs(written.length - meant.length) > 1) return false;
  const [first, second] = [written.toLowerCase(), meant.toLowerCase()];
  if (first === second) return written !== meant;
  if (distance(first, second) === 1) return true;
  if (first.length !== second.length) return false;
  const from = [...first].findIndex((letter, index) => letter !== second[index]);
  return (
    first.slice(0, from) + first[from + 1] + first[from] + first.slice(from + 2) === second &&
    from + 1 < first.length
  );
}

/** Attributes may have any name, so that a misspelt one passes silently: warns of those of storage elements. */
export function misspeltAttributes(leaves: readonly LeafDocument[]): Warning[] {
  return leaves
    .filter((leaf) => leaf.kind === "storage")
    .flatMap((leaf) =>
      Object.keys(leaf.attributes).flatMap((name): Warning[] => {
        if (storageAttributeNames.includes(name)) return [];
        const meant = storageAttributeNames.find((known) => isMisspelling(name, known));
        if (meant === undefined || meant in leaf.attributes) return [];
        return [
          {
            code: "unknown-name",
            message: `The attribute "${name}" of "${leaf.name}" has no meaning for the mapper. Did you mean "${meant}"?`,
            location: leaf.locate("attributes", name),
          },
        ];
      }),
    );
}
