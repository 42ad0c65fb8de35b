// What the page and the engine in its worker say to each other.
import type { ChartSpecification } from "../../src/report/charts/chart-specification";
import type { Columns } from "../../src/report/tidy-columns";
import type { ModelVariable } from "../../src/spec/model-variables";
import type { NetworkTotals } from "../../src/study/network-result";
import type { Choice } from "./choice";

/** What there is to choose from. */
export interface Catalogue {
  readonly version: string;
  readonly architectures: readonly {
    readonly name: string;
    readonly title: string;
    readonly description: string;
    readonly variables: readonly ModelVariable[];
  }[];
  readonly dnns: readonly Network[];
}

export interface Network {
  readonly name: string;
  readonly layers: readonly { readonly layer: number; readonly name: string }[];
}

/** What the build puts into the file that the engine starts with. */
export interface ModelFiles {
  readonly dnns: readonly Network[];
  readonly files: Readonly<Record<string, string>>;
}

/** Something to be told, once, with all that it concerns. */
export interface Remark {
  readonly message: string;
  /** For people: `RAELLA: 21 layers`. */
  readonly about: string;
}

export interface Figures {
  readonly dnn: string;
  readonly nTiles: number | null;
  readonly batchSize: number | null;
  readonly networks: readonly {
    readonly architecture: string;
    readonly title: string;
    readonly totals: NetworkTotals;
    readonly layers: readonly { readonly layer: number | null; readonly layerName: string | null }[];
    /** Whether the checks of the model rule the design out for some layer. */
    readonly isRuledOut: boolean;
  }[];
  /** One row per layer and architecture. */
  readonly layers: Columns;
  readonly warnings: readonly Remark[];
  readonly notes: readonly Remark[];
  readonly charts: { readonly ablation: ChartSpecification; readonly layers: readonly ChartSpecification[] };
}

export interface LayerFigures {
  readonly architecture: string;
  readonly title: string;
  readonly layer: number;
  readonly layerName: string | null;
  readonly cycles: number;
  readonly energyPj: Readonly<Record<string, number>>;
  readonly areaUm2: Readonly<Record<string, number>>;
  readonly mapSpace: number;
  readonly nest: string;
  readonly chart: ChartSpecification;
}

/** A file to be saved. */
export interface SavedFile {
  readonly name: string;
  readonly type: string;
  readonly text: string;
}

export interface Tasks {
  catalogue: { given: null; answer: Catalogue };
  figures: { given: Choice; answer: Figures };
  layer: { given: Choice; answer: LayerFigures };
  /** Of the figures computed last. */
  save: { given: "json" | "csv" | "layers"; answer: SavedFile };
}

export type TaskName = keyof Tasks;

export interface Order<Name extends TaskName = TaskName> {
  readonly id: number;
  readonly task: Name;
  readonly given: Tasks[Name]["given"];
}

export type Reply =
  | { readonly id: number; readonly answer: Tasks[TaskName]["answer"] }
  | { readonly id: number; readonly error: Trouble }
  | { readonly progress: { readonly done: number; readonly total: number } };

/** Why there is no answer. */
export interface Trouble {
  readonly message: string;
  /** A code of RaellaError, `fault` for what is none. */
  readonly code: string;
}
