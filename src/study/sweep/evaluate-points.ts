import { RaellaError, RaellaErrors } from "../../errors";
import { priceLevels } from "../../components/estimate";
import { designKey } from "../../network/arithmetic-design";
import { assembleQuietly } from "../../spec/get-spec";
import { tilesVariable } from "../../spec/processing/process-specification";
import { sumByGroup, totalKey } from "../component-groups";
import { layerFigures } from "../layer-figures";
import type { LayerFigures } from "../layer-figures";
import { chipArea } from "../layer-result";
import { fewestTiles } from "../pipeline";
import type { TileOption } from "../replication";
import type { LayerRequest } from "../run-layer";
import { designFigures } from "./design-figures";
import { holds } from "./objectives";
import { createArithmeticFinder, slicesStatistics } from "./sweep-accuracy";
import type { SweepAccuracy, SweepContext } from "./sweep-context";
import { layerRequest } from "./sweep-context";
import type { SweepPlan, SweepPoint } from "./sweep-plan";
import { chunkRange, pointAt, variableNames } from "./sweep-plan";
import type { Cell, PointStatus, SweepRow } from "./sweep-row";
import { accuracyColumnNames, figureNames, groupColumnName } from "./sweep-row";

/**
 * Computes points: all layers of their DNNs on their designs. Rows in the order of the points. It pauses after every
 * layer, so that other events get a chance.
 */
type PointsEvaluator = (points: readonly SweepPoint[]) => Generator<void, readonly SweepRow[], void>;

/** What a point comes to: named cells, filled as far as they are known. */
interface PointOutcome {
  readonly status: PointStatus;
  readonly reason: string | null;
  readonly results: ReadonlyMap<string, Cell>;
}

/** A point under way, with the sums over the layers so far. */
interface PointState {
  readonly point: SweepPoint;
  readonly inputs: ReadonlyMap<string, Cell>;
  /** Of the design, if the sweep asks for it. */
  readonly accuracy: SweepAccuracy | undefined;
  /** What a constraint may use besides results. */
  readonly known: ReadonlyMap<string, Cell>;
  readonly isConstraintDecided: boolean;
  /** Set as soon as it is clear what becomes of the point. */
  outcome: PointOutcome | undefined;
  readonly energies: Record<string, number>;
  readonly cycles: number[];
  macs: number;
  chipAreaUm2: number;
  /** For replication by increment. */
  readonly tileOptions: TileOption[][];
}

/**
 * An evaluator for the points of a sweep. Points that are given together are computed layer by layer: what belongs to
 * the layer then stays as it was while designs change, and less has to be evaluated again.
 */
export function createPointsEvaluator(context: SweepContext): PointsEvaluator {
  const referenceAreas = new Map<string, number>();
  const referenceArea = ({ dnn, nTiles }: SweepPoint): number => {
    if (context.plan.throughput.areaBudgetMm2 !== null) return Number.NaN;
    const key = `${dnn} ${nTiles}`;
    let area = referenceAreas.get(key);
    if (area === undefined) {
      area = referenceChipArea(context, dnn, nTiles);
      referenceAreas.set(key, area);
    }
    return area;
  };
  const accuracyOf = createAccuracyFinder(context);
  const rowOf = (state: PointState): SweepRow => {
    const { status, reason, results } = attempt(
      () => state.outcome ?? finishPoint(context, state, referenceArea(state.point)),
    );
    const cells = new Map([...state.inputs, ["status", status], ["reason", reason], ...results]);
    return context.columns.map(({ name }) => cells.get(name) ?? null);
  };
  const during = <Result>(compute: () => Result): Result => context.surroundings.during(compute);
  return function* (points) {
    const states = during(() => points.map((point) => startPoint(context, point, accuracyOf)));
    for (const [dnn, layers] of context.layers) {
      const own = states.filter(({ point }) => point.dnn === dnn);
      for (const layer of layers) {
        yield;
        during(() => {
          for (const state of own) addLayer(context, state, layer);
        });
      }
    }
    return during(() => states.map(rowOf));
  };
}

/** A design that cannot be built or cannot run the DNN is a result like any other. */
function attempt(evaluate: () => PointOutcome): PointOutcome {
  try {
    return evaluate();
  } catch (error) {
    if (error instanceof RaellaError) return infeasible(reasonOf(error));
    throw error;
  }
}

