import { defineEstimator } from "../define-estimator";
import type { Estimate, Estimator } from "../estimator";
import type { ParameterDescriptions, ParameterValues } from "../parameters";
import { adcAreaUm2, adcEnergyPj, adcRange, type AdcParameters } from "./adc-survey-model";

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

/** The general ADC model, for the class `adc` and for classes of the library with converters. */
export function adcEstimator(classNames: readonly string[] = ["adc"]): Estimator {
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

function estimate(values: ParameterValues<typeof parameters>, value: number): Estimate {
  const { maximum } = adcRange.conversionsPerSecond;
  const speed = values.throughput / values.n_adcs;
  return {
    value,
    source,
    steps: () => [
      {
        description:
          `${values.resolution} bits, ${speed.toExponential(2)} conversions/s each, ${values.technology} nm, ` +
          `${values.n_adcs} converter${values.n_adcs === 1 ? "" : "s"}`,
      },
    ],
    warnings:
      speed > maximum
        ? [
            `${speed.toExponential(2)} conversions/s are more than one converter of the survey reaches (1e10).`,
          ]
        : undefined,
  };
}
