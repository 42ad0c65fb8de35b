import { join, resolve } from "node:path";
import * as v from "valibot";
import { index, oneOf, optional, optionsOf, positive } from "../arguments";
import { adcEstimator, adcStandIn } from "./adc/adc-estimator";
import { cellFromEntries, cellFromText, type CellDescription } from "./circuits/cell-description";
import { crossbarEstimators } from "./circuits/crossbar-estimators";
import { digitalEstimators } from "./circuits/digital-estimators";
import type { EstimationContext } from "./estimator";
import { freeEstimator } from "./free-estimator";
import { LevelComponents } from "./level-components";
import { LevelEstimates } from "./level-estimates";
import { loadLibrary } from "./library/load-library";
import { PrimitiveEstimates } from "./primitive-estimates";
import { createRegistry, registrations, type EstimatorRegistry } from "./registry";
import { loadSramGrids } from "./sram/load-grids";
import { sramEstimator } from "./sram/sram-estimator";
import { FileMemo, type FileReader } from "../spec/file-memo";
import { readCellFile } from "../spec/read-cell-file";
import type { ComponentClass } from "../spec/component-class";
import type { AdcBeyondLibrary, Fidelity, Specification } from "../spec/specification";
import { adcChoices } from "../spec/adc-beyond-library";
import { fidelities } from "../spec/fidelity";
import { defaultWorkspace, workspaceSchema, type Workspace } from "../spec/workspace";

/** How components are priced. */
export interface EstimationOptions {
  /** Default: that of the specification. */
  readonly fidelity?: Fidelity;
  /** Length of a model cycle, s, for idle energies with corrected fidelity. Default 1 ns. */
  readonly cycleTimeS?: number;
  /** Decimal places of the tables, as the original prints them; null: not rounded. Default 6. */
  readonly decimalPlaces?: number | null;
  /** Default: that of the specification. */
  readonly adcBeyondLibrary?: AdcBeyondLibrary;
  /** Where the component library, the SRAM tables and relative cell files are. Default: the package's. */
  readonly workspace?: Workspace;
}

export const estimationSchema = optionsOf({
  fidelity: optional(oneOf(fidelities)),
  cycleTimeS: optional(positive),
  decimalPlaces: optional(v.nullable(v.pipe(index, v.maxValue(15, "a whole number from 0 to 15, or null")))),
  adcBeyondLibrary: optional(oneOf(adcChoices)),
  workspace: optional(workspaceSchema),
});

/** The estimators with everything that is remembered about their answers. */
export interface EstimationEngine {
  readonly registry: EstimatorRegistry;
  readonly context: EstimationContext;
  readonly primitives: PrimitiveEstimates;
  /** What belongs to a set of component classes. */
  readonly forClasses: (classes: readonly ComponentClass[]) => ClassSet;
}

/** Levels of one set of component classes. */
export interface ClassSet {
  readonly components: LevelComponents;
  readonly levels: LevelEstimates;
}

const engines = new FileMemo<EstimationEngine>(16);
const defaultCycleTimeS = 1e-9;
const defaultAdcBeyondLibrary: AdcBeyondLibrary = "scale";

/** The engine for the given options: built once, and again when one of its files or the registrations change. */
export function estimationEngine(fidelity: Fidelity, options: EstimationOptions = {}): EstimationEngine {
  const {
    cycleTimeS = defaultCycleTimeS,
    adcBeyondLibrary = defaultAdcBeyondLibrary,
    workspace = defaultWorkspace(),
  } = options;
  return engineFor(fidelity, cycleTimeS, adcBeyondLibrary, workspace);
}

/** The engine that prices a specification, unless options say otherwise. */
export function engineOf({ identity }: Specification, options: EstimationOptions): EstimationEngine {
  const {
    fidelity = identity.fidelity,
    adcBeyondLibrary = identity.adcBeyondLibrary ?? defaultAdcBeyondLibrary,
    cycleTimeS = defaultCycleTimeS,
    workspace = defaultWorkspace(),
  } = options;
  return engineFor(fidelity, cycleTimeS, adcBeyondLibrary, workspace);
}

interface EngineSettings {
  readonly fidelity: Fidelity;
  readonly cycleTimeS: number;
  readonly adcBeyondLibrary: AdcBeyondLibrary;
  readonly modelsDirectory: string;
}

