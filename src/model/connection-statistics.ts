import type { Specification } from "../spec/specification";
import { requireValidMapping } from "./fit";
import type { Hardware } from "./hardware";
import { describeHardware } from "./hardware";
import type { Mapping } from "./mapping";
import { nestOfMapping } from "./nest";
import type { Nest } from "./nest";
import { describeProblem } from "./problem";
import type { Problem } from "./problem";
import { analyseTraffic, fanOutOf, groupTraffic, passedOn, receivedAt } from "./traffic";
import type { Traffic } from "./traffic";

/** Words that enter a connection for groups of one size, over the whole run and per instance of the outer level. */
interface Ingress {
  /** Children that one word goes to. */
  readonly multicast: number;
  /** Groups of that size. */
  readonly scatter: number;
  readonly words: number;
}

/** What one data space does on the connection between a level and its children. */
export interface ConnectionTraffic {
  /** Children in use per instance. */
  readonly fanOut: number;
  /** Size of the largest group. */
  readonly multicastFactor: number;
  /** Ascending by group size. */
  readonly ingresses: readonly Ingress[];
  /** Partial sums combined on the way, for data spaces that are written. */
  readonly spatialReductions: number;
  /** Words that neighbours pass on to each other. */
  readonly linkTransfers: number;
}

/** The connection between a level and the next one inside. It costs no energy. */
interface ConnectionStatistics {
  readonly outer: string;
  readonly inner: string;
  /** Data spaces that cross it, in declared order. */
  readonly traffic: Readonly<Record<string, ConnectionTraffic>>;
}

/**
 * Traffic on the connections between adjacent levels, outermost first.
 * @throws RaellaError `invalid-mapping` where the mapping does not fit the hardware.
 */
export function connectionStatistics(
  specification: Pick<Specification, "levels" | "workload">,
  mapping: Mapping,
): ConnectionStatistics[] {
  const problem = describeProblem(specification.workload);
  const hardware = describeHardware(specification);
  requireValidMapping(problem, hardware, mapping);
  const nest = nestOfMapping(problem, hardware, mapping);
  const traffic = analyseTraffic(problem, hardware, nest);
  return hardware.levels
    .map(({ name }, level) => ({
      outer: name,
      inner: level === 0 ? hardware.compute.name : hardware.levels[level - 1].name,
      traffic: Object.fromEntries(
        problem.tensors.flatMap((tensor, index): [string, ConnectionTraffic][] =>
          level > traffic.tensors[index].outermost
            ? []
            : [[tensor.name, describeConnection(problem, hardware, nest, traffic, index, level)]],
        ),
      ),
    }))
    .reverse();
}

function describeConnection(
  problem: Problem,
  hardware: Hardware,
  nest: Nest,
  traffic: Traffic,
  index: number,
  level: number,
): ConnectionTraffic {
  const { geometry } = traffic;
  const tensor = problem.tensors[index];
  const { content, tile, partition } = traffic.tensors[index];
  const received =
    level === 0 ? geometry.steps : receivedAt(nest, geometry, tensor, index, level - 1, tile[level - 1]);
  const fanOut = fanOutOf(hardware, nest, geometry, tensor, index, level);
  const filters = level === 0 || (nest[level - 1].keep[index] && !nest[level - 1].passthrough[index]);
  const fan = geometry.fans[level];
  const groups = filters ? groupTraffic(fanOut, received) : passedOn(fanOut, fan, content[level - 1]);
  const travelsBothWays = tensor.readWrite && !hardware.levels[level].reductionSupported;
  const ingresses = groups.map(({ members, groups: scatter, words }) => ({
    multicast: members,
    scatter,
    words: travelsBothWays ? 2 * words - partition[level] : words,
  }));
  return {
    fanOut: fan,
    multicastFactor: Math.max(...ingresses.map(({ multicast }) => multicast)),
    ingresses,
    spatialReductions: tensor.readWrite
      ? ingresses.reduce((sum, { multicast, words }) => sum + (multicast - 1) * words, 0)
      : 0,
    linkTransfers: filters ? (fanOut.forwarded?.linkWords ?? 0) : 0,
  };
}
