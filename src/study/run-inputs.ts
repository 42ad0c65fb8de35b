import { loadSpecification } from "../spec/load-specification";
import { readMappingFile } from "../spec/read-mapping-file";
import type { Specification } from "../spec/specification";
import { mappingFromEntries } from "./given-mapping";
import type { Inputs } from "./manifest";
import type { MappedLayer } from "./mapped-layer";
import { evaluateGivenMapping, mapFully, mapPriced } from "./run-layer";
import type { StudyOptions } from "./study-options";

/**
 * Maps a specification given as YAML files, or evaluates the given mapping for it. A full search leaves out the
 * greedy steps and compares with them, unless they are declined.
 * @throws RaellaError for mistakes in the files, and as `mapSpecification` and `evaluateGivenMapping`.
 */
export function mapInputs(inputs: Inputs, options: StudyOptions = {}): MappedLayer {
  const { nTiles, batchSize, variables, newVariables, fidelity, adcBeyondLibrary } = options;
  const load = (greedy: boolean): Specification =>
    loadSpecification({
      files: inputs.files,
      includeRoots: inputs.includeRoots,
      ...{ nTiles, batchSize, variables, newVariables, fidelity, adcBeyondLibrary },
      greedySteps: greedy ? undefined : [],
    });
  if (inputs.mapping === undefined && options.search === "full")
    return mapFully(load(false), inputs.greedy ? () => load(true) : null, options);
  const specification = load(inputs.greedy);
  if (inputs.mapping === undefined) return mapPriced(specification, options);
  const { entries, sources } = readMappingFile(inputs.mapping);
  return evaluateGivenMapping(
    { ...specification, sources: [...specification.sources, ...sources] },
    mappingFromEntries(specification, entries),
  );
}
