import type { DesignAccuracy } from "../network/analyze-accuracy";
import type { Share } from "../network/end-to-end";
import type { NetworkAccuracy } from "../network/network-accuracy";
import { formatTextTable } from "./text-table";

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
  const columns = ["architecture", "ADC bits", "rows", "slicing"];
  if (isNoisy) columns.push("noise");
  columns.push("slices", "error", "saturated");
  if (isEndToEnd) columns.push("loss (dB)", "to ideal (dB)", "same top-1 (95 %)");
  if (hasLabels) columns.push("accuracy (95 %)");
  const rows = designs.map((design) => {
    const { endToEnd } = design;
    const row = [
      design.architecture,
      String(design.adcBits),
      String(design.rows),
      design.slicing,
      ...(isNoisy ? [String(design.noise ?? 0)] : []),
      design.meanSlices.toFixed(2),
      design.meanError.toFixed(3),
      percent(design.meanSaturatedShare),
    ];
    if (isEndToEnd)
      row.push(
        decibels(endToEnd?.loss, "unlimited"),
        decibels(endToEnd?.sqnrToIdeal, "equal"),
        share(endToEnd?.top1Agreement),
      );
    if (hasLabels) row.push(share(endToEnd?.accuracy));
    return row;
  });
  return formatTextTable({ columns, rows, leftAligned: [0, 3] });
}

function layerTable({ layers }: DesignAccuracy): string {
  const columns = ["layer", "name", "slicing", "saturated", "changed", "mean step", "error", "SQNR (dB)"];
  const rows = layers.map((layer) => [
    String(layer.layer),
    layer.layerName,
    layer.slicing,
    percent(layer.saturatedShare),
    percent(layer.changed),
    layer.meanAbs.toFixed(3),
    layer.error.toFixed(3),
    decibels(layer.sqnr, "equal"),
  ]);
  return formatTextTable({ columns, rows, leftAligned: [0, 1] });
}
