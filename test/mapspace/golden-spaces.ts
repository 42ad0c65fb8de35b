import { buildMapSpace } from "../../src/mapspace/map-space";
import type { MapSpace } from "../../src/mapspace/map-space";
import { describeCosts } from "../../src/model/access-costs";
import type { AccessCosts } from "../../src/model/access-costs";
import { scorerFactory } from "../../src/search/create-scorer";
import type { ScorerFactory } from "../../src/search/scorer";
import { goldenSpecification } from "../model/golden-form";
import type { GoldenCase, GoldenSlot } from "../model/golden-form";
import { readGoldenLines } from "../support/golden";

/** A recorded map space with its optimum and the original's walk through it. */
export interface GoldenSpace {
  readonly name: string;
  readonly bounds: Readonly<Record<string, number>>;
  readonly slots: readonly GoldenSlot[];
  readonly choices: Readonly<Record<string, number>>;
  readonly size: number;
  readonly withinFanout: number;
  readonly valid: number;
  readonly best: {
    readonly id: number;
    readonly edp: number;
    readonly energy: number;
    readonly cycles: number;
  };
  readonly walk: {
    readonly id: number;
    readonly edp: number;
    readonly threads: readonly {
      readonly thread: number;
      readonly stop: string;
      readonly visited: number;
      readonly valid: number;
    }[];
  };
  readonly mapperEdp: number;
}

export interface PreparedSpace {
  readonly golden: GoldenSpace;
  readonly space: MapSpace;
  readonly costs: AccessCosts;
  readonly scorer: ScorerFactory;
}

/** All recorded spaces, built from their constraints. */
export function prepareGoldenSpaces(): PreparedSpace[] {
  const models = new Map<string, GoldenCase>();
  for (const recorded of readGoldenLines<GoldenCase>("evaluations"))
    models.set(recorded.name.split("#")[0], recorded);
  return readGoldenLines<GoldenSpace>("map-spaces").map((golden) => {
    const model = models.get(golden.name);
    if (!model) throw new Error(`no levels recorded for ${golden.name}`);
    const { specification, energyTable } = goldenSpecification(model, golden.slots);
    const space = buildMapSpace(specification);
    const costs = describeCosts(space.hardware, energyTable);
    return { golden, space, costs, scorer: scorerFactory(costs) };
  });
}
