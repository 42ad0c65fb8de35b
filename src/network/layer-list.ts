import { RaellaError, suggestName } from "../errors";
import type { ImportedLayer, LayerShape } from "./imported-network";

/** A layer as far as a list says it: its sizes. */
export type ListedLayer = Pick<ImportedLayer, "index" | "name" | "operator" | "shape" | "passes">;

/** Sizes of a layer, and what they are where a list leaves them out: C and M must stand there, H and W follow from the others. */
const sizesLeftOut: Readonly<Record<keyof LayerShape, number | undefined>> = {
  ...{ C: undefined, M: undefined, R: 1, S: 1, P: 1, Q: 1, G: 1, H: undefined, W: undefined },
  ...{ Hpad: 0, Wpad: 0, Hstride: 1, Wstride: 1, Hdilation: 1, Wdilation: 1 },
};

const columns = ["name", ...Object.keys(sizesLeftOut), "passes"];

/**
 * The layers of a list: one row with a name and sizes for each, as text or numbers. C and M must be given; other sizes
 * are 1, pads 0, and H and W what the output needs.
 */
export function layersFromRows(
  rows: readonly Readonly<Record<string, unknown>>[],
  file: string,
): readonly ListedLayer[] {
  if (rows.length === 0)
    throw new RaellaError({ code: "schema", message: "The list has no layers.", location: { file } });
  const names = new Set<string>();
  return rows.map((row, index) => {
    const location = { file, keyPath: `[${index}]` };
    for (const key of Object.keys(row))
      if (!columns.includes(key))
        throw new RaellaError({
          code: "schema",
          message: `A layer has no "${key}".`,
          location,
          value: key,
          expected: columns.join(", "),
          remedy: suggestName(key, columns),
        });
    const number = (key: string, least: number, fallback: number | undefined): number => {
      const given = row[key];
      const isMissing = given === undefined || given === null || given === "";
      const isNumber = typeof given === "number" || typeof given === "string";
      const value = isMissing ? fallback : isNumber ? Number(given) : NaN;
      if (value !== undefined && Number.isSafeInteger(value) && value >= least) return value;
      throw new RaellaError({
        code: "out-of-range",
        message: isMissing ? `The layer has no ${key}.` : `${key} cannot be ${JSON.stringify(given)}.`,
        location,
        value: given,
        expected: `a whole number of at least ${least}`,
      });
    };
    const sizes: Record<string, number> = {};
    for (const [key, size] of Object.entries(sizesLeftOut))
      if (key !== "H" && key !== "W") sizes[key] = number(key, key.endsWith("pad") ? 0 : 1, size);
    const needed = (outputs: string, kernel: string, axis: string): number =>
      (sizes[outputs] - 1) * sizes[`${axis}stride`] +
      (sizes[kernel] - 1) * sizes[`${axis}dilation`] +
      1 -
      2 * sizes[`${axis}pad`];
    sizes.H = number("H", 1, Math.max(1, needed("Q", "S", "H")));
    sizes.W = number("W", 1, Math.max(1, needed("P", "R", "W")));
    const passes = number("passes", 1, 1);
    if (passes > 2)
      throw new RaellaError({
        code: "out-of-range",
        message: `passes cannot be ${passes}.`,
        location,
        value: passes,
        expected: "1 or 2",
      });
    const given = row.name ?? "";
    const name = given === "" ? `layer${index}` : given;
    if (typeof name !== "string" || names.has(name) || !/^[A-Za-z0-9_.-]+$/.test(name))
      throw new RaellaError({
        code: "schema",
        message:
          typeof name === "string" && names.has(name)
            ? `There are two layers "${name}".`
            : `A layer cannot be named ${JSON.stringify(name)}.`,
        location,
        value: name,
        expected: "a name of its own, of letters, digits, _, . and -",
      });
    names.add(name);
    const isMatrix = sizes.R === 1 && sizes.S === 1 && sizes.P === 1 && sizes.G === 1 && sizes.W === 1;
    return {
      index,
      name,
      operator: isMatrix ? "MatMul" : "Conv",
      shape: sizes as unknown as LayerShape,
      passes,
    };
  });
}
