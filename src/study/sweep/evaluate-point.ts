import { RaellaError } from "../../errors";
import { getSpec } from "../../spec/get-spec";
import { addUp, sumByGroup, totalKey } from "../component-groups";
import type { TileOption } from "../replication";
import type { LayerOptions } from "../study-options";
import { holds } from "./constraint";
import { designFigures } from "./design-figures";
import type { LayerFigures } from "./layer-figures";
import { layerFigures } from "./layer-figures";
import type { SweepContext } from "./sweep-context";
import type { SweepPoint } from "./sweep-plan";
import { variableNames } from "./sweep-plan";
import type { Cell, PointStatus, SweepRow } from "./sweep-row";
import { figureNames, groupColumnName } from "./sweep-row";

/** Computes a point: all layers of its DNN on its design. */
export type PointEvaluator = (point: SweepPoint) => SweepRow;

/** What a point comes to: named cells, filled as far as they are known. */
interface Outcome {
  readonly status: PointStatus;
  readonly reason: string | null;
  readonly results: ReadonlyMap<string, Cell>;
}

/** An evaluator for the points of a sweep. */
export function createPointEvaluator(context: SweepContext): PointEvaluator {
  const referenceAreas = new Map<string, number>();
  const referenceArea = ({ dnn, tiles }: SweepPoint): number => {
    if (context.plan.throughput.areaMm2 !== null) return Number.NaN;
    const key = `${dnn} ${tiles}`;
    let area = referenceAreas.get(key);
    if (area === undefined) {
      area = referenceChipArea(context, dnn, tiles);
      referenceAreas.set(key, area);
    }
    return area;
  };
  return (point) => {
    const inputs = inputCells(context, point);
    const { status, reason, results } = attempt(() => evaluatePoint(context, point, inputs, referenceArea));
    const cells = new Map([...inputs, ["status", status], ["reason", reason], ...results]);
    return context.columns.map(({ name }) => cells.get(name) ?? null);
  };
}

/** A design that cannot be built or cannot run the DNN is a result like any other. */
function attempt(evaluate: () => Outcome): Outcome {
  try {
    return evaluate();
  } catch (error) {
    if (error instanceof RaellaError) return infeasible(error.summary);
    throw error;
  }
}

const infeasible = (reason: string): Outcome => ({ status: "infeasible", reason, results: new Map() });

function evaluatePoint(
  context: SweepContext,
  point: SweepPoint,
  inputs: ReadonlyMap<string, Cell>,
  referenceArea: (point: SweepPoint) => number,
): Outcome {
  const { constraint, plan } = context;
  const excluded = { status: "excluded", reason: `Not fulfilled: ${constraint?.text}` } as const;
  const known = constraint ? new Map([...modelValues(context, point), ...inputs]) : inputs;
  const isDecidedByInputs = constraint !== null && [...constraint.names].every((name) => known.has(name));
  if (isDecidedByInputs && !holds(constraint, known)) return { ...excluded, results: new Map() };

  const requests = layerRequests(context, point);
  const layers = requests.map(figuresOfLayer);
  const energies = sumEnergies(layers);
  const figures = designFigures(
    {
      layers: layers.length,
      tiles: point.tiles,
      batch: point.batch,
      macs: addUp(layers.map(({ macs }) => macs)),
      energyPj: energies[totalKey],
      cycles: layers.map(({ cycles }) => cycles),
      chipAreaUm2: layers[layers.length - 1].areaUm2,
      tileOptions: plan.throughput.scheme === "increment" ? optionsOfLayers(requests, layers) : null,
    },
    plan.throughput,
    referenceArea(point),
  );
  if ("reason" in figures) return infeasible(figures.reason);
  const results = new Map<string, Cell>(figureNames.map((name) => [name, figures[name]]));
  for (const [group, energy] of Object.entries(sumByGroup(energies, context.groups)))
    if (group !== totalKey) results.set(groupColumnName(group), energy);
  if (constraint && !isDecidedByInputs && !holds(constraint, new Map([...known, ...results])))
    return { ...excluded, results };
  return { status: "ok", reason: null, results };
}

function inputCells({ plan }: SweepContext, point: SweepPoint): ReadonlyMap<string, Cell> {
  return new Map<string, Cell>([
    ["point", point.point],
    ["design", point.design],
    ["architecture", point.architecture],
    ["dnn", point.dnn],
    ["tiles", point.tiles],
    ["batch", point.batch],
    ...variableNames(plan).map((name) => [name, point.variables[name]] as const),
  ]);
}

/** All variables of the model as the first layer sees them, for constraints. */
function modelValues(context: SweepContext, point: SweepPoint): Iterable<readonly [string, Cell]> {
  const { variableValues } = getSpec(layerRequests(context, point)[0]);
  return Object.entries(variableValues).filter(
    (entry): entry is [string, Cell] => typeof entry[1] === "number" || typeof entry[1] === "string",
  );
}

function layerRequests(
  { plan, layers, workspace }: SweepContext,
  { architecture, dnn, tiles, batch, variables }: Omit<SweepPoint, "point" | "design">,
): readonly LayerOptions[] {
  return (layers.get(dnn) ?? []).map((layer) => ({
    architecture,
    dnn,
    layer,
    nTiles: tiles,
    batchSize: batch,
    variables,
    useTypicalStatistics: plan.typicalStatistics,
    fidelity: plan.fidelity,
    workspace,
  }));
}

function figuresOfLayer(request: LayerOptions): LayerFigures {
  try {
    return layerFigures(request);
  } catch (error) {
    if (!(error instanceof RaellaError)) throw error;
    const { code, summary } = error;
    throw new RaellaError({ code, message: `Layer ${request.layer}: ${summary}` });
  }
}

/** Sums by level in layer order, `total` as the sum of the layers' totals. */
function sumEnergies(layers: readonly LayerFigures[]): Record<string, number> {
  const sums: Record<string, number> = {};
  for (const { energyPj } of layers)
    for (const level of Object.keys(energyPj)) sums[level] = (sums[level] ?? 0) + energyPj[level];
  return sums;
}

/** For every layer the two ways that replication by increment chooses from: on the fewest tiles, and on the usual ones. */
function optionsOfLayers(
  requests: readonly LayerOptions[],
  layers: readonly LayerFigures[],
): readonly (readonly TileOption[])[] {
  return requests.map((request, index) => {
    const usual = { tiles: Number(request.nTiles), cycles: layers[index].cycles };
    const fewest = fewestTiles(request, usual.tiles);
    return fewest === undefined ? [usual] : [fewest, usual];
  });
}

/** The smallest number of tiles below `limit` on which a layer can be mapped. */
function fewestTiles(request: LayerOptions, limit: number): TileOption | undefined {
  for (let tiles = 1; tiles < limit; tiles += 1) {
    try {
      return { tiles, cycles: layerFigures({ ...request, nTiles: tiles }).cycles };
    } catch (error) {
      if (!(error instanceof RaellaError) || error.code !== "no-mapping") throw error;
    }
  }
  return undefined;
}

/** Area of a chip of the first architecture as it is in the models; that of the last layer, as for whole DNNs. */
function referenceChipArea(context: SweepContext, dnn: string, tiles: number): number {
  const [architecture] = context.plan.architectures;
  const [batch] = context.plan.batches;
  const last = layerRequests(context, { architecture, dnn, tiles, batch, variables: {} }).at(-1);
  return last === undefined ? Number.NaN : layerFigures(last).areaUm2;
}
