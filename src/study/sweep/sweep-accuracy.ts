import { RaellaError } from "../../errors";
import type { ArithmeticDesign } from "../../network/arithmetic-design";
import { designKey, designOf, slicesDoNotFit, undeclaredArithmetic } from "../../network/arithmetic-design";
import { accuracyOfDesigns } from "../../network/network-accuracy";
import { mostCellBits } from "../../network/slicing";
import { arithmeticOf, variablesOfArithmetic } from "../../spec/arithmetic";
import { assembleSpec } from "../../spec/get-spec";
import type { ValueTable } from "../../spec/specification";
import type { AccuracyTable, SweepAccuracy, SweepContext, SweepRunOptions } from "./sweep-context";
import { layerRequest } from "./sweep-context";
import type { PlannedAccuracy, SweepPoint } from "./sweep-plan";
import { countDesigns, pointAt } from "./sweep-plan";

/** The arithmetic of a design, or why it is not known. */
type KnownArithmetic = ArithmeticDesign | { readonly reason: string };

/** Finds the arithmetic of designs; what they do not differ in is looked at once. */
export function createArithmeticFinder(
  context: SweepContext,
  accuracy: PlannedAccuracy,
): (point: SweepPoint) => KnownArithmetic {
  const known = new Map<string, KnownArithmetic>();
  const deciding = new Map<string, readonly string[]>();
  const plain = new Map<string, boolean>();
  return (point) => {
    const { architecture, variables } = point;
    let names = deciding.get(architecture);
    if (names === undefined) {
      names = variablesOfArithmetic(architecture, context.workspace);
      deciding.set(architecture, names);
    }
    // A number decides alone; an expression may see any other variable.
    const areNumbers = names.every((name) => typeof (variables[name] ?? 0) === "number");
    const values = plain.get(architecture)
      ? names.map((name) => variables[name] ?? null)
      : Object.values(variables);
    const key = JSON.stringify([architecture, ...values]);
    const found = known.get(key);
    if (found !== undefined && areNumbers) return found;
    const specification = assembleSpec(layerRequest(context, point, firstLayer(context)));
    if (!plain.has(architecture))
      plain.set(
        architecture,
        names.every((name) => typeof specification.variables[name] === "number"),
      );
    const arithmetic = arithmeticOfDesign(architecture, specification.variableValues, context, accuracy);
    known.set(key, arithmetic);
    return arithmetic;
  };
}

const firstLayer = ({ layers, plan }: SweepContext): number => layers.get(plan.dnns[0])?.[0] ?? 0;

function arithmeticOfDesign(
  architecture: string,
  values: ValueTable,
  { workspace }: SweepContext,
  { slicing, noise }: PlannedAccuracy,
): KnownArithmetic {
  const arithmetic = arithmeticOf(architecture, workspace, values);
  if (arithmetic === undefined) throw undeclaredArithmetic(architecture, workspace);
  try {
    const design = { ...designOf(architecture, arithmetic, slicing), ...(noise !== undefined && { noise }) };
    if (design.slices === "adaptive" && slicing === "kept" && design.cellBits < mostCellBits)
      throw slicesDoNotFit(mostCellBits, design.cellBits);
    return design;
  } catch (error) {
    if (!(error instanceof RaellaError)) throw error;
    const isKept = arithmetic.slices === "adaptive" && slicing === "kept";
    const hint = isKept ? " With `slicing: anew` slices are chosen to fit." : "";
    return { reason: `Its accuracy is not known: ${error.message}${hint}` };
  }
}

/** Designs whose accuracy is computed between two times that results are stored. They share sums and the network's runs. */
const designsTogether = 24;

/**
 * The accuracy of all designs of a sweep, once for each arithmetic that occurs.
 *
 * @param stored What was computed before.
 * @param store Called with the table so far, whenever something has been added.
 */
export async function accuracyOfSweep(
  context: SweepContext,
  { workers, signal }: SweepRunOptions,
  stored: AccuracyTable = {},
  store: (table: AccuracyTable) => void = () => undefined,
): Promise<AccuracyTable | undefined> {
  const { plan, workspace } = context;
  const { accuracy } = plan;
  if (accuracy === undefined) return undefined;
  const missing = context.surroundings.during(() => missingDesigns(context, accuracy, stored));
  let table = stored;
  for (let from = 0; from < missing.length; from += designsTogether) {
    const designs = missing.slice(from, from + designsTogether);
    const found = await accuracyOfDesigns(
      { dnn: accuracy.dnn, workspace, endToEnd: accuracy.endToEnd, seed: accuracy.seed, workers, signal },
      designs,
    );
    const entries = found.designs.map((design): readonly [string, SweepAccuracy] => [
      designKey(design),
      {
        loss: design.endToEnd?.loss ?? null,
        top1Agreement: design.endToEnd?.top1Agreement?.share ?? null,
        error: design.meanError,
        meanSlices: design.meanSlices,
        layers:
          design.slicing === "anew" && design.slices === "adaptive"
            ? design.layers.map(({ slices, averageWeight, adcShare }) => ({
                slices,
                averageWeight: averageWeight as number,
                adcShare: adcShare as number,
              }))
            : null,
      },
    ]);
    table = { ...table, ...Object.fromEntries(entries) };
    store(table);
  }
  return table;
}

function missingDesigns(
  context: SweepContext,
  accuracy: PlannedAccuracy,
  stored: AccuracyTable,
): readonly ArithmeticDesign[] {
  const { plan } = context;
  const find = createArithmeticFinder(context, accuracy);
  const missing = new Map<string, ArithmeticDesign>();
  for (let design = 0; design < countDesigns(plan); design++) {
    try {
      const arithmetic = find(pointAt(plan, design * plan.dnns.length));
      if ("reason" in arithmetic || Object.hasOwn(stored, designKey(arithmetic))) continue;
      missing.set(designKey(arithmetic), arithmetic);
    } catch (error) {
      // A design that cannot be built is a result of its own.
      if (!(error instanceof RaellaError)) throw error;
    }
  }
  // Those that share most stand together: they differ in their converters only, or in rows.
  const sortKey = (design: ArithmeticDesign): string => designKey({ ...design, adcBits: 0 });
  return [...missing.values()].sort(
    (a, b) => Number(sortKey(a) > sortKey(b)) - Number(sortKey(a) < sortKey(b)),
  );
}

/** Statistics of a layer that follow from slices chosen anew, as tables of statistics have them. */
export function slicesStatistics(
  { layers }: SweepAccuracy,
  layer: number,
): Readonly<Record<string, string>> | undefined {
  const slices = layers?.[layer];
  return (
    slices && {
      CIM_UNITS_PER_WEIGHT: String(slices.slices),
      AVERAGE_WEIGHT_VALUE: String(slices.averageWeight),
      ADC_ACTION_SHARE: String(slices.adcShare),
    }
  );
}
