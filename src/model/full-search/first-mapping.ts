import type { Incumbent, SearchCounts, SearchParts } from "./best-first";
import { completeMapping } from "./complete-mapping";
import type { PartialMapping } from "./partial-mapping";

/** A search in depth goes no further than this; mappings that fit are mostly found within a few dozen steps. */
const largestExpansions = 5_000;

/** Some mapping that fits, found by going down and back: for when there is no time for anything better. */
export function findFirstMapping(parts: SearchParts, counts: SearchCounts): Incumbent | null {
  const { plan, bounds, expander } = parts;
  const stack: PartialMapping[] = expander.start(parts.root());
  let expansions = 0;
  for (let partial = stack.pop(); partial !== undefined; partial = stack.pop()) {
    if (plan.stages[partial.stage].choice === undefined) {
      if (partial.heldOutside !== 2 ** plan.tensors.length - 1) continue;
      const mapping = completeMapping(plan, partial);
      counts.evaluated += 1;
      return { mapping, evaluation: parts.evaluate(mapping) };
    }
    if (expansions >= largestExpansions) return null;
    expansions += 1;
    counts.expanded += 1;
    const children: PartialMapping[] = [];
    expander.expand(
      partial,
      (stage, point, steps) => bounds.quickBound(partial, stage, point, steps) < Infinity,
      (child) => {
        counts.created += 1;
        bounds.bound(child);
        children.push(child);
      },
    );
    // The best one last, so that it is taken first.
    children.sort((left, right) => right.bound - left.bound);
    stack.push(...children);
  }
  return null;
}
