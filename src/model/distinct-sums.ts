/** Number of different values of `i * a + j * b + …` with `0 <= i < f`, `0 <= j < g`, …; strides are positive. */
export function distinctSums(loops: readonly { readonly factor: number; readonly stride: number }[]): number {
  const proper = loops.filter(({ factor }) => factor > 1);
  if (proper.length === 0) return 1;
  if (proper.length === 1) return proper[0].factor;
  if (proper.length === 2) {
    const [{ factor: f, stride: a }, { factor: g, stride: b }] = proper;
    const divisor = greatestCommonDivisor(a, b);
    // Pairs (i, j) that equal a pair with larger i and smaller j are counted there.
    return f * g - Math.max(0, f - b / divisor) * Math.max(0, g - a / divisor);
  }
  let sums = new Set([0]);
  for (const { factor, stride } of proper) {
    const next = new Set<number>();
    for (let iteration = 0; iteration < factor; iteration += 1)
      for (const sum of sums) next.add(sum + iteration * stride);
    sums = next;
  }
  return sums.size;
}

function greatestCommonDivisor(a: number, b: number): number {
  let [left, right] = [a, b];
  while (right !== 0) [left, right] = [right, left % right];
  return left;
}
