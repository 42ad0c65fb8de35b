import type { SourceLocation } from "../errors";
import { RaellaError, suggestName } from "../errors";
import { freeze } from "../memory";
import { join } from "../platform";
import type { FileReader } from "./file-memo";
import type { Statistics, StatisticsValues } from "./processing/apply-statistics";
import { readNumberedCsv } from "./read-csv";
import { isVariableName } from "./schema/read-document";
import { displayPath } from "./yaml/source-text";

/** Columns of a statistics table that identify the layer. */
const layerColumns = ["layer", "layer_name"];

/**
 * Reads lines `NAME=value`; blank lines and lines that begin with # are skipped.
 *
 * @throws RaellaError `statistics` for a line of another form or a repeated name.
 */
export function parseNameValueLines(text: string, file: string): StatisticsValues {
  const values: Record<string, string> = {};
  text.split(/\r?\n/).forEach((line, index) => {
    if (line.trim() === "" || line.trimStart().startsWith("#")) return;
    const parts = line.split("=").map((part) => part.trim());
    const location: SourceLocation = { file: displayPath(file), line: index + 1 };
    if (parts.length !== 2 || !isVariableName(parts[0]) || parts[1] === "")
      throw new RaellaError({
        code: "statistics",
        message: `"${line.trim()}" is not a statistic.`,
        location,
        value: line.trim(),
        expected: "NAME=value",
      });
    if (parts[0] in values)
      throw new RaellaError({ code: "statistics", message: `${parts[0]} is given twice.`, location });
    values[parts[0]] = parts[1];
  });
  return values;
}

/** Reads a file of lines `NAME=value`. */
export function readNameValueFile(file: string, reader: FileReader): Statistics {
  return freeze({ values: parseNameValueLines(reader.read(file).text, file), file: displayPath(file) });
}

/**
 * Typical statistics of an architecture: `typical_values/<architecture>`.
 *
 * @throws RaellaError `statistics` if there are none.
 */
export function readTypicalStatistics(
  directory: string,
  architecture: string,
  reader: FileReader,
): Statistics {
  const folder = join(directory, "typical_values");
  const file = join(folder, architecture);
  if (!reader.has(file))
    throw new RaellaError({
      code: "statistics",
      message: `There are no typical statistics of "${architecture}".`,
      value: architecture,
      expected: `a file ${displayPath(file)} with lines NAME=value`,
      remedy: suggestName(architecture, reader.list(folder)),
    });
  return readNameValueFile(file, reader);
}

/** Recorded statistics of the layers of a DNN, by layer name. */
export type StatisticsTable = ReadonlyMap<string, Statistics>;

/**
 * Recorded statistics of all layers of a DNN, from a table `torch_values/<architecture>/<dnn>.csv` with one line for each
 * layer; undefined if there is no such table.
 *
 * @throws RaellaError `statistics` for a table of another form, or with two lines for a layer.
 */
export function readStatisticsTable(file: string, reader: FileReader): StatisticsTable | undefined {
  if (!reader.has(file)) return undefined;
  const rows = readNumberedCsv(file, reader);
  const columns = Object.keys(rows.at(0)?.row ?? {});
  if (rows.length > 0 && !columns.includes("layer_name"))
    throw new RaellaError({
      code: "statistics",
      message: "The table has no column layer_name.",
      location: { file: displayPath(file), line: 1 },
      expected: "a header line with layer_name and the names of variables",
    });
  const malformed = columns.find((name) => !isVariableName(name));
  if (malformed !== undefined)
    throw new RaellaError({
      code: "statistics",
      message: `The column "${malformed}" cannot be the name of a variable.`,
      location: { file: displayPath(file), line: 1 },
      value: malformed,
      expected: "letters, digits and _, not beginning with a digit",
    });
  const lines = new Map<string, number>();
  return new Map(
    rows.map(({ row, line }) => {
      const layerName = row.layer_name;
      const first = lines.get(layerName);
      if (first !== undefined)
        throw new RaellaError({
          code: "statistics",
          message: `The layer "${layerName}" has a line already: line ${first}.`,
          location: { file: displayPath(file), line },
          value: layerName,
          expected: "one line for each layer",
        });
      lines.set(layerName, line);
      const entries = Object.entries(row).filter(
        ([name, value]) => !layerColumns.includes(name) && value !== "",
      );
      const values = Object.fromEntries(entries);
      return [layerName, freeze({ values, file: displayPath(file) })] as const;
    }),
  );
}

/** @throws RaellaError `statistics` with the nearest name of a layer. */
export function statisticsOfLayer(table: StatisticsTable, layerName: string, file: string): Statistics {
  const found = table.get(layerName);
  if (found !== undefined) return found;
  throw new RaellaError({
    code: "statistics",
    message: `There are no recorded statistics of the layer "${layerName}".`,
    location: { file },
    value: layerName,
    expected: "a line with this layer_name",
    remedy: suggestName(layerName, table.keys()),
  });
}

/**
 * Recorded statistics of one layer, from a folder `torch_values/<architecture>/<dnn>/` with a file of lines
 * `NAME=value` for each layer, named like the layer.
 *
 * @throws RaellaError `statistics` if there is neither such a folder nor such a file.
 */
export function readLayerStatistics(folder: string, layerName: string, reader: FileReader): Statistics {
  const place = displayPath(folder);
  if (!reader.has(folder))
    throw new RaellaError({
      code: "statistics",
      message: "There are no recorded statistics of this DNN on this architecture.",
      expected: `a table ${place}.csv or a folder ${place}`,
      remedy: "Use typical statistics instead.",
    });
  const file = join(folder, layerName);
  if (/[/\\]|^\.\.?$/.test(layerName) || !reader.has(file))
    throw new RaellaError({
      code: "statistics",
      message: `There are no recorded statistics of the layer "${layerName}".`,
      location: { file: place },
      value: layerName,
      expected: "a file of that name with lines NAME=value",
      remedy: suggestName(layerName, reader.list(folder)),
    });
  return readNameValueFile(file, reader);
}
