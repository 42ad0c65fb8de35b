import { counted } from "../../errors";
import { defineEstimator } from "../estimator";
import type { Estimate, EstimateStep, Estimator } from "../estimator";
import type { ParameterDescriptions, ParameterValues } from "../parameters";
import { adcAreaUm2, adcEnergyPj, adcRange } from "./adc-survey-model";
import type { AdcParameters } from "./adc-survey-model";

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
