import { readFileSync } from "node:fs";

interface Output {
  readonly output_type: string;
  readonly name?: string;
  readonly text?: string | readonly string[];
  readonly data?: Readonly<Record<string, unknown>>;
}

export interface Cell {
  readonly id: string;
  readonly cell_type: string;
  readonly source: string | readonly string[];
  readonly outputs?: readonly Output[];
  readonly execution_count?: number | null;
}

export interface Notebook {
  readonly cells: readonly Cell[];
  readonly metadata: Readonly<Record<string, unknown>>;
}

const vegaLite = "application/vnd.vegalite.v5+json";

export function readNotebook(file: string): Notebook {
  return JSON.parse(readFileSync(file, "utf8")) as Notebook;
}

/** The cell with an identifier. */
export function cellOf({ cells }: Notebook, id: string): Cell {
  const cell = cells.find((candidate) => candidate.id === id);
  if (cell === undefined) throw new Error(`There is no cell "${id}".`);
  return cell;
}

/** Everything that a cell has shown as text: printed lines, tables, progress bars. */
export function textOf(cell: Cell): string {
  return (cell.outputs ?? [])
    .map(({ text, data }) => join(text ?? (data?.["text/plain"] as string | readonly string[] | undefined)))
    .join("\n");
}

interface Segment {
  readonly bar: string;
  readonly group: string;
  readonly value: number;
}

interface View {
  readonly hconcat?: readonly View[];
  readonly layer?: readonly View[];
  readonly data?: { readonly values: readonly Segment[] };
}

/** Charts of a cell; each a list of panels, each panel the sums of its bars, from left to right, in the chart's unit. */
export function barsOf(cell: Cell): readonly (readonly (readonly number[])[])[] {
  const charts = (cell.outputs ?? []).map(({ data }) => data?.[vegaLite] as View | undefined);
  return charts
    .filter((chart) => chart !== undefined)
    .map((chart) =>
      (chart.hconcat ?? []).map((panel) => {
        const sums = new Map<string, number>();
        for (const { bar, value } of panel.layer?.[0]?.data?.values ?? []) {
          sums.set(bar, (sums.get(bar) ?? 0) + value);
        }
        return [...sums.values()];
      }),
    );
}

/** Notebook without pictures: what has to be equal however it was executed. */
export function withoutPictures({ cells }: Notebook): unknown {
  return cells.map(({ id, source, outputs, execution_count }) => ({
    id,
    source: join(source),
    execution_count,
    outputs: mergeStreams(outputs ?? []).map(({ output_type, name, text, data }) => ({
      output_type,
      name,
      text: text === undefined ? undefined : join(text),
      data:
        data &&
        Object.fromEntries(
          Object.entries(data)
            .filter(([type]) => type !== "image/png")
            .map(([type, value]) => [type, type.startsWith("text/") ? join(value as string) : value]),
        ),
    })),
  }));
}

/** What is printed in several portions is one text, as front ends show it. */
function mergeStreams(outputs: readonly Output[]): readonly Output[] {
  const merged: Output[] = [];
  for (const output of outputs) {
    const last = merged.at(-1);
    if (last?.output_type === "stream" && last.name === output.name) {
      merged[merged.length - 1] = { ...last, text: join(last.text) + join(output.text) };
    } else merged.push(output);
  }
  return merged;
}

function join(text: string | readonly string[] | undefined): string {
  return typeof text === "string" ? text : (text ?? []).join("");
}
