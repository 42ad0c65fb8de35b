import { resolve } from "node:path";
import { RaellaError, suggestName } from "../errors";
import { defineEstimator, type EstimatorDefinition } from "./define-estimator";
import type { Estimator } from "./estimator";
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
export interface RegisteredLibrary {
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

let present: Registrations = { estimators: [], libraries: [], version: 0 };
/** Those that a computation under way has started with. */
let held: Registrations | undefined;

/** What holds for the computation under way, or else at present. */
export function registrations(): Registrations {
  return held ?? present;
}

/** Computes something with the registrations of an earlier moment. Not for promises: what they do later is outside. */
export function withRegistrations<Result>(registered: Registrations, compute: () => Result): Result {
  const outer = held;
  held = registered;
  try {
    return compute();
  } finally {
    held = outer;
  }
}

function change(changes: Partial<Registrations>): void {
  present = { ...present, ...changes, version: present.version + 1 };
}

/**
 * Adds a component model to all later estimations of this process. Runs and sweeps that have one compute in a single
 * thread, since functions cannot be sent to others; those under way keep what they have started with.
 * It is asked before others for its classes if it claims a higher accuracy; at the same claim those before it win.
 * @returns a function that removes it again
 */
export function registerEstimator<const Descriptions extends ParameterDescriptions>(
  estimator: EstimatorDefinition<Descriptions> | Estimator,
): () => void {
  const added = "estimateArea" in estimator ? estimator : defineEstimator(estimator);
  const { accuracyPercent, classNames } = added;
  if (!(accuracyPercent >= 0 && accuracyPercent <= 100) || classNames.length === 0)
    throw new RaellaError({
      code: "component",
      message: `The estimator "${added.name}" cannot be registered.`,
      value: { accuracyPercent, classNames },
      expected: "an accuracyPercent from 0 to 100 and at least one class name",
    });
  change({ estimators: [...present.estimators, added] });
  return () => change({ estimators: present.estimators.filter((other) => other !== added) });
}

/** Accuracy that a user's library claims: more than the one that comes with the package. */
const userLibraryAccuracyPercent = 95;

/**
 * Adds a folder of component-library files (CSV) to all later estimations of this process. By default their entries
 * are preferred to those that come with the package.
 * @returns a function that removes it again
 */
export function registerComponentLibrary(
  directory: string,
  options: { readonly accuracyPercent?: number } = {},
): () => void {
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
