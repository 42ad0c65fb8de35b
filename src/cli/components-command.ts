import { estimate } from "../components/estimate";
import { explainArea, explainEnergy } from "../components/explain";
import type { LevelExplanation } from "../components/explain";
import { formatExplanation } from "../components/format-explanation";
import { unknownName } from "../errors";
import { figureColumn, formatCount, formatItems } from "../report/text-table";
import { formatNumber } from "../report/theme/numbers";
import type { LevelErrors } from "../spec/reference-tables";
import type { Level, Specification } from "../spec/specification";
import { listArchitectures, listDnns } from "../spec/workspace";
import { chooseSpecification, chosenWorkspace } from "./choose-specification";
import type { GivenChoice } from "./choose-specification";
import { print, printJson, remarkWarnings } from "./output";

interface GivenComponentsOptions extends GivenChoice {
  readonly level?: string;
  readonly explain?: boolean;
  readonly json?: boolean;
}

/** `raella components` */
export async function componentsCommand(
  files: readonly string[],
  given: GivenComponentsOptions,
): Promise<void> {
  const specification = chooseSpecification(files, withSomeLayer(files, given));
  const tables = estimate(specification);
  const levels = chosenLevels(specification, given.level);
  remarkWarnings([...specification.warnings, ...(tables.warnings ?? [])]);
  /** Actions that a mapping can cause; idle ones are counted by nothing. */
  const energyOf = ({ name, requiredActions }: Level): Readonly<Record<string, number>> =>
    Object.fromEntries(
      Object.entries(tables.energy.energyPj[name] ?? {}).filter(([action]) =>
        requiredActions.includes(action),
      ),
    );
  /** In a cycle, where leakage counts. */
  const leakOf = ({ name }: Level): Readonly<Record<string, number>> => {
    const leak: number | undefined = tables.energy.leakagePj?.[name];
    return leak === undefined ? {} : { leak };
  };
  if (given.explain) {
    const explanations = levels.flatMap((level) => explainLevel(specification, level, energyOf(level)));
    await (given.json ? printJson(explanations) : print(explanations.map(formatExplanation).join("\n\n")));
    return;
  }
  const rows = levels.map((level) => ({
    level: level.name,
    class: level.subclass ?? level.class,
    instances: level.instances,
    areaUm2: tables.area.areaUm2[level.name] ?? 0,
    energyPerActionPj: { ...energyOf(level), ...leakOf(level) },
    errorPercent: tables.errorPercent?.[level.name],
  }));
  await (given.json ? printJson(rows) : print(componentsTable(rows)));
}

/** Any layer will do to look at components: without names, the last architecture and the first layer there is. */
function withSomeLayer(files: readonly string[], given: GivenComponentsOptions): GivenComponentsOptions {
  if (files.length > 0) return given;
  const workspace = chosenWorkspace(given);
  const architecture = given.architecture ?? listArchitectures(workspace).at(-1)?.name;
  if (given.shape !== undefined) return { ...given, architecture };
  return {
    ...given,
    architecture,
    dnn: given.dnn ?? listDnns(workspace)[0],
    layer: given.layer ?? "0",
  };
}

function chosenLevels({ levels }: Specification, name: string | undefined): readonly Level[] {
  if (name === undefined) return levels;
  const found = levels.filter((level) => level.name === name);
  if (found.length > 0) return found;
  const known = levels.map((level) => level.name);
  throw unknownName("level", name, known);
}

/** Where the area and every energy that is not zero come from. */
function explainLevel(
  specification: Specification,
  { name }: Level,
  energies: Readonly<Record<string, number>>,
): LevelExplanation[] {
  const area = explainArea(specification, name);
  const actions = Object.keys(energies).filter((action) => energies[action] !== 0);
  return [
    ...(area.tableValue === 0 ? [] : [area]),
    ...actions.map((action) => explainEnergy(specification, name, action)),
  ];
}

interface ComponentRow {
  readonly level: string;
  readonly class: string;
  readonly instances: number;
  readonly areaUm2: number;
  readonly energyPerActionPj: Readonly<Record<string, number>>;
  readonly errorPercent: LevelErrors | undefined;
}

/** Levels that have an area or cost energy. */
function componentsTable(rows: readonly ComponentRow[]): string {
  const priced = rows.filter(
    ({ areaUm2, energyPerActionPj }) =>
      areaUm2 !== 0 || Object.values(energyPerActionPj).some((energy) => energy !== 0),
  );
  const all = figureColumn(
    "areaUm2",
    priced.map(({ areaUm2, instances }) => areaUm2 * instances),
  );
  const actionsOf = ({ energyPerActionPj, errorPercent }: ComponentRow): readonly string[] =>
    Object.entries(energyPerActionPj)
      .filter(([, energy]) => energy !== 0)
      .map(
        ([action, energy]) => `${action} ${formatNumber(energy)}${errorText(errorPercent?.energy?.[action])}`,
      );
  return formatItems(priced, [
    ["level", ({ level }) => level, "left"],
    ["component", (row) => row.class, "left"],
    ["instances", ({ instances }) => formatCount(instances)],
    [
      "area each µm²",
      ({ areaUm2, errorPercent }) => formatNumber(areaUm2, 6) + errorText(errorPercent?.area),
    ],
    [`all ${all.unit.symbol}`, (_, index) => all.cells[index]],
    ["pJ per action", (row) => actionsOf(row).join(", "), "left"],
  ]);
}

/** How far an interpolated figure may be off. */
function errorText(percent: number | undefined): string {
  return percent === undefined ? "" : ` ± ${formatNumber(percent, 2)} %`;
}
