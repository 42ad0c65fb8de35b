import type { Level, ValueTable } from "../spec/specification";
import { CompoundEstimates } from "./compound-estimates";
import { levelAreaShare, requireNumber, type LevelComponents } from "./level-components";
import { finishEstimate, priceOf, Sum, type LevelEstimate } from "./level-estimate";
import type { Primitive } from "./primitive-estimates";

/** Prices levels of one set of component classes, and remembers them. */
export class LevelEstimates {
  private readonly compounds = new Map<string, CompoundEstimates | null>();
  private readonly primitives = new WeakMap<Primitive, Map<string, LevelEstimate>>();

  constructor(private readonly components: LevelComponents) {}

  /** @throws RaellaError for what cannot be priced */
  estimate(level: Level, variables: ValueTable): LevelEstimate {
    const compound = this.compoundOf(level);
    return compound ? compound.estimate(level, variables) : this.estimatePrimitive(level, variables);
  }

  private compoundOf(level: Level): CompoundEstimates | null {
    const name = level.subclass ?? level.class;
    let known = this.compounds.get(name);
    if (known === undefined) {
      const compiled = this.components.compoundClass(level);
      known = compiled ? new CompoundEstimates(compiled, this.components) : null;
      this.compounds.set(name, known);
    }
    return known;
  }

  private estimatePrimitive(level: Level, variables: ValueTable): LevelEstimate {
    const { attributes } = level;
    for (const name in attributes) {
      const value = attributes[name];
      if (typeof value === "number" || !this.components.isNumber(level.subclass ?? level.class, name))
        continue;
      requireNumber(name, value);
    }
    const primitive = this.components.primitiveOfLevel(level, variables);
    const share = levelAreaShare(level);
    let known = this.primitives.get(primitive);
    if (!known) this.primitives.set(primitive, (known = new Map<string, LevelEstimate>()));
    const key = `${share} ${level.requiredActions.join(" ")}`;
    let estimate = known.get(key);
    if (!estimate) {
      const actions = [...this.components.listedActions(primitive.className), ...level.requiredActions];
      known.set(key, (estimate = pricePrimitive(primitive, share, actions)));
    }
    return estimate;
  }
}

function pricePrimitive(primitive: Primitive, share: number, actions: readonly string[]): LevelEstimate {
  const warnings = new Set(primitive.warnings);
  const area = new Sum();
  area.add(priceOf(primitive, null, share, warnings), share, 1);
  const energies: Record<string, Sum> = {};
  for (const action of actions) {
    energies[action] = new Sum();
    energies[action].add(priceOf(primitive, action, 1, warnings), 1, 1);
  }
  return finishEstimate(false, area, energies, warnings);
}
