import { describeReach, mayFindRoom } from "./reach";
import type { Relaxation } from "./relaxation";
import type { SearchPlan } from "./search-plan";

/**
 * What can be said without solving the relaxed problem: whether the fan-outs have room for what no time slot can
 * take, and how many time steps are needed where they have not. Every entry holds until the next `find`.
 */
export function bareRelaxation(plan: SearchPlan): Relaxation {
  const { lattice, stages } = plan;
  const reach = stages.map((_, stage) => describeReach(plan, stage));
  const digits = new Int32Array(lattice.divisors.length);
  let leastSteps = 1;
  return {
    find(stage, point) {
      let product = 1;
      lattice.divisors.forEach((divisors, dimension) => {
        digits[dimension] = Math.floor(point / lattice.strides[dimension]) % divisors.length;
        product *= divisors[digits[dimension]];
      });
      if (!mayFindRoom(plan, reach[stage], digits)) return -1;
      leastSteps = Math.max(1, product / reach[stage].capacity);
      return 0;
    },
    first: () => 0,
    end: () => 1,
    steps: () => leastSteps,
    innerEnergyPj: () => 0,
    wholeEnergyPj: () => 0,
    crossingWords: () => 0,
    repeatedEnergyPj: () => 0,
    stepLimit: Infinity,
    points: 0,
    transitions: 0,
    infeasiblePoints: 0,
  };
}
