import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";

/** The lines of a golden file (`NAME.jsonl.gz`), parsed. */
export function readGoldenLines<T>(name: string): T[] {
  const packed = readFileSync(join(__dirname, "..", "golden", `${name}.jsonl.gz`));
  return gunzipSync(packed)
    .toString("utf8")
    .split("\n")
    .filter((line) => line.length > 0)
    .map((line) => JSON.parse(line) as T);
}
