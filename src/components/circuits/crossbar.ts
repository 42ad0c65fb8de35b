import { RaellaError } from "../../errors";
import { contentNumber, Memo } from "../../memory";
import type { Fidelity } from "../../spec/specification";
import type { EstimationContext, Estimator } from "../estimator";
import type { ParameterDescription, ParameterDescriptions, ParameterValues } from "../parameters";
import type { CellDescription } from "./cell-description";
import { circuitEstimator, circuitSource, circuitTechnology } from "./circuit-estimate";
import type { BlockFigures, CircuitQuestion } from "./circuit-estimate";
import {
  arraySizeM,
  arrayWires,
  columnDecoder,
  columnDrivers,
  columnMultiplexer,
  rowDrivers,
} from "./crossbar-blocks";
import type { Crossbar } from "./crossbar-blocks";
import {
  cellHeight,
  deviceNode,
  interpolateNodes,
  neighbouringNodes,
  pico,
  roundTo7Digits,
} from "./device-node";
import type { DeviceNode } from "./device-node";
import { flipFlopCell } from "./digital-blocks";

/** Size and devices of a crossbar. What depends on the values it computes with is left out. */
interface CrossbarGeometry {
  /** Integer, 7 to 130 nm. */
  readonly nodeNm: number;
  readonly rows: number;
  readonly columns: number;
  readonly columnsActiveAtOnce: number;
  readonly cell: CellDescription;
  readonly readPulseS: number;
}

/**
 * Everything the crossbar primitives need, energies in pJ, areas in um^2, leakage in pW. The energies of the
 * primitives are linear in the averages of inputs and cells, so these figures serve every layer.
 */
interface CrossbarFigures {
  /** Row drivers: energy of one activation per row, and what a driven row adds. */
  readonly rowReadActivationPj: number;
  readonly rowReadDrivenPj: number;
  readonly rowWritePj: number;
  readonly rowAreaUm2: number;
  readonly rowLeakagePw: number;
  /** Column drivers with multiplexer and decoder: per column. */
  readonly columnReadPj: number;
  readonly columnWritePj: number;
  readonly columnAreaUm2: number;
  readonly columnLeakagePw: number;
  /** One cell in its low (off) and high (on) state. */
  readonly cellReadLowPj: number;
  readonly cellReadHighPj: number;
  readonly cellWriteLowPj: number;
  readonly cellWriteHighPj: number;
  /** What the column drivers add to a cell's write. */
  readonly cellWriteDriverPj: number;
  readonly cellAreaUm2: number;
}

/** Wires of the array at every node: width and thickness-dependent resistance. */
const wireWidthM = 40e-9;
const wireResistancePerM = 4.03e-8 / (wireWidthM * wireWidthM * 1.9);

/** The figures of a crossbar, interpolated between tabulated nodes where needed. */
export function crossbarFigures(geometry: CrossbarGeometry, fidelity: Fidelity): CrossbarFigures {
  const { cell, rows, columns, columnsActiveAtOnce, readPulseS } = geometry;
  return interpolateNodes(geometry.nodeNm, (tabulatedNm) => {
    const node = deviceNode(tabulatedNm, fidelity) as DeviceNode;
    return figuresAtNode({ node, cell, rows, columns, columnsActiveAtOnce, fidelity }, readPulseS);
  });
}

function figuresAtNode(crossbar: Crossbar, readPulseS: number): CrossbarFigures {
  const wires = arrayWires(crossbar);
  const row = rowDrivers(crossbar);
  const columnBlocks = [columnDrivers(crossbar), columnMultiplexer(crossbar), columnDecoder(crossbar)];
  const all = [wires, row, ...columnBlocks];
  const sum = <Item>(items: readonly Item[], figure: (item: Item) => number): number =>
    items.reduce((total, item) => total + figure(item), 0);
  return {
    rowReadActivationPj: row.read.perActivation,
    rowReadDrivenPj: sum(all, (block) => block.read.perRow),
    rowWritePj: row.write.perActivation + sum(all, (block) => block.write.perRow),
    rowAreaUm2: row.areaUm2,
    rowLeakagePw: row.leakagePw,
    columnReadPj:
      sum(columnBlocks, (block) => block.read.perActivation) + sum(all, (block) => block.read.perColumn),
    columnWritePj:
      sum(columnBlocks, (block) => block.write.perActivation) + sum(all, (block) => block.write.perColumn),
    columnAreaUm2: sum(columnBlocks, (block) => block.areaUm2),
    columnLeakagePw: sum(columnBlocks, (block) => block.leakagePw),
    ...cellFigures(crossbar, readPulseS),
    cellWriteDriverPj: sum(all, (block) => block.write.perCell),
  };
}

