// What is remembered between calls, and why that can never change an answer: a memo's key says everything that its
// results depend on, and what is shared is frozen.

/**
 * Whether what was computed is remembered. Without, files that are as they were need not be parsed again all the same;
 * with `"nothing"` they are.
 */
export type Remembering = boolean | "nothing";

let remembering: Remembering = true;
/** Grows whenever everything is forgotten. */
let age = 0;

/** Switches memory off or on again: answers must not depend on it, and tests make sure of that. */
export function setRemembering(wanted: Remembering): void {
  remembering = wanted;
  age += 1;
}

export function presentRemembering(): Remembering {
  return remembering;
}

/** Forgets everything that has been remembered so far. Answers never depend on it; measurements do. */
export function forgetEverything(): void {
  age += 1;
}

/**
 * Results of a pure function by a text that says everything they depend on. Bounded: when the newer half of its room is
 * full, the older half is forgotten.
 */
export class Memo<Result> {
  private newer = new Map<string, Result>();
  private older = new Map<string, Result>();
  private used = 0;
  private ownAge = age;

  /**
   * @param room Size of all results and keys that are remembered, in numbers of eight bytes.
   * @param sizeOf Size of a result, about.
   * @param joint What the results are: contents of files as they were read, or computed from them.
   */
  constructor(
    private readonly room: number,
    private readonly sizeOf: (result: Result) => number,
    private readonly joint: "files" | "computed" = "computed",
  ) {}

  /**
   * The result for a key, computed if it is not remembered. What `compute` throws is not remembered.
   * @param isValid Whether a remembered result is still one: for keys that do not say what files contain.
   */
  get(key: string, compute: () => Result, isValid?: (result: Result) => boolean): Result {
    if (!this.isOn()) return compute();
    if (this.ownAge !== age) this.forget();
    const recent = this.newer.get(key);
    if (recent !== undefined && (isValid === undefined || isValid(recent))) return recent;
    const known = recent === undefined ? this.older.get(key) : undefined;
    const isKnown = known !== undefined && (isValid === undefined || isValid(known));
    const result = isKnown ? known : compute();
    this.keep(key, result);
    return result;
  }

  private isOn(): boolean {
    return remembering === true || (remembering === false && this.joint === "files");
  }

  private keep(key: string, result: Result): void {
    const size = key.length / 8 + this.sizeOf(result);
    if (this.used + size > this.room / 2) {
      this.older = this.newer;
      this.newer = new Map();
      this.used = 0;
    }
    this.used += size;
    this.newer.set(key, result);
  }

  private forget(): void {
    this.newer = new Map();
    this.older = new Map();
    this.used = 0;
    this.ownAge = age;
  }
}

/**
 * What follows from frozen data alone: it is found once, as long as they live, since they say the same for ever. Data
 * that may change are looked at every time.
 */
export class Derived<Data extends object, Result> {
  private results = new WeakMap<Data, Result>();
  private ownAge = age;

  constructor(private readonly derive: (data: Data) => Result) {}

  of(data: Data): Result {
    if (remembering !== true) return this.derive(data);
    if (this.ownAge !== age) this.results = new WeakMap();
    this.ownAge = age;
    const known = this.results.get(data);
    if (known !== undefined) return known;
    const result = this.derive(data);
    if (Object.isFrozen(data)) this.results.set(data, result);
    return result;
  }
}

/**
 * What holds while a computation is under way, set where it starts instead of being handed through every function. Nothing
 * is left of it afterwards.
 */
export class Scoped<Value> {
  private value: Value | undefined;

  get now(): Value | undefined {
    return this.value;
  }

  /** Not for promises: what they do later is outside. */
  during<Result>(value: Value, compute: () => Result): Result {
    const outer = this.value;
    this.value = value;
    try {
      return compute();
    } finally {
      this.value = outer;
    }
  }
}

/**
 * Plain data as a text for keys that no other data have: -0 is not 0, infinity not null, nor the text "1" the number 1,
 * as they are in JSON. Texts follow their lengths, so that nothing in them has to be quoted.
 */
