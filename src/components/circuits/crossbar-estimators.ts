import { RaellaError } from "../../errors";
import { contentNumber, Memo } from "../../memory";
import type { Fidelity } from "../../spec/specification";
import type { EstimateStep, EstimationContext, Estimator } from "../estimator";
import type { ParameterDescription, ParameterDescriptions, ParameterValues } from "../parameters";
import type { CellDescription } from "./cell-description";
import { circuitEstimator, circuitSource, circuitTechnology } from "./circuit-estimate";
import type { CircuitDescription, CircuitQuestion } from "./circuit-estimate";
import { columnDriverFigures, crossbarFigures, memoryCellFigures, rowDriverFigures } from "./crossbar";
import type { CrossbarFigures, CrossbarGeometry, CrossbarOperands } from "./crossbar";
import { cellHeight, deviceNode, neighbouringNodes } from "./device-node";
import type { DeviceNode } from "./device-node";
import type { BlockFigures } from "./digital-blocks";
import { flipFlopCell } from "./flip-flops";

const size = { kind: "integer", unit: "1", minimum: 8, maximum: 1 << 20 } as const;
/** Recorded averages of inputs may exceed full scale: several pulses per step. */
const average = { kind: "number", unit: "1", minimum: 0 } as const;
const dacBits = { kind: "integer", unit: "bit", default: 1, minimum: 1, maximum: 16 } as const;

const arrayParameters = {
  technology: circuitTechnology,
  rows: { ...size, description: "rows of the crossbar" },
  cols: { ...size, description: "columns of devices of the crossbar" },
  cols_active_at_once: { ...size, minimum: 1, description: "columns that are read together" },
  cell_config: { kind: "text", description: "file that describes the memory cell" },
  average_input_value: { ...average, description: "mean drive of a row, as a fraction of full scale" },
  average_cell_value: {
    ...average,
    maximum: 1,
    default: 0,
    description: "mean state of a cell, as a fraction of its range",
  },
  read_pulse_width: {
    kind: "number",
    unit: "s",
    default: 1e-8,
    minimum: 0,
    description: "length of a read pulse",
  },
  voltage_dac_bits: { ...dacBits, description: "input bits given as a voltage" },
  temporal_dac_bits: { ...dacBits, description: "input bits given as pulses" },
  temporal_spiking: {
    kind: "flag",
    default: true,
    description: "pulses are counted (true) or of varying width",
  },
} as const satisfies ParameterDescriptions;

const cellParameters = {
  ...arrayParameters,
  average_cell_value: { ...average, maximum: 1, description: arrayParameters.average_cell_value.description },
} as const satisfies ParameterDescriptions;
const columnParameters = {
  ...arrayParameters,
  average_input_value: { ...arrayParameters.average_input_value, default: 0 },
} as const satisfies ParameterDescriptions;

/** The three classes have the same parameters; they differ in which ones must be given. */
type ArrayParameters = {
  readonly [Name in keyof typeof arrayParameters]: ParameterDescription & {
    readonly kind: (typeof arrayParameters)[Name]["kind"];
  };
};
type Values = ParameterValues<ArrayParameters>;

/** Row drivers, column drivers and memory cell of a crossbar of resistive cells. */
export function crossbarEstimators(): readonly Estimator[] {
  return [
    crossbarEstimator("array_row_drivers", arrayParameters, ({ figures, cell, operands }) =>
      rowDriverFigures(figures, cell, operands),
    ),
    crossbarEstimator("array_col_drivers", columnParameters, ({ figures }) => columnDriverFigures(figures)),
    crossbarEstimator("memory_cell", cellParameters, ({ figures, operands }, { fidelity }) =>
      memoryCellFigures(figures, operands, fidelity),
    ),
  ];
}

interface CrossbarAnswer {
  readonly figures: CrossbarFigures;
  readonly cell: CellDescription;
  readonly operands: CrossbarOperands;
}

type CrossbarClass = "array_row_drivers" | "array_col_drivers" | "memory_cell";

function crossbarEstimator(
  className: CrossbarClass,
  parameters: ArrayParameters,
  select: (answer: CrossbarAnswer, context: EstimationContext) => BlockFigures,
): Estimator {
  const estimator = circuitEstimator(className, parameters, (values: Values, context, asked) => {
    const geometry = geometryOf(values, context);
    refuseDegenerate(className, asked, geometry, context.fidelity);
    const figures = rememberedFigures(geometry, context.fidelity);
    return {
      figures: select({ figures, cell: geometry.cell, operands: operandsOf(values) }, context),
      description: describe(className, values, context),
    };
  });
  const without: readonly string[] = withoutInfluence[className];
  return {
    ...estimator,
    isRelevant: (attribute) => attribute in parameters && !without.includes(attribute),
  };
}

/** Parameters that do not change the figures of a class: its primitives stay the same from layer to layer. */
const withoutInfluence: Readonly<Record<CrossbarClass, readonly string[]>> = {
  array_row_drivers: ["average_cell_value"],
  array_col_drivers: [
    "average_input_value",
    "average_cell_value",
    "voltage_dac_bits",
    "temporal_dac_bits",
    "temporal_spiking",
  ],
  memory_cell: ["voltage_dac_bits", "temporal_spiking"],
};