const infeasible = (reason: string): PointOutcome => ({ status: "infeasible", reason, results: new Map() });

const reasonOf = (error: RaellaError): string =>
  error instanceof RaellaErrors ? error.errors.map(({ summary }) => summary).join(" ") : error.summary;

const excluded = ({ constraint }: SweepContext, results: PointOutcome["results"]): PointOutcome => ({
  status: "excluded",
  reason: `Not fulfilled: ${constraint?.text}`,
  results,
});

/** Looks up the accuracy of a design, or says why it is not known. */
type AccuracyFinder = (point: SweepPoint) => SweepAccuracy | undefined | { readonly reason: string };

function createAccuracyFinder(context: SweepContext): AccuracyFinder {
  const { plan, accuracy: table = {} } = context;
  if (plan.accuracy === undefined) return () => undefined;
  const find = createArithmeticFinder(context, plan.accuracy);
  return (point) => {
    const arithmetic = find(point);
    return "reason" in arithmetic ? arithmetic : table[designKey(arithmetic)];
  };
}

function startPoint(context: SweepContext, point: SweepPoint, accuracyOf: AccuracyFinder): PointState {
  const { constraint } = context;
  const inputs = inputCells(context, point);
  const start: PointState = {
    ...{ point, inputs, known: inputs, accuracy: undefined, isConstraintDecided: true, outcome: undefined },
    ...{ energies: {}, cycles: [], macs: 0, chipAreaUm2: 0, tileOptions: [] },
  };
  try {
    const accuracy = accuracyOf(point);
    if (accuracy !== undefined && "reason" in accuracy)
      return { ...start, outcome: infeasible(accuracy.reason) };
    if (constraint === null) return { ...start, accuracy };
    const ofAccuracy = accuracyCells(context, accuracy);
    const known = new Map([...modelValues(context, point), ...inputs, ...ofAccuracy]);
    const isConstraintDecided = [...constraint.names].every((name) => known.has(name));
    const isExcluded = isConstraintDecided && !holds(constraint, known);
    const outcome = isExcluded ? excluded(context, ofAccuracy) : undefined;
    return { ...start, known, accuracy, isConstraintDecided, outcome };
  } catch (error) {
    if (!(error instanceof RaellaError)) throw error;
    return { ...start, outcome: infeasible(reasonOf(error)) };
  }
}

/** The columns that accuracy adds. */
function accuracyCells(
  { plan }: SweepContext,
  accuracy: SweepAccuracy | undefined,
): ReadonlyMap<string, Cell> {
  return new Map<string, Cell>(
    accuracyColumnNames(plan).map((name) => [name, accuracy?.[name] ?? null] as const),
  );
}

/** Adds the figures of a layer, or notes why the design cannot run it. */
function addLayer(context: SweepContext, state: PointState, layer: number): void {
  if (state.outcome !== undefined) return;
  try {
    const plain = layerRequest(context, state.point, layer);
    const request = { ...plain, measured: measuredOf(context, state, layer), strict: true };
    const figures = quickFigures(request);
    const { energies } = state;
    for (const level of Object.keys(figures.energyPj))
      energies[level] = (energies[level] ?? 0) + figures.energyPj[level];
    state.cycles.push(figures.cycles);
    state.macs += figures.macs;
    state.chipAreaUm2 = figures.areaUm2;
    if (context.plan.throughput.scheme === "increment")
      state.tileOptions.push(optionsOfLayer(request, figures));
  } catch (error) {
    if (!(error instanceof RaellaError)) throw error;
    state.outcome = infeasible(`Layer ${layer}: ${reasonOf(error)}`);
  }
}

/** What follows for a layer from slices chosen anew; variables that the sweep sets itself stay as it sets them. */
function measuredOf(
  { plan }: SweepContext,
  { point, accuracy }: PointState,
  layer: number,
): LayerRequest["measured"] {
  if (accuracy === undefined || plan.accuracy?.dnn !== point.dnn) return undefined;
  return slicesStatistics(accuracy, layer);
}

