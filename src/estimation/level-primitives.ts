import { toValue, type RuntimeValue } from "../spec/expression";
import type { Level, Value, ValueTable } from "../spec/specification";
import type { CompiledPart } from "./compound/compile-class";
import type { Primitive, PrimitiveEstimates, PrimitiveFinder } from "./primitive-estimates";

/** A finder for attributes of fixed names. */
interface NamedFinder {
  readonly attributeNames: readonly string[];
  readonly finder: PrimitiveFinder;
}

/**
 * Primitives of levels and of parts. Which attributes matter depends on names only, and those stay the same from
 * layer to layer, so it is found out once.
 */
export class LevelPrimitives {
  private readonly ofParts = new WeakMap<CompiledPart, NamedFinder>();
  private readonly ofClasses = new Map<string, NamedFinder>();
  private readonly values: (Value | undefined)[] = [];

  constructor(private readonly estimates: PrimitiveEstimates) {}

  /** See {@link PrimitiveEstimates.listedActions}. */
  listedActions(className: string): readonly string[] {
    return this.estimates.listedActions(className);
  }

  /** The primitive that a part of a compound component is. */
  ofPart(part: CompiledPart, attributes: ReadonlyMap<string, RuntimeValue>): Primitive {
    let known = this.ofParts.get(part);
    if (!known || known.attributeNames.length !== attributes.size) {
      const attributeNames = [...attributes.keys()];
      known = { attributeNames, finder: this.estimates.finder(part.className, attributeNames) };
      this.ofParts.set(part, known);
    }
    const { names } = known.finder;
    this.values.length = 0;
    for (const name of names) this.values.push(toValue(attributes.get(name) ?? null));
    return known.finder.find(this.values);
  }

  /** The primitive that a level is. Every variable is an attribute of every level; own attributes count first. */
  ofLevel(level: Level, variables: ValueTable, otherClassNames: Iterable<string>): Primitive {
    const { attributes } = level;
    const className = level.subclass ?? level.class;
    let known = this.ofClasses.get(className);
    if (!known || !hasNames(known.attributeNames, attributes, variables)) {
      const attributeNames = [...namesOf(attributes, variables)];
      known = { attributeNames, finder: this.estimates.finder(className, attributeNames, otherClassNames) };
      this.ofClasses.set(className, known);
    }
    this.values.length = 0;
    for (const name of known.finder.names) this.values.push(attributes[name] ?? variables[name]);
    return known.finder.find(this.values);
  }
}

function* namesOf(attributes: ValueTable, variables: ValueTable): Generator<string> {
  yield* Object.keys(attributes);
  for (const name of Object.keys(variables)) if (!Object.hasOwn(attributes, name)) yield name;
}

/** Whether attributes and variables still have these names in this order. */
function hasNames(names: readonly string[], attributes: ValueTable, variables: ValueTable): boolean {
  let index = 0;
  for (const name in attributes) if (names[index++] !== name) return false;
  for (const name in variables)
    if (names[index] === name) index++;
    else if (!Object.hasOwn(attributes, name)) return false;
  return index === names.length;
}
