import type { ComponentClass, Level, Specification, ValueTable } from "../spec/specification";
import type { ComponentInstance } from "./compound/expand-component";
import type { LevelComponents } from "./level-components";
import type { ClassSet } from "./pricing";

/** The actions of a level that a run counts. */
const countedActions = ["read", "write", "update"] as const;

/** How many analog-to-digital conversions one action of a level is. */
export type Conversions = Readonly<Record<(typeof countedActions)[number], number>>;

/** Primitive classes that are converters, by their names: `adc`, `isaac_adc`, `timely_adc`. */
const converterName = /(^|_)adc$/i;

/** For each level that has converters, the conversions of an action: those that are done, speculation taken into account. */
export function conversionsPerAction(
  { levels, estimationVariables }: Specification,
  { levels: estimates }: ClassSet,
): ReadonlyMap<string, Conversions> {
  const { conversions } = estimates.among(estimationVariables);
  const found = new Map<string, Conversions>();
  for (const level of levels) {
    const ofLevel = conversions(level);
    if (ofLevel !== null) found.set(level.name, ofLevel);
  }
  return found;
}

/** The conversions of a level that has converters. */
export function conversionsOf(level: Level, variables: ValueTable, components: LevelComponents): Conversions {
  const compiled = components.compoundClass(level);
  if (compiled === undefined) return { read: 1, write: 0, update: 0 };
  const component = components.expand(level, compiled, variables);
  const [read, write, update] = countedActions.map((action) => conversionsIn(component, action, components));
  return { read, write, update };
}

/** Whether a class is a converter, or anything that it is made of. */
export function mayConvert(
  className: string,
  classes: ReadonlyMap<string, ComponentClass>,
  owners: readonly string[] = [],
): boolean {
  if (converterName.test(className)) return true;
  const parts = owners.includes(className) ? [] : (classes.get(className)?.subcomponents ?? []);
  return parts.some((part) => mayConvert(part.class, classes, [...owners, className]));
}

function conversionsIn(component: ComponentInstance, action: string, components: LevelComponents): number {
  if (!component.class.written.actions.some(({ name }) => name === action)) return 0;
  return components.stepsOf(component, action).reduce((sum, { part, action: partAction, share, count }) => {
    const times = share * count;
    if (part.component !== null) return sum + times * conversionsIn(part.component, partAction, components);
    return converterName.test(part.part.className) ? sum + times : sum;
  }, 0);
}
