import { join } from "node:path";
import type { SourceLocation } from "../errors";
import { RaellaError, suggestName } from "../errors";
import type { FileReader } from "./file-memo";
import type { StatisticsValues } from "./processing/apply-statistics";
import { readCsv } from "./read-csv";
import { displayPath } from "./yaml/source-text";

/** Statistics of a layer and where they were read. */
export interface Statistics {
  readonly values: StatisticsValues;
  readonly file: string;
}

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
    if (parts.length !== 2 || !/^[A-Za-z_]\w*$/.test(parts[0]) || parts[0] === "__proto__" || parts[1] === "")
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
  return { values: parseNameValueLines(reader.read(file).text, file), file };
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

/**
 * Recorded statistics of all layers of a DNN: a table `torch_values/<architecture>/<dnn>.csv` with one line for each
 * layer, or a folder `<dnn>/` with a file of lines `NAME=value` for each layer, named like the layer. Returns a function
 * from layer name to statistics.
 */
export function readRecordedStatistics(
  directory: string,
  architecture: string,
  dnn: string,
  reader: FileReader,
): (layerName: string) => Statistics {
  const base = join(directory, "torch_values", architecture, dnn);
  const table = `${base}.csv`;
  if (reader.has(table)) return recordedTable(table, reader);
  if (reader.has(base)) return (layerName) => recordedFile(base, layerName, reader);
  throw new RaellaError({
    code: "statistics",
    message: `There are no recorded statistics of ${dnn} on "${architecture}".`,
    value: dnn,
    expected: `a table ${displayPath(table)} or a folder ${displayPath(base)}`,
    remedy: "Use typical statistics instead.",
  });
}

function recordedTable(file: string, reader: FileReader): (layerName: string) => Statistics {
  const byLayer = new Map(
    readCsv(file, reader).map((row) => {
      const entries = Object.entries(row).filter(
        ([name, value]) => !layerColumns.includes(name) && value !== "",
      );
      return [row.layer_name, { values: Object.fromEntries(entries), file }] as const;
    }),
  );
  return (layerName) => {
    const statistics = byLayer.get(layerName);
    if (statistics !== undefined) return statistics;
    throw new RaellaError({
      code: "statistics",
      message: `There are no recorded statistics of the layer "${layerName}".`,
      location: { file: displayPath(file) },
      value: layerName,
      expected: "a line with this layer_name",
      remedy: suggestName(layerName, byLayer.keys()),
    });
  };
}

function recordedFile(folder: string, layerName: string, reader: FileReader): Statistics {
  const file = join(folder, layerName);
  if (/[/\\]|^\.\.?$/.test(layerName) || !reader.has(file))
    throw new RaellaError({
      code: "statistics",
      message: `There are no recorded statistics of the layer "${layerName}".`,
      location: { file: displayPath(folder) },
      value: layerName,
      expected: "a file of that name with lines NAME=value",
      remedy: suggestName(layerName, reader.list(folder)),
    });
  return readNameValueFile(file, reader);
}
