/** Its values are not its own. */
class Instance {
  get a(): number {
    return 1;
  }
}

/** What a script may pass by mistake in place of anything. */
export const wrongValues: readonly (readonly [string, unknown])[] = [
  ["undefined", undefined],
  ["null", null],
  ["true", true],
  ["0", 0],
  ["-1", -1],
  ["1.5", 1.5],
  ["NaN", NaN],
  ["Infinity", Infinity],
  ['""', ""],
  ['"nonsense"', "nonsense"],
  ["[]", []],
  ["[null]", [null]],
  ["[1]", [1]],
  ["{}", {}],
  ["{ a: 1 }", { a: 1 }],
  ["a function", (): number => 1],
  ["a bigint", 1n],
  ["a date", new Date(0)],
  ["a Map", new Map()],
  ["a Set", new Set()],
  ["an instance", new Instance()],
];

const withItem = (list: readonly unknown[], at: number, item: unknown): readonly unknown[] =>
  list.map((old, index) => (index === at ? item : old));

/** The argument lists with one argument, also without those behind it, or one part of one that is an object of options, replaced. */
export function* spoilt(given: readonly unknown[]): Generator<readonly [string, readonly unknown[]]> {
  for (const [position, argument] of given.entries()) {
    for (const [title, value] of wrongValues) {
      yield [`argument ${position} = ${title}`, withItem(given, position, value)];
      // What is left out may follow from the others.
      if (position + 1 < given.length)
        yield [`argument ${position} = ${title}, the last`, [...given.slice(0, position), value]];
    }
    const isOptions = typeof argument === "object" && argument !== null && Object.keys(argument).length < 12;
    if (!isOptions || Array.isArray(argument)) continue;
    for (const key of Object.keys(argument))
      for (const [title, value] of wrongValues.slice(1))
        yield [
          `argument ${position}.${key} = ${title}`,
          withItem(given, position, { ...argument, [key]: value }),
        ];
  }
}
