/** Collects pairs of time steps and energies and keeps, per number of steps, the least energies. */
export interface Front {
  readonly size: number;
  clear(): void;
  /** @param inner - energy without, `whole` - with what the stage's own events cost, pJ */
  add(steps: number, inner: number, whole: number): void;
  /** Calls `keep` with rising steps and falling energies, each the least up to that many steps. */
  reduce(keep: (steps: number, inner: number, whole: number) => void): void;
}

export function createFront(): Front {
  let steps = new Float64Array(4);
  let inner = new Float64Array(4);
  let whole = new Float64Array(4);
  let size = 0;

  function insert(at: number, stepCount: number, innerPj: number, wholePj: number): void {
    if (size === steps.length) {
      steps = doubled(steps);
      inner = doubled(inner);
      whole = doubled(whole);
    }
    for (let index = size; index > at; index -= 1) {
      steps[index] = steps[index - 1];
      inner[index] = inner[index - 1];
      whole[index] = whole[index - 1];
    }
    steps[at] = stepCount;
    inner[at] = innerPj;
    whole[at] = wholePj;
    size += 1;
  }

  return {
    get size() {
      return size;
    },
    clear() {
      size = 0;
    },
    add(stepCount, innerPj, wholePj) {
      let at = 0;
      while (at < size && steps[at] < stepCount) at += 1;
      if (at === size || steps[at] > stepCount) {
        insert(at, stepCount, innerPj, wholePj);
        return;
      }
      if (innerPj < inner[at]) inner[at] = innerPj;
      if (wholePj < whole[at]) whole[at] = wholePj;
    },
    reduce(keep) {
      let leastInner = Infinity;
      let leastWhole = Infinity;
      for (let index = 0; index < size; index += 1) {
        if (inner[index] >= leastInner && whole[index] >= leastWhole) continue;
        leastInner = Math.min(leastInner, inner[index]);
        leastWhole = Math.min(leastWhole, whole[index]);
        keep(steps[index], leastInner, leastWhole);
      }
    },
  };
}

function doubled(list: Float64Array): Float64Array<ArrayBuffer> {
  const longer = new Float64Array(list.length * 2);
  longer.set(list);
  return longer;
}
