import { freeze } from "../memory";
import { dataWith, hasParts, isListOf, isNumber, requireArgument } from "../arguments";
import { RaellaError } from "../errors";
import { factorsOfNumber, keepEverything, keepTable, toMapping } from "./candidate-mapping";
import type { MapSpace } from "./map-space";
import type { Mapping } from "./mapping";

const spaceSchema = dataWith("a map space, as buildMapSpace returns it", {
  problem: (value) => hasParts(value, { dimensions: Array.isArray, tensors: Array.isArray }),
  hardware: (value) => hasParts(value, { levels: Array.isArray }),
  slots: (value) =>
    isListOf((slot) => hasParts(slot, { factors: Array.isArray }))(value) &&
    (value as readonly unknown[]).length > 0,
  rules: isListOf((rules) => hasParts(rules, { keep: Array.isArray })),
  choices: isListOf((choices) => hasParts(choices, { freeSlots: Array.isArray, quotient: isNumber })),
  undecided: isListOf((pair) => hasParts(pair, { level: isNumber, tensor: isNumber })),
  factorizations: isNumber,
});

/**
 * The mapping with a number of a map space, whether it is valid or not. Undecided data spaces are kept; loops
 * whose order is free stand in declared order.
 * @throws RaellaError `usage` for a number outside the space.
 */
export function mappingAt(space: MapSpace, number: number | bigint): Mapping {
  requireArgument(spaceSchema, space, "the map space of mappingAt");
  const isNumber = typeof number === "bigint" || Number.isSafeInteger(number);
  if (!isNumber || number < 0 || number >= space.factorizations)
    throw new RaellaError({
      code: "usage",
      message: `There is no mapping number ${String(number)}.`,
      value: Number(number),
      expected: `a whole number from 0 to ${space.factorizations - 1}`,
    });
  const factors = factorsOfNumber(space, number);
  return freeze(toMapping(space, factors, null, keepTable(space, keepEverything(space))));
}
