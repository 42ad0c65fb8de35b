import * as v from "valibot";
import {
  hasParts,
  isListOf,
  isNumber,
  isObject,
  isText,
  requireArgument,
  requireOptions,
  text,
} from "../arguments";
import { RaellaError, unknownName } from "../errors";
import { adopt, freeze, frozenCopy } from "../memory";
import { toValue } from "../spec/expression";
import { specificationSchema } from "../spec/specification";
import type { Level, Specification, Value } from "../spec/specification";
import type { ComponentInstance } from "./compound/expand-component";
import { pricingOf, pricingSchema } from "./pricing";
import type { ClassSet, EstimationOptions } from "./pricing";
import type { ErrorBar, EstimateStep } from "./estimator";
import { argumentsOf, inLevel, primitiveScope, undefinedAction } from "./level-components";
import type { LevelComponents } from "./level-components";
import type { ActionArguments, Primitive, PrimitiveEstimate } from "./primitive-estimates";
import { roundDecimals } from "./round-decimals";

/** Where a figure comes from: a tree from a level down to primitive components, as plain data. */
export interface Explanation {
  /** Level, or part with its path below the level: `buf.address_generators[0..1]`. */
  readonly name: string;
  readonly className: string;
  readonly quantity: "energy" | "area";
  /** Null for an area. */
  readonly action: string | null;
  readonly unit: "pJ" | "um^2";
  /** Of one such part or action, before share and count. */
  readonly value: number;
  /** What the owner multiplies the value by. */
  readonly share: number;
  /** How many parts the name stands for. */
  readonly count: number;
  /** What it adds to the figure at the root: value times all shares and counts on the way. */
  readonly contribution: number;
  /** Who gave the value; null for a component that is made of parts. */
  readonly estimator: { readonly name: string; readonly accuracyPercent: number } | null;
  /** Attributes that can influence the value; those of the class for a component with parts. */
  readonly attributes: Readonly<Record<string, Value>>;
  readonly steps: readonly EstimateStep[];
  /** Publication, table, equation; null for a component that is made of parts. */
  readonly source: string | null;
  /** Present where the value is interpolated. */
  readonly errorBar: ErrorBar | null;
  readonly warnings: readonly string[];
  readonly parts: readonly Explanation[];
}

const isExplanation = (value: unknown): boolean =>
  hasParts(value, {
    name: isText,
    className: isText,
    unit: isText,
    value: isNumber,
    share: isNumber,
    count: isNumber,
    contribution: isNumber,
    attributes: isObject,
    steps: isListOf(isObject),
    warnings: isListOf(isText),
    estimator: (estimator) => estimator === null || hasParts(estimator, { name: isText }),
    parts: isListOf(isExplanation),
  });

const explanationSchema = v.custom(
  isExplanation,
  "an explanation, as explainEnergy and explainArea return it",
);

export const levelExplanationSchema = v.custom(
  (value) =>
    isExplanation(value) && hasParts(value, { level: isText, tableValue: isNumber, errorPercent: isNumber }),
  "an explanation, as explainEnergy and explainArea return it",
);

/** The explanation of a table entry. */
export interface LevelExplanation extends Explanation {
  readonly level: string;
  /** The figure as it stands in the table, rounded. */
  readonly tableValue: number;
  /** Error of the sum if all interpolated values are off by their 90th percentile to the same side, percent. */
  readonly errorPercent: number;
}

/**
 * The tree from the energy of a level's action down to the primitive components.
 * @throws RaellaError for an unknown level or action, and what estimation throws
 * @example
 * ```ts
 * const specification = getSpec({ architecture: "raella", dnn: "resnet18", layer: 10 });
 * console.log(formatExplanation(explainEnergy(specification, "output_register", "read")));
 * ```
 */
export function explainEnergy(
  specification: Specification,
  levelName: string,
  action: string,
  options: EstimationOptions = {},
): LevelExplanation {
  requireArgument(text, action, "the action to explain");
  return explainLevel(specification, levelName, action, options);
}

/**
 * The tree from the area of one instance of a level down to the primitive components.
 * @throws RaellaError for an unknown level, and what estimation throws
 * @example
 * ```ts
 * const specification = getSpec({ architecture: "raella", dnn: "resnet18", layer: 10 });
 * console.log(formatExplanation(explainArea(specification, "eDRAM_buf")));
 * ```
 */
export function explainArea(
  specification: Specification,
  levelName: string,
  options: EstimationOptions = {},
): LevelExplanation {
  return explainLevel(specification, levelName, null, options);
}

function explainLevel(
  given: Specification,
  levelName: string,
  action: string | null,
  options: EstimationOptions,
): LevelExplanation {
  requireArgument(specificationSchema, given, "the specification to explain");
  requireArgument(text, levelName, "the level to explain");
  requireOptions(pricingSchema, options, action === null ? "explainArea" : "explainEnergy");
  const specification = adopt(given);
  const level = findLevel(specification, levelName);
  const inTable = givenFigure(specification, level, action);
  const pricing = pricingOf(specification, options);
  try {
    const root =
      inTable ??
      explainRoot(specification, level, action, pricing.forClasses(specification.componentClasses));
    const tableValue = inTable
      ? root.value
      : roundDecimals(root.contribution, options.decimalPlaces === undefined ? 6 : options.decimalPlaces);
    const error = leavesOf(root).reduce(
      (sum, leaf) =>
        sum + (Math.abs(leaf.contribution) * (leaf.errorBar?.ninetiethPercentilePercent ?? 0)) / 100,
      0,
    );
    return freeze({
      ...root,
      level: level.name,
      tableValue,
      errorPercent: root.contribution === 0 ? 0 : (100 * error) / root.contribution,
    });
  } catch (error) {
    throw inLevel(error, level.name);
  }
}

