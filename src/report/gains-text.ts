import type { PublishedFigure } from "../spec/published-figures";
import type { Gains } from "../study/gains";
import type { ReplicationScheme } from "../study/replication";
import { formatFixed, formatTextTable } from "./text-table";

/** What the schemes of replication are called in tables. */
const schemeNames: Readonly<Record<ReplicationScheme, string>> = {
  doubling: "doubled",
  increment: "one by one",
};

/** For the end of a run of many DNNs: what every architecture gains over the first one, with the papers' figures. */
export function formatGainsText(gains: readonly Gains[]): string {
  return gains.map(gainsTable).join("\n\n");
}

function gainsTable({ architecture, base, dnns, energyEfficiency, throughput, published }: Gains): string {
  const schemes = Object.keys(throughput) as ReplicationScheme[];
  const times = (multiple: number | undefined): string =>
    multiple === undefined ? "" : `${formatFixed(multiple)}×`;
  const summary = (name: string, statistic: "geometricMean" | "maximum"): string[] => [
    name,
    times(energyEfficiency[statistic]),
    ...schemes.map((scheme) => times(throughput[scheme]?.[statistic])),
  ];
  const paper = (statistic: string): string[][] => {
    const figures = (["energyEfficiency", "throughput"] as const).map((name) =>
      published.find(({ figure, statistic: of }) => figure === name && of === statistic),
    );
    if (figures.every((figure) => figure === undefined)) return [];
    const [energy, speed] = figures.map(publishedText);
    return [[`paper, ${statistic}`, energy, ...schemes.map(() => speed)]];
  };
  const table = formatTextTable({
    columns: [
      `${architecture} over ${base}`,
      "energy efficiency",
      ...schemes.map((scheme) => `throughput, replicas ${schemeNames[scheme]}`),
    ],
    rows: [
      ...dnns.map(({ dnn, energyEfficiency: energy, throughput: speed }) => [
        dnn,
        times(energy),
        ...schemes.map((scheme) => times(speed[scheme])),
      ]),
      summary("geometric mean", "geometricMean"),
      ...paper("geometric mean"),
      summary("maximum", "maximum"),
      ...paper("maximum"),
    ],
  });
  const remembered = published.some(({ certainty }) => certainty === "remembered");
  return remembered ? `${table}\n* remembered from the paper's text, not looked up again` : table;
}

function publishedText(figure: PublishedFigure | undefined): string {
  return figure === undefined
    ? ""
    : `${figure.value.toFixed(1)}×${figure.certainty === "remembered" ? "*" : ""}`;
}
