import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { listArchitectures, listDnns, listLayers } from "../../src/spec/workspace";
import { runLayer } from "../../src/study/run-layer";

/** Figures of one layer on one architecture: names to values, e.g. `cycles`, `energy of column_readout`. */
export type PinnedFigures = ReadonlyMap<string, number>;

export interface PinnedRun {
  readonly architecture: string;
  readonly dnn: string;
  readonly layer: number;
}

export const pinnedFile = join(__dirname, "..", "golden", "pinned-results.csv.gz");

/** Figures are kept with this many digits, and count as equal within half a unit of the last but one. */
const digits = 11;
const tolerance = 1e-9;

/** Every layer of every DNN on every architecture, in order. */
export function allRuns(): readonly PinnedRun[] {
  return listArchitectures().flatMap(({ name: architecture }) =>
    listDnns().flatMap((dnn) => listLayers(dnn).map((layer) => ({ architecture, dnn, layer }))),
  );
}

export function keyOf({ architecture, dnn, layer }: PinnedRun): string {
  return `${architecture},${dnn},${layer}`;
}

/** Computes what is pinned of a run. */
export function figuresOf(run: PinnedRun): PinnedFigures {
  const { cycles, computes, macs, utilization, mapSpace, energyPj, areaUm2 } = runLayer(run);
  return new Map([
    ...Object.entries({ cycles, computes, macs, utilization }),
    ["mappings allowed", mapSpace.size],
    ["mappings that fit", mapSpace.valid ?? NaN],
    ["total area", areaUm2.total],
    ["total energy", energyPj.total],
    ...Object.entries(energyPj)
      .filter(([level, energy]) => level !== "total" && energy !== 0)
      .map(([level, energy]) => [`energy of ${level}`, energy] as const),
  ]);
}

/** One line: run and figures, e.g. `raella,resnet18,10,cycles=107800,…`. */
export function formatRun(run: PinnedRun, figures: PinnedFigures): string {
  const shown = [...figures].map(([name, value]) => `${name}=${Number(value.toPrecision(digits))}`);
  return [keyOf(run), ...shown].join(",");
}

/** The pinned figures by run. */
export function readPinned(): ReadonlyMap<string, PinnedFigures> {
  const lines = gunzipSync(readFileSync(pinnedFile)).toString("utf8").trimEnd().split("\n");
  return new Map(
    lines.map((line) => {
      const [architecture, dnn, layer, ...figures] = line.split(",");
      const pairs = figures
        .map((figure) => figure.split("="))
        .map(([name, value]) => [name, Number(value)] as const);
      return [`${architecture},${dnn},${layer}`, new Map(pairs)] as const;
    }),
  );
}

/** A figure that is not what it was; `then` or `now` is undefined for one that came or went. */
export interface Drift {
  readonly run: string;
  readonly figure: string;
  readonly then?: number;
  readonly now?: number;
}

export function driftsOf(run: string, then: PinnedFigures, now: PinnedFigures): Drift[] {
  return [...new Set([...then.keys(), ...now.keys()])].flatMap((figure) => {
    const [before, after] = [then.get(figure), now.get(figure)];
    if (before !== undefined && after !== undefined) {
      const scale = Math.max(Math.abs(before), Math.abs(after));
      if (before === after || Math.abs(before - after) <= scale * tolerance) return [];
    }
    return [{ run, figure, then: before, now: after }];
  });
}

/** What has drifted, figure by figure: how many runs, by how much, and the run that has changed most. */
export function describeDrifts(drifts: readonly Drift[]): string {
  const byFigure = new Map<string, Drift[]>();
  for (const drift of drifts) byFigure.set(drift.figure, [...(byFigure.get(drift.figure) ?? []), drift]);
  const lines = [...byFigure].map(([figure, ofFigure]) => {
    const sorted = [...ofFigure].sort((first, second) => change(first) - change(second));
    const [least, most] = [sorted[0], sorted[sorted.length - 1]];
    const { run, then, now } = Math.abs(change(least)) > Math.abs(change(most)) ? least : most;
    const range = `${percent(change(least))} to ${percent(change(most))}`;
    return `${figure}: ${ofFigure.length} runs, ${range}; ${run}: ${then ?? "none"} then, ${now ?? "none"} now`;
  });
  return lines.join("\n");
}

function change({ then = 0, now = 0 }: Drift): number {
  return then === 0 ? (now === 0 ? 0 : Infinity) : now / then - 1;
}

function percent(share: number): string {
  return `${share >= 0 ? "+" : ""}${(share * 100).toPrecision(3)} %`;
}