type CellCosts = Pick<
  CrossbarFigures,
  "cellReadLowPj" | "cellReadHighPj" | "cellWriteLowPj" | "cellWriteHighPj" | "cellAreaUm2"
>;

/** A high cell sees the whole row and column wire, a low cell none of it. */
function cellFigures(crossbar: Crossbar, readPulseS: number): CellCosts {
  const { cell, rows, columns } = crossbar;
  const wireOhm =
    rows * (wireResistancePerM * (wireWidthM * cell.heightF)) +
    columns * (wireResistancePerM * (wireWidthM * cell.widthF));
  const high = 1 / (wireOhm + cell.accessResistanceOhm + cell.onResistanceOhm);
  const low = 1 / (cell.offResistanceOhm + cell.accessResistanceOhm);
  const energyPj = (pulseS: number, volts: number, conductance: number): number =>
    roundTo7Digits(pulseS * volts ** 2 * conductance * pico);
  const { widthM, heightM } = arraySizeM(crossbar);
  return {
    cellReadLowPj: energyPj(readPulseS, cell.readVoltageV, low),
    cellReadHighPj: energyPj(readPulseS, cell.readVoltageV, high),
    cellWriteLowPj: energyPj(cell.writePulseS, cell.writeVoltageV, low),
    cellWriteHighPj: energyPj(cell.writePulseS, cell.writeVoltageV, high),
    cellAreaUm2: roundTo7Digits(((widthM * heightM) / rows / columns) * pico),
  };
}

/** How inputs reach the rows and what values they have on average. */
interface CrossbarOperands {
  /** Mean drive of a row as a fraction of full scale. */
  readonly averageInput: number;
  /** Mean state of a cell as a fraction of its range. */
  readonly averageCell: number;
  readonly voltageDacBits: number;
  readonly temporalDacBits: number;
  /** Inputs as pulse counts (true) or as pulse widths. */
  readonly temporalSpiking: boolean;
}

/** Row drivers: energy per row and activation, area and leakage of all rows. */
export function rowDriverFigures(
  figures: CrossbarFigures,
  operands: CrossbarOperands,
  cell: CellDescription,
): BlockFigures {
  const driven = operands.averageInput * (operands.temporalSpiking ? pulses(operands) : 1);
  const voltageLevels = cell.access === "transistor" ? 2 ** (operands.voltageDacBits - 1) - 1 : 0;
  return {
    readEnergyPj: figures.rowReadActivationPj + driven * figures.rowReadDrivenPj,
    writeEnergyPj: figures.rowWritePj,
    areaUm2: figures.rowAreaUm2 * (1 + voltageLevels),
    leakagePw: figures.rowLeakagePw * (1 + voltageLevels),
  };
}

/** Column drivers with multiplexer: energy per column, area and leakage of all columns. */
export function columnDriverFigures(figures: CrossbarFigures): BlockFigures {
  return {
    readEnergyPj: figures.columnReadPj,
    writeEnergyPj: figures.columnWritePj,
    areaUm2: figures.columnAreaUm2,
    leakagePw: figures.columnLeakagePw,
  };
}

/** One memory cell. The original mixes high and low cells of a write the wrong way round. */
export function memoryCellFigures(
  figures: CrossbarFigures,
  operands: CrossbarOperands,
  fidelity: Fidelity,
): BlockFigures {
  const { cellReadLowPj, cellReadHighPj, cellWriteLowPj, cellWriteHighPj, cellWriteDriverPj } = figures;
  const { averageInput, averageCell } = operands;
  const write =
    fidelity === "artifact"
      ? cellWriteHighPj + cellWriteDriverPj + (cellWriteLowPj - cellWriteHighPj) * averageCell
      : cellWriteLowPj + cellWriteDriverPj + (cellWriteHighPj - cellWriteLowPj) * averageCell;
  return {
    readEnergyPj:
      (cellReadLowPj + (cellReadHighPj - cellReadLowPj) * averageCell) * averageInput * pulses(operands),
    writeEnergyPj: write,
    areaUm2: figures.cellAreaUm2,
    leakagePw: 0,
  };
}

