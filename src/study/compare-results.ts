/** A figure that differs between two results. */
export interface Difference {
  /** Keys from the root, e.g. `layers[3].energyPj.pim_cell`. */
  readonly path: string;
  readonly before: unknown;
  readonly after: unknown;
}

/**
 * Every place where two results (plain data) differ, in order. Numbers must be equal to the last bit.
 * @param ignore Keys at any depth that are not compared.
 */
export function compareResults(
  before: unknown,
  after: unknown,
  ignore: ReadonlySet<string> = new Set(),
  path = "",
): Difference[] {
  if (Object.is(before, after) || before === after) return [];
  if (!isContainer(before) || !isContainer(after) || Array.isArray(before) !== Array.isArray(after)) {
    return [{ path, before, after }];
  }
  const keys = new Set([...Object.keys(before), ...Object.keys(after)]);
  return [...keys].flatMap((key) => {
    if (ignore.has(key)) return [];
    const place = Array.isArray(before) ? `${path}[${key}]` : path === "" ? key : `${path}.${key}`;
    return compareResults(before[key], after[key], ignore, place);
  });
}

function isContainer(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}
