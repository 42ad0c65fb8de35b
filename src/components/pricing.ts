import * as v from "valibot";
import { index, oneOf, optional, optionsOf, positive } from "../arguments";
import { contentNumber, freeze, Memo } from "../memory";
import { dirname, join, resolve } from "../platform";
import { conventionOf } from "../spec/convention";
import { fidelities } from "../spec/fidelity";
import { FileMemo } from "../spec/file-memo";
import type { FileReader } from "../spec/file-memo";
import { estimationChoiceEntries } from "../spec/model-choices";
import { sourcesOf } from "../spec/model-files";
import type { Sources } from "../spec/model-files";
import { readCellFile } from "../spec/read-cell-file";
import type {
  ComponentClass,
  Convention,
  EstimationChoices,
  Fidelity,
  ModelChoices,
  Specification,
} from "../spec/specification";
import { defaultWorkspace, givenWorkspace, overlaysOf, workspaceSchema } from "../spec/workspace";
import type { Workspace } from "../spec/workspace";
import { displayPath } from "../spec/yaml/source-text";
import { adcEstimator, adcStandIn } from "./adc/adc-survey-model";
import { cellFromEntries, cellFromText } from "./circuits/cell-description";
import type { CellDescription } from "./circuits/cell-description";
import { synthesizedBlocks } from "./blocks/synthesized-blocks";
import { crossbarEstimators } from "./circuits/crossbar";
import { digitalEstimators } from "./circuits/digital-blocks";
import { dramEstimator } from "./dram-estimator";
import type { EstimationContext } from "./estimator";
import { freeEstimator, leaking } from "./estimator";
import { LevelComponents } from "./level-components";
import { LevelEstimates } from "./level-estimates";
import { loadLibrary } from "./library/library-estimator";
import { PrimitiveEstimates } from "./primitive-estimates";
import { createRegistry, registrations, userLibraryAccuracyPercent } from "./registry";
import type { EstimatorRegistry } from "./registry";
import { bankedSramEstimator, loadBankedSrams } from "./sram/banked-sram";
import { loadSramGrids, sramEstimator } from "./sram/sram-memory";

/** How components are priced. Choices left out: those of the specification. */
export interface EstimationOptions extends EstimationChoices {
  /** Default: that of the specification. */
  readonly fidelity?: Fidelity;
  /** Length of a model cycle, s, for idle energies with corrected fidelity. Default 1 ns. */
  readonly cycleTimeS?: number;
  /** Default: that of the specification, or else 2023. */
  readonly convention?: Convention;
  /** Decimal places of the tables, as the original prints them; null: not rounded. Default 6. */
  readonly decimalPlaces?: number | null;
  /** Where the component library, the SRAM tables and relative cell files are. Default: that of the specification. */
  readonly workspace?: Workspace;
}

export const pricingSchema = optionsOf({
  fidelity: optional(oneOf(fidelities)),
  cycleTimeS: optional(positive),
  convention: optional(oneOf(["2023", "2024"] as const)),
  decimalPlaces: optional(v.nullable(v.pipe(index, v.maxValue(15, "a whole number from 0 to 15, or null")))),
  ...estimationChoiceEntries,
  workspace: optional(workspaceSchema),
});

/** The estimators with everything that is remembered about their answers. */
interface Pricing {
  readonly registry: EstimatorRegistry;
  readonly context: EstimationContext;
  readonly primitives: PrimitiveEstimates;
  /** Every file that prices may come from, whichever of them a specification needs. */
  readonly sources: Sources;
  /** What belongs to a set of component classes, which must be frozen. */
  readonly forClasses: (classes: readonly ComponentClass[]) => ClassSet;
}

/** Levels of one set of component classes. */
export interface ClassSet {
  readonly components: LevelComponents;
  readonly levels: LevelEstimates;
}

const pricings = new FileMemo<Pricing>(16, "computed");
/** One nanosecond. */
export const defaultCycleTimeS = 1e-9;

/** How components are priced with the given options: built once, and again when one of its files or the registrations change. */
export function pricingWith(fidelity: Fidelity, options: EstimationOptions = {}): Pricing {
  return pricingFor({}, { ...options, fidelity });
}

/** How the components of a specification are priced, unless options say otherwise. */
export function pricingOf({ identity, workspace }: Specification, options: EstimationOptions = {}): Pricing {
  return pricingFor(identity, { ...options, workspace: options.workspace ?? workspace });
}

interface PricingSettings extends Required<EstimationChoices> {
  readonly fidelity: Fidelity;
  readonly convention: Convention;
  readonly cycleTimeS: number;
  readonly modelsDirectory: string;
}

function pricingFor(
  identity: EstimationChoices & Pick<ModelChoices, "convention"> & { readonly fidelity?: Fidelity },
  options: EstimationOptions,
): Pricing {
  const {
    fidelity = identity.fidelity ?? "artifact",
    adcBeyondLibrary = identity.adcBeyondLibrary ?? "scale",
    technologyInterpolation = identity.technologyInterpolation ?? "linear",
    convention = conventionOf(identity),
    cycleTimeS = defaultCycleTimeS,
  } = options;
  const workspace = givenWorkspace(options.workspace);
  const { modelsDirectory } = workspace;
  const { version } = registrations();
  const choices = { fidelity, convention, cycleTimeS, adcBeyondLibrary, technologyInterpolation };
  const key = `${Object.values(choices).join(" ")} ${version} ${modelsDirectory}`;
  const build = (reader: FileReader): Pricing => buildPricing({ ...choices, modelsDirectory }, reader);
  return pricings.get(key, build, overlaysOf(workspace));
}

