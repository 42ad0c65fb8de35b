/** A data space at a level that costs something: where its rows and instances stand in a mapping's counts. */
export interface PricedTerm {
  readonly level: number;
  /** Of the level; those in use are charged. */
  readonly clusters: number;
  /** Rows read, filled and updated per instance, and instances: four numbers from here on. */
  readonly at: number;
}

/** A level with a bandwidth: where the words read and written per cycle stand. */
export interface TimedLevel {
  readonly level: number;
  readonly at: number;
}

/** A level that leaks: where the instances that do stand. */
export interface LeakingLevel {
  readonly level: number;
  readonly at: number;
}

/** What the counts of a space's mappings mean. */
export interface CountLayout {
  readonly terms: readonly PricedTerm[];
  readonly timed: readonly TimedLevel[];
  readonly leaking: readonly LeakingLevel[];
  readonly length: number;
}

/** Safe distance between two products of counts: what rounding can never turn around. */
const clearlyLess = 1 - 1e-12;

/** Mappings that none of those offered so far beats. */
export class FrontBuilder {
  /** Counts of the mapping that is offered next. */
  readonly candidate: Float64Array;
  private readonly numbers: number[] = [];
  /** Per mapping: the row of the store where its counts stand. */
  private readonly rows: number[] = [];
  /** Rows of mappings that are beaten by now. */
  private readonly freeRows: number[] = [];
  private store: Float64Array;

  constructor(private readonly layout: CountLayout) {
    this.candidate = new Float64Array(layout.length);
    this.store = new Float64Array(8 * layout.length);
  }

  offer(number: number): void {
    const { numbers, rows, candidate, store } = this;
    const { length } = this.layout;
    for (let index = numbers.length - 1; index >= 0; index -= 1) {
      if (!this.beats(store, rows[index] * length, numbers[index], candidate, 0, number)) continue;
      // What has just beaten one mapping is likely to beat its neighbours: it is asked first.
      this.swapWithLast(index);
      return;
    }
    let kept = 0;
    for (let index = 0; index < numbers.length; index += 1) {
      const row = rows[index];
      if (this.beats(candidate, 0, number, store, row * length, numbers[index])) {
        this.freeRows.push(row);
        continue;
      }
      numbers[kept] = numbers[index];
      rows[kept] = row;
      kept += 1;
    }
    numbers.length = kept;
    rows.length = kept;
    this.keep(number);
  }

  private keep(number: number): void {
    const { length } = this.layout;
    // All rows below the number of mappings are taken if none is free.
    const row = this.freeRows.pop() ?? this.rows.length;
    if ((row + 1) * length > this.store.length) {
      const larger = new Float64Array(2 * this.store.length);
      larger.set(this.store);
      this.store = larger;
    }
    this.store.set(this.candidate, row * length);
    this.numbers.push(number);
    this.rows.push(row);
  }

  private swapWithLast(index: number): void {
    const { numbers, rows } = this;
    const last = numbers.length - 1;
    const number = numbers[index];
    const row = rows[index];
    numbers[index] = numbers[last];
    rows[index] = rows[last];
    numbers[last] = number;
    rows[last] = row;
  }

  /**
   * Whether `a` comes before `b` at any prices and bandwidths, rounding included: no count is larger, and it is faster
   * for certain (a difference of one step could vanish in a rounding) or has the smaller number, which settles ties.
   */
  private beats(
    a: Float64Array,
    atA: number,
    numberOfA: number,
    b: Float64Array,
    atB: number,
    numberOfB: number,
  ): boolean {
    if (a[atA] > b[atB] || (numberOfA > numberOfB && a[atA] + 1 >= b[atB])) return false;
    const { terms, timed, leaking } = this.layout;
    // Plain loops: this runs too briefly to be compiled, and iterators would leave much to clear away.
    for (let index = 0; index < timed.length; index += 1) {
      const { at } = timed[index];
      if (a[atA + at] > b[atB + at] || a[atA + at + 1] > b[atB + at + 1]) return false;
    }
    for (let index = 0; index < leaking.length; index += 1) {
      const { at } = leaking[index];
      if (a[atA + at] > b[atB + at]) return false;
    }
    for (let index = 0; index < terms.length; index += 1) {
      const ofA = atA + terms[index].at;
      const ofB = atB + terms[index].at;
      const { clusters } = terms[index];
      let charged = a[ofA + 3];
      let other = b[ofB + 3];
      let isLess = charged <= other;
      if (charged > clusters || other > clusters) {
        // Of clusters used in part, the number of instances enters the rounding.
        isLess = charged === other;
        charged = Math.min(charged, clusters);
        other = Math.min(other, clusters);
      }
      if (isLess && a[ofA] <= b[ofB] && a[ofA + 1] <= b[ofB + 1] && a[ofA + 2] <= b[ofB + 2]) continue;
      for (let kind = 0; kind < 3; kind += 1) {
        const rows = a[ofA + kind];
        if (rows !== 0 && rows * charged > b[ofB + kind] * other * clearlyLess) return false;
      }
    }
    return true;
  }

  /** Fronts are kept by the thousand: two arrays for all mappings. */
  pack(): { readonly numbers: Float64Array; readonly counts: Float64Array } {
    const { length } = this.layout;
    const counts = new Float64Array(this.rows.length * length);
    this.rows.forEach((row, index) =>
      counts.set(this.store.subarray(row * length, (row + 1) * length), index * length),
    );
    return { numbers: Float64Array.from(this.numbers), counts };
  }
}
