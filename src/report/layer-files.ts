import { name as nameSchema, requireArgument } from "../arguments";
import { isExpressionText } from "../spec/expression";
import { conventionOf, nodeOfPlaceholder } from "../spec/convention";
import { bitVariable } from "../spec/processing/workload-from-problem";
import type { AreaReferenceTable, EnergyReferenceTable, ReferenceTables } from "../spec/reference-tables";
import type { ComponentClass, Specification, Value, WrittenValue } from "../spec/specification";
import { layerResultSchema, mappedLayerSchema } from "../study/layer-result";
import type { LayerResult, MappedLayer } from "../study/layer-result";
import { flatConstraints, mapValues, rangedName } from "./flat-form";
import { formatMappingText, formatMappingYaml } from "./mapping-text";
import type { YamlValue } from "./plain-yaml";
import { formatYaml, PlainText, QuotedText, TaggedMap } from "./plain-yaml";
import { formatStatisticsText } from "./statistics-text";
import { writeFilesAtomically } from "./write-atomically";

/**
 * A specification as one file that reads back as the same: levels with evaluated attributes and completed constraints, the
 * problem, and the prices of the levels.
 */
export function wholeInput(specification: Specification, { energy, area }: ReferenceTables): YamlValue {
  const { identity, workload, mapper, variableValues, componentClasses } = specification;
  return {
    architecture: { version: 0.4, nodes: nodesOf(specification) },
    problem: {
      version: 0.4,
      layer_name: identity.layerName === null ? undefined : new QuotedText(identity.layerName),
      model_name: identity.dnn === null ? undefined : new QuotedText(identity.dnn),
      shape: {
        name: workload.name,
        dimensions: workload.dimensions,
        coefficients: Object.keys(workload.coefficients).map((name) => ({ name, default: 1 })),
        data_spaces: workload.dataSpaces.map((dataSpace) => ({
          name: dataSpace.name,
          projection: dataSpace.ranks.map((rank) =>
            rank.map(({ dimension, coefficientNames = [] }) => [dimension, ...coefficientNames]),
          ),
          ...(dataSpace.readWrite ? { read_write: true } : {}),
        })),
      },
      instance: {
        ...workload.bounds,
        ...workload.coefficients,
        ...workload.instance,
        ...bitCounts(specification),
      },
    },
    mapper: mapper.all,
    variables: mapValues(variableValues, literal),
    components: componentClasses.length === 0 ? undefined : { classes: componentClasses.map(classEntries) },
    ERT: energyTableEntries(specification, energy),
    ART: areaTableEntries(specification, area),
  };
}

/** Dimensions that count bits, by the variables that say so: that is what an operation of whole operands is known by. */
function bitCounts({ workload, variableValues }: Specification): Record<string, YamlValue> {
  return Object.fromEntries(
    workload.bitDimensions.flatMap((dimension) => {
      const name = Object.keys(variableValues).find(
        (variable) => bitVariable.test(variable) && variableValues[variable] === workload.bounds[dimension],
      );
      return name === undefined ? [] : [[dimension, name]];
    }),
  );
}

function classEntries({ name, attributes, subcomponents, actions }: ComponentClass): YamlValue {
  return {
    name,
    attributes: mapValues(attributes, asWritten),
    subcomponents: subcomponents.map((part) => ({
      ...{ name: part.name, class: part.class, attributes: mapValues(part.attributes, asWritten) },
      area_share: part.areaShare === undefined ? undefined : asWritten(part.areaShare),
      energy_scale: part.energyShare === undefined ? undefined : asWritten(part.energyShare),
    })),
    actions: actions.map((action) => ({
      name: action.name,
      subcomponents: action.subcomponents.map((part) => ({
        name: part.name,
        actions: part.actions.map((called) => ({
          name: called.name,
          action_share: asWritten(called.actionShare),
          arguments: called.arguments && mapValues(called.arguments, asWritten),
        })),
      })),
    })),
  };
}

function asWritten(value: WrittenValue): YamlValue {
  return isExpressionText(value) ? new PlainText(value.expression) : literal(value);
}

/** Texts in quotes: they are evaluated already. */
function literal(value: Value): YamlValue {
  if (Array.isArray(value)) return value.map(literal);
  return typeof value === "string" ? new QuotedText(value) : value;
}

