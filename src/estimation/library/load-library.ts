import { basename, extname, join } from "node:path";
import { RaellaError } from "../../errors";
import type { FileReader } from "../../spec/file-memo";
import { readCsv } from "../../spec/read-csv";
import type { Estimator } from "../estimator";
import { libraryEntry, type LibraryEntry } from "./library-entry";
import { libraryEstimator, type LibraryOptions } from "./library-estimator";

/**
 * Estimators of all classes in the CSV files of a folder, in the order of file names and lines.
 * @throws RaellaError for files that cannot be read and for a folder without any
 */
export function loadLibrary(
  directory: string,
  reader: FileReader,
  options: LibraryOptions = {},
): Estimator[] {
  const files = reader.list(directory).filter((name) => extname(name).toLowerCase() === ".csv");
  if (files.length === 0)
    throw new RaellaError({
      code: "file-not-found",
      message: `The folder ${directory} holds no component library.`,
      value: directory,
      expected: "CSV files with the columns name, actions, energy_pj, area_um2 and reference attributes",
    });
  const entries = files.flatMap((name) => {
    const file = join(directory, name);
    const defaultName = basename(name, extname(name));
    return readCsv(file, reader).map((row) => libraryEntry(row, defaultName, file));
  });
  const byClass = new Map<string, LibraryEntry[]>();
  for (const entry of entries) {
    const key = entry.className.toLowerCase();
    const ofClass = byClass.get(key);
    if (ofClass) ofClass.push(entry);
    else byClass.set(key, [entry]);
  }
  return [...byClass.values()].map((ofClass) => libraryEstimator(ofClass[0].className, ofClass, options));
}
