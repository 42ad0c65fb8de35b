import { factorsOfNumber, keepTable, toMapping } from "../mapping/candidate-mapping";
import type { Hardware } from "../mapping/hardware";
import { createMapSpace } from "../mapping/map-space";
import type { Mapping } from "../mapping/mapping";
import type { Metric } from "../mapping/metrics";
import type { AccessCosts } from "../model/access-costs";
import { countNestAccesses, type NestCounts } from "../model/count-accesses";
import { nestOfMapping } from "../model/nest";
import { freeze, Memo } from "../memory";
import type { Specification, Warning } from "../spec/specification";
import { findMappingFront, type MappingFront } from "./mapping-front";
import { spaceKey } from "./space-key";

/** A mapping laid out, with its counts. */
export interface CountedMapping {
  readonly mapping: Mapping;
  readonly counts: NestCounts;
}

/** What layers with the same map space share. */
export interface ExaminedSpace {
  readonly front: MappingFront;
  /** Mappings that the constraints allow. */
  readonly size: number;
  /** What the map space has to say about the constraints. */
  readonly warnings: readonly Warning[];
  /** Mappings of the front that were the best one for some prices, by number; filled on demand. */
  readonly chosen: Map<number, CountedMapping>;
}

/** Memory for fronts of map spaces, in numbers of eight bytes: 64 MB. */
const room = 8_000_000;
/** About as many numbers as the rest takes, with one or two chosen mappings. */
const sizeOfRest = 1200;

const remembered = new Memo<ExaminedSpace | null>(room, (known) =>
  known === null ? 100 : sizeOfRest + known.front.numbers.length * (1 + known.front.length),
);

/**
 * The front of a specification's map space. Layers of the same shape have one in common wherever they differ only in
 * what their accesses cost and how fast their levels are: it is searched once.
 * @returns Null where every price list needs a search of its own.
 * @throws RaellaError `constraint` where constraints contradict each other, `no-mapping` where a dimension does not fit.
 */
export function examineSpace(
  specification: Specification,
  hardware: Hardware,
  costs: AccessCosts,
  metrics: readonly Metric[],
): ExaminedSpace | null {
  return remembered.get(spaceKey(specification, hardware, costs), () => {
    const space = createMapSpace(specification);
    const front = findMappingFront(space, costs, metrics);
    if (front === null) return null;
    const { size, warnings } = space;
    return { front, size, warnings: freeze(warnings), chosen: new Map<number, CountedMapping>() };
  });
}

/** A mapping of the front of this specification's map space. */
export function mappingOfFront(
  specification: Specification,
  { chosen }: ExaminedSpace,
  number: number,
): CountedMapping {
  let counted = chosen.get(number);
  if (counted === undefined) {
    const space = createMapSpace(specification);
    const mapping = toMapping(space, factorsOfNumber(space, number), null, keepTable(space, 0));
    const { problem, hardware } = space;
    // It fits: the search has visited it.
    const counts = countNestAccesses(problem, hardware, nestOfMapping(problem, hardware, mapping));
    counted = freeze({ mapping, counts });
    chosen.set(number, counted);
  }
  return counted;
}