function geometryOf(values: Values, context: EstimationContext): CrossbarGeometry {
  return {
    nodeNm: values.technology,
    rows: values.rows,
    columns: values.cols,
    columnsActiveAtOnce: values.cols_active_at_once,
    cell: context.cellDescription(values.cell_config),
    readPulseS: values.read_pulse_width,
  };
}

function operandsOf(values: Values): CrossbarOperands {
  return {
    averageInput: values.average_input_value,
    averageCell: values.average_cell_value,
    voltageDacBits: values.voltage_dac_bits,
    temporalDacBits: values.temporal_dac_bits,
    temporalSpiking: values.temporal_spiking,
  };
}

/** Figures by cell and size: averages of inputs and weights, which change with every layer, cost no new ones. */
const figuresMemo = new Memo<CrossbarFigures>(1_000_000, () => 100);

function rememberedFigures(geometry: CrossbarGeometry, fidelity: Fidelity): CrossbarFigures {
  const { cell, nodeNm, rows, columns, columnsActiveAtOnce, readPulseS } = geometry;
  const key = [contentNumber(cell), nodeNm, rows, columns, columnsActiveAtOnce, readPulseS, fidelity].join(
    " ",
  );
  return figuresMemo.get(key, () => crossbarFigures(geometry, fidelity));
}

/** Width that a pair of transmission gates takes at least, in F. */
const gatePairWidthF = 15.2;

/**
 * Arrays too small for the circuits at their edges: the original answers with infinite, undefined or negative
 * figures there.
 */
function refuseDegenerate(
  className: CrossbarClass,
  asked: CircuitQuestion,
  geometry: CrossbarGeometry,
  fidelity: Fidelity,
): void {
  if (asked === "leakage") return;
  const { rows, columns, cell } = geometry;
  if (className === "array_row_drivers" && asked !== "idle" && rows * cell.heightF < cellHeight)
    throw tooSmall("rows", rows, Math.ceil(cellHeight / cell.heightF), "a row driver", cell);
  const usesColumnGates = asked === "write" || (className === "array_col_drivers" && asked === "area");
  if (usesColumnGates && columns * cell.widthF < gatePairWidthF)
    throw tooSmall("cols", columns, Math.ceil(gatePairWidthF / cell.widthF), "a column driver", cell);
  if (className === "array_col_drivers" && asked === "area" && fidelity === "artifact") {
    const flipFlopF = flipFlopWidthF(geometry.nodeNm);
    if (columns * cell.widthF < flipFlopF)
      throw tooSmall(
        "cols",
        columns,
        Math.ceil(flipFlopF / cell.widthF),
        "a flip-flop of the column drivers",
        cell,
      );
  }
}

function flipFlopWidthF(nodeNm: number): number {
  const widths = neighbouringNodes(nodeNm).map((tabulated) => {
    const node = deviceNode(tabulated, "artifact") as DeviceNode;
    return flipFlopCell(node).widthM / node.featureSizeM;
  });
  return Math.max(...widths);
}

function tooSmall(
  name: string,
  value: number,
  least: number,
  what: string,
  cell: CellDescription,
): RaellaError {
  return new RaellaError({
    code: "out-of-range",
    message: `A crossbar with ${name} = ${value} of the cell ${cell.name} is too small: ${what} does not fit beside it.`,
    value,
    expected: `${name} of ${least} or more with this cell`,
  });
}

const parts: Readonly<Record<CrossbarClass, string>> = {
  array_row_drivers: "row switch matrix and word lines",
  array_col_drivers: "column switch matrix, multiplexer and decoder",
  memory_cell: "energy of a cell in its wires",
};

function describe(className: CrossbarClass, values: Values, context: EstimationContext): CircuitDescription {
  return {
    className,
    source: circuitSource(parts[className]),
    nodeNm: values.technology,
    steps: () => describeSteps(className, values, context),
  };
}

function describeSteps(className: CrossbarClass, values: Values, context: EstimationContext): EstimateStep[] {
  const geometry = geometryOf(values, context);
  const figures = rememberedFigures(geometry, context.fidelity);
  const { averageInput, averageCell } = operandsOf(values);
  const steps = [
    `${values.rows} rows x ${values.cols} columns, ${values.cols_active_at_once} active, ` +
      `cell ${geometry.cell.name} (${geometry.cell.access}), ${values.technology} nm`,
  ];
  if (className === "array_row_drivers")
    steps.push(
      `per row: ${format(figures.rowReadActivationPj)} pJ an activation, ${format(figures.rowReadDrivenPj)} pJ a full-scale input; average input ${format(averageInput)}`,
    );
  if (className === "memory_cell")
    steps.push(
      `a read takes ${format(figures.cellReadLowPj)} to ${format(figures.cellReadHighPj)} pJ, a write ${format(figures.cellWriteLowPj)} to ${format(figures.cellWriteHighPj)} pJ; ` +
        `average input ${format(averageInput)}, average cell ${format(averageCell)}`,
    );
  return steps.map((description) => ({ description }));
}

const format = (value: number): string => String(Number(value.toPrecision(6)));
