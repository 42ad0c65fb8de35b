import { toValue, type RuntimeValue } from "../spec/expression";
import type { Level, Value, ValueTable } from "../spec/specification";
import type { CompiledPart } from "./compound/compile-class";
import type { Primitive, PrimitiveEstimates, PrimitiveFinder } from "./primitive-estimates";

/** A finder for attributes of fixed names. */
interface NamedFinder {
  readonly attributeNames: readonly string[];
  /** Names of the variables that are attributes too; the same list as long as the names are the same. */
  readonly variableNames: readonly string[];
  readonly finder: PrimitiveFinder;
}

const noNames: readonly string[] = [];
/** Most different sets of attribute names that are remembered for a class of levels. */
const rememberedNameSets = 32;

/**
 * Primitives of levels and of parts. Which attributes matter depends on names only, and those stay the same from
 * layer to layer, so it is found out once.
 */
export class LevelPrimitives {
  private readonly ofParts = new WeakMap<CompiledPart, NamedFinder>();
  private readonly ofClasses = new Map<string, NamedFinder[]>();
  private readonly values: (Value | undefined)[] = [];
  private lastVariables: ValueTable | undefined;
  private lastVariableNames = noNames;

  constructor(private readonly estimates: PrimitiveEstimates) {}

  /** See {@link PrimitiveEstimates.listedActions}. */
  listedActions(className: string): readonly string[] {
    return this.estimates.listedActions(className);
  }

  /** See {@link PrimitiveEstimates.isRelevant}. */
  isRelevant(className: string, attribute: string): boolean {
    return this.estimates.isRelevant(className, attribute);
  }

  /** See {@link PrimitiveEstimates.isNumber}. */
  isNumber(className: string, attribute: string): boolean {
    return this.estimates.isNumber(className, attribute);
  }

  /** The primitive that a part of a compound component is. */
  ofPart(part: CompiledPart, attributes: ReadonlyMap<string, RuntimeValue>): Primitive {
    let known = this.ofParts.get(part);
    if (!known || known.attributeNames.length !== attributes.size) {
      const attributeNames = [...attributes.keys()];
      known = {
        attributeNames,
        variableNames: noNames,
        finder: this.estimates.finder(part.className, attributeNames),
      };
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
    const finder = this.finderOfLevel(className, attributes, variables, otherClassNames);
    this.values.length = 0;
    for (const name of finder.names) this.values.push(attributes[name] ?? variables[name]);
    return finder.find(this.values);
  }

  private finderOfLevel(
    className: string,
    attributes: ValueTable,
    variables: ValueTable,
    otherClassNames: Iterable<string>,
  ): PrimitiveFinder {
    const variableNames = this.namesOfVariables(variables);
    const ofClass = this.ofClasses.get(className) ?? [];
    for (const known of ofClass)
      if (known.variableNames === variableNames && areNamesOf(known.attributeNames, attributes))
        return known.finder;
    const attributeNames = Object.keys(attributes);
    const further = variableNames.filter((name) => !Object.hasOwn(attributes, name));
    const finder = this.estimates.finder(className, [...attributeNames, ...further], otherClassNames);
    const added = { attributeNames, variableNames, finder };
    this.ofClasses.set(className, [added, ...ofClass.slice(0, rememberedNameSets - 1)]);
    return finder;
  }

  private namesOfVariables(variables: ValueTable): readonly string[] {
    if (variables !== this.lastVariables) {
      if (!areNamesOf(this.lastVariableNames, variables)) this.lastVariableNames = Object.keys(variables);
      this.lastVariables = variables;
    }
    return this.lastVariableNames;
  }
}

/** Whether a table has exactly these names in this order. */
function areNamesOf(names: readonly string[], table: ValueTable): boolean {
  let index = 0;
  for (const name in table) if (names[index++] !== name) return false;
  return index === names.length;
}
