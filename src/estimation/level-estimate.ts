import { RaellaError } from "../errors";
import type { PrimitiveEstimate } from "./ask-estimators";
import type { Primitive } from "./primitive-estimates";
import type { LevelErrors } from "./reference-tables";
import { roundTo6Decimals } from "./round-decimals";

/** Area and energies of one instance of a level, as computed and rounded to six decimal places. */
export interface LevelEstimate {
  readonly isCompound: boolean;
  readonly areaUm2: number;
  readonly roundedAreaUm2: number;
  readonly energyPj: Readonly<Record<string, number>>;
  readonly roundedEnergyPj: Readonly<Record<string, number>>;
  /** Absent where nothing is interpolated. */
  readonly errorPercent?: LevelErrors;
  readonly warnings: readonly string[];
}

type Price = Pick<PrimitiveEstimate, "value" | "errorBar">;

/** A figure that is added up from parts. */
export class Sum {
  value = 0;
  /** In the unit of the value: all interpolated parts are off by their 90th percentile to the same side. */
  private error = 0;

  /** The original converts values to SI units and back before it sums them. */
  add({ value, errorBar }: Price, share: number, count: number): void {
    const part = value * 1e-12 * 1e12 * share * count;
    this.value += part;
    if (errorBar) this.error += (part * errorBar.ninetiethPercentilePercent) / 100;
  }

  get errorPercent(): number {
    return this.error === 0 ? 0 : (100 * this.error) / this.value;
  }
}

/**
 * The area of a primitive or the energy of an action. One that is multiplied by zero may be one that nobody can give,
 * such as the area of column drivers beside an array that is too narrow for them.
 * @param action null asks for the area
 */
export function priceOf(
  primitive: Primitive,
  action: string | null,
  share: number,
  warnings: Set<string>,
): Price {
  try {
    const estimate = action === null ? primitive.area() : primitive.energy(action);
    if (estimate.warnings && share !== 0) for (const warning of estimate.warnings) warnings.add(warning);
    return estimate;
  } catch (error) {
    if (share === 0 && error instanceof RaellaError && error.code === "out-of-range") return { value: 0 };
    throw error;
  }
}

/** @throws RaellaError `out-of-range` for a figure that no number can hold. */
function requireFinite(value: number, what: string): void {
  if (Number.isFinite(value)) return;
  throw new RaellaError({
    code: "out-of-range",
    message: `${what} is ${value}.`,
    value,
    expected: "a finite number",
  });
}

const noWarnings: readonly string[] = [];

/** The sums in the form of the tables. */
export function finishEstimate(
  isCompound: boolean,
  area: Sum,
  energies: Readonly<Record<string, Sum>>,
  warnings: ReadonlySet<string>,
): LevelEstimate {
  requireFinite(area.value, "The area");
  for (const action in energies)
    requireFinite(energies[action].value, `The energy of the action "${action}"`);
  const energyPj: Record<string, number> = {};
  const roundedEnergyPj: Record<string, number> = {};
  let energyErrors: Record<string, number> | undefined;
  for (const action in energies) {
    const { value, errorPercent } = energies[action];
    energyPj[action] = value;
    roundedEnergyPj[action] = roundTo6Decimals(value);
    if (errorPercent > 0) (energyErrors ??= {})[action] = errorPercent;
  }
  const areaError = area.errorPercent;
  return {
    isCompound,
    areaUm2: area.value,
    roundedAreaUm2: roundTo6Decimals(area.value),
    energyPj,
    roundedEnergyPj,
    ...((areaError > 0 || energyErrors) && {
      errorPercent: {
        ...(areaError > 0 && { area: areaError }),
        ...(energyErrors && { energy: energyErrors }),
      },
    }),
    warnings: warnings.size === 0 ? noWarnings : [...warnings],
  };
}