function explainRoot(
  { estimationVariables }: Specification,
  level: Level,
  action: string | null,
  { components }: ClassSet,
): Explanation {
  const compiled = components.compoundClass(level);
  if (!compiled) {
    const primitive = components.primitiveOfLevel(level, estimationVariables);
    const scope = primitiveScope(level, estimationVariables);
    const { area, energy } = components.levelScales(level, scope);
    const share = action === null ? area : energy;
    const count = components.instancesIn(scope, action);
    return explainPrimitive(primitive, { name: level.name, action, share, count, factor: share * count });
  }
  if (action !== null && !compiled.actionsByName.has(action.toLowerCase()))
    throw undefinedAction(action, compiled);
  const component = components.expand(level, compiled, estimationVariables);
  const { area, energy } = components.levelScales(level, component.scope);
  const share = action === null ? area : energy;
  return explainComponent(component, components, {
    name: level.name,
    action,
    share,
    count: 1,
    factor: share,
  });
}

/** How a part is counted: `factor` is the product of all shares and counts from the root. */
interface PartPlace {
  readonly name: string;
  readonly action: string | null;
  readonly share: number;
  readonly count: number;
  readonly factor: number;
  /** What else the estimator is told. */
  readonly given?: ActionArguments;
}

function explainComponent(
  component: ComponentInstance,
  components: LevelComponents,
  place: PartPlace,
): Explanation {
  const parts = components.stepsOf(component, place.action).map((step) => {
    const { part, name, action, share } = step;
    const instances = part.component ? 1 : components.instancesIn(part.attributes, action);
    const count = step.count * instances;
    const factor = place.factor * share * count;
    const own = { name, action, share, count, factor, given: argumentsOf(step) };
    return part.component
      ? explainComponent(part.component, components, own)
      : explainPrimitive(components.primitiveOfPart(part), own);
  });
  const value = parts.reduce((sum, part) => sum + part.value * part.share * part.count, 0);
  return {
    ...figureOf(place, component.class.name, value),
    estimator: null,
    attributes: Object.fromEntries(
      component.class.attributes.map(({ name }) => [name, toValue(component.scope.lookup(name) ?? null)]),
    ),
    steps: [],
    source: null,
    errorBar: null,
    warnings: [],
    parts,
  };
}

function explainPrimitive(primitive: Primitive, place: PartPlace): Explanation {
  const { className, attributes } = primitive;
  const priced = priceOrRefusal(primitive, place);
  const estimate = priced instanceof RaellaError ? undefined : priced;
  return {
    ...figureOf(place, className, estimate?.value ?? 0),
    attributes: Object.fromEntries(attributes),
    parts: [],
    estimator: estimate ? { name: estimate.estimator, accuracyPercent: estimate.accuracyPercent } : null,
    steps: frozenCopy(estimate?.steps?.() ?? []),
    source: estimate?.source ?? null,
    errorBar: estimate?.errorBar ?? null,
    warnings:
      priced instanceof RaellaError
        ? [`not priced, since it counts with a share of 0: ${priced.summary}`]
        : [...primitive.warnings, ...(priced.warnings ?? [])],
  };
}

/** The estimate; what counts with a share of 0 may have none. */
function priceOrRefusal(
  primitive: Primitive,
  { action, share, given }: PartPlace,
): PrimitiveEstimate | RaellaError {
  try {
    return action === null ? primitive.area() : primitive.energy(action, given);
  } catch (error) {
    if (error instanceof RaellaError && share === 0 && error.code === "out-of-range") return error;
    throw error;
  }
}

type Figure = Pick<
  Explanation,
  "name" | "className" | "quantity" | "action" | "unit" | "value" | "share" | "count" | "contribution"
>;

function figureOf(
  { name, action, share, count, factor }: PartPlace,
  className: string,
  value: number,
): Figure {
  return {
    name,
    className,
    quantity: action === null ? "area" : "energy",
    action,
    unit: action === null ? "um^2" : "pJ",
    value,
    share,
    count,
    contribution: value * factor,
  };
}

/** The primitive components at the ends of the tree, in the order of summation. */
export function leavesOf(explanation: Explanation): Explanation[] {
  requireArgument(explanationSchema, explanation, "the explanation of leavesOf");
  return leavesBelow(explanation);
}

function leavesBelow(explanation: Explanation): Explanation[] {
  return explanation.estimator === null && explanation.parts.length > 0
    ? explanation.parts.flatMap(leavesBelow)
    : [explanation];
}

function givenFigure(
  { energyTable, areaTable }: Specification,
  { name, subclass, class: className }: Level,
  action: string | null,
): Explanation | undefined {
  const value = action === null ? areaTable?.[name] : energyTable?.[name]?.[action];
  if (value === undefined) return undefined;
  return {
    ...figureOf({ name, action, share: 1, count: 1, factor: 1 }, subclass ?? className, value),
    estimator: { name: "given table", accuracyPercent: 100 },
    attributes: {},
    steps: [],
    source: `the ${action === null ? "ART" : "ERT"} of the specification`,
    errorBar: null,
    warnings: [],
    parts: [],
  };
}

function findLevel({ levels }: Specification, name: string): Level {
  const wanted = name.replace(/\[.*$/, "").toLowerCase();
  const level = levels.find((candidate) => candidate.name.toLowerCase() === wanted);
  if (level) return level;
  const known = levels.map((candidate) => candidate.name);
  throw unknownName("level", name, known);
}
