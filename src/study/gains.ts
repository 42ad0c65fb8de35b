import * as v from "valibot";
import { isListOf, requireArgument, requireOptions, text } from "../arguments";
import { freeze } from "../memory";
import { loadPublishedFigures } from "../spec/published-figures";
import type { PublishedFigure } from "../spec/published-figures";
import { requireWorkers } from "../threads";
import { isAblationResult, networkResultSchema } from "./network-result";
import type { AblationResult, NetworkResult } from "./network-result";
import { tileOptions } from "./pipeline";
import type { ReplicationScheme } from "./replication";
import { replicateByDoubling, replicateByIncrement } from "./replication";
import { mapPatiently } from "./run-jobs";
import { allSchema, jobsOf } from "./run-network";
import type { AllOptions } from "./run-network";
import { requireSearchKind } from "./search-kind";
import { requireFullSearch } from "./study-options";
import { Surroundings } from "./surroundings";

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

/**
 * What every architecture of a run gains over the first one, beside what is published of it. Where a paper says what is
 * gained, throughput is given by both schemes of replication: for the finer one, the fewest tiles of each layer are found.
 * @param options Those of the run. Errors as {@link runLayers}.
 * @example
 * ```ts
 * const options = { architectures: ["isaac_like", "raella"] };
 * const [gains] = await runGains(await runAll(options), options);
 * console.log(gains.energyEfficiency.geometricMean);
 * ```
 */
export async function runGains(
  ablations: readonly AblationResult[],
  options: AllOptions = {},
): Promise<readonly Gains[]> {
  requireOptions(allSchema, options, "runGains");
  const { search = "optimal", workers = "auto" } = options;
  requireSearchKind(search);
  requireFullSearch(options);
  requireWorkers(workers);
  const published = loadPublishedFigures(options.workspace);
  const gains = gainsOver(ablations, published);
  const compared = gains.filter((gain) => gain.published.length > 0);
  if (options.replication === "increment" || options.search === "full" || compared.length === 0) return gains;
  const architectures = [compared[0].base, ...compared.map(({ architecture }) => architecture)];
  const finer = gainsOver(await withFinerReplication(ablations, architectures, options), published);
  return freeze(
    gains.map((gain) => finer.find(({ architecture }) => architecture === gain.architecture) ?? gain),
  );
}

/** The same runs of some architectures, with tiles handed out by the finer scheme. */
async function withFinerReplication(
  ablations: readonly AblationResult[],
  architectures: readonly string[],
  options: AllOptions,
): Promise<readonly AblationResult[]> {
  const networks = ablations.map((ablation) =>
    architectures.flatMap((name) => ablation.networks.filter(({ architecture }) => architecture === name)),
  );
  const layers = networks.flat().flatMap((network) => network.layers);
  const jobs = networks.flat().flatMap(({ architecture, dnn, layers }) =>
    jobsOf(
      options,
      architecture,
      dnn,
      layers.map(({ layer }) => layer ?? NaN),
    ),
  );
  const tiles = await mapPatiently(
    jobs,
    (job, index) => tileOptions(job, layers[index]),
    options,
    new Surroundings(),
  );
  let taken = 0;
  const replicated = (network: NetworkResult): NetworkResult => {
    const own = tiles.slice(taken, (taken += network.layers.length));
    const replication = replicateByIncrement(own, network.totals.tileBudget);
    const { throughputBatchesPerSecond, tilesUsed } = replication;
    const totals = { ...network.totals, throughputBatchesPerSecond, tilesUsed };
    return { ...network, replication, totals };
  };
  return ablations.map((ablation, index) => ({
    ...{ ...ablation, architectures },
    networks: networks[index].map(replicated),
  }));
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
