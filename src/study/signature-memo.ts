/**
 * Results by signature (a list of numbers), found by hash and confirmed number by number. Bounded: when the newer half
 * of its room is full, the older half is forgotten.
 */
export class SignatureMemo<Result> {
  private newer = new Map<number, Entry<Result>[]>();
  private older = new Map<number, Entry<Result>[]>();
  private newerSize = 0;

  /** @param room Size of all results that are remembered, in the unit of `sizeOf`. */
  constructor(
    private readonly room: number,
    private readonly sizeOf: (result: Result) => number,
  ) {}

  /** The result for a signature, computed if it is not remembered. The signature is copied where it is kept. */
  get(signature: Float64Array, compute: () => Result): Result {
    const hash = hashOf(signature);
    const recent = find(this.newer.get(hash), signature);
    if (recent !== undefined) return recent.result;
    const entry = find(this.older.get(hash), signature) ?? this.create(signature, compute);
    this.remember(hash, entry);
    return entry.result;
  }

  private create(signature: Float64Array, compute: () => Result): Entry<Result> {
    // Copied first: what is computed may use the same memory for a signature of its own.
    const kept = signature.slice();
    return { signature: kept, result: compute() };
  }

  private remember(hash: number, entry: Entry<Result>): void {
    const size = entry.signature.length + this.sizeOf(entry.result);
    if (this.newerSize + size > this.room / 2) {
      this.older = this.newer;
      this.newer = new Map();
      this.newerSize = 0;
    }
    this.newerSize += size;
    const bucket = this.newer.get(hash);
    if (bucket) bucket.push(entry);
    else this.newer.set(hash, [entry]);
  }
}

interface Entry<Result> {
  readonly signature: Float64Array;
  readonly result: Result;
}

function find<Result>(
  bucket: readonly Entry<Result>[] | undefined,
  signature: Float64Array,
): Entry<Result> | undefined {
  return bucket?.find((entry) => areEqual(entry.signature, signature));
}

function areEqual(a: Float64Array, b: Float64Array): boolean {
  if (a.length !== b.length) return false;
  for (let index = 0; index < a.length; index += 1) if (a[index] !== b[index]) return false;
  return true;
}

/** FNV-1a over the halves of the numbers, 32 bits. */
function hashOf(signature: Float64Array): number {
  const words = new Int32Array(signature.buffer, signature.byteOffset, 2 * signature.length);
  let hash = 0x811c9dc5;
  for (let index = 0; index < words.length; index += 1) hash = Math.imul(hash ^ words[index], 0x01000193);
  return hash;
}
