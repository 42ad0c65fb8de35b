/** What `--json` of a layer prints. */
export const jsonContract = `
The object that --json prints, numbers in full precision (pJ, um^2, J x cycles):
  architecture, dnn, layer, layerName, tiles, batch
  cycles, computes, macs, edp
  utilization, spatialUtilization   of one operation per unit and cycle; of the units (crossbar cells) in use
  energyPj            {LEVEL: pJ, …, total}
  areaUm2             {LEVEL: {each, count, total}, …, total}
  energyPerActionPj   {LEVEL: {ACTION: pJ}}
  errorPercent        {LEVEL: {area, energy: {ACTION: %}}}   where components are interpolated
  accesses            {LEVEL: {DATASPACE: {reads, fills, updates, instances}}}   words per instance
  mapSpace            {size, valid, evaluated}
  mapping             [{level, kind: "temporal" | "spatial", loops: [{dimension, factor}]}]   outermost first
  walk                with --search timeloop: what the random walk did, and by how much it misses the optimum
  fullSearch          with --search full: {objective, certificate, heuristic: what the greedy steps would have cost}
  warnings, notes     [{code, message, location}]   notes where there are any
  manifest            {package, version, search, fidelity, variables, files: [{file, sha256}], …}
`;

export const outContract = `
Files that --out writes (as the original tools name them, after "model" with timeloop_model in place of _mapper):
  timeloop_mapper.map.txt      the loop nest        timeloop_mapper.stats.txt   statistics of every level
  timeloop_mapper.map.yaml     mapping, to be read back by "raella model --mapping"
  timeloop_mapper.ART.yaml     areas                timeloop_mapper.ERT.yaml    energies per action
  input.yaml                   flat input           result.json                 what --json prints
`;

export const networkContract = `
The object that --json prints: for one architecture
  {architecture, dnn, tiles, batch, layers: […], totals, replication, manifest}
with layers as "raella layer --json" prints them; "ablation", and "network" for several architectures,
  {dnn, architectures, tiles, batch, networks: [one such object for each]}.
  totals   energyPj {LEVEL: pJ, …, total}, energyPjByGroup {GROUP: pJ, …, total},
           areaUm2 {LEVEL: {each, count, total}, …, total}, areaUm2ByGroup {GROUP: um^2, …, total},
           cycles [per layer], computes, macs, throughputBatchesPerSecond, tilesUsed, tileBudget,
           pipelineAreaUm2ByGroup {GROUP: um^2, …, total}`;

export const mappingHelp = `
A mapping file:
  mapping:
    - {target: chip, type: temporal, factors: Q=7 N=2, permutation: QN}   # permutation: innermost first
    - {target: inter_macro_spatial_dummy, type: spatial, factors: 'M=4,C=2'}
Levels and dimensions left out have factor 1. Whether a level holds a data space comes from the architecture, unless an
entry {target, type: dataspace, keep: […], bypass: […], passthrough: […]} of the mapping names it.
`;

export const exitCodeHelp = `
Exit codes: 0 success; 1 a fault of the program; 2 a mistake in what was given (explained on stderr, and with --json
as {"error": {code, message, …}} on stdout); 3 a result that verify could not confirm; 130 interrupted.`;
