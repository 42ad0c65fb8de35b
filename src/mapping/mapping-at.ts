import { freeze } from "../memory";
import { RaellaError } from "../errors";
import { factorsOfNumber, keepEverything, keepTable, toMapping } from "./candidate-mapping";
import type { MapSpace } from "./map-space";
import type { Mapping } from "./mapping";

/**
 * The mapping with a number of a map space, whether it is valid or not. Undecided data spaces are kept; loops
 * whose order is free stand in declared order.
 * @throws RaellaError `usage` for a number outside the space.
 */
export function mappingAt(space: MapSpace, number: number | bigint): Mapping {
  const isNumber = typeof number === "bigint" || Number.isSafeInteger(number);
  if (!isNumber || number < 0 || number >= space.factorizations)
    throw new RaellaError({
      code: "usage",
      message: `There is no mapping number ${number}.`,
      value: Number(number),
      expected: `a whole number from 0 to ${space.factorizations - 1}`,
    });
  const factors = factorsOfNumber(space, number);
  return freeze(toMapping(space, factors, null, keepTable(space, keepEverything(space))));
}
