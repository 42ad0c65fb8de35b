import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { defaultWorkspace } from "../../src/spec/workspace";
import { smallWhole } from "../trust/bad-inputs/case";

// What is mutated: valid inputs of every kind.

const { modelsDirectory, layersDirectory, statisticsDirectory } = defaultWorkspace();

/** A small architecture with problem, component class, constraints and tables. */
export const modelText = `${smallWhole}
constraints:
  targets:
    - {target: memory, type: temporal, permutation: [K, N, M]}
components:
  classes:
    - name: own_buffer
      attributes: {technology: "must_specify", width: 8, share: width / 16}
      subcomponents:
        - {name: "part[0..3]", class: SRAM, area_share: 2, attributes: {technology: technology, width: 32, depth: 64}}
      actions:
        - {name: read, subcomponents: [{name: "part[0..1]", actions: [{name: read, action_share: share}]}]}
        - {name: write, subcomponents: [{name: "part[0..1]", actions: [{name: write}]}]}
`;

export const mappingText = `mapping:
  - {target: memory, type: temporal, factors: N=2 K=4, permutation: NKM}
  - {target: inter_pe_spatial_dummy, type: spatial, factors: M=4 N=2, permutation: [M, N, K], split: 1}
  - {target: buffer, type: temporal, factors: M=2 K4 N=1, permutation: KMN}
  - {target: buffer, type: dataspace, keep: [Z], bypass: [A, B]}
`;

export const cellText = readFileSync(join(modelsDirectory, "cell_configs", "isaac.cell"), "utf8");
export const statisticsText = readFileSync(join(statisticsDirectory, "typical_values", "raella"), "utf8");

export const sweepText = `sweep:
  name: fuzz
  architectures: [raella, isaac_like]
  dnns: resnet18
  nTiles: {from: 1, to: 64, factor: 2}
  batchSize: [1, 32]
  variables:
    ADC_RESOLUTION: [5, 6, 7]
    CIM_UNITS_PER_COLUMN: {from: 128, to: 512, step: 128}
  points: [{N_ADC_PER_BANK: 2}, {N_ADC_PER_BANK: 4}]
  constraint: topsPerMm2 >= 0.5
  objective: [{minimize: energyPj}, {maximize: topsPerMm2}]
  throughput: {aggregateTiles: 65536, scheme: doubling}
`;

/** Everything behind a colon in the model files, and expressions that use each form of the language. */
export const expressions: readonly string[] = [
  ...["common_components", "raella", "isaac_like"]
    .flatMap((folder) =>
      readdirSync(join(modelsDirectory, folder)).map((name) => join(modelsDirectory, folder, name)),
    )
    .flatMap((file) => readFileSync(file, "utf8").split("\n"))
    .flatMap((line) => /^\s*[\w]+:\s+([^#{[\s].{3,})$/.exec(line)?.[1] ?? []),
  "WORD * (ROWS + 1) // 3 % 2 ** 2 - -share",
  "ceil(log2(max(WORD, ROWS))) if WORD > 2 and not ROWS == 3 else [1, 2, 3][1]",
  "sum([x for x in list])",
  "sum(list) + len(list) * min(list) - abs(-3) + round(2.5) + int('7') + float('1.5')",
  "1 < WORD <= 8 != 3 in [1, 2, 3] is not None or True and False",
  "str(WORD) + name * 2 + 'a\\n\\x41'",
  "factorial(5) + comb(5, 2) + perm(5, 2) + gcd(12, 18) + gamma(3.5) + erf(0.5)",
  "range(1, 9, 2)[ROWS] + enumerate(list)[0][1]",
  "((((1))))",
  "0x1F + 0b11 + 0o17 + 1e-3 + .5 + 5.",
];

const files = ["raella/arch.yaml", "raella/variables.yaml", "common_components/*.yaml", "mapper.yaml"];
const fileArguments = [
  ...files.map((file) => join(modelsDirectory, file)),
  join(layersDirectory, "resnet18", "010.yaml"),
];

export const commands: readonly (readonly string[])[] = [
  ["layer", "-a", "raella", "-d", "resnet18", "-l", "10", "--json"],
  [
    "layer",
    "--architecture",
    "isaac_like",
    "--dnn",
    "resnet18",
    "--layer",
    "0",
    "--set",
    "ADC_RESOLUTION=8",
    "--tiles",
    "4",
  ],
  [
    "layer",
    "-a",
    "raella",
    "-d",
    "resnet18",
    "-l",
    "3",
    "--typical",
    "--fidelity",
    "corrected",
    "--batch",
    "2",
  ],
  ["ablation", "-d", "resnet18", "-a", "raella", "--layers", "3"],
  ["map", ...fileArguments, "--tiles", "4", "--json"],
  ["spec", "-a", "raella", "-d", "resnet18", "-l", "2", "--json"],
  ["spec", ...fileArguments],
  ["diagnose", "-a", "raella", "-d", "resnet18", "-l", "2"],
  ["components", "-a", "raella", "-d", "resnet18", "-l", "2"],
  ["dnns", "--dnn", "resnet18"],
  ["architectures", "--json"],
  ["verify", join(modelsDirectory, "mapper.yaml")],
];
