import { createHash } from "node:crypto";
import type { Hash } from "node:crypto";
import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import type { Cell, SweepColumn, SweepRow } from "../../study/sweep/sweep-row";
import type { Output } from "../write-atomically";

/** Rows of a row group of a merged file; chunks are one row group each. */
export const rowGroupSize = 8192;

/** Under this key the footer of a merged sweep holds its plan and columns. */
export const manifestKey = "raella-sweep";

/** Texts that travel in the footer of a Parquet file. */
type ParquetMetadata = Readonly<Record<string, string>>;

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
 * Encodes rows as a Parquet file of one row group, sealed for its owner. The bytes depend on nothing but the arguments:
 * no date, no order of arrival.
 */
export async function encodeParquet(
  columns: readonly SweepColumn[],
  rows: readonly SweepRow[],
  owner: string,
): Promise<Uint8Array> {
  const { ByteWriter, ParquetWriter } = await loadWriter();
  const writer = new ByteWriter();
  const parquet = new ParquetWriter({ writer, ...fileOptions(columns, {}) });
  await parquet.write({ columnData: columnData(columns, rows), rowGroupSize: Math.max(rows.length, 1) });
  await parquet.finish();
  const bytes = writer.getBytes();
  seal(bytes, digestFor(owner));
  return bytes;
}

function fileOptions(
  columns: readonly SweepColumn[],
  metadata: ParquetMetadata,
): { schema: SchemaElement[]; createdBy: string; kvMetadata: { key: string; value: string }[] } {
  return {
    schema: schemaOf(columns),
    createdBy: "raella",
    kvMetadata: Object.entries({ ...metadata, [sealKey]: noSeal }).map(([key, value]) => ({ key, value })),
  };
}

/** Writes row group after row group, so that memory does not grow with the file. */
interface ParquetStream {
  /** Rows of one row group. */
  write(rows: readonly SweepRow[]): Promise<void>;
  /** Writes the end of the file, with its seal. */
  finish(): Promise<void>;
}

/** A Parquet file that is written row group by row group; call `finish` to complete it. */
export async function parquetStream(
  output: Pick<Output, "write">,
  columns: readonly SweepColumn[],
  metadata: ParquetMetadata = {},
): Promise<ParquetStream> {
  const { ByteWriter, ParquetWriter } = await loadWriter();
  const bytes = new ByteWriter();
  const digest = digestFor("");
  const flush = (): void => {
    const filled = bytes.getBytes();
    digest.update(filled);
    output.write(filled);
    bytes.index = 0;
  };
  const writer = Object.assign(bytes, { flush });
  const parquet = new ParquetWriter({ writer, ...fileOptions(columns, metadata) });
  return {
    write: async (rows) => {
      await parquet.write({ columnData: columnData(columns, rows), rowGroupSize: rows.length });
    },
    finish: async () => {
      await parquet.finish();
      const last = bytes.getBytes();
      seal(last, digest);
      output.write(last);
    },
  };
}

/**
 * A seal is a digest of a whole Parquet file and of what it belongs to, as the last text of its footer. It is looked at
 * before anything of the file is believed: a Parquet reader may never come to an end over a single wrong bit.
 */
const sealKey = "raella-digest";
/** What stands in the place of the digest while it is computed. */
const noSeal = "0".repeat(64);
/** The key, two bytes of Thrift's for the kind and the length of the value, the digest. */
const sealOffset = sealKey.length + 2;

function digestFor(owner: string): Hash {
  return createHash("sha256").update(`${owner}\n`);
}

function seal(end: Uint8Array, digest: Hash): void {
  const bytes = Buffer.from(end.buffer, end.byteOffset, end.byteLength);
  const at = bytes.lastIndexOf(sealKey) + sealOffset;
  if (bytes.toString("latin1", at, at + noSeal.length) !== noSeal)
    throw new Error("There is no place for a seal.");
  bytes.write(digest.update(bytes).digest("hex"), at, "latin1");
}

/**
 * Whether a file is, to the last bit, what was written, and was written for this owner; undefined if it bears no seal.
 * @param owner What a file belongs to; empty for one that stands on its own.
 */
export function isSealed(path: string, owner = ""): boolean | undefined {
  const file = openSync(path, "r");
  try {
    const { size } = fstatSync(file);
    const piece = Buffer.alloc(Math.min(size, 1 << 20));
    const read = (from: number): Buffer => piece.subarray(0, readSync(file, piece, 0, piece.length, from));
    const tailStart = Math.max(0, size - 4096);
    const tail = read(tailStart);
    const found = tail.lastIndexOf(sealKey);
    if (found < 0) return undefined;
    const [start, end] = [found + sealOffset, found + sealOffset + noSeal.length].map((at) => tailStart + at);
    const claimed = tail.toString("latin1", start - tailStart, end - tailStart);
    const digest = digestFor(owner);
    for (let from = 0; from < size;) {
      const bytes = read(from);
      if (bytes.length === 0) return false;
      for (let at = Math.max(start, from); at < Math.min(end, from + bytes.length); at += 1)
        bytes[at - from] = noSeal.charCodeAt(0);
      digest.update(bytes);
      from += bytes.length;
    }
    return digest.digest("hex") === claimed;
  } finally {
    closeSync(file);
  }
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
