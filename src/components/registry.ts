import * as v from "valibot";
import {
  callback,
  finite,
  flag,
  isObject,
  name,
  names,
  oneOf,
  optional,
  optionsOf,
  requireArgument,
  requireOptions,
  tableOf,
  text,
} from "../arguments";
import { RaellaError, suggestName } from "../errors";
import { Scoped } from "../memory";
import { resolve } from "../platform";
import { defineEstimator } from "./estimator";
import type { Estimator, EstimatorDefinition } from "./estimator";
import { parameterKinds } from "./parameters";
import type { ParameterDescriptions } from "./parameters";

/** The estimators that are asked, in the order in which they were registered. */
export interface EstimatorRegistry {
  readonly estimators: readonly Estimator[];
  /** Estimators of a class (any letter case), the one to ask first in front. */
  readonly estimatorsOf: (className: string) => readonly Estimator[];
}

/** A registry: the most accurate estimator of a class is asked first, on a tie the one registered first. */
export function createRegistry(estimators: readonly Estimator[]): EstimatorRegistry {
  const byClass = new Map<string, Estimator[]>();
  for (const estimator of estimators) {
    for (const className of estimator.classNames) {
      const key = className.toLowerCase();
      byClass.set(key, [...(byClass.get(key) ?? []), estimator]);
    }
  }
  for (const ofClass of byClass.values())
    ofClass.sort((first, second) => second.accuracyPercent - first.accuracyPercent);
  return { estimators, estimatorsOf: (className) => byClass.get(className.toLowerCase()) ?? [] };
}

/** A folder of component-library files of the user's. */
interface RegisteredLibrary {
  readonly directory: string;
  readonly accuracyPercent: number;
}

/** What users have added in this process. */
export interface Registrations {
  readonly estimators: readonly Estimator[];
  readonly libraries: readonly RegisteredLibrary[];
  /** Changes with every addition and removal. */
  readonly version: number;
}

/** State by its nature: what users register holds until they remove it. */
let present: Registrations = { estimators: [], libraries: [], version: 0 };
/** Those that a computation under way has started with. */
const held = new Scoped<Registrations>();

/** What holds for the computation under way, or else at present. */
export function registrations(): Registrations {
  return held.now ?? present;
}

/** Computes something with the registrations of an earlier moment. Not for promises: what they do later is outside. */
export function withRegistrations<Result>(registered: Registrations, compute: () => Result): Result {
  return held.during(registered, compute);
}

function change(changes: Partial<Registrations>): void {
  present = { ...present, ...changes, version: present.version + 1 };
}

/**
 * Adds a component model to all later estimations of this process. Runs and sweeps that have one compute in a single
 * thread, since functions cannot be sent to others; those under way keep what they have started with.
 * It is asked before others for its classes if it claims a higher accuracy; at the same claim those before it win.
 * @returns a function that removes it again
 * @example
 * ```ts
 * const remove = registerEstimator({
 *   name: "my converters",
 *   classNames: ["isaac_adc"],
 *   accuracyPercent: 95,
 *   parameters: { resolution: { kind: "number", description: "bits of a conversion" } },
 *   actions: ["convert", "read", "write", "update", "leak"],
 *   areaUm2: ({ resolution }) => 20 * 2 ** resolution,
 *   energyPj: (_, { resolution }) => 0.005 * 2 ** resolution,
 * });
 * ```
 */
export function registerEstimator<const Descriptions extends ParameterDescriptions>(
  estimator: EstimatorDefinition<Descriptions> | Estimator,
): () => void {
  const added = registrable(estimator);
  change({ estimators: [...present.estimators, added] });
  return () => change({ estimators: present.estimators.filter((other) => other !== added) });
}

/** A definition as text, with the text of its functions; not with the values that they enclose. */
function textOf(given: object): string {
  return JSON.stringify({ ...given }, (_key, value: unknown) =>
    typeof value === "function" ? String(value) : value,
  );
}

