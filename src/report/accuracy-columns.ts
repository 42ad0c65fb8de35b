import {
  dataWith,
  hasParts,
  isListOf,
  isObject,
  isText,
  oneOf,
  optional,
  optionsOf,
  requireArgument,
  requireOptions,
} from "../arguments";
import type { DesignAccuracy } from "../network/analyze-accuracy";
import type { NetworkAccuracy } from "../network/network-accuracy";
import type { Cell } from "../study/sweep/sweep-row";
import type { Columns } from "./tidy-columns";
import { columnsOfRows } from "./tidy-columns";

const accuracyParts = {
  dnn: isText,
  designs: isListOf((design) => isObject(design) && hasParts(design, { layers: isListOf(isObject) })),
};

/** What is looked at of the accuracy of a network. */
export const accuracySchema = dataWith("an accuracy, as networkAccuracy returns it", accuracyParts);

export const isAccuracy = (value: unknown): value is NetworkAccuracy => hasParts(value, accuracyParts);

/** The shape of a data frame of accuracies. */
export interface AccuracyFrameOptions {
  /** `layers` (default): one row for each design and layer. `designs`: one row for each design. */
  readonly shape?: "layers" | "designs";
}

const frameSchema = optionsOf({ shape: optional(oneOf(["layers", "designs"])) });

/** What every row says of its design. */
function designCells(
  { dnn, noiseSeed }: NetworkAccuracy,
  design: DesignAccuracy,
): Readonly<Record<string, Cell>> {
  const { endToEnd } = design;
  return {
    architecture: design.architecture,
    dnn,
    adcBits: design.adcBits,
    rows: design.rows,
    slicingChoice: design.slicing,
    ...(noiseSeed !== undefined && { noise: design.noise ?? 0, noiseSeed }),
    meanSlices: design.meanSlices,
    meanError: design.meanError,
    lossDb: endToEnd?.loss ?? null,
    sqnrToIdealDb: endToEnd?.sqnrToIdeal ?? null,
    sqnrToFloatDb: endToEnd?.sqnrToFloat ?? null,
    top1Agreement: endToEnd?.top1Agreement?.share ?? null,
    top1Accuracy: endToEnd?.accuracy?.share ?? null,
    saturatedShareEndToEnd: endToEnd?.saturatedShare ?? null,
  };
}

/**
 * The accuracy of a network as a table. Columns of a design: architecture, dnn, adcBits, rows, slicingChoice, meanSlices,
 * meanError (output steps), lossDb, sqnrToIdealDb, sqnrToFloatDb, top1Agreement, top1Accuracy, saturatedShareEndToEnd; of its
 * layers: layer, layerName, slicing, slices, saturatedShare, changed, meanAbs, error (output steps), sqnrDb. Where a design has
 * noise also noise (steps of the converter) and noiseSeed.
 */
export function accuracyColumns(accuracy: NetworkAccuracy, options: AccuracyFrameOptions = {}): Columns {
  requireArgument(accuracySchema, accuracy, "the accuracy of accuracyColumns");
  requireOptions(frameSchema, options, "accuracyColumns");
  const rows = accuracy.designs.flatMap((design): readonly Readonly<Record<string, Cell>>[] => {
    const cells = designCells(accuracy, design);
    if (options.shape === "designs") return [cells];
    return design.layers.map((layer) => ({
      ...cells,
      layer: layer.layer,
      layerName: layer.layerName,
      slicing: layer.slicing,
      slices: layer.slices,
      saturatedShare: layer.saturatedShare,
      changed: layer.changed,
      meanAbs: layer.meanAbs,
      error: layer.error,
      sqnrDb: layer.sqnr,
    }));
  });
  return columnsOfRows(rows);
}
