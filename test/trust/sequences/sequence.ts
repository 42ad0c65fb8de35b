import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Random } from "../../fuzz/random";

/** What happens in a process, one step after the other; see player.cjs. */
export type Step =
  | { readonly do: "write"; readonly file: string; readonly text: string; readonly keepsTime: boolean }
  | { readonly do: "register" | "remove"; readonly name: string }
  | CallStep;

export interface CallStep {
  readonly do: "call";
  readonly call: string;
  readonly options: Readonly<Record<string, unknown>>;
  /** Whether the caller edits what the call returns. */
  readonly edit: boolean;
}

/** Files that change in between, with what they may hold; the first text is what they begin with. */
export type FileTexts = Readonly<Record<string, readonly string[]>>;

/** Everything that a sequence may consist of. Few values of each kind: what is asked twice finds what is remembered. */
export interface Ingredients {
  /** The folder of the workspace, and the files in it that change. */
  readonly folder: string;
  readonly files: FileTexts;
}

const root = join(__dirname, "..", "..", "..");
const package_ = (name: string): string => readFileSync(join(root, name), "utf8");

function replaced(text: string, pattern: RegExp, by: string): string {
  const result = text.replace(pattern, by);
  if (result === text) throw new Error(`Nothing in the text is like ${pattern}.`);
  return result;
}

/** Own architectures that leave loop orders, data spaces and the split to the search, or not; all with bandwidths. */
function ownArchitectures(): string[] {
  const fixed = package_("test/fixtures/own-architecture-with-bandwidth.yaml");
  const free = (text: string, ...patterns: readonly RegExp[]): string =>
    patterns.reduce((left, pattern) => replaced(left, pattern, ""), text);
  const memoryOrder = / +temporal: \{ permutation: \[K, N, M\] \}\n/;
  const bufferOrder = / +temporal: \{ permutation: \[M, N, K\] \}\n/;
  const split = /, split: 1/;
  const bypass = /, bypass: \[A, B\]/;
  return [
    fixed,
    free(fixed, memoryOrder),
    free(fixed, bypass),
    free(fixed, split),
    free(fixed, bufferOrder, bypass),
    free(fixed, memoryOrder, bufferOrder, bypass, split),
    replaced(fixed, /read_bandwidth: BW,?\s+write_bandwidth: BW/, "shared_bandwidth: BW"),
    replaced(free(fixed, bypass), /M: 8, N: 2, K: 4/, "M: 6, N: 4, K: 2"),
  ];
}

/** The files of a workspace that sequences change. */
export function changingFiles(): FileTexts {
  const variables = package_("models/raella/variables.yaml");
  const library = package_("models/component_library/isaac.csv");
  const layer = package_("dnn_layers/resnet18/003.yaml");
  const dearer = replaced(library, /^(isaac_adc,convert\|read.*?),(1\.42),/m, "$1,1420,");
  return {
    "models/raella/variables.yaml": [
      variables,
      replaced(variables, /^( {2}INPUT_BITS: )8/m, "$14"),
      replaced(variables, /^( {2}BATCH_SIZE: )1/m, "$12"),
    ],
    "models/component_library/isaac.csv": [library, dearer],
    "dnn_layers/resnet18/003.yaml": [
      layer,
      replaced(layer, /C: 64, M: 64/, "C: 64, M: 32"),
      replaced(layer, /P: 56, Q: 56/, "P: 28, Q: 28"),
    ],
    "own/architecture.yaml": ownArchitectures(),
  };
}

/** A component library of the user's, which never changes. */
export const ownLibrary = `name,action,technology,resolution,n_instances,energy,area
isaac_adc,convert|read,32,7,1,4.4,900
isaac_adc,idle|update|write,32,7,1,0,900
`;

const architectures = ["raella", "raella", "isaac_like", "raella_no_speculation"];
const estimators = ["router", "converter", "library"];

/** What a sequence is about: how often files and registrations change, and what is asked over and over again. */
interface Theme {
  readonly write: number;
  readonly register: number;
  readonly isFavourite: (step: CallStep) => boolean;
}

const themes: readonly Theme[] = [
  { write: 0.15, register: 0.15, isFavourite: () => true },
  { write: 0, register: 0.1, isFavourite: ({ call }) => call === "own" || call === "given" },
  { write: 0.1, register: 0.4, isFavourite: ({ options }) => options.workers === 2 },
  { write: 0.4, register: 0, isFavourite: ({ options }) => options.fidelity === undefined },
  {
    write: 0,
    register: 0,
    isFavourite: ({ call }) => ["layer", "mapped", "edited", "tables"].includes(call),
  },
];

/** A random sequence of some steps. The same seed gives the same one. */
export function createSequence(random: Random, { folder, files }: Ingredients, length: number): Step[] {
  const steps: Step[] = [];
  const registered = new Set<string>();
  const held = new Map(Object.entries(files).map(([file, [first]]) => [file, first]));
  const theme = random.pick(themes);
  const favourites: CallStep[] = [];
  while (favourites.length < 2) favourites.push(...[randomCall(random, folder)].filter(theme.isFavourite));
  while (steps.length < length) {
    // What has changed is asked for at once.
    const isAsked = (steps.at(-1)?.do ?? "call") !== "call" || steps.length === length - 1;
    const kind = isAsked ? 1 : random.next();
    if (kind < theme.write) {
      const file = random.pick(Object.keys(files));
      const text = random.pick(files[file].filter((candidate) => candidate !== held.get(file)));
      held.set(file, text);
      steps.push({ do: "write", file, text, keepsTime: random.chance(0.5) });
    } else if (kind < theme.write + theme.register) {
      const name = random.pick(estimators);
      const isRegistered = registered.delete(name);
      if (!isRegistered) registered.add(name);
      steps.push({ do: isRegistered ? "remove" : "register", name });
    } else if (isAsked || random.chance(0.6)) {
      // The same question again, or nearly so.
      steps.push(varied(random, random.pick(favourites)));
    } else steps.push(randomCall(random, folder));
  }
  return steps;
}