/** The levels as nodes: a placeholder is the container, or the element below it, whose fan-out it stands for. */
function nodesOf({ levels, identity }: Specification): YamlValue[] {
  const tag = conventionOf(identity) === "2024" ? "!Component" : "!Element";
  /** What a placeholder says of the element behind it. */
  let fanOut: Readonly<Record<string, YamlValue>> | undefined;
  return levels.flatMap((level, index) => {
    const { spatial, temporal, dataspace } = flatConstraints(level.constraints);
    const node = nodeOfPlaceholder(level.name);
    const next = levels.slice(index + 1).find(({ kind }) => kind !== "network");
    if (node !== undefined && next !== undefined && next.instances > level.instances) {
      const mesh = { meshX: next.meshX / level.meshX, meshY: next.meshY / level.meshY };
      const described = { spatial: mesh, ...(spatial && { constraints: { spatial } }) };
      if (next.name !== node) return [new TaggedMap("!Container", { name: node, ...described })];
      fanOut = described;
      return [];
    }
    const { constraints, ...own } = fanOut ?? {};
    fanOut = undefined;
    const attributes = Object.entries(level.attributes).filter(
      ([name]) => name !== "meshX" && name !== "meshY",
    );
    return [
      new TaggedMap(tag, {
        name: level.name,
        class: level.class,
        ...(level.subclass === null ? {} : { subclass: level.subclass }),
        ...own,
        attributes: mapValues(Object.fromEntries(attributes), literal),
        required_actions: level.requiredActions,
        constraints: {
          ...(spatial && { spatial }),
          ...(constraints as Readonly<Record<string, YamlValue>> | undefined),
          ...(temporal && { temporal }),
          ...(dataspace && { dataspace }),
        },
      }),
    ];
  });
}

/** A reference table in Accelergy's form, with what it says of every level. */
function tableEntries<Entry>(
  { levels }: Specification,
  byLevel: Readonly<Record<string, Entry>>,
  describe: (entry: Entry) => Readonly<Record<string, YamlValue>>,
): YamlValue {
  const names = new Map(levels.map((level) => [level.name, rangedName(level)]));
  return {
    version: 0.4,
    tables: Object.entries(byLevel).map(([level, entry]) => ({
      name: `top_level.${names.get(level) ?? level}`,
      ...describe(entry),
    })),
  };
}

function energyTableEntries(specification: Specification, { energyPj }: EnergyReferenceTable): YamlValue {
  return tableEntries(specification, energyPj, (actions) => ({
    actions: Object.entries(actions).map(([name, energy]) => ({ name, arguments: {}, energy })),
  }));
}

function areaTableEntries(specification: Specification, { areaUm2 }: AreaReferenceTable): YamlValue {
  return tableEntries(specification, areaUm2, (area) => ({ area }));
}

/** The energy reference table (ERT) in Accelergy's form: pJ of every action of every level. */
function formatEnergyTableYaml(specification: Specification, table: EnergyReferenceTable): string {
  return formatYaml({ ERT: energyTableEntries(specification, table) });
}

/** The area reference table (ART) in Accelergy's form: um^2 of one instance of every level. */
function formatAreaTableYaml(specification: Specification, table: AreaReferenceTable): string {
  return formatYaml({ ART: areaTableEntries(specification, table) });
}

/**
 * The files that the original tools leave behind, by name: mapping as text and YAML, statistics, area and energy
 * reference tables, the flat input; and the result with all its digits.
 * @param prefix `timeloop_mapper` after a search, `timeloop_model` for a given mapping.
 */
export function layerFiles(
  layer: MappedLayer,
  result: LayerResult,
  prefix = "timeloop_mapper",
): Record<string, string> {
  requireArgument(mappedLayerSchema, layer, "the layer of layerFiles");
  requireArgument(layerResultSchema, result, "the result of layerFiles");
  requireArgument(nameSchema, prefix, "the prefix of layerFiles");
  const { specification, mapping, evaluation, tables } = layer;
  return {
    [`${prefix}.map.txt`]: formatMappingText(mapping, evaluation),
    [`${prefix}.map.yaml`]: formatMappingYaml(specification, mapping),
    [`${prefix}.stats.txt`]: formatStatisticsText(layer),
    [`${prefix}.ART.yaml`]: formatAreaTableYaml(specification, tables.area),
    [`${prefix}.ERT.yaml`]: formatEnergyTableYaml(specification, tables.energy),
    "input.yaml": formatYaml(wholeInput(specification, tables)),
    "result.json": `${JSON.stringify(result, null, 2)}\n`,
  };
}

/**
 * Writes {@link layerFiles} into a folder, all or none.
 * @throws RaellaError `usage` if the folder cannot be written to.
 * @example
 * ```ts
 * const mapped = mapLayer({ architecture: "raella", dnn: "resnet18", layer: 10 });
 * writeLayerFiles("out", mapped, resultOf(mapped));
 * ```
 */
export function writeLayerFiles(
  directory: string,
  layer: MappedLayer,
  result: LayerResult,
  prefix = "timeloop_mapper",
): void {
  requireArgument(nameSchema, directory, "the folder of writeLayerFiles");
  writeFilesAtomically(directory, layerFiles(layer, result, prefix));
}
