import { RaellaError } from "../errors";
import { dirname, extname } from "../platform";
import { FileReader } from "./file-memo";
import { loadYaml } from "./yaml/load-yaml";
import { locationOf } from "./yaml/yaml-node";

/** The description of a memory cell as it stands in its file: lines `-Key (unit): value`, or a YAML map. */
export type CellFile =
  | { readonly form: "text"; readonly text: string }
  | { readonly form: "yaml"; readonly entries: Readonly<Record<string, unknown>> };

/**
 * Reads a cell description; files named `.yaml` or `.yml` are in the YAML form.
 *
 * @throws RaellaError `file-not-found`, `yaml-syntax`, or `schema` for YAML that is not a map of plain values.
 */
export function readCellFile(file: string, reader: FileReader = new FileReader()): CellFile {
  if (![".yaml", ".yml"].includes(extname(file).toLowerCase()))
    return { form: "text", text: reader.read(file).text };
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
