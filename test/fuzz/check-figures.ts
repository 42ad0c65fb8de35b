/** Where a result holds a number that is no finite number of 0 or more; undefined if there is none. */
export function badFigure(value: unknown, path = "result"): string | undefined {
  if (typeof value === "number")
    return Number.isFinite(value) && value >= 0 ? undefined : `${path} is ${value}`;
  if (typeof value !== "object" || value === null) return undefined;
  for (const [key, item] of Object.entries(value)) {
    const found = badFigure(item, `${path}.${key}`);
    if (found !== undefined) return found;
  }
  return undefined;
}