function finishPoint(context: SweepContext, state: PointState, referenceAreaUm2: number): PointOutcome {
  const { constraint, plan } = context;
  const { point, energies, cycles, macs, chipAreaUm2, tileOptions } = state;
  const figures = designFigures(
    {
      layers: cycles.length,
      nTiles: point.nTiles,
      batchSize: point.batchSize,
      macs,
      energyPj: energies[totalKey],
      cycles,
      chipAreaUm2,
      tileOptions: plan.throughput.scheme === "increment" ? tileOptions : null,
    },
    plan.throughput,
    referenceAreaUm2,
  );
  if ("reason" in figures) return infeasible(figures.reason);
  const results = new Map<string, Cell>([
    ...figureNames.map((name) => [name, figures[name]] as const),
    ...accuracyCells(context, state.accuracy),
  ]);
  for (const [group, energy] of Object.entries(sumByGroup(energies, context.groups)))
    if (group !== totalKey) results.set(groupColumnName(group), energy);
  if (constraint && !state.isConstraintDecided && !holds(constraint, new Map([...state.known, ...results])))
    return excluded(context, results);
  return { status: "ok", reason: null, results };
}

function inputCells({ plan }: SweepContext, point: SweepPoint): ReadonlyMap<string, Cell> {
  return new Map<string, Cell>([
    ["point", point.point],
    ["design", point.design],
    ["architecture", point.architecture],
    ["dnn", point.dnn],
    ["nTiles", point.nTiles],
    ["batchSize", point.batchSize],
    ...variableNames(plan).map((name) => [name, point.variables[name]] as const),
  ]);
}

/** All variables of the model as the first layer sees them, for constraints. */
function modelValues(context: SweepContext, point: SweepPoint): Iterable<readonly [string, Cell]> {
  const [first] = context.layers.get(point.dnn) ?? [0];
  const { variableValues } = assembleQuietly(layerRequest(context, point, first));
  return Object.entries(variableValues).filter(
    (entry): entry is [string, Cell] => typeof entry[1] === "number" || typeof entry[1] === "string",
  );
}

/** The two ways that replication by increment chooses from: on the fewest tiles, and on the usual ones. */
function optionsOfLayer(request: LayerRequest, { cycles }: LayerFigures): TileOption[] {
  const usual = { tiles: Number(request.defaults?.[tilesVariable]), cycles };
  const fewest = fewestTiles(usual.tiles, (tiles) => {
    const defaults = { ...request.defaults, [tilesVariable]: tiles };
    return quickFigures({ ...request, defaults }).cycles;
  });
  return fewest === undefined ? [usual] : [fewest, usual];
}

/** Of errors only the reason is told. */
function quickFigures(request: LayerRequest): LayerFigures {
  return layerFigures(request, assembleQuietly(request));
}

/** Area of a chip of the first architecture as it is in the models; that of the last layer, as for whole DNNs. */
function referenceChipArea(context: SweepContext, dnn: string, nTiles: number): number {
  const [architecture] = context.plan.architectures;
  const [batchSize] = context.plan.batchSize;
  const last = context.layers.get(dnn)?.at(-1) ?? 0;
  const request = layerRequest(context, { architecture, dnn, nTiles, batchSize, variables: {} }, last);
  const specification = assembleQuietly(request);
  // It need not be able to run the DNN.
  return chipArea(specification, priceLevels(specification).area.areaUm2);
}

/** The rows of a chunk, in point order. */
export interface FinishedChunk {
  readonly chunk: number;
  readonly rows: readonly SweepRow[];
}

/** Computes the points of some chunks together, with pauses. */
export function* evaluateChunks(
  plan: SweepPlan,
  chunks: readonly number[],
  evaluate: PointsEvaluator,
): Generator<void, readonly FinishedChunk[], void> {
  const ranges = chunks.map((chunk) => chunkRange(plan, chunk));
  const rows = yield* evaluate(
    ranges.flatMap(({ start, end }) =>
      Array.from({ length: end - start }, (_, index) => pointAt(plan, start + index)),
    ),
  );
  let taken = 0;
  return chunks.map((chunk, index) => {
    const { start, end } = ranges[index];
    return { chunk, rows: rows.slice(taken, (taken += end - start)) };
  });
}
