import { choicesAmong } from "../spec/model-choices";
import type { Fidelity, ModelChoices } from "../spec/specification";
import { workspaceAt, type Workspace } from "../spec/workspace";
import type { SearchKind } from "../study/search-kind";
import type { StudyOptions } from "../study/study-options";
import { parseCount, parseObjective, parsePositive, parseSettings, requireFullSearch } from "./parse-options";

/** Options that say how layers are modelled, as the command line gives them. */
export interface GivenModelOptions extends ModelChoices {
  readonly strict?: boolean;
  readonly tiles?: string;
  readonly batch?: string;
  readonly typical?: boolean;
  readonly set: readonly string[];
  readonly setNew?: readonly string[];
  readonly fidelity: Fidelity;
  readonly search?: SearchKind;
  readonly objective?: string;
  readonly timeLimit?: string;
  readonly workspace?: string;
}

/** The workspace that is asked for; undefined for the package's own. */
export function chosenWorkspace({ workspace }: Pick<GivenModelOptions, "workspace">): Workspace | undefined {
  return workspace === undefined ? undefined : workspaceAt(workspace);
}

/** The same for the functions of the library. */
export function studyOptions(given: GivenModelOptions): StudyOptions {
  if (given.search !== "full") requireFullSearch(given);
  const { setNew: newVariables = [] } = given;
  return {
    nTiles: given.tiles === undefined ? undefined : parseCount(given.tiles, "--tiles", 1),
    batchSize: given.batch === undefined ? undefined : parseCount(given.batch, "--batch", 1),
    useTypicalStatistics: given.typical ?? false,
    variables: parseSettings(given.set),
    newVariables: newVariables.length === 0 ? undefined : parseSettings(newVariables, "--set-new"),
    fidelity: given.fidelity,
    ...choicesAmong(given),
    strict: given.strict,
    search: given.search,
    workspace: chosenWorkspace(given),
    objective: given.objective === undefined ? undefined : parseObjective(given.objective),
    timeLimitMs:
      given.timeLimit === undefined ? undefined : 1000 * parsePositive(given.timeLimit, "--time-limit"),
  };
}
