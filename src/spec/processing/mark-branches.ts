import { RaellaError } from "../../errors";
import type { LeafDocument, NodeDocument } from "../schema/architecture-schema";
import { isBranch } from "../schema/architecture-schema";
import type { DataSpaceConstraint } from "../specification";

/** The leaves of a tree of nodes, in order. */
export function leavesOf(nodes: readonly NodeDocument[]): LeafDocument[] {
  return nodes.flatMap((node) => (isBranch(node) ? leavesOf(node.nodes) : [node]));
}

export function hasParallelNodes(nodes: readonly NodeDocument[]): boolean {
  return nodes.some((node) => isBranch(node) && (node.kind === "Parallel" || hasParallelNodes(node.nodes)));
}

/**
 * Instances inside a branch would multiply those of the branches behind it.
 *
 * @param fanouts of each leaf, by number of the leaf.
 * @throws RaellaError `schema` for containers and fan-outs inside a parallel node.
 */
export function requireFlatBranches(nodes: readonly NodeDocument[], fanouts: readonly number[]): void {
  let number = 0;
  const visit = (children: readonly NodeDocument[], isInside: boolean): void => {
    for (const node of children) {
      if (isBranch(node)) {
        visit(node.nodes, isInside || node.kind === "Parallel");
        continue;
      }
      const fanout = fanouts[number];
      number += 1;
      if (!isInside || (node.kind !== "container" && fanout === 1)) continue;
      throw new RaellaError({
        code: "schema",
        message:
          node.kind === "container"
            ? `The container "${node.name}" stands in a branch of a !Parallel.`
            : `"${node.name}" stands in a branch of a !Parallel and has a fan-out of ${fanout}.`,
        location: node.location,
        expected: "elements without a fan-out in the branches",
        remedy: "Put the container in front of the !Parallel.",
      });
    }
  };
  visit(nodes, false);
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
 * @param stored what each leaf keeps and bypasses, by number of the leaf.
 * @throws RaellaError `constraint`.
 */
export function markBranches(
  nodes: readonly NodeDocument[],
  stored: readonly DataSpaceConstraint[],
  dataSpaces: readonly string[],
): readonly DataSpaceConstraint[] {
  const result = [...stored];
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
    const kept = result.slice(first, end).flatMap(({ keep }) => keep);
    return dataSpaces.filter((name) => kept.includes(name));
  };
  const bypassOthers = ({ first, end }: LeafRange, kept: readonly string[]): void => {
    for (let index = first; index < end; index++) {
      if (leaves[index].kind !== "storage") continue;
      const { bypass } = result[index];
      const added = dataSpaces.filter((name) => !kept.includes(name) && !bypass.includes(name));
      result[index] = { ...result[index], bypass: [...bypass, ...added] };
    }
  };
  visit(nodes, 0, dataSpaces);
  return result;
}
