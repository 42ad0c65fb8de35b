import type { AreaReferenceTable, EnergyReferenceTable } from "../spec/reference-tables";
import type { Level, Specification } from "../spec/specification";
import type { YamlValue } from "./plain-yaml";
import { formatYaml } from "./plain-yaml";

/** Level name with its instance range, as flat forms and reference tables write it: `input_buffer[1..128]`. */
export function rangedName(level: Level): string {
  return level.kind === "network" ? level.name : `${level.name}[1..${level.instances}]`;
}

function rangedNames(specification: Specification): Map<string, string> {
  return new Map(specification.levels.map((level) => [level.name, rangedName(level)]));
}

/** The energy reference table (ERT) in Accelergy's form: pJ of every action of every level. */
export function formatEnergyTableYaml(specification: Specification, table: EnergyReferenceTable): string {
  return formatYaml({ ERT: energyTableEntries(specification, table) });
}

export function energyTableEntries(specification: Specification, table: EnergyReferenceTable): YamlValue {
  const names = rangedNames(specification);
  return {
    version: 0.4,
    tables: Object.entries(table.energyPj).map(([level, actions]) => ({
      name: `top_level.${names.get(level) ?? level}`,
      actions: Object.entries(actions).map(([name, energy]) => ({ name, arguments: {}, energy })),
    })),
  };
}

/** The area reference table (ART) in Accelergy's form: um^2 of one instance of every level. */
export function formatAreaTableYaml(specification: Specification, table: AreaReferenceTable): string {
  return formatYaml({ ART: areaTableEntries(specification, table) });
}

export function areaTableEntries(specification: Specification, table: AreaReferenceTable): YamlValue {
  const names = rangedNames(specification);
  return {
    version: 0.4,
    tables: Object.entries(table.areaUm2).map(([level, area]) => ({
      name: `top_level.${names.get(level) ?? level}`,
      area,
    })),
  };
}
