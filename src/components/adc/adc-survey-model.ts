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
