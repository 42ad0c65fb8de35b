import { requireArgument, requireOptions } from "../arguments";
import { RaellaError } from "../errors";
import { adopt, freeze } from "../memory";
import { extremeValues } from "../spec/computable";
import type { LevelErrors, ReferenceTables } from "../spec/reference-tables";
import { specificationSchema } from "../spec/specification";
import type { Level, Specification, ValueTable, Warning } from "../spec/specification";
import { pricingOf, pricingSchema } from "./pricing";
import type { EstimationOptions } from "./pricing";
import { leakageFigures } from "./leakage";
import { inLevel } from "./level-components";
import type { LevelEstimate } from "./level-estimates";
import { roundDecimals } from "./round-decimals";
import { scaleWarnings } from "./scale-words";
import type { UnreadWords } from "./scale-words";

/**
 * Energy and area of every level of a specification: pJ per action, um^2 of one instance. Primitive levels stand
 * first, then compound ones, each in the order of the levels.
 *
 * Tables that the specification brings along replace the estimates of the levels they name; a level that neither
 * they nor the estimators know is then left at zero, with a warning.
 * @throws RaellaError for unknown classes and actions, missing attributes and values out of range
 * @example
 * ```ts
 * const { energy, area } = estimate(getSpec({ architecture: "raella", dnn: "resnet18", layer: 10 }));
 * console.log(energy.energyPj.column_readout, area.areaUm2.column_readout);
 * ```
 */
export function estimate(specification: Specification, options: EstimationOptions = {}): ReferenceTables {
  requireArgument(specificationSchema, specification, "the specification of estimate");
  requireOptions(pricingSchema, options, "estimate");
  return freeze(priceLevels(adopt(specification), options));
}

/** The same for use inside the package: of a specification that nobody else can change, and not frozen. */
export function priceLevels(specification: Specification, options: EstimationOptions = {}): ReferenceTables {
  const { levels, estimationVariables, componentClasses, energyTable, areaTable } = specification;
  const { decimalPlaces = 6 } = options;
  const { levels: estimates, components } = pricingOf(specification, options).forClasses(componentClasses);
  const prices = estimates.among(estimationVariables);
  const warnings: Warning[] = [];
  const isTableGiven = energyTable !== undefined || areaTable !== undefined;
  const found: PricedLevel[] = [];
  const unpriced = new Set<string>();
  const unread: { name: string; unread: UnreadWords }[] = [];
  for (const level of levels) {
    const { name } = level;
    const isGiven = energyTable?.[name] !== undefined && areaTable?.[name] !== undefined;
    let estimated = nothing;
    if (!isGiven) {
      try {
        estimated = prices.estimate(level);
        const words = prices.unread(level);
        if (words.ofLevel.length + words.ofClass.length > 0) unread.push({ name, unread: words });
      } catch (error) {
        if (!isTableGiven || !(error instanceof RaellaError))
          throw inLevel(withExtremes(error, level, estimationVariables), name);
        unpriced.add(name);
        if (level.requiredActions.length > 0) warnings.push(notPriced(error, name));
      }
    }
    for (const message of estimated.warnings)
      warnings.push({ code: "component", message: `${name}: ${message}` });
    found.push([name, estimated]);
  }
  warnings.push(...scaleWarnings(unread, components.convention));
  // Primitive levels stand first.
  const rows = [false, true].flatMap((isLater) =>
    found.filter(([, { isCompound }]) => isCompound === isLater),
  );
  const energyPj = Object.fromEntries(
    rows.map(([name, own]) => [name, energyTable?.[name] ?? roundedEnergies(own, decimalPlaces)]),
  );
  const areaUm2 = Object.fromEntries(
    rows.map(([name, own]) => [name, areaTable?.[name] ?? roundedArea(own, decimalPlaces)]),
  );
  const leakage = leakageFigures(
    specification,
    options,
    components,
    energyPj,
    (name) => energyTable?.[name] !== undefined || unpriced.has(name),
  );
  warnings.push(...leakage.warnings);
  const errorPercent = errorsOf(rows, specification);
  return {
    energy: { energyPj, ...(leakage.leakagePj && { leakagePj: leakage.leakagePj }) },
    area: { areaUm2 },
    ...(errorPercent && { errorPercent }),
    ...(warnings.length > 0 && { warnings }),
  };
}

const nothing: LevelEstimate = {
  isCompound: false,
  areaUm2: 0,
  roundedAreaUm2: 0,
  energyPj: {},
  roundedEnergyPj: {},
  warnings: [],
};

type PricedLevel = readonly [name: string, estimate: LevelEstimate];

function roundedArea({ areaUm2, roundedAreaUm2 }: LevelEstimate, places: number | null): number {
  return places === 6 ? roundedAreaUm2 : roundDecimals(areaUm2, places);
}

function roundedEnergies(found: LevelEstimate, places: number | null): Readonly<Record<string, number>> {
  if (places === 6) return found.roundedEnergyPj;
  return Object.fromEntries(
    Object.entries(found.energyPj).map(([action, energy]) => [action, roundDecimals(energy, places)]),
  );
}

/** Undefined where nothing is interpolated; given figures have no error. */
function errorsOf(
  rows: readonly PricedLevel[],
  { energyTable, areaTable }: Specification,
): Record<string, LevelErrors> | undefined {
  let errors: Record<string, LevelErrors> | undefined;
  for (const [name, { errorPercent }] of rows) {
    if (errorPercent === undefined) continue;
    const { area, energy } = errorPercent;
    const own = {
      ...(area === undefined || areaTable?.[name] !== undefined ? {} : { area }),
      ...(energy === undefined || energyTable?.[name] !== undefined ? {} : { energy }),
    };
    if (Object.keys(own).length > 0) (errors ??= {})[name] = own;
  }
  return errors;
}

/** A figure that no number can hold comes from values that nothing real has: the error names them. */
function withExtremes(error: unknown, { attributes }: Level, variables: ValueTable): unknown {
  if (!(error instanceof RaellaError) || typeof error.value !== "number" || Number.isFinite(error.value))
    return error;
  const extremes = extremeValues([...Object.entries(attributes), ...Object.entries(variables)]);
  if (extremes === undefined) return error;
  return new RaellaError({ ...error.toJSON(), message: `${error.summary} Here ${extremes}.` });
}

function notPriced(error: RaellaError, level: string): Warning {
  return {
    code: "component",
    message: `Level "${level}" has no entry in the given tables and cannot be estimated (${error.summary}) It costs nothing.`,
  };
}
