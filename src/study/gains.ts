import * as v from "valibot";
import { isListOf, requireArgument, text } from "../arguments";
import { freeze } from "../memory";
import type { PublishedFigure } from "../spec/published-figures";
import { isAblationResult, networkResultSchema } from "./network-result";
import type { AblationResult, NetworkResult } from "./network-result";
import type { ReplicationScheme } from "./replication";
import { replicateByDoubling } from "./replication";

/** How many times as good an architecture is as another one on a DNN. */
export interface Gain {
  readonly dnn: string;
  /** Energy of the base over that of the architecture, one batch through all layers. */
  readonly energyEfficiency: number;
  /** Throughput of the pipeline on equal area over that of the base, by scheme of replication. */
  readonly throughput: Readonly<Partial<Record<ReplicationScheme, number>>>;
}

/** A mean of multiples over DNNs, and the largest one. */
export interface GainFigures {
  readonly geometricMean: number;
  readonly maximum: number;
}

/** What an architecture gains over the first one on several DNNs, and what is published of that. */
export interface Gains {
  readonly architecture: string;
  readonly base: string;
  readonly dnns: readonly Gain[];
  readonly energyEfficiency: GainFigures;
  readonly throughput: Readonly<Partial<Record<ReplicationScheme, GainFigures>>>;
  /** Only figures of this architecture over this base. */
  readonly published: readonly PublishedFigure[];
}

const ablationsSchema = v.custom<readonly AblationResult[]>(
  isListOf(isAblationResult),
  "a list of results, as runAll returns it",
);
const publishedSchema = v.array(
  v.looseObject({ figure: v.string(), architecture: v.string(), value: v.number() }),
  "a list of published figures, as loadPublishedFigures returns it",
);

/**
 * What every further architecture gains over the first one, on the DNNs of a run: multiples DNN by DNN, their geometric
 * mean and the largest one. Throughput is given by the scheme of the run, and by doubling, which follows from any run.
 * @param published Figures of papers, as `loadPublishedFigures` returns them.
 */
export function gainsOver(
  ablations: readonly AblationResult[],
  published: readonly PublishedFigure[] = [],
): readonly Gains[] {
  requireArgument(ablationsSchema, ablations, "the results of gainsOver");
  requireArgument(publishedSchema, published, "the published figures of gainsOver");
  if (ablations.length === 0) return freeze([]);
  const [base, ...others] = ablations[0].architectures;
  return freeze(
    others.map((architecture, index) => {
      const dnns = ablations.map(({ dnn, networks }) => gainOf(dnn, networks[0], networks[index + 1]));
      const schemes = Object.keys(dnns[0].throughput) as ReplicationScheme[];
      return {
        ...{ architecture, base, dnns },
        energyEfficiency: figuresOf(dnns.map(({ energyEfficiency }) => energyEfficiency)),
        throughput: Object.fromEntries(
          schemes.map((scheme) => [scheme, figuresOf(dnns.map((dnn) => dnn.throughput[scheme] ?? NaN))]),
        ),
        published: published.filter((figure) => figure.architecture === architecture && figure.base === base),
      };
    }),
  );
}

function gainOf(dnn: string, base: NetworkResult, network: NetworkResult): Gain {
  const { scheme } = network.replication;
  const ratio = (figure: (of: NetworkResult) => number): number => figure(network) / figure(base);
  const doubled = ratio(throughputByDoubling);
  return {
    dnn,
    energyEfficiency: 1 / ratio(({ totals }) => totals.energyPj.total),
    throughput: {
      doubling: doubled,
      ...(scheme === "doubling"
        ? {}
        : { [scheme]: ratio(({ totals }) => totals.throughputBatchesPerSecond) }),
    },
  };
}

/** Doubling needs no more than the cycles of the layers and the tiles that there are. */
function throughputByDoubling({ totals, nTiles, replication }: NetworkResult): number {
  if (replication.scheme === "doubling") return totals.throughputBatchesPerSecond;
  return replicateByDoubling(totals.cycles, nTiles ?? 1, totals.tileBudget).throughputBatchesPerSecond;
}

function figuresOf(multiples: readonly number[]): GainFigures {
  const logarithms = multiples.reduce((sum, multiple) => sum + Math.log(multiple), 0);
  return { geometricMean: Math.exp(logarithms / multiples.length), maximum: Math.max(...multiples) };
}

/** A part of one tile: what stands for it in the model, and what a paper has in its place. */
export interface TilePart {
  /** Level; for parts of the paper that no level stands for, what the paper says of them. */
  readonly component: string;
  /** How many there are in a tile; null for parts that are not modelled. */
  readonly count: number | null;
  readonly areaMm2: number;
  readonly publishedAreaMm2: number | null;
}

/**
 * One tile of an architecture, part by part, beside a published one: every level with an area, then what only the paper
 * has. The parts add up to the tile.
 * @param publishedAs Name of the published design in the figures, e.g. `isaac` for ISAAC's Table I.
 */
export function tileParts(
  network: NetworkResult,
  published: readonly PublishedFigure[],
  publishedAs: string,
): readonly TilePart[] {
  requireArgument(networkResultSchema, network, "the result of tileParts");
  requireArgument(text, publishedAs, "the published design of tileParts");
  const { layers, nTiles } = network;
  requireArgument(publishedSchema, published, "the published figures of tileParts");
  const { areaUm2 } = layers[layers.length - 1];
  const chipTiles = nTiles ?? 1;
  const theirs = published.filter(
    ({ figure, architecture }) => figure === "componentArea" && architecture === publishedAs,
  );
  const parts = Object.entries(areaUm2).flatMap(([component, area]): TilePart[] => {
    if (typeof area === "number" || area.total === 0) return [];
    const publishedAreaMm2 = theirs.find((figure) => figure.component === component)?.value ?? null;
    return [
      {
        ...{ component, publishedAreaMm2 },
        count: area.count / chipTiles,
        areaMm2: area.total / chipTiles / 1e6,
      },
    ];
  });
  const known = new Set(parts.map(({ component }) => component));
  const others = theirs
    .filter(({ component }) => component === null || !known.has(component))
    .map(({ component, value, source }) => ({
      component: component ?? source,
      count: null,
      areaMm2: 0,
      publishedAreaMm2: value,
    }));
  return freeze([...parts, ...others]);
}
