interface Entry<Result> {
  readonly values: readonly unknown[];
  readonly result: Result;
}

const bits = new Float64Array(1);
const halves = new Uint32Array(bits.buffer);

/** Numbers for texts, so that a text need not be read again to find what belongs to it. */
const textNumbers = new Map<string, number>();
const textNumbersLimit = 50_000;

function textNumber(text: string): number {
  let number = textNumbers.get(text);
  if (number === undefined) {
    if (textNumbers.size >= textNumbersLimit) textNumbers.clear();
    number = Math.imul(textNumbers.size + 1, 0x9e3779b1);
    textNumbers.set(text, number);
  }
  return number;
}

function hashOf(value: unknown): number {
  if (typeof value === "number") {
    bits[0] = value;
    return halves[0] ^ Math.imul(halves[1], 0x85ebca6b);
  }
  if (typeof value === "string") return textNumber(value);
  return typeof value === "boolean" ? Number(value) + 1 : 0;
}

/**
 * Results by lists of plain values, found without building a text from the values. Emptied when it holds more than
 * `limit` results.
 */
export class ValueMemo<Result> {
  private readonly buckets = new Map<number, Entry<Result>[]>();
  private size = 0;

  constructor(private readonly limit: number) {}

  /** The result that was stored for exactly these values. */
  get(values: readonly unknown[]): Result | undefined {
    const bucket = this.buckets.get(hashAll(values));
    if (bucket) for (const entry of bucket) if (areEqual(entry.values, values)) return entry.result;
    return undefined;
  }

  set(values: readonly unknown[], result: Result): void {
    if (this.size >= this.limit) {
      this.buckets.clear();
      this.size = 0;
    }
    this.size++;
    const hash = hashAll(values);
    const entry = { values: [...values], result };
    const bucket = this.buckets.get(hash);
    if (bucket) bucket.push(entry);
    else this.buckets.set(hash, [entry]);
  }
}

function hashAll(values: readonly unknown[]): number {
  let hash = values.length;
  for (let index = 0; index < values.length; index++)
    hash = Math.imul(hash ^ hashOf(values[index]), 0x01000193) ^ (hash >>> 15);
  return hash;
}

function areEqual(first: readonly unknown[], second: readonly unknown[]): boolean {
  if (first.length !== second.length) return false;
  for (let index = 0; index < first.length; index++)
    if (!Object.is(first[index], second[index])) return false;
  return true;
}
