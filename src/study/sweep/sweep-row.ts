import { requireArgument, text } from "../../arguments";
import type { DesignFigures } from "./design-figures";
import type { SweepPlan } from "./sweep-plan";
import { variableNames } from "./sweep-plan";

/** A figure, a text, or nothing where a point has no result. */
export type Cell = number | string | null;

/** One point with its result, cell by cell in the order of the columns. */
export type SweepRow = readonly Cell[];

/**
 * `ok`: evaluated and within the constraint. `excluded`: the constraint does not hold. `infeasible`: the design cannot
 * run the DNN, or cannot be built.
 */
export type PointStatus = "ok" | "excluded" | "infeasible";

/** A column of the rows of a sweep. */
export interface SweepColumn {
  readonly name: string;
  readonly type: "integer" | "number" | "text";
  readonly unit: string;
  readonly description: string;
}

const identityColumns: readonly SweepColumn[] = [
  { name: "point", type: "integer", unit: "", description: "number of the point" },
  {
    name: "design",
    type: "integer",
    unit: "",
    description: "number of the design, equal for all of its DNNs",
  },
  { name: "architecture", type: "text", unit: "", description: "architecture" },
  { name: "dnn", type: "text", unit: "", description: "DNN" },
  { name: "nTiles", type: "integer", unit: "", description: "tiles of a chip" },
  { name: "batchSize", type: "integer", unit: "", description: "samples of a batch" },
];

const statusColumns: readonly SweepColumn[] = [
  { name: "status", type: "text", unit: "", description: "ok, excluded (by the constraint) or infeasible" },
  { name: "reason", type: "text", unit: "", description: "why a point is excluded or infeasible" },
];

const figureColumns: {
  readonly [Name in keyof DesignFigures]: readonly [unit: string, description: string];
} = {
  layers: ["", "layers of the DNN"],
  macsPerInference: ["MAC", "multiply-accumulates of one sample"],
  energyPj: ["pJ", "all layers, one batch"],
  energyPerInferencePj: ["pJ", "all layers, one sample"],
  energyPerMacPj: ["pJ", "energy per multiply-accumulate"],
  topsPerWatt: ["TOPS/W", "operations (two for each multiply-accumulate) per joule"],
  cyclesTotal: ["cycles", "one batch through all layers, one after the other"],
  cyclesSlowestLayer: ["cycles", "one batch through the slowest layer"],
  chipAreaMm2: ["mm²", "one chip of `nTiles` tiles"],
  tileBudget: ["tiles", "tiles that fit on the silicon of the sweep"],
  tilesUsed: ["tiles", "tiles of the replicated pipeline"],
  pipelineAreaMm2: ["mm²", "silicon of the tiles used"],
  inferencesPerSecond: ["1/s", "throughput of the replicated pipeline"],
  tops: ["TOPS", "operations of the replicated pipeline per second"],
  topsPerMm2: ["TOPS/mm²", "operations per second and silicon, replicated"],
  powerW: ["W", "energy times throughput, replicated"],
  unreplicatedAreaMm2: ["mm²", "silicon with one copy of every layer"],
  unreplicatedInferencesPerSecond: ["1/s", "throughput with one copy of every layer"],
  unreplicatedTops: ["TOPS", "operations per second, one copy of every layer"],
  unreplicatedTopsPerMm2: ["TOPS/mm²", "operations per second and silicon, one copy of every layer"],
};

const accuracyColumns = {
  loss: ["dB", "what the arithmetic costs end to end, on top of 8 bits"],
  top1Agreement: ["", "share of samples that are classified as by the ideal 8-bit network"],
  error: ["steps", "mean error of outputs that are not 0, mean over the layers"],
  meanSlices: ["", "slices of a weight, mean over the layers"],
} as const;

/** Names of the columns that accuracy adds to a sweep. */
export function accuracyColumnNames({ accuracy }: SweepPlan): readonly (keyof typeof accuracyColumns)[] {
  if (accuracy === undefined) return [];
  return accuracy.endToEnd ? ["loss", "top1Agreement", "error", "meanSlices"] : ["error", "meanSlices"];
}

/** Names of the figures, in column order. */
export const figureNames = Object.keys(figureColumns) as readonly (keyof DesignFigures)[];

/** `Input Drivers / DAC` as `energyPjInputDriversDac`: a name that expressions can use. */
export function groupColumnName(group: string): string {
  requireArgument(text, group, "the group of groupColumnName");
  const words = group.split(/[^A-Za-z0-9]+/).filter((word) => word !== "");
  return `energyPj${words.map((word) => word[0].toUpperCase() + word.slice(1).toLowerCase()).join("")}`;
}

/** Whether a variable only takes numbers in this sweep. */
function isNumeric(plan: SweepPlan, variable: string): boolean {
  const axis = plan.axes.find((candidate) => candidate.variable === variable);
  if (axis) return !("values" in axis) || axis.values.every((value) => typeof value === "number");
  return plan.listed.every((point) => typeof point[variable] === "number");
}

/**
 * The columns of a sweep's result.
 * @param groups Component groups of the architectures, for the energy of each.
 */
export function sweepColumns(plan: SweepPlan, groups: readonly string[]): readonly SweepColumn[] {
  return [
    ...identityColumns,
    ...variableNames(plan).map((name) => ({
      name,
      type: isNumeric(plan, name) ? ("number" as const) : ("text" as const),
      unit: "",
      description: "variable of the model",
    })),
    ...statusColumns,
    ...figureNames.map((name) => ({
      name,
      type: "number" as const,
      unit: figureColumns[name][0],
      description: figureColumns[name][1],
    })),
    ...accuracyColumnNames(plan).map((name) => ({
      name,
      type: "number" as const,
      unit: accuracyColumns[name][0],
      description: accuracyColumns[name][1],
    })),
    ...groups.map((group) => ({
      name: groupColumnName(group),
      type: "number" as const,
      unit: "pJ",
      description: `${group}, all layers, one batch`,
    })),
  ];
}

/** A row as an object, `{column: cell}`. */
export function rowToRecord(columns: readonly SweepColumn[], row: SweepRow): Record<string, Cell> {
  return Object.fromEntries(columns.map(({ name }, index) => [name, row[index]]));
}
