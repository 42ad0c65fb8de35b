import { RaellaError } from "../errors";
import type { Level, Specification, Warning } from "../spec/specification";
import { engineOf, type EstimationOptions } from "./estimation-engine";
import { inLevel } from "./level-components";
import type { LevelEstimate } from "./level-estimates";
import type { LevelErrors, ReferenceTables } from "./reference-tables";
import { roundDecimals } from "./round-decimals";

/**
 * Energy and area of every level of a specification: pJ per action, um^2 of one instance. Primitive levels stand
 * first, then compound ones, each in the order of the levels.
 *
 * Tables that the specification brings along replace the estimates of the levels they name; a level that neither
 * they nor the estimators know is then left at zero, with a warning.
 * @throws RaellaError for unknown classes and actions, missing attributes and values out of range
 */
export function estimate(specification: Specification, options: EstimationOptions = {}): ReferenceTables {
  const { levels, estimationVariables, componentClasses, energyTable, areaTable } = specification;
  const { decimalPlaces = 6 } = options;
  const engine = engineOf(specification, options);
  const { levels: estimates } = engine.forClasses(componentClasses);
  const warnings: Warning[] = [];
  const primitiveLevels: [Level, LevelEstimate][] = [];
  const compoundLevels: [Level, LevelEstimate][] = [];
  const isTableGiven = energyTable !== undefined || areaTable !== undefined;
  for (const level of levels) {
    const { name } = level;
    const isGiven = energyTable?.[name] !== undefined && areaTable?.[name] !== undefined;
    let found: LevelEstimate;
    if (isGiven) found = nothing;
    else {
      try {
        found = estimates.estimate(level, estimationVariables);
      } catch (error) {
        if (!isTableGiven || !(error instanceof RaellaError)) throw inLevel(error, name);
        if (level.requiredActions.length > 0) warnings.push(notPriced(error, name));
        found = nothing;
      }
    }
    for (const message of found.warnings)
      warnings.push({ code: "component", message: `${name}: ${message}` });
    (found.isCompound ? compoundLevels : primitiveLevels).push([level, found]);
  }
  const energyPj: Record<string, Readonly<Record<string, number>>> = {};
  const areaUm2: Record<string, number> = {};
  const errorPercent: Record<string, LevelErrors> = {};
  for (const [{ name }, found] of [...primitiveLevels, ...compoundLevels]) {
    energyPj[name] = energyTable?.[name] ?? roundedEnergies(found, decimalPlaces);
    areaUm2[name] =
      areaTable?.[name] ??
      (decimalPlaces === 6 ? found.roundedAreaUm2 : roundDecimals(found.areaUm2, decimalPlaces));
    const { area, energy } = found.errorPercent;
    if (area === undefined && energy === undefined) continue;
    const errors = {
      ...(area === undefined || areaTable?.[name] !== undefined ? {} : { area }),
      ...(energy === undefined || energyTable?.[name] !== undefined ? {} : { energy }),
    };
    if (Object.keys(errors).length > 0) errorPercent[name] = errors;
  }
  return {
    energy: { energyPj },
    area: { areaUm2 },
    ...(Object.keys(errorPercent).length > 0 ? { errorPercent } : {}),
    ...(warnings.length > 0 ? { warnings } : {}),
  };
}

const nothing: LevelEstimate = {
  isCompound: false,
  areaUm2: 0,
  roundedAreaUm2: 0,
  energyPj: {},
  roundedEnergyPj: {},
  errorPercent: {},
  warnings: [],
};

function roundedEnergies(found: LevelEstimate, places: number | null): Readonly<Record<string, number>> {
  if (places === 6) return found.roundedEnergyPj;
  return Object.fromEntries(
    Object.entries(found.energyPj).map(([action, energy]) => [action, roundDecimals(energy, places)]),
  );
}

function notPriced(error: RaellaError, level: string): Warning {
  return {
    code: "component",
    message: `Level "${level}" has no entry in the given tables and cannot be estimated (${error.summary}) It costs nothing.`,
  };
}
