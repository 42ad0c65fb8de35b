import { leastStretch } from "./least-stretch";
import type { PartialMapping } from "./partial-mapping";
import type { SearchPlan } from "./search-plan";

/** Lower bounds of the leakage over a run of at least so many cycles, pJ. */
export interface LeakBounds {
  /** Of what a partial mapping can still become; exact if it is complete. */
  ofPartial(partial: PartialMapping, cycles: number): number;
  /** Of every mapping. */
  ofSpace(cycles: number): number;
}

/**
 * The instances of a level that are in use only grow from the outside in, so those known so far are a bound for the
 * levels inside. And instances times time steps are all operations over what the fan-outs inside do at once:
 * fewer instances take more steps.
 */
export function createLeakBounds(plan: SearchPlan): LeakBounds {
  const { leaks, space } = plan;
  if (leaks === null) return { ofPartial: () => 0, ofSpace: () => 0 };
  const { levels, compute } = space.hardware;
  const operations = space.problem.bounds.reduce((product, bound) => product * bound, 1);
  const stretch = leastStretch(plan);
  /** Per level: instances times cycles, at least. */
  const leastProduct = levels.map(
    ({ instances }) => (operations / (compute.instances / instances)) * stretch,
  );
  const ofInner = (from: number, instances: number, isUsed: boolean, cycles: number): number => {
    let leakagePj = 0;
    for (let level = from; level >= 0; level -= 1)
      leakagePj += leaks[level] * Math.max(instances * cycles, isUsed ? leastProduct[level] : 0);
    return leakagePj;
  };
  // Inside a level that certainly holds something, all used instances leak.
  const isUsed = space.rules[levels.length - 1].keep.includes("keep");
  return {
    ofPartial: ({ leakPj, entered, instances, heldOutside }, cycles) =>
      leakPj * cycles + ofInner(entered - 1, heldOutside === 0 ? 1 : instances, heldOutside !== 0, cycles),
    ofSpace: (cycles) => ofInner(levels.length - 1, 1, isUsed, cycles),
  };
}