function buildPricing(settings: PricingSettings, reader: FileReader): Pricing {
  const { fidelity, convention, cycleTimeS, technologyInterpolation, modelsDirectory } = settings;
  const registry = buildRegistry(settings, reader);
  const cellsDirectory = join(modelsDirectory, "cell_configs");
  for (const name of reader.list(cellsDirectory))
    if (/\.(cell|ya?ml)$/i.test(name)) reader.read(join(cellsDirectory, name));
  const sources = sourcesOf(reader, dirname(modelsDirectory));
  const cells = new Map<string, CellDescription>();
  const context: EstimationContext = {
    fidelity,
    cycleTimeS,
    technologyInterpolation,
    cellDescription: (file) => {
      let cell = cells.get(file);
      if (!cell) cells.set(file, (cell = readCell(resolve(modelsDirectory, file), fidelity, reader)));
      return cell;
    },
  };
  const primitives = new PrimitiveEstimates(registry, context);
  const classSets = new Memo<ClassSet>(rememberedClassSets, () => 1);
  const forClasses = (classes: readonly ComponentClass[]): ClassSet =>
    classSets.get(String(contentNumber(classes)), () => {
      const evaluation = { workingDirectory: modelsDirectory };
      const components = new LevelComponents(classes, primitives, fidelity, evaluation, convention);
      return { components, levels: new LevelEstimates(components) };
    });
  return { registry, context, primitives, sources, forClasses };
}

const rememberedClassSets = 64;

/** Which converters of the library give way to the survey model. */
const refusedConverters = { scale: "none", survey: "other resolutions", "survey-all": "all" } as const;

function buildRegistry(
  { adcBeyondLibrary, convention, modelsDirectory }: PricingSettings,
  reader: FileReader,
): EstimatorRegistry {
  const folder = (name: string): string => folderOf(modelsDirectory, name, reader);
  const [own, ...below] = libraryFolders(modelsDirectory, reader);
  const library = loadLibrary(below.at(0) ?? own, reader, {
    refuseConverters: refusedConverters[adcBeyondLibrary],
    convention,
  });
  const converters = library.flatMap(({ classNames }) => classNames).filter((name) => /adc$/i.test(name));
  const added = registrations();
  const converterModels = [
    adcEstimator(),
    ...(adcBeyondLibrary === "scale" ? [] : [adcStandIn(converters, adcBeyondLibrary === "survey")]),
  ];
  const models =
    convention === "2023"
      ? [
          ...crossbarEstimators(),
          ...digitalEstimators(convention),
          sramEstimator(loadSramGrids(folder("sram"), reader)),
          ...converterModels,
        ]
      : [
          dramEstimator(),
          bankedSramEstimator(loadBankedSrams(folder("sram"), reader)),
          // Where the circuit models could answer, too, the blocks do.
          ...synthesizedBlocks(),
          ...[...crossbarEstimators(), ...digitalEstimators(convention), ...converterModels].map(leaking),
        ];
  return createRegistry([
    ...library,
    ...models,
    freeEstimator(convention),
    ...(below.length === 0
      ? []
      : loadLibrary(own, reader, {
          name: `component library ${displayPath(own)}`,
          ...{ accuracyPercent: userLibraryAccuracyPercent, convention },
        })),
    ...added.libraries.flatMap(({ directory, accuracyPercent }) =>
      loadLibrary(directory, reader, {
        name: `component library ${directory}`,
        ...{ accuracyPercent, convention },
      }),
    ),
    ...(convention === "2023" ? added.estimators : added.estimators.map(leaking)),
  ]);
}

/** A folder of tables beside the models, or else that of the package. */
function folderOf(modelsDirectory: string, name: string, reader: FileReader): string {
  const own = join(modelsDirectory, name);
  return reader.has(own) ? own : join(defaultWorkspace().modelsDirectory, name);
}

/**
 * The component library of a workspace; where it lies over the package's and has tables, both, its own first: what it
 * says of a component is preferred.
 */
function libraryFolders(modelsDirectory: string, reader: FileReader): readonly string[] {
  const [own, ...below] = reader.placesOf(join(modelsDirectory, "component_library"));
  if (below.length === 0) return [folderOf(modelsDirectory, "component_library", reader)];
  const hasTables = reader.namesIn(own).some((name) => /\.csv$/i.test(name));
  return hasTables ? [own, ...below] : below;
}

function readCell(file: string, fidelity: Fidelity, reader: FileReader): CellDescription {
  const name = file.split(/[\\/]/).at(-1) ?? file;
  const contents = readCellFile(file, reader);
  return freeze(
    contents.form === "text"
      ? cellFromText(contents.text, name, fidelity)
      : cellFromEntries(contents.entries, name, fidelity),
  );
}
