import { RaellaError, suggestName } from "../errors";
import type { Estimate, EstimationContext, Estimator, EstimatorQuery } from "./estimator";
import { readParameters, type ParameterDescriptions, type ParameterValues } from "./parameters";

/** A component model in its shortest form: what it needs to know and how it computes. */
export interface EstimatorDefinition<Descriptions extends ParameterDescriptions> {
  readonly name: string;
  /** Classes that it answers for, compared without regard to case. */
  readonly classNames: readonly string[];
  /** Of several estimators for a class the one with the highest claim is asked first. */
  readonly accuracyPercent: number;
  readonly parameters: Descriptions;
  readonly actions: readonly string[];
  /** See {@link Estimator.listedActions}. */
  readonly listedActions?: readonly string[];
  /** Publication, table or equation; used for answers that are plain numbers. */
  readonly source?: string;
  readonly areaUm2: (
    parameters: ParameterValues<Descriptions>,
    context: EstimationContext,
  ) => number | Estimate;
  /** `action` is in lower case and one of `actions`. */
  readonly energyPj: (
    action: string,
    parameters: ParameterValues<Descriptions>,
    context: EstimationContext,
  ) => number | Estimate;
  readonly leakagePowerW?: (parameters: ParameterValues<Descriptions>, context: EstimationContext) => number;
}

/**
 * An estimator from its definition: reads and checks the parameters, refuses unknown actions.
 * Functions of the definition may throw a RaellaError to refuse a component.
 */
export function defineEstimator<const Descriptions extends ParameterDescriptions>(
  definition: EstimatorDefinition<Descriptions>,
): Estimator {
  const { name, classNames, accuracyPercent, parameters, actions, source = name } = definition;
  const lowerCaseActions = new Set(actions.map((action) => action.toLowerCase()));
  // The actions of a component are asked one after the other.
  let lastQuery: EstimatorQuery | undefined;
  let lastValues: ParameterValues<Descriptions> | undefined;
  const read = (query: EstimatorQuery): ParameterValues<Descriptions> => {
    if (lastValues && lastQuery === query) return lastValues;
    lastValues = readParameters(parameters, query.attributes, query.className);
    lastQuery = query;
    return lastValues;
  };
  const asEstimate = (answer: number | Estimate): Estimate =>
    typeof answer === "object" ? answer : { value: answer, source };
  return {
    name,
    accuracyPercent,
    classNames,
    actions,
    listedActions: definition.listedActions,
    parameters,
    estimateArea: (query) => asEstimate(definition.areaUm2(read(query), query.context)),
    estimateEnergy: (query, action) => {
      const wanted = action.toLowerCase();
      if (!lowerCaseActions.has(wanted)) throw unknownAction(query.className, action, actions);
      return asEstimate(definition.energyPj(wanted, read(query), query.context));
    },
    ...(definition.leakagePowerW && {
      leakagePowerW: (query: EstimatorQuery) => definition.leakagePowerW?.(read(query), query.context) ?? 0,
    }),
  };
}

/** The error for an action that an estimator does not know. */
export function unknownAction(className: string, action: string, actions: readonly string[]): RaellaError {
  return new RaellaError({
    code: "component",
    message: `A component of class ${className} has no action "${action}".`,
    value: action,
    expected: `one of ${actions.join(", ")}`,
    remedy: suggestName(action, actions),
  });
}
