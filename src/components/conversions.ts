import type { Level, ValueTable } from "../spec/specification";
import type { ComponentInstance } from "./compound/expand-component";
import { isConverter } from "./level-components";
import type { LevelComponents } from "./level-components";

/** The actions of a level that a run counts. */
const countedActions = ["read", "write", "update"] as const;

/** How many analog-to-digital conversions one action of a level is. */
export type Conversions = Readonly<Record<(typeof countedActions)[number], number>>;

/** The conversions of a level that has converters. */
export function conversionsOf(level: Level, variables: ValueTable, components: LevelComponents): Conversions {
  const compiled = components.compoundClass(level);
  if (compiled === undefined) return { read: 1, write: 0, update: 0 };
  const component = components.expand(level, compiled, variables);
  const [read, write, update] = countedActions.map((action) => conversionsIn(component, action, components));
  return { read, write, update };
}

function conversionsIn(component: ComponentInstance, action: string, components: LevelComponents): number {
  if (!component.class.written.actions.some(({ name }) => name === action)) return 0;
  return components.stepsOf(component, action).reduce((sum, { part, action: partAction, share, count }) => {
    const times = share * count;
    if (part.component !== null) return sum + times * conversionsIn(part.component, partAction, components);
    return isConverter(part.part.className) ? sum + times : sum;
  }, 0);
}
