import { choicesAmong } from "../../spec/model-choices";
import { batchVariable, tilesVariable } from "../../spec/processing/process-specification";
import type { LayerRequest } from "../run-layer";
import type { SweepContext } from "./sweep-context";
import type { SweepPoint } from "./sweep-plan";

/** The request for one layer of a design. */
export function layerRequest(
  { plan, workspace }: SweepContext,
  { architecture, dnn, nTiles, batchSize, variables }: Omit<SweepPoint, "point" | "design">,
  layer: number,
): LayerRequest {
  return {
    architecture,
    dnn,
    layer,
    defaults: { [tilesVariable]: nTiles, [batchVariable]: batchSize },
    variables,
    useTypicalStatistics: plan.typicalStatistics,
    fidelity: plan.fidelity,
    ...choicesAmong(plan),
    workspace,
  };
}
