import * as v from "valibot";
import { isTableOf, name, optionsOf, requireArgument, requireOptions } from "../arguments";
import { frozenCopy } from "../memory";
import type { Fidelity, Value } from "../spec/specification";
import { pricingWith, pricingSchema } from "./pricing";
import type { EstimationOptions } from "./pricing";
import type { ErrorBar, EstimateStep } from "./estimator";
import type { ParameterDescriptions } from "./parameters";
import type { Primitive } from "./primitive-estimates";

/** A primitive component: a class that an estimator knows, and its attributes. */
export interface ComponentDescription {
  readonly class: string;
  readonly attributes: Readonly<Record<string, Value>>;
}

/** What a primitive component costs, and where that comes from. */
export interface ComponentEstimate {
  readonly value: number;
  readonly unit: "pJ" | "um^2";
  readonly estimator: string;
  readonly accuracyPercent: number;
  readonly source: string;
  readonly steps: readonly EstimateStep[];
  readonly errorBar: ErrorBar | null;
  readonly warnings: readonly string[];
}

/** A model of a component class. */
export interface ComponentModel {
  readonly className: string;
  readonly estimator: string;
  readonly accuracyPercent: number;
  readonly actions: readonly string[];
  readonly parameters: ParameterDescriptions;
}

const defaultFidelity: Fidelity = "artifact";

/**
 * Area of a primitive component, um^2, e.g. `componentArea({ class: "isaac_adc", attributes: { technology: 32,
 * resolution: 8 } })`.
 * @throws RaellaError for unknown classes, missing attributes and values out of range
 * @example
 * ```ts
 * const adc = { class: "isaac_adc", attributes: { resolution: 8, technology: 32 } };
 * console.log(componentArea(adc).value);
 * ```
 */
export function componentArea(
  component: ComponentDescription,
  options: EstimationOptions = {},
): ComponentEstimate {
  requireComponent(component, options, "componentArea");
  return describe(find(component, options), null);
}

/**
 * Energy of one action of a primitive component, pJ.
 * @throws RaellaError for unknown classes and actions, missing attributes and values out of range
 * @example
 * ```ts
 * const adc = { class: "isaac_adc", attributes: { resolution: 8, technology: 32 } };
 * console.log(componentEnergy(adc, "convert").value);
 * ```
 */
export function componentEnergy(
  component: ComponentDescription,
  action: string,
  options: EstimationOptions = {},
): ComponentEstimate {
  requireComponent(component, options, "componentEnergy");
  requireArgument(name, action, "the action of componentEnergy");
  return describe(find(component, options), action);
}

/** All models of primitive components, the one that is asked first in front of others for its class. */
export function componentModels(options: EstimationOptions = {}): readonly ComponentModel[] {
  requireOptions(pricingSchema, options, "componentModels");
  const { registry } = pricingWith(options.fidelity ?? defaultFidelity, options);
  const classNames = [...new Set(registry.estimators.flatMap((estimator) => estimator.classNames))];
  return frozenCopy(
    classNames.flatMap((className) =>
      registry.estimatorsOf(className).map(({ name, accuracyPercent, actions, parameters }) => ({
        className,
        estimator: name,
        accuracyPercent,
        actions,
        parameters,
      })),
    ),
  );
}

const isValue = (value: unknown): boolean =>
  value === null ||
  ["number", "string", "boolean"].includes(typeof value) ||
  (Array.isArray(value) && value.every(isValue));

const componentSchema = optionsOf({
  class: name,
  attributes: v.custom(isTableOf(isValue), "an object of names and values"),
});

function requireComponent(component: unknown, options: unknown, functionName: string): void {
  requireArgument(componentSchema, component, `the component of ${functionName}`);
  requireOptions(pricingSchema, options, functionName);
}

function find({ class: className, attributes }: ComponentDescription, options: EstimationOptions): Primitive {
  const { primitives } = pricingWith(options.fidelity ?? defaultFidelity, options);
  const finder = primitives.finder(className, Object.keys(attributes));
  return finder.find(finder.names.map((name) => attributes[name]));
}

function describe(primitive: Primitive, action: string | null): ComponentEstimate {
  const {
    value,
    estimator,
    accuracyPercent,
    source,
    steps,
    errorBar,
    warnings = [],
  } = action === null ? primitive.area() : primitive.energy(action);
  return frozenCopy({
    value,
    unit: action === null ? "um^2" : "pJ",
    estimator,
    accuracyPercent,
    source,
    steps: steps?.() ?? [],
    errorBar: errorBar ?? null,
    warnings: [...primitive.warnings, ...warnings],
  });
}
