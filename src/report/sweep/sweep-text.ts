import { counted, RaellaError } from "../../errors";
import type { SweepRecord } from "../../study/sweep/objectives";
import { frontObjectives, frontsByDnn } from "../../study/sweep/objectives";
import type { FrontObjective } from "../../study/sweep/pareto-front";
import type { SweepObjective } from "../../study/sweep/sweep-description";
import { variableNames } from "../../study/sweep/sweep-plan";
import { partsOf } from "../../study/sweep/pareto-front";
import type { SweepPlan } from "../../study/sweep/sweep-plan";
import type { Cell } from "../../study/sweep/sweep-row";
import { figureColumn, formatCount, formatTextTable } from "../text-table";
import { formatNumber } from "../theme/numbers";
import type { StoredSweep } from "./merged-sweep";

/** What became of the points of a sweep. */
export interface SweepSummary {
  readonly points: number;
  readonly ok: number;
  readonly excluded: number;
  readonly infeasible: number;
  /** Why points are infeasible, most frequent first, with the number of points. */
  readonly reasons: readonly { readonly reason: string; readonly points: number }[];
  /** Best points of each DNN by the objectives; empty without any. */
  readonly fronts: ReadonlyMap<string, readonly SweepRecord[]>;
  readonly objectives: readonly SweepObjective[];
  /** Where there are no objectives: the first points that are ok. */
  readonly first: readonly SweepRecord[];
}

/** Reads a merged sweep once; memory does not grow with it. */
export async function summarizeSweep(
  sweep: StoredSweep,
  objectives: readonly SweepObjective[] = sweep.plan.objectives,
): Promise<SweepSummary> {
  const goals = frontObjectives(
    objectives,
    sweep.columns.map(({ name }) => name),
  );
  const counts = { points: 0, ok: 0, excluded: 0, infeasible: 0 };
  const reasons = new Map<string, number>();
  let front: readonly SweepRecord[] = [];
  const first: SweepRecord[] = [];
  for await (const records of sweep.records()) {
    for (const { status, reason } of records) {
      counts.points += 1;
      if (status === "ok" || status === "excluded" || status === "infeasible") counts[status] += 1;
      if (status === "infeasible") count(reasons, String(reason));
    }
    if (goals.length === 0 && first.length < shownRows)
      first.push(...records.filter(({ status }) => status === "ok").slice(0, shownRows - first.length));
    if (goals.length > 0) front = allFronts([...front, ...records], goals);
  }
  return {
    ...counts,
    reasons: [...reasons].sort((a, b) => b[1] - a[1]).map(([reason, points]) => ({ reason, points })),
    fronts: frontsByDnn(front, goals),
    objectives,
    first,
  };
}

function allFronts(
  records: readonly SweepRecord[],
  goals: readonly FrontObjective<SweepRecord>[],
): readonly SweepRecord[] {
  return [...frontsByDnn(records, goals).values()].flat();
}

/** Most different reasons that are kept apart. */
const mostReasons = 1000;

function count(reasons: Map<string, number>, reason: string): void {
  const key = reasons.has(reason) || reasons.size < mostReasons ? reason : "other reasons";
  reasons.set(key, (reasons.get(key) ?? 0) + 1);
}

/** Rows and reasons shown at most. */
const shownRows = 20;
const shownReasons = 3;

/** A summary for a terminal: how many points, why some failed, and the best designs. */
export function formatSweepText({ plan }: Pick<StoredSweep, "plan">, summary: SweepSummary): string {
  const { points, ok, excluded, infeasible, reasons, fronts } = summary;
  const blocks = [
    `${plan.name}: ${counted(points, "point", formatCount)}, ${formatCount(ok)} ok, ${formatCount(excluded)} excluded by the constraint, ${formatCount(infeasible)} infeasible`,
  ];
  for (const { reason, points: times } of reasons.slice(0, shownReasons))
    blocks.push(`  ${formatCount(times)} × ${reason}`);
  if (reasons.length > shownReasons)
    blocks.push(`  and ${counted(reasons.length - shownReasons, "other reason")} (column "reason")`);
  for (const [dnn, front] of fronts) blocks.push("", frontTable(plan, dnn, front, summary.objectives));
  if (summary.first.length > 0) {
    blocks.push("", designTable(plan, summary.first));
    if (ok > summary.first.length)
      blocks.push(`… and ${formatCount(ok - summary.first.length)} more: --csv FILE writes all of them`);
    blocks.push("An objective in the sweep file, or raella sweep front, finds the best of them.");
  }
  return blocks.join("\n");
}

function frontTable(
  plan: SweepPlan,
  dnn: string,
  front: readonly SweepRecord[],
  objectives: SweepSummary["objectives"],
): string {
  const goals = objectives.map((objective) => partsOf(objective).join(" "));
  const title =
    goals.length === 1 ? `Best for ${dnn}` : `Pareto front for ${dnn}, ${counted(front.length, "design")}`;
  const more = front.length > shownRows ? [`… and ${front.length - shownRows} more`] : [];
  return [`${title} (${goals.join(", ")})`, designTable(plan, front.slice(0, shownRows)), ...more].join("\n");
}

/** Designs with what was varied, and their figures in units for people. */
function designTable(plan: SweepPlan, designs: readonly SweepRecord[]): string {
  const varied = [
    ...(plan.dnns.length > 1 ? ["dnn"] : []),
    ...(plan.architectures.length > 1 ? ["architecture"] : []),
    ...(plan.nTiles.length > 1 ? ["nTiles"] : []),
    ...(plan.batchSize.length > 1 ? ["batchSize"] : []),
    ...variableNames(plan),
  ];
  const numbers = (name: string): readonly (number | null)[] =>
    designs.map((record) => (typeof record[name] === "number" ? record[name] : null));
  const energy = figureColumn("energyPj", numbers("energyPerInferencePj"));
  const plain = (name: string, digits?: number): readonly string[] =>
    numbers(name).map((value) => (value === null ? "—" : formatNumber(value, digits)));
  const figures: readonly (readonly [title: string, cells: readonly string[]])[] = [
    [`energy per inference ${energy.unit.symbol}`, energy.cells],
    ["TOPS/W", plain("topsPerWatt")],
    ["TOPS/mm²", plain("topsPerMm2")],
    ["inferences/s", plain("inferencesPerSecond", 6)],
    ["pipeline mm²", plain("pipelineAreaMm2", 6)],
  ];
  const columns = ["point", ...varied];
  return formatTextTable({
    columns: [...columns, ...figures.map(([title]) => title)],
    rows: designs.map((record, index) => [
      ...columns.map((name) => cellText(record[name])),
      ...figures.map(([, cells]) => cells[index]),
    ]),
  });
}

function cellText(cell: Cell): string {
  if (typeof cell === "number")
    return Number.isInteger(cell) && cell < 1e6 ? String(cell) : formatNumber(cell);
  return cell ?? "";
}

/** Objectives from the command line's `--minimize` and `--maximize`, in the order given. */
export function objectivesFrom(
  minimize: readonly string[],
  maximize: readonly string[],
): readonly SweepObjective[] | undefined {
  const all = [
    ...minimize.map((expression): SweepObjective => ({ minimize: expression })),
    ...maximize.map((expression): SweepObjective => ({ maximize: expression })),
  ];
  if (all.some((objective) => Object.values(objective).includes("")))
    throw new RaellaError({
      code: "usage",
      message: "An objective is empty.",
      expected: "a column or an expression",
    });
  return all.length > 0 ? all : undefined;
}
