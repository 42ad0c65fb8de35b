import { defineEstimator } from "./define-estimator";
import type { Estimator } from "./estimator";

const actions = ["read", "write", "update", "idle", "compute", "leak"];

/** Components that only stand for a place in the hierarchy: they cost nothing. Defined classes come before. */
export function freeEstimator(): Estimator {
  return defineEstimator({
    name: "free components",
    classNames: ["dummy_storage", "dummy_compute", "dummy_network", "dummy"],
    accuracyPercent: 0,
    parameters: {},
    actions,
    source: "stands for a place in the hierarchy; costs nothing by definition",
    areaUm2: () => 0,
    energyPj: () => 0,
    leakagePowerW: () => 0,
  });
}
