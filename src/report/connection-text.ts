import { connectionStatistics, type ConnectionTraffic } from "../model/connection-statistics";
import type { MappedLayer } from "../study/mapped-layer";

/** The part of the statistics file about the connections between adjacent levels, by name; they cost no energy. */
export function connectionLines({ specification, mapping }: MappedLayer): string[] {
  const connections = connectionStatistics(specification, mapping).map(
    ({ outer, inner, traffic }) => [`${outer} <==> ${inner}`, traffic] as const,
  );
  connections.sort(([a], [b]) => (a < b ? -1 : 1));
  return [
    "Networks",
    "--------",
    ...connections.flatMap(([name, traffic], index) => [
      `Network ${index}`,
      "---------",
      name,
      "",
      "    STATS",
      "    -----",
      ...Object.entries(traffic).flatMap(([dataSpace, figures]) => [
        `    ${dataSpace}:`,
        ...trafficLines(figures),
      ]),
      "",
    ]),
  ];
}

function trafficLines(traffic: ConnectionTraffic): string[] {
  const { fanOut, multicastFactor, ingresses, linkTransfers, spatialReductions } = traffic;
  const line = (name: string, value: number): string => `        ${name.padEnd(40)}: ${value}`;
  return [
    line("Fanout", fanOut),
    line("Multicast factor", multicastFactor),
    line(
      "Ingresses",
      ingresses.reduce((sum, { words }) => sum + words, 0),
    ),
    ...ingresses.map(
      ({ multicast, scatter, words }) => `            @multicast ${multicast} @scatter ${scatter}: ${words}`,
    ),
    line("Link transfers", linkTransfers),
    line("Spatial reductions", spatialReductions),
  ];
}
