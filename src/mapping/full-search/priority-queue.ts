/** A binary heap; `isBefore` must be a strict total order, so that equal contents leave in one order only. */
export interface PriorityQueue<T> {
  readonly size: number;
  push(item: T): void;
  /** Removes and returns the first item. */
  pop(): T | undefined;
  /** The first item, left in place. */
  peek(): T | undefined;
}

export function createPriorityQueue<T>(isBefore: (left: T, right: T) => boolean): PriorityQueue<T> {
  const items: T[] = [];

  function siftUp(start: number): void {
    let index = start;
    const item = items[index];
    while (index > 0) {
      const parent = (index - 1) >> 1;
      if (!isBefore(item, items[parent])) break;
      items[index] = items[parent];
      index = parent;
    }
    items[index] = item;
  }

  function siftDown(): void {
    let index = 0;
    const item = items[0];
    for (;;) {
      const left = 2 * index + 1;
      if (left >= items.length) break;
      const right = left + 1;
      const child = right < items.length && isBefore(items[right], items[left]) ? right : left;
      if (!isBefore(items[child], item)) break;
      items[index] = items[child];
      index = child;
    }
    items[index] = item;
  }

  return {
    get size() {
      return items.length;
    },
    push(item) {
      items.push(item);
      siftUp(items.length - 1);
    },
    pop() {
      const first = items[0];
      const last = items.pop();
      if (items.length > 0 && last !== undefined) {
        items[0] = last;
        siftDown();
      }
      return first;
    },
    peek: () => items[0],
  };
}