/** What the last engine was asked for with: layer by layer it is the same. */
let last: (EngineSettings & { readonly version: number; readonly key: string }) | undefined;

function engineFor(
  fidelity: Fidelity,
  cycleTimeS: number,
  adcBeyondLibrary: AdcBeyondLibrary,
  { modelsDirectory }: Workspace,
): EstimationEngine {
  const { version } = registrations();
  if (
    last?.fidelity !== fidelity ||
    last.cycleTimeS !== cycleTimeS ||
    last.adcBeyondLibrary !== adcBeyondLibrary ||
    last.modelsDirectory !== modelsDirectory ||
    last.version !== version
  ) {
    const key = `${fidelity} ${cycleTimeS} ${adcBeyondLibrary} ${version} ${modelsDirectory}`;
    last = { fidelity, cycleTimeS, adcBeyondLibrary, modelsDirectory, version, key };
  }
  const settings = last;
  return engines.get(settings.key, (reader) => buildEngine(settings, reader));
}

function buildEngine(settings: EngineSettings, reader: FileReader): EstimationEngine {
  const { fidelity, cycleTimeS, modelsDirectory } = settings;
  const registry = buildRegistry(settings, reader);
  const cells = new Map<string, CellDescription>();
  const context: EstimationContext = {
    fidelity,
    cycleTimeS,
    cellDescription: (file) => {
      let cell = cells.get(file);
      if (!cell) cells.set(file, (cell = readCell(resolve(modelsDirectory, file), fidelity, reader)));
      return cell;
    },
  };
  const primitives = new PrimitiveEstimates(registry, context);
  const forClasses = rememberClassSets((classes) => {
    const components = new LevelComponents(classes, primitives, fidelity, {
      workingDirectory: modelsDirectory,
    });
    return { components, levels: new LevelEstimates(components) };
  });
  return { registry, context, primitives, forClasses };
}

/** Sets of classes are the same if their classes are; a specification may bring a new list of them. */
const rememberedClassSets = 32;

function rememberClassSets(
  create: (classes: readonly ComponentClass[]) => ClassSet,
): (classes: readonly ComponentClass[]) => ClassSet {
  let known: readonly { readonly classes: readonly ComponentClass[]; readonly classSet: ClassSet }[] = [];
  return (classes) => {
    for (const entry of known) if (haveSameItems(entry.classes, classes)) return entry.classSet;
    const classSet = create(classes);
    known = [{ classes, classSet }, ...known.slice(0, rememberedClassSets - 1)];
    return classSet;
  };
}

function haveSameItems(first: readonly unknown[], second: readonly unknown[]): boolean {
  return (
    first === second ||
    (first.length === second.length && first.every((item, index) => item === second[index]))
  );
}

function buildRegistry(
  { adcBeyondLibrary, modelsDirectory }: EngineSettings,
  reader: FileReader,
): EstimatorRegistry {
  const folder = (name: string): string => {
    const own = join(modelsDirectory, name);
    return reader.has(own) ? own : join(defaultWorkspace().modelsDirectory, name);
  };
  const refuseOtherResolutions = adcBeyondLibrary === "survey";
  const library = loadLibrary(folder("component_library"), reader, { refuseOtherResolutions });
  const converters = library.flatMap(({ classNames }) => classNames).filter((name) => /adc$/i.test(name));
  const added = registrations();
  return createRegistry([
    ...library,
    ...crossbarEstimators(),
    ...digitalEstimators(),
    sramEstimator(loadSramGrids(folder("sram"), reader)),
    adcEstimator(),
    ...(refuseOtherResolutions ? [adcStandIn(converters)] : []),
    freeEstimator(),
    ...added.libraries.flatMap(({ directory, accuracyPercent }) =>
      loadLibrary(directory, reader, { name: `component library ${directory}`, accuracyPercent }),
    ),
    ...added.estimators,
  ]);
}

function readCell(file: string, fidelity: Fidelity, reader: FileReader): CellDescription {
  const name = file.split(/[\\/]/).at(-1) ?? file;
  const contents = readCellFile(file, reader);
  return contents.form === "text"
    ? cellFromText(contents.text, name, fidelity)
    : cellFromEntries(contents.entries, name, fidelity);
}
