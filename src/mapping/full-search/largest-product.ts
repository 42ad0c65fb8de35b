/** The largest product of at most `limit` that takes one number of every list; lists hold 1 and ascend. */
export function largestProduct(lists: readonly (readonly number[])[], limit: number): number {
  let products = new Set([1]);
  for (const list of lists) {
    const next = new Set<number>();
    for (const product of products) {
      for (const factor of list) {
        if (product * factor > limit) break;
        next.add(product * factor);
      }
    }
    products = next;
  }
  let largest = 1;
  for (const product of products) largest = Math.max(largest, product);
  return largest;
}