export function contentOf(data: unknown): string {
  if (typeof data === "number") return Object.is(data, -0) ? "-0" : String(data);
  if (typeof data === "string") return `'${data.length}:${data}`;
  return typeof data === "object" && data !== null ? contentOfParts(data, contentOf) : String(data);
}

function contentOfParts(data: object, ofPart: (part: unknown) => string): string {
  if (Array.isArray(data)) {
    let list = "[";
    for (let index = 0; index < data.length; index += 1) list += `${ofPart(data[index])},`;
    return `${list}]`;
  }
  let text = "{";
  for (const name in data) text += `${name.length}:${name}=${ofPart(data[name as keyof typeof data])},`;
  return `${text}}`;
}

const contentNumbers = new Map<string, number>();
const contentNumbersKept = 20_000;
let lastNumber = 0;
/** What is frozen is read once. */
const knownNumbers = new WeakMap<object, number>();

/**
 * A number that stands for frozen plain data in keys: different data never have the same number, and equal data usually
 * do (else something is computed twice).
 */
export function contentNumber(data: object): number {
  // Parts have numbers of their own: texts stay short, and what is shared is read once.
  return knownNumbers.get(data) ?? numberOfText(contentOfParts(data, numberedPart), data);
}

function numberedPart(part: unknown): string {
  if (typeof part !== "object" || part === null || !Object.isFrozen(part)) return contentOf(part);
  return `#${knownNumbers.get(part) ?? numberOfText(contentOf(part), part)}`;
}

function numberOfText(text: string, data: object): number {
  let number = contentNumbers.get(text);
  if (number === undefined) {
    if (contentNumbers.size >= contentNumbersKept) contentNumbers.clear();
    contentNumbers.set(text, (number = lastNumber += 1));
  }
  if (Object.isFrozen(data)) knownNumbers.set(data, number);
  return number;
}

/**
 * A number for frozen data of which this package makes one object: no other data have it. Cheaper than to read them; equal
 * data that were made twice have two.
 */
export const serialNumber = new Derived<object, number>(() => (lastNumber += 1));

/**
 * Freezes plain data with everything in it, and returns it. What is frozen already is taken to be so throughout: shared
 * parts are walked once, not with every result that holds them. For data that this package has made; what callers hand
 * in stays theirs, see {@link frozenCopy}.
 */
export function freeze<Data>(data: Data): Data {
  if (typeof data !== "object" || data === null || Object.isFrozen(data)) return data;
  if (Array.isArray(data)) for (let index = 0; index < data.length; index += 1) freeze(data[index]);
  else for (const name in data) freeze(data[name]);
  return Object.freeze(data);
}

/**
 * The same plain data as a caller has handed in, frozen with everything in it. Parts that cannot change any more are
 * shared, the others are copied, so that later changes of the caller's have no effect.
 */
export function frozenCopy<Data>(data: Data): Data {
  if (typeof data !== "object" || data === null) return data;
  if (Array.isArray(data)) {
    const items = data.map((item: unknown) => frozenCopy(item));
    const isSame = Object.isFrozen(data) && items.every((item, index) => item === data[index]);
    return isSame ? data : (Object.freeze(items) as Data);
  }
  const copy = {} as Data;
  let isSame = Object.isFrozen(data);
  for (const name of Object.keys(data) as (keyof Data & string)[]) {
    copy[name] = frozenCopy(data[name]);
    isSame &&= copy[name] === data[name];
  }
  return isSame ? data : Object.freeze(copy);
}

/** Data whose owner is this package: they were frozen when they were finished. */
const ours = new WeakSet<object>();

/** Finishes data of this package: they are frozen, and recognised when a caller hands them in again. */
export function publish<Data extends object>(data: Data): Data {
  freeze(data);
  ours.add(data);
  return data;
}

/** Whether data were finished by {@link publish}: whatever they say, they say for ever. */
export function isPublished(data: object): boolean {
  return ours.has(data);
}

/** What a caller hands in, as data that nobody changes any more: itself if it came from here, else a copy. */
export function adopt<Data extends object>(data: Data): Data {
  return ours.has(data) ? data : publish(frozenCopy(data));
}
