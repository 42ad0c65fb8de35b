/** Children of one instance that need the same words: `groups` groups of `members` children each. */
export interface GroupSize {
  readonly members: number;
  readonly groups: number;
}

/** How the displacement of a child depends on one space loop. */
export interface SpaceStep {
  readonly factor: number;
  /** Displacement per axis of the tensor from one iteration to the next. */
  readonly movement: ArrayLike<number>;
}

/**
 * Sorts the children of a fan-out into groups with equal displacement, which need identical words. Ascending by
 * size. (Timeloop model, multicast and spatial reduction.)
 */
export function groupChildren(steps: readonly SpaceStep[]): GroupSize[] {
  let members = 1;
  let groups = 1;
  const coupled: SpaceStep[] = [];
  for (const step of steps) {
    if (isStill(step.movement)) members *= step.factor;
    else if (steps.some((other) => other !== step && shareAxis(step.movement, other.movement)))
      coupled.push(step);
    else groups *= step.factor;
  }
  if (coupled.length === 0) return [{ members, groups }];
  return groupCoupled(coupled).map((size) => ({
    members: size.members * members,
    groups: size.groups * groups,
  }));
}

function isStill(movement: ArrayLike<number>): boolean {
  for (let axis = 0; axis < movement.length; axis += 1) if (movement[axis] !== 0) return false;
  return true;
}

function shareAxis(left: ArrayLike<number>, right: ArrayLike<number>): boolean {
  for (let axis = 0; axis < left.length; axis += 1) if (left[axis] !== 0 && right[axis] !== 0) return true;
  return false;
}

/** Loops that move along a common axis: displacements may coincide, so they are counted one by one. */
function groupCoupled(steps: readonly SpaceStep[]): GroupSize[] {
  const membersAt = new Map<string, number>();
  for (const offset of childOffsets(steps)) {
    const key = offset.join(" ");
    membersAt.set(key, (membersAt.get(key) ?? 0) + 1);
  }
  const groupsOf = new Map<number, number>();
  for (const members of membersAt.values()) groupsOf.set(members, (groupsOf.get(members) ?? 0) + 1);
  return [...groupsOf]
    .map(([members, groups]) => ({ members, groups }))
    .sort((left, right) => left.members - right.members);
}

/** The displacement of every child; the first space loop (the innermost) varies fastest. */
export function childOffsets(steps: readonly SpaceStep[]): number[][] {
  const axes = steps.length > 0 ? steps[0].movement.length : 0;
  let offsets: number[][] = [new Array<number>(axes).fill(0)];
  for (const { factor, movement } of steps) {
    const next: number[][] = [];
    for (let iteration = 0; iteration < factor; iteration += 1)
      for (const offset of offsets)
        next.push(offset.map((value, axis) => value + iteration * movement[axis]));
    offsets = next;
  }
  return offsets;
}

/** Number of groups of a fan-out. */
export function countGroups(sizes: readonly GroupSize[]): number {
  return sizes.reduce((sum, { groups }) => sum + groups, 0);
}
