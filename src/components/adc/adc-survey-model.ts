import { counted } from "../../errors";
import { defineEstimator } from "../estimator";
import type { Estimate, EstimateStep, Estimator } from "../estimator";
import type { ParameterDescriptions, ParameterValues } from "../parameters";

/**
 * A general model of analog-to-digital converters: T. Andrulis, R. Chen, H.-S. Lee, J. S. Emer, V. Sze, "Modeling
 * Analog-Digital-Converter Energy and Area for Compute-In-Memory Accelerator Design", arXiv:2404.06553, 2024, with
 * the coefficients of its published implementation: a regression over B. Murmann, "ADC Performance Survey". It asks
 * what a good converter of these parameters costs, not an average one: energies at the 20th percentile of the
 * survey, areas at the 10th.
 */
export interface AdcParameters {
  /** Effective number of bits. */
  readonly resolutionBits: number;
  /** Conversions per second of one converter. */
  readonly conversionsPerSecond: number;
  readonly technologyNm: number;
}

/** Range of the regression. Below four bits its energy would rise again with fewer bits. */
export const adcRange = {
  resolutionBits: { minimum: 4, maximum: 14 },
  conversionsPerSecond: { minimum: 1e3, maximum: 1e10 },
  technologyNm: { minimum: 7, maximum: 180 },
} as const;

/** Schreier figure of merit that converters of a speed reach, dB: intercept and slope over ln(conversions/s). */
const meritBySpeed = { intercept: 213.7806687348118, slope: -2.8719030399529957 };
/** Schreier figure of merit that converters of a resolution reach, dB: intercept and slope over bits. */
const meritByResolution = { intercept: 128.3068287398817, slope: 3.2205115109775 };
/** Logarithm of the energy in pJ over that of the figure of merit in J. */
const energyCorrection = {
  intercept: 26.0496215686518,
  perLogNm: 1.8800369206815004,
  perLogBits: -2.8291256050594527,
  goodDesign: -1.4702022133784405,
};
/** Logarithm of the area in um^2. */
const areaRegression = {
  intercept: 1.3461916439910742,
  perLogNm: 0.9932794744745022,
  perLogSpeed: 0.18071538424508238,
  perLogEnergy: 0.29912426192653485,
};

/** Energy of one conversion, pJ. */
export function adcEnergyPj({ resolutionBits, conversionsPerSecond, technologyNm }: AdcParameters): number {
  const bySpeed = meritBySpeed.intercept + meritBySpeed.slope * Math.log(conversionsPerSecond);
  const byResolution = meritByResolution.intercept + meritByResolution.slope * resolutionBits;
  const meritDb = Math.min(bySpeed, byResolution);
  const signalToNoiseDb = resolutionBits * 20 * Math.log10(2) + 10 * Math.log10(1.5);
  const meritEnergyJ = 1 / (10 ** ((meritDb - signalToNoiseDb) / 10) * 2);
  const correction =
    energyCorrection.intercept +
    energyCorrection.perLogNm * Math.log(technologyNm) +
    energyCorrection.perLogBits * Math.log(resolutionBits) +
    energyCorrection.goodDesign;
  return meritEnergyJ * Math.exp(correction);
}

/** Area of one converter, um^2. */
export function adcAreaUm2(parameters: AdcParameters): number {
  return Math.exp(
    areaRegression.intercept +
      areaRegression.perLogNm * Math.log(parameters.technologyNm) +
      areaRegression.perLogSpeed * Math.log(parameters.conversionsPerSecond) +
      areaRegression.perLogEnergy * Math.log(adcEnergyPj(parameters)),
  );
}

const parameters = {
  technology: {
    kind: "node",
    unit: "nm",
    description: "technology node",
    ...adcRange.technologyNm,
  },
  resolution: {
    kind: "number",
    unit: "bit",
    description: "effective number of bits",
    synonyms: ["adc_resolution", "n_bits"],
    ...adcRange.resolutionBits,
  },
  throughput: {
    kind: "number",
    unit: "conversions/s",
    description: "conversions of all converters together",
    minimum: 0,
  },
  n_adcs: {
    kind: "number",
    unit: "1",
    description: "converters that share the throughput",
    synonyms: ["n_components"],
    default: 1,
    minimum: 1,
  },
} as const satisfies ParameterDescriptions;

const source =
  "Andrulis et al., arXiv:2404.06553, 2024: regression over Murmann's ADC Performance Survey (good designs)";

/** Accuracy that the ADC model claims: less than the component library, whose entries are measured. */
const adcAccuracyPercent = 35;

/** The general ADC model, for the class `adc`. */
export function adcEstimator(): Estimator {
  return surveyEstimator(["adc"], () => []);
}

/**
 * The general ADC model where the component library has a class of converters but not the one that is asked for, or where
 * it is to answer for all of them.
 * @param isRemarkable whether a warning says that it answers
 */
export function adcStandIn(classNames: readonly string[], isRemarkable: boolean): Estimator {
  if (!isRemarkable) return surveyEstimator(classNames, () => []);
  return surveyEstimator(classNames, ({ resolution, technology }) => [
    `The component library has no converter of ${counted(resolution, "bit")} that could be scaled to ${technology} nm; ` +
      "the ADC survey model answers.",
  ]);
}

function surveyEstimator(
  classNames: readonly string[],
  notes: (values: ParameterValues<typeof parameters>) => readonly string[],
): Estimator {
  const estimate = (values: ParameterValues<typeof parameters>, value: number): Estimate => ({
    value,
    source,
    steps: () => describeSteps(values),
    warnings: [...notes(values), ...speedWarnings(values)],
  });
  return defineEstimator({
    name: "ADC survey model",
    classNames,
    accuracyPercent: adcAccuracyPercent,
    parameters,
    actions: ["convert", "read", "drive", "sample", "activate", "idle", "update", "write"],
    areaUm2: (values) => estimate(values, adcAreaUm2(ofOne(values)) * values.n_adcs),
    energyPj: (action, values) =>
      estimate(values, ["idle", "update", "write"].includes(action) ? 0 : adcEnergyPj(ofOne(values))),
  });
}

/** Below the slowest converters of the survey the energy of a conversion no longer changes with the speed. */
function ofOne(values: ParameterValues<typeof parameters>): AdcParameters {
  const { minimum, maximum } = adcRange.conversionsPerSecond;
  return {
    resolutionBits: values.resolution,
    conversionsPerSecond: Math.min(Math.max(values.throughput / values.n_adcs, minimum), maximum),
    technologyNm: values.technology,
  };
}

function describeSteps(values: ParameterValues<typeof parameters>): readonly EstimateStep[] {
  const { resolution, technology, throughput, n_adcs: count } = values;
  const speed = (throughput / count).toExponential(2);
  const converters = `${count} converter${count === 1 ? "" : "s"}`;
  return [
    {
      description: `${counted(resolution, "bit")}, ${speed} conversions/s each, ${technology} nm, ${converters}`,
    },
  ];
}

function speedWarnings({ throughput, n_adcs }: ParameterValues<typeof parameters>): readonly string[] {
  const speed = throughput / n_adcs;
  return speed > adcRange.conversionsPerSecond.maximum
    ? [`${speed.toExponential(2)} conversions/s are more than one converter of the survey reaches (1e10).`]
    : [];
}
