import { RaellaError } from "../../errors";
import { basename } from "../../platform";
import type { Convention } from "../../spec/specification";
import type { CsvRow } from "../../spec/read-csv";

/** A value that an entry of the component library was published for. */
interface ReferenceAttribute {
  /** In lower case; synonyms name the same value. */
  readonly names: readonly string[];
  /** As written, in lower case; `*` fits everything. */
  readonly text: string;
}

/** One line of a component library: what a published component costs. */
export interface LibraryEntry {
  readonly className: string;
  /** In lower case. */
  readonly actions: readonly string[];
  readonly attributes: readonly ReferenceAttribute[];
  readonly energyPj: number;
  readonly areaUm2: number;
  /** Publication, table, and how the figure follows from it. */
  readonly source: string;
  /** File that holds the entry, without its folder. */
  readonly file: string;
}

/** Attributes that every entry has with the value 1 unless it says otherwise. */
const impliedAttributes = {
  "2023": ["area_scale", "energy_scale", "n_components"],
  "2024": ["n_components"],
} as const satisfies Record<Convention, readonly string[]>;

const columnNames = {
  className: ["name", "class"],
  actions: ["actions", "action"],
  energy: ["energy_pj", "energy"],
  area: ["area_um2", "area"],
  source: ["source", "comment", "notes"],
};

/**
 * An entry from a line of a library file. Columns: `name` (or the file's name counts), `actions` separated by `|`,
 * `energy_pj`, `area_um2`, `source`; every other column is a reference attribute, its synonyms separated by `|`,
 * and applies where its cell is not empty. In the convention of 2024 the action `idle` is called `leak`.
 * @throws RaellaError (`schema`) for a missing or unreadable figure
 */
export function libraryEntry(
  row: CsvRow,
  defaultName: string,
  file: string,
  convention: Convention = "2023",
): LibraryEntry {
  const cell = (names: readonly string[]): string | undefined => {
    const own = Object.keys(row).filter((key) => names.includes(key.toLowerCase()));
    if (own.length > 1)
      throw new RaellaError({
        code: "schema",
        message: `The columns ${own.join(" and ")} say the same.`,
        location: { file },
        value: own[1],
        expected: `one of ${names.join(", ")}`,
      });
    return own.length === 0 ? undefined : row[own[0]];
  };
  const className = cell(columnNames.className) ?? defaultName;
  const figure = (names: readonly string[]): number => {
    const text = cell(names) ?? "";
    const value = Number(text);
    if (text === "" || !(value >= 0) || !Number.isFinite(value))
      throw new RaellaError({
        code: "schema",
        message: `${className} has no usable ${names[0]}.`,
        location: { file },
        value: text,
        expected: "a number of 0 or more",
      });
    return value;
  };
  const reserved = Object.values(columnNames).flat();
  const written = Object.entries(row)
    .filter(([column, text]) => !reserved.includes(column.toLowerCase()) && text !== "")
    .map(([column, text]) => ({ names: column.toLowerCase().split("|"), text: text.toLowerCase() }));
  const implied = impliedAttributes[convention]
    .filter((name) => !written.some(({ names }) => names.includes(name)))
    .map((name) => ({ names: [name], text: "1" }));
  return {
    className,
    actions: (cell(columnNames.actions) ?? "")
      .toLowerCase()
      .split("|")
      .map((action) => action.trim())
      .map((action) => (convention === "2024" && action === "idle" ? "leak" : action)),
    attributes: [...written, ...implied],
    energyPj: figure(columnNames.energy),
    areaUm2: figure(columnNames.area),
    source: cell(columnNames.source) ?? "",
    file: basename(file),
  };
}
