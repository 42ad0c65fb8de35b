/**
 * The largest product of numbers, one from every list, that fits a mesh: every number lies along one of the two axes,
 * and no axis holds more than it has room for. 0 where nothing fits.
 */
export function largestProduct(lists: readonly (readonly number[])[], roomX: number, roomY = 1): number {
  /** What can lie along the two axes, as one number: X times `base` plus Y. */
  const base = roomY + 1;
  let products = new Set([base + 1]);
  for (const list of lists) {
    const next = new Set<number>();
    for (const product of products) {
      const y = product % base;
      const x = (product - y) / base;
      for (const factor of list) {
        if (x * factor <= roomX) next.add(x * factor * base + y);
        if (y * factor <= roomY) next.add(x * base + y * factor);
      }
    }
    products = next;
  }
  let largest = 0;
  for (const product of products) {
    const y = product % base;
    largest = Math.max(largest, ((product - y) / base) * y);
  }
  return largest;
}

/** Whether loops with these factors can be laid along the two axes of a mesh. */
export function fitsMeshSomehow(factors: readonly number[], roomX: number, roomY: number): boolean {
  const place = (index: number, x: number, y: number): boolean => {
    if (x > roomX || y > roomY) return false;
    if (index === factors.length) return true;
    return place(index + 1, x * factors[index], y) || place(index + 1, x, y * factors[index]);
  };
  return place(0, 1, 1);
}
