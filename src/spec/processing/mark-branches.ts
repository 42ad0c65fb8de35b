import { RaellaError } from "../../errors";
import type { LeafDocument, NodeDocument } from "../schema/architecture-schema";
import { isBranch } from "../schema/architecture-schema";
import type { ExpandedConstraints } from "./expand-macros";

/** The leaves of a tree of nodes, in order. */
export function leavesOf(nodes: readonly NodeDocument[]): LeafDocument[] {
  return nodes.flatMap((node) => (isBranch(node) ? leavesOf(node.nodes) : [node]));
}

/** Number of leaves below each node; leaves are numbered in order. */
interface LeafRange {
  readonly node: NodeDocument;
  readonly first: number;
  readonly end: number;
}

function ranges(nodes: readonly NodeDocument[], first: number): LeafRange[] {
  let next = first;
  return nodes.map((node) => {
    const start = next;
    next += isBranch(node) ? leavesOf(node.nodes).length : 1;
    return { node, first: start, end: next };
  });
}

/**
 * Keeps the data of parallel branches apart: what one branch keeps, the levels of the others bypass. A branch may keep
 * only what reaches it, two branches may not keep the same data, and together they must keep all that reaches them.
 *
 * @param constraints by number of the leaf.
 * @throws RaellaError `constraint`.
 */
export function markBranches(
  nodes: readonly NodeDocument[],
  constraints: readonly ExpandedConstraints[],
  dataSpaces: readonly string[],
): readonly ExpandedConstraints[] {
  const result = [...constraints];
  const leaves = leavesOf(nodes);
  const visit = (children: readonly NodeDocument[], first: number, reaching: readonly string[]): void => {
    for (const range of ranges(children, first)) {
      if (!isBranch(range.node)) continue;
      if (range.node.kind === "Parallel") divide(range.node.nodes, range, reaching);
      else visit(range.node.nodes, range.first, reaching);
    }
  };
  const divide = (
    children: readonly NodeDocument[],
    branch: LeafRange,
    reaching: readonly string[],
  ): void => {
    const parts = ranges(children, branch.first).map((range) => ({ ...range, kept: keptIn(range) }));
    const owners = new Map<string, number>();
    for (const { kept } of parts) for (const name of kept) owners.set(name, (owners.get(name) ?? 0) + 1);
    const shared = [...owners].find(([, count]) => count > 1)?.[0];
    const missing = reaching.find((name) => !owners.has(name));
    if (shared !== undefined || missing !== undefined)
      throw new RaellaError({
        code: "constraint",
        message:
          shared !== undefined
            ? `Two parallel branches keep ${shared}.`
            : `${String(missing)} reaches the parallel branches, but none of them keeps it.`,
        location: branch.node.location,
        expected: "every data space kept in exactly one branch",
      });
    for (const part of parts) {
      bypassOthers(part, part.kept);
      visit(isBranch(part.node) ? [part.node] : [], part.first, part.kept);
    }
  };
  const keptIn = ({ first, end }: LeafRange): string[] => {
    const kept = result.slice(first, end).flatMap((part) => part.dataspace.keep.map((item) => item.text));
    return dataSpaces.filter((name) => kept.includes(name));
  };
  const bypassOthers = ({ first, end }: LeafRange, kept: readonly string[]): void => {
    for (let index = first; index < end; index++) {
      if (leaves[index].kind !== "storage") continue;
      const { dataspace } = result[index];
      const added = dataSpaces
        .filter((name) => !kept.includes(name) && !dataspace.bypass.some((item) => item.text === name))
        .map((text) => ({ text }));
      result[index] = {
        ...result[index],
        dataspace: { ...dataspace, bypass: [...dataspace.bypass, ...added] },
      };
    }
  };
  visit(nodes, 0, dataSpaces);
  return result;
}
