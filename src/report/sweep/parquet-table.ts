import { closeSync, fsyncSync, openSync, writeSync } from "node:fs";

import type { Cell, SweepColumn, SweepRow } from "../../study/sweep/sweep-row";

/** Rows of a row group of a merged file; chunks are one row group each. */
export const rowGroupSize = 8192;

/** Under this key the footer of a merged sweep holds its plan and columns. */
export const manifestKey = "raella-sweep";

/** Texts that travel in the footer of a Parquet file. */
export type ParquetMetadata = Readonly<Record<string, string>>;

/** The writer is an ES module: it can only be imported when it is needed, and its types with it. */
const loadWriter = () => import("hyparquet-writer");
type ParquetWriter = InstanceType<Awaited<ReturnType<typeof loadWriter>>["ParquetWriter"]>;
type SchemaElement = ParquetWriter["schema"][number];
type ColumnSource = Parameters<ParquetWriter["write"]>[0]["columnData"][number];

const parquetTypes = {
  integer: { type: "INT32" },
  number: { type: "DOUBLE" },
  text: { type: "BYTE_ARRAY", converted_type: "UTF8" },
} as const;

function schemaOf(columns: readonly SweepColumn[]): SchemaElement[] {
  return [
    { name: "root", num_children: columns.length },
    ...columns.map(({ name, type }) => ({
      name,
      ...parquetTypes[type],
      repetition_type: "OPTIONAL" as const,
    })),
  ];
}

function columnData(columns: readonly SweepColumn[], rows: readonly SweepRow[]): ColumnSource[] {
  return columns.map(({ name }, index) => ({
    name,
    data: rows.map((row) => row[index]),
    offsetIndex: false,
  }));
}

/**
 * Encodes rows as a Parquet file of one row group. The bytes depend on nothing but the arguments: no date, no order
 * of arrival.
 */
export async function encodeParquet(
  columns: readonly SweepColumn[],
  rows: readonly SweepRow[],
  metadata: ParquetMetadata = {},
): Promise<Uint8Array> {
  const { ByteWriter, ParquetWriter } = await loadWriter();
  const writer = new ByteWriter();
  const parquet = new ParquetWriter({ writer, ...fileOptions(columns, metadata) });
  await parquet.write({ columnData: columnData(columns, rows), rowGroupSize: Math.max(rows.length, 1) });
  await parquet.finish();
  return writer.getBytes();
}

function fileOptions(
  columns: readonly SweepColumn[],
  metadata: ParquetMetadata,
): { schema: SchemaElement[]; createdBy: string; kvMetadata: { key: string; value: string }[] } {
  return {
    schema: schemaOf(columns),
    createdBy: "raella",
    kvMetadata: Object.entries(metadata).map(([key, value]) => ({ key, value })),
  };
}

/** Writes row group after row group, so that memory does not grow with the file. */
export interface ParquetStream {
  /** Rows of one row group. */
  write(rows: readonly SweepRow[]): Promise<void>;
  /** Completes the file. */
  close(): Promise<void>;
  /** Gives the file up; does nothing after `close`. */
  abandon(): void;
}

/** Opens a Parquet file to be written row group by row group; call `close` to complete it. */
export async function openParquetStream(
  path: string,
  columns: readonly SweepColumn[],
  metadata: ParquetMetadata = {},
): Promise<ParquetStream> {
  const { ByteWriter, ParquetWriter } = await loadWriter();
  const file = openSync(path, "w");
  const bytes = new ByteWriter();
  const flush = (): void => {
    const filled = bytes.getBytes();
    for (let at = 0; at < filled.length;) at += writeSync(file, filled, at);
    bytes.index = 0;
  };
  const writer = Object.assign(bytes, { flush });
  const parquet = new ParquetWriter({ writer, ...fileOptions(columns, metadata) });
  let isOpen = true;
  const abandon = (): void => {
    if (isOpen) closeSync(file);
    isOpen = false;
  };
  return {
    abandon,
    write: async (rows) => {
      await parquet.write({ columnData: columnData(columns, rows), rowGroupSize: rows.length });
    },
    close: async () => {
      await parquet.finish();
      flush();
      fsyncSync(file);
      abandon();
    },
  };
}

/** A Parquet file's rows, one row group at a time, cells in the order of `columns`. */
export async function* readParquet(path: string, columns: readonly string[]): AsyncGenerator<SweepRow[]> {
  const { asyncBufferFromFile, parquetMetadataAsync, parquetReadObjects } = await import("hyparquet");
  const file = await asyncBufferFromFile(path);
  const metadata = await parquetMetadataAsync(file);
  let rowStart = 0;
  for (const group of metadata.row_groups) {
    const rowEnd = rowStart + Number(group.num_rows);
    const records = (await parquetReadObjects({ file, metadata, rowStart, rowEnd })) as Record<
      string,
      Cell
    >[];
    yield records.map((record) => columns.map((name) => record[name] ?? null));
    rowStart = rowEnd;
  }
}

/** The texts in the footer of a Parquet file. */
export async function readParquetMetadata(path: string): Promise<ParquetMetadata> {
  const { asyncBufferFromFile, parquetMetadataAsync } = await import("hyparquet");
  const metadata = await parquetMetadataAsync(await asyncBufferFromFile(path));
  return Object.fromEntries((metadata.key_value_metadata ?? []).map(({ key, value }) => [key, value ?? ""]));
}
