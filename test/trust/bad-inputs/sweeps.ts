import { parseSweep } from "../../../src/study/sweep/plan-sweep";
import { prepareSweep } from "../../../src/study/sweep/sweep-context";
import type { BadInput, BadInputs } from "./case";

function sweep(name: string, text: string, base = "architectures: [raella]\ndnns: [resnet18]\n"): BadInput {
  return { name, run: () => prepareSweep(parseSweep(base + text, "sweep.yaml")) };
}

export const sweeps: BadInputs = {
  kind: "sweeps",
  inputs: [
    sweep("an empty sweep", "", ""),
    sweep("a sweep that is a list", "- 1\n", ""),
    sweep("a sweep that is a text", "everything\n", ""),
    sweep("a syntax error in a sweep", "variables: {A: 1\n"),
    sweep("lines that nest ever deeper", `variables:\n  A: 1\n${"  b: 1, to: 5, c: 2}\n".repeat(2_000)}`),
    sweep("a duplicate key in a sweep", "dnns: [resnet50]\n"),
    sweep("a misspelt key of a sweep", "variabels: {ADC_RESOLUTION: 5}\n"),
    sweep("a sweep without architectures", "dnns: [resnet18]\n", ""),
    sweep("a sweep of an unknown architecture", "", "architectures: [raela]\ndnns: [resnet18]\n"),
    sweep("a sweep of an unknown DNN", "", "architectures: [raella]\ndnns: [resnet19]\n"),
    sweep("a sweep of no architectures", "", "architectures: []\ndnns: [resnet18]\n"),
    sweep("a number of tiles of 0", "nTiles: 0\n"),
    sweep("a fraction of tiles in a sweep", "nTiles: [1, 2.5]\n"),
    sweep("a text as batch", "batchSize: many\n"),
    sweep("a key of version 0.1", "batch: 4\n"),
    sweep("a range without an end", "variables:\n  ADC_RESOLUTION: {from: 4, step: 1}\n"),
    sweep("a range that runs backwards", "variables:\n  ADC_RESOLUTION: {from: 8, to: 4, step: 1}\n"),
    sweep("a range with a step of 0", "variables:\n  ADC_RESOLUTION: {from: 4, to: 8, step: 0}\n"),
    sweep(
      "a range with step and factor",
      "variables:\n  ADC_RESOLUTION: {from: 4, to: 8, step: 1, factor: 2}\n",
    ),
    sweep("a range with a misspelt key", "variables:\n  ADC_RESOLUTION: {from: 4, too: 8, step: 1}\n"),
    sweep("a range without a step or factor", "variables:\n  ADC_RESOLUTION: {from: 4, to: 8}\n"),
    sweep("a range of billions of values", "variables:\n  ADC_RESOLUTION: {from: 0, to: 1, step: 1e-9}\n"),
    sweep("a factor of 1", "variables:\n  ADC_RESOLUTION: {from: 4, to: 8, factor: 1}\n"),
    sweep("a range whose steps miss its end", "variables:\n  ADC_RESOLUTION: {from: 4, to: 9, step: 2}\n"),
    sweep("a range whose factors miss its end", "nTiles: {from: 3, to: 16, factor: 2}\n"),
    sweep(
      "a logarithmic range with a step",
      "variables:\n  ADC_RESOLUTION: {from: 4, to: 8, step: 2, logarithmic: true}\n",
    ),
    sweep("random designs without variables", "random: {count: 3}\n"),
    sweep("an infinite value", "variables:\n  ADC_RESOLUTION: [.inf]\n"),
    sweep("a value that is not a number", "variables:\n  ADC_RESOLUTION: [.nan]\n"),
    sweep("a value given twice", "variables:\n  ADC_RESOLUTION: [5, 5]\n"),
    sweep(
      "more points than can be counted",
      "variables:\n" + ["A", "B", "C"].map((name) => `  ${name}: {from: 1, to: 1001, step: 1}\n`).join(""),
    ),
    sweep("points of different variables", "points: [{ADC_RESOLUTION: 5}, {N_ADC_PER_BANK: 2}]\n"),
    sweep(
      "a variable both listed and varied",
      "points: [{ADC_RESOLUTION: 5}]\nvariables: {ADC_RESOLUTION: [6]}\n",
    ),
    sweep("no random designs", "random: {count: 0}\n"),
    sweep("a constraint with an unknown column", "constraint: energyPJ < 5\n"),
    sweep("an unfinished constraint", "constraint: energyPj <\n"),
    sweep("an objective without a direction", "objective: energyPj\n"),
    sweep("an objective with an unknown column", "objective: {minimize: enrgyPj}\n"),
    sweep("a throughput of negative area", "throughput: {areaBudgetMm2: -5}\n"),
    sweep("silicon given twice", "throughput: {areaBudgetMm2: 5, aggregateTiles: 5}\n"),
    sweep("an unknown scheme", "throughput: {scheme: tripling}\n"),
    sweep("an unknown fidelity in a sweep", "fidelity: exact\n"),
    sweep("an unknown way beyond the library in a sweep", "adcBeyondLibrary: guess\n"),
    sweep("an unknown way between technologies in a sweep", "technologyInterpolation: cubic\n"),
    sweep("a leakage that is no truth in a sweep", "leakage: 3\n"),
    sweep("an unknown way with sparse optimizations in a sweep", "sparse: yes\n"),
  ],
};