/** Variables that change prices, bandwidths and time, or the map space. */
function randomVariables(random: Random): Record<string, number> {
  return random.pick<Record<string, number>>([
    {},
    { ADC_RESOLUTION: random.pick([5, 6, 8]) },
    { CROSSBAR_LATENCY: random.pick([1, 50]) },
    { CIM_UNITS_PER_COLUMN: random.pick([256, 1024]) },
    { N_ADC_PER_BANK: random.pick([1, 8]), ADC_RESOLUTION: 6 },
  ]);
}

const bandwidths = [0.05, 0.5, 2, 1000];

/** The same call with other values of its variables. */
function varied(random: Random, step: CallStep): CallStep {
  const { options } = step;
  const edit = random.chance(0.5);
  if (random.chance(0.3)) return { ...step, edit };
  if (step.call === "own" || step.call === "given")
    return { ...step, edit, options: { ...options, variables: { BW: random.pick(bandwidths) } } };
  if (step.call === "edited")
    return { ...step, edit, options: { ...options, depth: random.pick([512, 4096, 65536]) } };
  if ("variables" in options)
    return { ...step, edit, options: { ...options, variables: randomVariables(random) } };
  return { ...step, edit };
}

function randomCall(random: Random, folder: string): CallStep {
  const edit = random.chance(0.5);
  const workspace = {
    modelsDirectory: join(folder, "models"),
    layersDirectory: join(folder, "dnn_layers"),
    statisticsDirectory: join(folder, "recorded_statistics"),
  };
  const layer = (): Record<string, unknown> => ({
    architecture: random.pick(architectures),
    dnn: "resnet18",
    layer: random.pick([0, 3, 10]),
    variables: randomVariables(random),
    workspace,
    ...(random.chance(0.2) && { useTypicalStatistics: true }),
    ...(random.chance(0.2) && { fidelity: "corrected" }),
    ...(random.chance(0.2) && { adcBeyondLibrary: "survey" }),
    ...(random.chance(0.2) && { greedySteps: [] }),
    ...(random.chance(0.3) && { nTiles: random.pick([4, 16]) }),
    ...(random.chance(0.2) && { batchSize: random.pick([1, 2]) }),
  });
  const quick = (): Record<string, unknown> => {
    const options = layer();
    delete options.greedySteps;
    return options;
  };
  const own = (): Record<string, unknown> => ({
    files: [join(folder, "own", "architecture.yaml")],
    greedySteps: [],
    variables: { BW: random.pick(bandwidths) },
    workspace,
  });
  const several = (): Record<string, unknown> => {
    const options = quick();
    delete options.layer;
    return { ...options, layers: [0, 3, 10], workers: random.pick([1, 2]) };
  };
  const makers: readonly [share: number, call: string, options: () => Record<string, unknown>][] = [
    [5, "layer", () => ({ ...quick(), search: random.pick(["optimal", "optimal", "timeloop"]) })],
    [1, "layer", () => ({ ...quick(), search: "full", layer: 3, objective: random.pick(["edp", "energy"]) })],
    [2, "mapped", quick],
    [2, "specification", layer],
    [1, "layers", several],
    [1, "network", () => ({ ...several(), replication: random.pick(["doubling", "increment"]) })],
    [1, "sweep", () => ({ ...randomSweep(random), workspace })],
    [1, "diagnosis", quick],
    [2, "tables", layer],
    [1, "explanation", () => ({ ...layer(), level: "column_readout", action: "read" })],
    [
      1,
      "component",
      () => ({
        component: { class: "isaac_adc", attributes: { technology: 32, resolution: random.pick([5, 7]) } },
        action: "convert",
        workspace,
      }),
    ],
    [6, "own", () => ({ ...own(), search: random.pick(["optimal", "timeloop", "full"]) })],
    [2, "given", () => ({ ...own(), number: random.below(1000) })],
    [
      2,
      "edited",
      () => ({
        ...{ architecture: "raella", dnn: "resnet18", layer: 10, name: "input_buffer", workspace },
        depth: random.pick([512, 4096, 65536]),
      }),
    ],
    [1, "lists", () => ({ workspace })],
  ];
  let at = random.next() * makers.reduce((sum, [share]) => sum + share, 0);
  const [, call, options] = makers.find(([share]) => (at -= share) < 0) ?? makers[0];
  return { do: "call", call, options: options(), edit };
}

function randomSweep(random: Random): Record<string, unknown> {
  return {
    description: {
      architectures: random.pick(["raella", "isaac_like"]),
      dnns: "resnet18",
      variables: { ADC_RESOLUTION: random.pick([[5, 8], [8, 5], [6]]), CROSSBAR_LATENCY: [1, 50] },
      ...(random.chance(0.3) && { throughput: { scheme: "increment" } }),
      chunkSize: 1,
    },
    workers: random.pick([1, 1, 2]),
  };
}
