import { RaellaError, suggestName } from "../errors";
import type { Level } from "../spec/specification";

/** Data-space directives of one level, per tensor of the problem. */
export interface LevelRules {
  readonly keep: readonly ("keep" | "bypass" | "free")[];
  readonly passthrough: readonly boolean[];
  readonly noTemporalReuse: readonly boolean[];
  readonly rmwOnFirstWriteback: readonly boolean[];
  readonly noMulticastNoReduction: readonly boolean[];
  readonly noLinkTransfer: readonly boolean[];
}

/** What a level's constraints say about every tensor, given by name. The outermost level keeps what nothing is said about. */
export function describeRules(
  names: readonly string[],
  levelName: string,
  constraints: Level["constraints"],
  outermost: boolean,
): LevelRules {
  const { dataspace, spatial, temporal } = constraints;
  const unmarked = names.map(() => false);
  const flags = (list: readonly string[] = []): readonly boolean[] => {
    if (list.length === 0) return unmarked;
    const marked = [...unmarked];
    for (const name of list) {
      const index = names.indexOf(name);
      if (index < 0)
        throw new RaellaError({
          code: "unknown-name",
          message: `The constraints of ${levelName} name "${name}", which is no data space of the problem.`,
          value: name,
          expected: `one of ${names.join(", ")}`,
          remedy: suggestName(name, names),
        });
      marked[index] = true;
    }
    return marked;
  };
  const keep = flags(dataspace?.keep);
  const bypass = flags(dataspace?.bypass);
  const passthrough = flags(dataspace?.passthrough);
  return {
    keep: names.map((name, index) => {
      const kept = keep[index] || (passthrough[index] && !bypass[index]);
      if (kept && bypass[index])
        throw new RaellaError({
          code: "constraint",
          message: `${levelName} both keeps and bypasses ${name}.`,
          value: name,
          expected: "every data space in one of the lists keep and bypass",
        });
      return kept ? "keep" : bypass[index] ? "bypass" : outermost ? "keep" : "free";
    }),
    passthrough,
    noTemporalReuse: flags(temporal?.noTemporalReuse),
    rmwOnFirstWriteback: flags(temporal?.rmwOnFirstWriteback),
    noMulticastNoReduction: flags(spatial?.noMulticastNoReduction),
    noLinkTransfer: flags(spatial?.noLinkTransfer),
  };
}
