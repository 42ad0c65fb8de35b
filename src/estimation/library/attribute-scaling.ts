import type { TechnologyInterpolation } from "../../spec/specification";
import { cmosAreaFactor, cmosEnergyFactor } from "./cmos-scaling";

/** What is asked of an entry of the component library. */
export type Quantity = "energy" | "area";

type Rule = (from: number, to: number) => number;

const unchanged: Rule = () => 1;
const proportional: Rule = (from, to) => to / from;
const exponential: Rule = (from, to) => 2 ** (to - from);
/** Exponent with which the dynamic energy of a memory grows with its depth. */
const depthEnergyExponent = 0.78;

const rules: Readonly<Record<string, Readonly<Record<Quantity, Rule>>>> = {
  resolution: { energy: exponential, area: exponential },
  width: { energy: proportional, area: proportional },
  datawidth: { energy: proportional, area: proportional },
  width_a: { energy: proportional, area: proportional },
  width_b: { energy: proportional, area: proportional },
  datawidth_a: { energy: proportional, area: proportional },
  datawidth_b: { energy: proportional, area: proportional },
  depth: { energy: (from, to) => (to / from) ** depthEnergyExponent, area: proportional },
  rows: { energy: unchanged, area: proportional },
  cols: { energy: unchanged, area: proportional },
  columns: { energy: unchanged, area: proportional },
  n_components: { energy: unchanged, area: proportional },
  area_scale: { energy: unchanged, area: proportional },
  energy_scale: { energy: proportional, area: unchanged },
  average_input_value: { energy: proportional, area: unchanged },
  average_weight_value: { energy: proportional, area: unchanged },
  average_output_value: { energy: proportional, area: unchanged },
  no_scale_area: { energy: unchanged, area: unchanged },
  no_scale_energy: { energy: unchanged, area: unchanged },
};

/** Attributes with a scaling rule. */
export const scalableAttributes: readonly string[] = ["technology", ...Object.keys(rules)];

/** A technology may be text: what is not part of a number is stripped from both ends, `32nm`. */
export function technologyNm(value: unknown): number {
  if (typeof value === "number") return value;
  const text = String(value).replace(/^[^0-9eE+.-]+|[^0-9eE+.-]+$/g, "");
  return text === "" ? Number.NaN : Number(text);
}

/**
 * Factor for going from an entry's value of an attribute to the one asked for; undefined if it cannot be scaled.
 * @param name of the attribute as the query writes it (the rules know the lower-case names only)
 */
export function attributeFactor(
  quantity: Quantity,
  name: string,
  from: string,
  to: unknown,
  interpolation: TechnologyInterpolation,
): number | undefined {
  if (name === "technology") {
    const nodes = [technologyNm(from), technologyNm(to)] as const;
    return (quantity === "energy" ? cmosEnergyFactor : cmosAreaFactor)(...nodes, interpolation);
  }
  const rule = Object.hasOwn(rules, name) ? rules[name][quantity] : undefined;
  const [fromNumber, toNumber] = [Number(from), numberOf(to)];
  if (!rule || from === "" || Number.isNaN(fromNumber) || toNumber === undefined) return undefined;
  const factor = rule(fromNumber, toNumber);
  return Number.isFinite(factor) ? factor : undefined;
}

function numberOf(value: unknown): number | undefined {
  if (typeof value === "number") return value;
  if (typeof value === "boolean") return value ? 1 : 0;
  if (typeof value !== "string" || value.trim() === "") return undefined;
  const number = Number(value);
  return Number.isNaN(number) ? undefined : number;
}
