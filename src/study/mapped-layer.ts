import * as v from "valibot";
import { RaellaError } from "../errors";
import { extremeValues } from "../spec/extreme-values";
import { dataWith, isObject } from "../arguments";
import { areReferenceTables, type ReferenceTables } from "../estimation/reference-tables";
import { isMapping, type Mapping } from "../mapping/mapping";
import { freeze, publish } from "../memory";
import { isEvaluation, type Evaluation } from "../model/evaluation";
import { specificationSchema, type Specification, type Warning } from "../spec/specification";
import type { FullSearchSummary, MapSpaceSummary, TimeloopWalk } from "./layer-result";

/** A layer with the mapping found (or given) for it, and everything that a report may want to show of it. Frozen. */
export interface MappedLayer {
  readonly specification: Specification;
  readonly tables: ReferenceTables;
  readonly mapping: Mapping;
  readonly evaluation: Evaluation;
  readonly mapSpace: MapSpaceSummary;
  /** How Timeloop's own search came to the mapping, if it was re-enacted. */
  readonly walk?: TimeloopWalk;
  /** Proof and comparison of a full search. */
  readonly fullSearch?: FullSearchSummary;
}

/** Finishes a layer that leaves the package. */
export function publishLayer(layer: MappedLayer): MappedLayer {
  publish(layer.specification);
  return freeze(layer);
}

/**
 * @throws RaellaError `out-of-range` for a figure that no number can hold, naming the levels and the values that it comes
 *   from.
 */
export function requireFiniteFigures(
  { levels, variableValues }: Specification,
  figures: { readonly energyPj: number; readonly cycles: number; readonly areaUm2: number },
  energyOfLevels: () => Iterable<readonly [string, number]>,
): void {
  const product = figures.energyPj * figures.cycles;
  // Infinity times 0 is no number either: neither is infinite where the product is one.
  if (Number.isFinite(product) && Number.isFinite(figures.areaUm2)) return;
  for (const [what, value] of [
    ["energy (pJ)", figures.energyPj],
    ["number of cycles", figures.cycles],
    ["area (um^2)", figures.areaUm2],
    ["product of energy and cycles", product],
  ] as const) {
    if (Number.isFinite(value)) continue;
    const guilty = new Set([...energyOfLevels()].flatMap(([name, energy]) => (energy < 1e100 ? [] : [name])));
    const attributes = levels
      .filter(({ name }) => guilty.size === 0 || guilty.has(name))
      .flatMap((level) =>
        Object.entries(level.attributes).map(([name, own]) => [`${level.name}.${name}`, own] as const),
      );
    const extremes = extremeValues([...Object.entries(variableValues), ...attributes]);
    throw new RaellaError({
      code: "out-of-range",
      message: `The ${what} of the layer is ${value}${extremes === undefined ? "" : `: ${extremes}`}.`,
      value,
      expected: "a finite number",
    });
  }
}

/** The layer, if all of its figures are numbers. Errors as {@link requireFiniteFigures}. */
export function requireFinite(layer: MappedLayer): MappedLayer {
  const { specification, tables, evaluation } = layer;
  requireFiniteFigures(
    specification,
    { ...evaluation, areaUm2: chipArea(specification, tables.area.areaUm2) },
    () => evaluation.levels.map(({ level, energyPj }) => [level, energyPj] as const),
  );
  return layer;
}

/** Area of all instances of all levels. */
export function chipArea({ levels }: Specification, areaUm2: Readonly<Record<string, number>>): number {
  let sum = 0;
  for (const { name, instances } of levels)
    if (Object.hasOwn(areaUm2, name)) sum += areaUm2[name] * instances;
  return sum;
}

export function withWarnings(specification: Specification, warnings: readonly Warning[]): Specification {
  return warnings.length === 0
    ? specification
    : { ...specification, warnings: [...specification.warnings, ...warnings] };
}

export const mappedLayerSchema = dataWith("a mapped layer, as mapLayer returns it", {
  specification: (value) => v.is(specificationSchema, value),
  tables: areReferenceTables,
  mapping: isMapping,
  evaluation: isEvaluation,
  mapSpace: isObject,
  counts: (value) => value === undefined || isObject(value),
});
