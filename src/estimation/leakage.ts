import { adopt } from "../memory";
import type { Specification } from "../spec/specification";
import type { ComponentInstance } from "./compound/expand-component";
import { engineOf, type EstimationOptions } from "./estimation-engine";
import { inLevel, levelAreaShare, type LevelComponents } from "./level-components";

/**
 * Leakage power of one instance of every level, W: each part leaks in proportion to the area that is counted of it.
 * Parts whose leakage is not modelled (the component library) add nothing.
 *
 * The tables do not say this: with artifact fidelity their idle entries mix powers in pW with energies in pJ.
 */
export function leakagePower(
  given: Specification,
  options: EstimationOptions = {},
): Readonly<Record<string, number>> {
  const specification = adopt(given);
  const engine = engineOf(specification, options);
  const { components } = engine.forClasses(specification.componentClasses);
  const powers: Record<string, number> = {};
  for (const level of specification.levels) {
    try {
      const compiled = components.compoundClass(level);
      powers[level.name] = compiled
        ? levelAreaShare(level) *
          partsLeakageW(components.expand(level, compiled, specification.estimationVariables), components)
        : levelAreaShare(level) *
          components.primitiveOfLevel(level, specification.estimationVariables).leakagePowerW();
    } catch (error) {
      throw inLevel(error, level.name);
    }
  }
  return powers;
}

function partsLeakageW(component: ComponentInstance, components: LevelComponents): number {
  return component.parts.reduce((sum, part) => {
    const factor = part.areaShare * part.range.count;
    if (factor === 0) return sum;
    const own = part.component
      ? partsLeakageW(part.component, components)
      : components.primitiveOfPart(part).leakagePowerW();
    return sum + factor * own;
  }, 0);
}
