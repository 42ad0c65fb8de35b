import { RaellaError } from "../errors";
import { dirname, extname } from "../platform";
import { FileReader } from "./file-memo";
import { loadYaml } from "./yaml/load-yaml";
import { displayPath } from "./yaml/source-text";
import { locationOf } from "./yaml/yaml-node";

/** The description of a memory cell as it stands in its file: lines `-Key (unit): value`, or a YAML map. */
type CellFile =
  | { readonly form: "text"; readonly text: string }
  | { readonly form: "yaml"; readonly entries: Readonly<Record<string, unknown>> };

/**
 * Reads a cell description; files named `.yaml` or `.yml` are in the YAML form.
 *
 * @throws RaellaError `file-not-found`, `yaml-syntax`, or `schema` for YAML that is not a map of plain values and for a key
 *   with two values.
 */
export function readCellFile(file: string, reader: FileReader = new FileReader()): CellFile {
  if (![".yaml", ".yml"].includes(extname(file).toLowerCase())) {
    const { text } = reader.read(file);
    requireKeysOnce(text, file);
    return { form: "text", text };
  }
  const root = loadYaml(file, reader, [dirname(file)]);
  const expected = "a map of names to plain values, e.g. area_f2: 4";
  if (root.kind !== "map")
    throw new RaellaError({
      code: "schema",
      message: "A cell description must be a map.",
      location: locationOf(root),
      expected,
    });
  const entries: Record<string, unknown> = {};
  for (const [name, { value }] of root.entries) {
    if (value.kind !== "scalar")
      throw new RaellaError({
        code: "schema",
        message: `The entry "${name}" of a cell description must be a plain value.`,
        location: locationOf(value, name),
        expected,
      });
    entries[name] = value.value;
  }
  return { form: "yaml", entries };
}

/** The first line with a key would count, and another value not at all. */
function requireKeysOnce(text: string, file: string): void {
  const met = new Map<string, { readonly value: string; readonly line: number }>();
  text.split(/\r?\n/).forEach((entry, index) => {
    const [, key, value] = /^-([^:]+):\s*(\S*)/.exec(entry) ?? [];
    if (key === undefined) return;
    const first = met.get(key);
    if (first === undefined) met.set(key, { value, line: index + 1 });
    else if (first.value !== value)
      throw new RaellaError({
        code: "schema",
        message: `-${key} is ${value} here and ${first.value} in line ${first.line}.`,
        location: { file: displayPath(file), line: index + 1 },
        value,
        expected: "one line for each key",
        remedy: "Remove one of them.",
      });
  });
}