/** The estimator as it is asked, whatever becomes of the object that was given. */
function registrable<const Descriptions extends ParameterDescriptions>(
  given: EstimatorDefinition<Descriptions> | Estimator,
): Estimator {
  const isWhole = isObject(given) && "estimateArea" in given;
  const { name: title, accuracyPercent, classNames } = { ...given };
  const isUnasked = Array.isArray(classNames) && classNames.length === 0;
  if (isUnasked || (typeof accuracyPercent === "number" && !(accuracyPercent >= 0 && accuracyPercent <= 100)))
    throw new RaellaError({
      code: "component",
      message: `The estimator "${title}" cannot be registered.`,
      value: { accuracyPercent, classNames },
      expected: "an accuracyPercent from 0 to 100 and at least one class name",
    });
  // Estimators may be objects of a class, with more in them than is asked for.
  requireArgument(isWhole ? estimatorSchema : definitionSchema, given, "the estimator");
  const estimator = isWhole
    ? (given as Estimator)
    : defineEstimator(given as EstimatorDefinition<Descriptions>);
  return {
    name: title,
    accuracyPercent,
    classNames: [...classNames],
    actions: [...estimator.actions],
    listedActions: estimator.listedActions,
    parameters: estimator.parameters,
    isRelevant: estimator.isRelevant?.bind(estimator),
    estimateArea: (query) => estimator.estimateArea(query),
    estimateEnergy: (query, action) => estimator.estimateEnergy(query, action),
    leakagePowerW: estimator.leakagePowerW?.bind(estimator),
    registeredAs: textOf(given),
  };
}

const parametersSchema = tableOf(
  optionsOf({
    kind: oneOf(parameterKinds),
    unit: optional(text),
    description: text,
    default: optional(v.union([finite, text, flag], "a number, a text, true or false")),
    minimum: optional(v.number("a number")),
    maximum: optional(v.number("a number")),
    synonyms: optional(names),
  }),
  "descriptions of parameters by name",
);

const commonEntries = {
  name,
  classNames: names,
  accuracyPercent: v.number("a number from 0 to 100"),
  actions: names,
  listedActions: optional(names),
  parameters: parametersSchema,
  leakagePowerW: optional(callback),
};

const definitionSchema = optionsOf({
  ...commonEntries,
  source: optional(text),
  areaUm2: callback,
  energyPj: callback,
});

const estimatorSchema = v.looseObject(
  {
    ...commonEntries,
    isRelevant: optional(callback),
    estimateArea: callback,
    estimateEnergy: callback,
  },
  "an estimator",
);

/** Accuracy that a user's library claims: more than the one that comes with the package. */
export const userLibraryAccuracyPercent = 95;

const librarySchema = optionsOf({
  accuracyPercent: optional(
    v.pipe(
      v.number("a number from 0 to 100"),
      v.minValue(0, "a number from 0 to 100"),
      v.maxValue(100, "a number from 0 to 100"),
    ),
  ),
});

/**
 * Adds a folder of component-library files (CSV) to all later estimations of this process. By default their entries
 * are preferred to those that come with the package.
 * @returns a function that removes it again
 * @example
 * ```ts
 * const remove = registerComponentLibrary("my-components");
 * const { energyPj } = runLayer({ architecture: "raella", dnn: "resnet18", layer: 10 });
 * remove();
 * ```
 */
export function registerComponentLibrary(
  directory: string,
  options: { readonly accuracyPercent?: number } = {},
): () => void {
  requireArgument(name, directory, "the folder of registerComponentLibrary");
  requireOptions(librarySchema, options, "registerComponentLibrary");
  const added = {
    directory: resolve(directory),
    accuracyPercent: options.accuracyPercent ?? userLibraryAccuracyPercent,
  };
  change({ libraries: [...present.libraries, added] });
  return () => change({ libraries: present.libraries.filter((other) => other !== added) });
}

/** The error for a class that nobody knows. */
export function unknownClass(className: string, known: Iterable<string>): RaellaError {
  const names = [...new Set(known)].sort();
  return new RaellaError({
    code: "component",
    message: `No component class and no estimator has the name "${className}".`,
    value: className,
    expected:
      "a class under components.classes, a primitive that an estimator knows, or an ERT and an ART that price the level",
    remedy: suggestName(className, names),
  });
}
