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

let registeredEstimators: readonly Estimator[] = [];
let registeredLibraries: readonly RegisteredLibrary[] = [];
let version = 0;

/** What users have added in this process; the version changes with every addition. */
export function registrations(): {
  readonly estimators: readonly Estimator[];
  readonly libraries: readonly RegisteredLibrary[];
  readonly version: number;
} {
  return { estimators: registeredEstimators, libraries: registeredLibraries, version };
}

/**
 * Adds a component model to all later estimations of this process (workers have registrations of their own).
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
  registeredEstimators = [...registeredEstimators, added];
  version++;
  return () => {
    registeredEstimators = registeredEstimators.filter((other) => other !== added);
    version++;
  };
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
  const added = { directory, accuracyPercent: options.accuracyPercent ?? userLibraryAccuracyPercent };
  registeredLibraries = [...registeredLibraries, added];
  version++;
  return () => {
    registeredLibraries = registeredLibraries.filter((other) => other !== added);
    version++;
  };
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
