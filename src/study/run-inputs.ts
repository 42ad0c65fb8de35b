import { publish } from "../memory";
import { loadSpecification } from "../spec/load-specification";
import { choicesAmong } from "../spec/model-choices";
import { readMappingFile } from "../spec/read-mapping-file";
import type { Specification } from "../spec/specification";
import { mappingFromEntries } from "./given-mapping";
import type { Inputs } from "./manifest";
import { publishLayer, type MappedLayer } from "./mapped-layer";
import { evaluateGivenMapping, mapAssembled, mapFully } from "./run-layer";
import type { StudyOptions } from "./study-options";

/**
 * Maps a specification given as YAML files, or evaluates the given mapping for it. A full search leaves out the
 * greedy steps and compares with them, unless they are declined.
 * @throws RaellaError for mistakes in the files, and as `mapSpecification` and `evaluateGivenMapping`.
 */
export function mapInputs(inputs: Inputs, options: StudyOptions = {}): MappedLayer {
  const { nTiles, batchSize, variables, newVariables, fidelity, workspace, strict } = options;
  const load = (greedy: boolean): Specification =>
    loadSpecification({
      files: inputs.files,
      includeRoots: inputs.includeRoots,
      statistics: inputs.statistics,
      ...{ nTiles, batchSize, variables, newVariables, fidelity, workspace, strict },
      ...choicesAmong(options),
      greedySteps: greedy ? undefined : [],
    });
  if (inputs.mapping === undefined && options.search === "full")
    return publishLayer(mapFully(load(false), inputs.greedy ? () => load(true) : null, options));
  const specification = load(inputs.greedy);
  if (inputs.mapping === undefined) return publishLayer(mapAssembled(specification, options));
  const { entries, sources } = readMappingFile(inputs.mapping);
  return evaluateGivenMapping(
    publish({ ...specification, sources: [...specification.sources, ...sources] }),
    mappingFromEntries(specification, entries),
  );
}