/** Pulses of full scale in one activation. */
function pulses({ temporalDacBits }: CrossbarOperands): number {
  return 2 ** temporalDacBits - 1;
}

const count = { kind: "integer", unit: "1", minimum: 8, maximum: 1 << 20 } as const;
/** Recorded averages of inputs may exceed full scale: several pulses per step. */
const average = { kind: "number", unit: "1", minimum: 0 } as const;
const dacBits = { kind: "integer", unit: "bit", default: 1, minimum: 1, maximum: 16 } as const;

const arrayParameters = {
  technology: circuitTechnology,
  rows: { ...count, description: "rows of the crossbar" },
  cols: { ...count, description: "columns of devices of the crossbar" },
  cols_active_at_once: { ...count, minimum: 1, description: "columns that are read together" },
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

/** A class of components that are priced as parts of a crossbar. */
interface CrossbarClass {
  readonly name: "array_row_drivers" | "array_col_drivers" | "memory_cell";
  readonly part: string;
  readonly parameters: ArrayParameters;
  /** Parameters that do not change the figures: primitives stay the same from layer to layer. */
  readonly without: readonly (keyof ArrayParameters)[];
  readonly figures: (
    figures: CrossbarFigures,
    operands: CrossbarOperands,
    cell: CellDescription,
    fidelity: Fidelity,
  ) => BlockFigures;
  /** Figures that enter, in words. */
  readonly steps: (figures: CrossbarFigures, operands: CrossbarOperands) => readonly string[];
}

const crossbarClasses: readonly CrossbarClass[] = [
  {
    name: "array_row_drivers",
    part: "row switch matrix and word lines",
    parameters: arrayParameters,
    without: ["average_cell_value"],
    figures: rowDriverFigures,
    steps: ({ rowReadActivationPj, rowReadDrivenPj }, { averageInput }) => [
      `per row: ${format(rowReadActivationPj)} pJ an activation, ${format(rowReadDrivenPj)} pJ a full-scale input; average input ${format(averageInput)}`,
    ],
  },
  {
    name: "array_col_drivers",
    part: "column switch matrix, multiplexer and decoder",
    parameters: columnParameters,
    without: [
      ...(["average_input_value", "average_cell_value"] as const),
      ...(["voltage_dac_bits", "temporal_dac_bits", "temporal_spiking"] as const),
    ],
    figures: columnDriverFigures,
    steps: () => [],
  },
  {
    name: "memory_cell",
    part: "energy of a cell in its wires",
    parameters: cellParameters,
    without: ["voltage_dac_bits", "temporal_spiking"],
    figures: (figures, operands, _cell, fidelity) => memoryCellFigures(figures, operands, fidelity),
    steps: (figures, { averageInput, averageCell }) => [
      `a read takes ${format(figures.cellReadLowPj)} to ${format(figures.cellReadHighPj)} pJ, a write ${format(figures.cellWriteLowPj)} to ${format(figures.cellWriteHighPj)} pJ; ` +
        `average input ${format(averageInput)}, average cell ${format(averageCell)}`,
    ],
  },
];

/** Row drivers, column drivers and memory cell of a crossbar of resistive cells. */
export function crossbarEstimators(): readonly Estimator[] {
  return crossbarClasses.map(({ name, part, parameters, without, figures: figuresOf, steps }) => {
    const estimator = circuitEstimator(name, parameters, (values: Values, context, asked) => {
      const { fidelity } = context;
      const geometry = geometryOf(values, context);
      refuseDegenerate(name, asked, geometry, fidelity);
      const { cell } = geometry;
      const figures = rememberedFigures(geometry, fidelity);
      const operands = operandsOf(values);
      return {
        figures: figuresOf(figures, operands, cell, fidelity),
        description: {
          className: name,
          source: circuitSource(part),
          nodeNm: values.technology,
          steps: () => {
            const size =
              `${values.rows} rows x ${values.cols} columns, ${values.cols_active_at_once} active, ` +
              `cell ${cell.name} (${cell.access}), ${values.technology} nm`;
            return [size, ...steps(figures, operands)].map((description) => ({ description }));
          },
        },
      };
    });
    return {
      ...estimator,
      isRelevant: (attribute) =>
        attribute in parameters && !without.some((parameter) => parameter === attribute),
    };
  });
}

const format = (value: number): string => String(Number(value.toPrecision(6)));

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
  className: CrossbarClass["name"],
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
