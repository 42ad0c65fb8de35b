/** A growing list of numbers in one typed array. */
export interface NumberList {
  readonly length: number;
  /** The backing array; replaced when the list grows. */
  readonly values: Float64Array;
  push(value: number): void;
}

export function createNumberList(): NumberList {
  let values = new Float64Array(64);
  let length = 0;
  return {
    get length() {
      return length;
    },
    get values() {
      return values;
    },
    push(value) {
      if (length === values.length) {
        const longer = new Float64Array(length * 2);
        longer.set(values);
        values = longer;
      }
      values[length] = value;
      length += 1;
    },
  };
}
