import { findBestMapping } from "../../mapping/find-best-mapping";
import type { MapSpace } from "../../mapping/map-space";
import type { Mapping } from "../../mapping/mapping";
import type { AccessCosts } from "../access-costs";
import { scorerFactory } from "../create-scorer";
import type { FullSearchObjective } from "./objective";

/** Spaces up to this size are visited mapping by mapping when bounds alone do not settle them. */
const largestVisit = 2e6;

/**
 * The best mapping of a space that is small enough to look at every one, null where there is none; undefined where
 * the space is too large or the objective is a weighted product.
 */
export function visitSpace(
  space: MapSpace,
  costs: AccessCosts,
  objective: FullSearchObjective,
): Mapping | null | undefined {
  if (typeof objective === "object" || !(space.size <= largestVisit)) return undefined;
  const metrics = [objective === "cycles" ? ("delay" as const) : objective];
  return findBestMapping(space, scorerFactory(costs), { metrics }).best?.mapping ?? null;
}
