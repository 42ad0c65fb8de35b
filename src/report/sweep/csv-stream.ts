import { closeSync, openSync, writeFileSync } from "node:fs";

import { RaellaError } from "../../errors";
import type { SweepRow } from "../../study/sweep/sweep-row";
import { csvLines } from "../csv";

/** Writes rows as CSV (RFC 4180, lines end in a line feed), as they come. */
export interface CsvStream {
  write(rows: readonly SweepRow[]): void;
  close(): void;
}

/** @throws RaellaError `usage` if the file cannot be written. */
export function openCsvStream(path: string, names: readonly string[]): CsvStream {
  let file: number;
  try {
    file = openSync(path, "w");
  } catch (error) {
    throw new RaellaError({
      code: "usage",
      message: `Cannot write ${path}: ${(error as Error).message}.`,
      value: path,
      remedy: "Choose a place that you may write to.",
    });
  }
  writeFileSync(file, csvLines([names]));
  return {
    write: (rows) => {
      writeFileSync(file, csvLines(rows));
    },
    close: () => closeSync(file),
  };
}
