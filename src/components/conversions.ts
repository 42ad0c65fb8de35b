import type { ComponentClass, Specification } from "../spec/specification";
import { pricingOf } from "./pricing";
import { inLevel } from "./level-components";
import type { LevelComponents } from "./level-components";
import type { ComponentInstance } from "./compound/expand-component";

/** The actions of a level that a run counts. */
const countedActions = ["read", "write", "update"] as const;

/** How many analog-to-digital conversions one action of a level is. */
export type Conversions = Readonly<Record<(typeof countedActions)[number], number>>;

/** Primitive classes that are converters, by their names: `adc`, `isaac_adc`, `timely_adc`. */
const converterName = /(^|_)adc$/i;

/** For each level that has converters, the conversions of an action: those that are done, speculation taken into account. */
export function conversionsPerAction(specification: Specification): ReadonlyMap<string, Conversions> {
  const { componentClasses, estimationVariables, levels } = specification;
  const classes = new Map(componentClasses.map((written) => [written.name, written]));
  const converters = levels.filter((level) => mayConvert(level.subclass ?? level.class, classes));
  if (converters.length === 0) return new Map();
  const { components } = pricingOf(specification).forClasses(componentClasses);
  return new Map(
    converters.map((level): [string, Conversions] => {
      try {
        const compiled = components.compoundClass(level);
        if (compiled === undefined) return [level.name, { read: 1, write: 0, update: 0 }];
        const component = components.expand(level, compiled, estimationVariables);
        const [read, write, update] = countedActions.map((action) =>
          conversionsIn(component, action, components),
        );
        return [level.name, { read, write, update }];
      } catch (error) {
        throw inLevel(error, level.name);
      }
    }),
  );
}

/** Whether a class is a converter, or anything that it is made of. */
function mayConvert(
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
