import { join } from "../platform";
import { requireArgument } from "../arguments";
import { RaellaError } from "../errors";
import { freeze } from "../memory";
import type { FileReader } from "./file-memo";
import { FileMemo } from "./file-memo";
import { readCsv } from "./read-csv";
import { givenWorkspace, overlaysOf, workspaceSchema } from "./workspace";
import type { Workspace } from "./workspace";

const figures = [
  "energyEfficiency",
  "throughput",
  "tileArea",
  "tilePower",
  "componentArea",
  "componentPower",
  "energyPerMac",
  "time",
  "processorTime",
] as const;
const certainties = ["published", "implied", "remembered", "measured"] as const;

/** A figure that a paper gives of an architecture, or that another model came to. Empty cells of its file are null. */
export interface PublishedFigure {
  /**
   * Efficiency and throughput are multiples of those of `base`; areas (mm^2) and powers (mW) are those of one tile;
   * energies of one multiply-accumulate (fJ), times (us) and processor times (s) are those of the layer in `source`.
   */
  readonly figure: (typeof figures)[number];
  /** The architecture, or a name of the paper's own for a design that is not modelled as it is. */
  readonly architecture: string;
  readonly base: string | null;
  /** Over the DNNs of the paper: `maximum` or `geometric mean`. Of an energy: `dynamic` or `leakage`; both, if empty. */
  readonly statistic: string | null;
  /** The level that stands for it in the models. */
  readonly component: string | null;
  readonly value: number;
  readonly unit: string | null;
  /** Whether it stands in the paper, follows from what stands there, was not looked up again, or was measured. */
  readonly certainty: (typeof certainties)[number];
  readonly source: string;
}

const memo = new FileMemo<readonly PublishedFigure[]>(16);

/**
 * The published figures of a workspace, `published_figures.csv` beside its models; none if there is no such file.
 * @throws RaellaError `schema` for a line that says something else than the file may.
 */
export function loadPublishedFigures(workspace?: Workspace): readonly PublishedFigure[] {
  if (workspace !== undefined) requireArgument(workspaceSchema, workspace, "the workspace");
  const given = givenWorkspace(workspace);
  const { modelsDirectory } = given;
  const read = (reader: FileReader): readonly PublishedFigure[] => {
    const file = join(modelsDirectory, "published_figures.csv");
    if (!reader.has(file)) return freeze([]);
    return freeze(
      readCsv(file, reader).map(({ figure, architecture, certainty, source, ...row }): PublishedFigure => {
        const orNull = (cell: string | undefined): string | null => cell || null;
        const value = Number(row.value || NaN);
        if (!Number.isFinite(value) || !(value > 0))
          throw wrongCell(file, "value", row.value, "a number above 0");
        return {
          figure: oneOf(figures, file, "figure", figure),
          architecture,
          base: orNull(row.base),
          statistic: orNull(row.statistic),
          component: orNull(row.component),
          value,
          unit: orNull(row.unit),
          certainty: oneOf(certainties, file, "certainty", certainty),
          source,
        };
      }),
    );
  };
  return memo.get(modelsDirectory, read, overlaysOf(given));
}

function oneOf<Word extends string>(
  words: readonly Word[],
  file: string,
  column: string,
  cell: string,
): Word {
  const word = words.find((known) => known === cell);
  if (word === undefined) throw wrongCell(file, column, cell, words.join(", "));
  return word;
}

function wrongCell(file: string, column: string, value: unknown, expected: string): RaellaError {
  return new RaellaError({
    code: "schema",
    message: `The column "${column}" of a published figure is ${JSON.stringify(value ?? "missing")}.`,
    location: { file },
    value,
    expected,
  });
}
