import type { DesignAccuracy } from "../network/analyze-accuracy";
import type { Share } from "../network/end-to-end";
import type { NetworkAccuracy } from "../network/network-accuracy";
import type { TextColumn } from "./text-table";
import { formatItems } from "./text-table";

const decibels = (value: number | null | undefined, nothing: string): string =>
  value === undefined ? "" : value === null ? nothing : value.toFixed(2);
const percent = (value: number): string => `${(100 * value).toFixed(value !== 0 && value < 0.001 ? 3 : 1)} %`;
const share = (value: Share | null | undefined): string =>
  value ? `${percent(value.share)} (${(100 * value.low).toFixed(0)}–${(100 * value.high).toFixed(0)})` : "";

/** How accurate designs compute a network: one line each, and for a single design one for each layer. */
export function formatAccuracyText(accuracy: NetworkAccuracy): string {
  const { dnn, file, scheme, inputSamples, madeUpInputs, reference, designs, engine } = accuracy;
  const samples = `${inputSamples} ${inputSamples === 1 ? "sample" : "samples"} of ${madeUpInputs ? "made-up noise" : "data"}`;
  const lines = [`${dnn}: ${file}, scheme ${scheme}, ${samples}; run by ${engine.name} ${engine.version}.`];
  if (reference !== null) {
    const { idealSqnrToFloat, idealAccuracy, floatAccuracy } = reference;
    lines.push(
      `Ideal 8-bit network against the float network: ${idealSqnrToFloat === null ? "equal" : `${idealSqnrToFloat.toFixed(2)} dB`}.`,
    );
    if (floatAccuracy && idealAccuracy)
      lines.push(`Accuracy: float ${share(floatAccuracy)}, ideal 8-bit ${share(idealAccuracy)}.`);
  }
  lines.push("", designTable(designs, reference !== null));
  if (designs.length === 1) lines.push("", layerTable(designs[0]));
  return `${lines.join("\n")}\n`;
}

function designTable(designs: readonly DesignAccuracy[], isEndToEnd: boolean): string {
  const hasLabels = designs.some(({ endToEnd }) => endToEnd?.accuracy);
  const isNoisy = designs.some(({ noise = 0 }) => noise > 0);
  const noise: TextColumn<DesignAccuracy> = ["noise", (design) => String(design.noise ?? 0)];
  const endToEnd: readonly TextColumn<DesignAccuracy>[] = [
    ["loss (dB)", (design) => decibels(design.endToEnd?.loss, "unlimited")],
    ["to ideal (dB)", (design) => decibels(design.endToEnd?.sqnrToIdeal, "equal")],
    ["same top-1 (95 %)", (design) => share(design.endToEnd?.top1Agreement)],
  ];
  const labels: TextColumn<DesignAccuracy> = [
    "accuracy (95 %)",
    (design) => share(design.endToEnd?.accuracy),
  ];
  return formatItems(designs, [
    ["architecture", ({ architecture }) => architecture, "left"],
    ["ADC bits", ({ adcBits }) => String(adcBits)],
    ["rows", ({ rows }) => String(rows)],
    ["slicing", ({ slicing }) => slicing, "left"],
    ...(isNoisy ? [noise] : []),
    ["slices", ({ meanSlices }) => meanSlices.toFixed(2)],
    ["error", ({ meanError }) => meanError.toFixed(3)],
    ["saturated", ({ meanSaturatedShare }) => percent(meanSaturatedShare)],
    ...(isEndToEnd ? endToEnd : []),
    ...(hasLabels ? [labels] : []),
  ]);
}

function layerTable({ layers }: DesignAccuracy): string {
  return formatItems(layers, [
    ["layer", ({ layer }) => String(layer), "left"],
    ["name", ({ layerName }) => layerName, "left"],
    ["slicing", ({ slicing }) => slicing],
    ["saturated", ({ saturatedShare }) => percent(saturatedShare)],
    ["changed", ({ changed }) => percent(changed)],
    ["mean step", ({ meanAbs }) => meanAbs.toFixed(3)],
    ["error", ({ error }) => error.toFixed(3)],
    ["SQNR (dB)", ({ sqnr }) => decibels(sqnr, "equal")],
  ]);
}
