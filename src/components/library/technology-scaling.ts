import type { TechnologyInterpolation } from "../../spec/specification";

/**
 * Published CMOS scaling data: A. Stillmaker, B. Baas, "Scaling equations for the accurate prediction of CMOS
 * device performance from 180 nm to 7 nm", Integration, the VLSI Journal 58, 2017.
 */
const nodesNm = [130, 90, 65, 45, 32, 20, 16, 14, 10, 7];

/** Area multipliers, row: from, column: to, in the order of `nodesNm`. Two digits, and not transitive. */
const areaMultipliers: readonly (readonly number[])[] = [
  [1, 0.44, 0.23, 0.16, 0.072, 0.033, 0.03, 0.027, 0.016, 0.0092],
  [2.3, 1, 0.53, 0.35, 0.16, 0.075, 0.067, 0.061, 0.036, 0.021],
  [4.3, 1.9, 1, 0.66, 0.31, 0.14, 0.13, 0.12, 0.068, 0.039],
  [6.4, 2.8, 1.5, 1, 0.46, 0.21, 0.19, 0.17, 0.1, 0.059],
  [14, 6.1, 3.3, 2.2, 1, 0.46, 0.41, 0.38, 0.22, 0.13],
  [30, 13, 7.1, 4.7, 2.2, 1, 0.89, 0.82, 0.48, 0.28],
  [34, 15, 7.9, 5.3, 2.4, 1.1, 1, 0.91, 0.54, 0.31],
  [37, 16, 8.7, 5.8, 2.7, 1.2, 1.1, 1, 0.59, 0.34],
  [63, 28, 15, 9.8, 4.5, 2.1, 1.9, 1.7, 1, 0.58],
  [110, 48, 25, 17, 7.8, 3.6, 3.2, 2.9, 1.7, 1],
];

/** Energy over supply voltage, a V^2 + b V + c, in the order of `nodesNm`. */
const energyPolynomials: readonly (readonly [number, number, number])[] = [
  [7.171, -6.709, 2.904],
  [4.762, -4.781, 2.092],
  [3.755, -4.398, 1.975],
  [1.103, -0.362, 0.2767],
  [0.9559, -0.7823, 0.471],
  [0.373, -0.1582, 0.04104],
  [0.2958, -0.1241, 0.03024],
  [0.2363, -0.09675, 0.02239],
  [0.2068, -0.09311, 0.02375],
  [0.1776, -0.09097, 0.02447],
];

/** Supply voltage at which energies are compared, V. */
const nominalVoltageV = 0.8;
/** Range of the nodes, nm. */
export const scalingRangeNm = { smallest: 7, largest: 130 } as const;

/**
 * Position of a node in the table, fractional between tabulated nodes; undefined outside 7 to 130 nm. With L and S the
 * larger and the smaller tabulated node around t, at the indices i and i + 1, it is i + (L - t) / (L - S). The original
 * has i + (t - S) / (L - S), which runs backwards: a node just below L lands next to S.
 */
function nodeIndex(nodeNm: number, interpolation: TechnologyInterpolation): number | undefined {
  const exact = nodesNm.indexOf(nodeNm);
  if (exact >= 0) return exact;
  const upper = nodesNm.findIndex((larger, index) => larger > nodeNm && nodesNm[index + 1] < nodeNm);
  if (upper < 0) return undefined;
  const [larger, smaller] = [nodesNm[upper], nodesNm[upper + 1]];
  return upper + (interpolation === "original" ? nodeNm - smaller : larger - nodeNm) / (larger - smaller);
}

/** Factor by which the area changes from one node to another (nm); undefined outside 7 to 130 nm. */
export function cmosAreaFactor(
  fromNm: number,
  toNm: number,
  interpolation: TechnologyInterpolation,
): number | undefined {
  const from = nodeIndex(fromNm, interpolation);
  const to = nodeIndex(toNm, interpolation);
  if (from === undefined || to === undefined) return undefined;
  const [row, column] = [Math.floor(from), Math.floor(to)];
  const [nextRow, nextColumn] = [Math.ceil(from), Math.ceil(to)];
  const [down, right] = [from - row, to - column];
  return (
    areaMultipliers[row][column] * (1 - down) * (1 - right) +
    areaMultipliers[row][nextColumn] * (1 - down) * right +
    areaMultipliers[nextRow][column] * down * (1 - right) +
    areaMultipliers[nextRow][nextColumn] * down * right
  );
}

/** Factor by which the energy changes from one node (nm) and voltage to another; undefined outside 7 to 130 nm. */
export function cmosEnergyFactor(
  fromNm: number,
  toNm: number,
  interpolation: TechnologyInterpolation,
  voltages: { readonly fromV?: number; readonly toV?: number } = {},
): number | undefined {
  const from = nodeIndex(fromNm, interpolation);
  const to = nodeIndex(toNm, interpolation);
  if (from === undefined || to === undefined) return undefined;
  return (
    relativeEnergy(to, voltages.toV ?? nominalVoltageV) /
    relativeEnergy(from, voltages.fromV ?? nominalVoltageV)
  );
}

function relativeEnergy(index: number, voltageV: number): number {
  const lower = Math.floor(index);
  const share = index - lower;
  return (
    evaluatePolynomial(energyPolynomials[lower], voltageV) * (1 - share) +
    evaluatePolynomial(energyPolynomials[Math.ceil(index)], voltageV) * share
  );
}

function evaluatePolynomial([a, b, c]: readonly [number, number, number], voltageV: number): number {
  return a * voltageV ** 2 + b * voltageV + c;
}

/** What is asked of an entry of the component library. */
export type Quantity = "energy" | "area";

type Rule = (from: number, to: number) => number;

const unchanged: Rule = () => 1;
const proportional: Rule = (from, to) => to / from;
const exponential: Rule = (from, to) => 2 ** (to - from);
/** Exponent with which the dynamic energy of a memory grows with its depth. */
const depthEnergyExponent = 0.78;

function rulesOf(names: readonly string[], energy: Rule, area: Rule): Record<string, Record<Quantity, Rule>> {
  return Object.fromEntries(names.map((name) => [name, { energy, area }]));
}

const averages = ["average_input_value", "average_weight_value", "average_output_value"];

const rules: Readonly<Record<string, Readonly<Record<Quantity, Rule>>>> = {
  resolution: { energy: exponential, area: exponential },
  ...rulesOf(["width", "width_a", "width_b"], proportional, proportional),
  ...rulesOf(["datawidth", "datawidth_a", "datawidth_b"], proportional, proportional),
  depth: { energy: (from, to) => (to / from) ** depthEnergyExponent, area: proportional },
  ...rulesOf(["rows", "cols", "columns", "n_components", "area_scale"], unchanged, proportional),
  ...rulesOf(["energy_scale", ...averages], proportional, unchanged),
  ...rulesOf(["no_scale_area", "no_scale_energy"], unchanged, unchanged),
};

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
