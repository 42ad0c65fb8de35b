import type { Random } from "./random";

/** Values that tend to break things, as they could be written. */
export const oddValues: readonly string[] = [
  ...[
    "0",
    "-1",
    "1",
    "2",
    "3",
    "7",
    "1.5",
    "-0",
    "1e9",
    "1e308",
    "1e-300",
    "9007199254740993",
    "99999999999999999999",
  ],
  ...[
    "nan",
    ".nan",
    "inf",
    ".inf",
    "-.inf",
    "null",
    "~",
    "true",
    "false",
    "''",
    '""',
    "[]",
    "{}",
    "[[]]",
    "{a: 1}",
  ],
  ...[
    "__proto__",
    "constructor",
    "toString",
    "M",
    "N",
    "K",
    "A",
    "Z",
    "WORD",
    "memory",
    "buffer",
    "0x10",
    "0o7",
    "1_000",
  ],
  ...[
    "M=0",
    "M=-1",
    "M<=3",
    "K=4",
    "*",
    "&a 1",
    "*a",
    "!Element",
    "!Container",
    "!include a.yaml",
    "<<: {a: 1}",
    "<<<: {a: 1}",
  ],
  ...[
    "9**9**9",
    "1/0",
    "range(9999)",
    "'x' * 9999",
    "must_specify",
    "getcwd()",
    "é",
    "\u0000",
    "\ud800",
    "---",
    "#",
    "|",
    ">",
  ],
];

const tokens = /[A-Za-z_]\w*|\d+(?:\.\d+)?|\s+|[^\sA-Za-z_0-9]/g;

/** A text with one to a few small changes: lines, words, characters moved, doubled, lost or replaced. */
export function mutateText(text: string, random: Random, dictionary: readonly string[] = oddValues): string {
  let mutated = text;
  for (let count = 1 + random.below(random.chance(0.7) ? 2 : 6); count > 0; count--)
    mutated = random.pick(mutations)(mutated, random, dictionary);
  return mutated.slice(0, 200_000);
}

/** A text with one to four of its whole numbers replaced by other usual ones. */
export function mutateNumbers(text: string, random: Random): string {
  const words = text.match(tokens) ?? [""];
  const numbers = words.flatMap((word, index) => (/^\d+$/.test(word) ? [index] : []));
  for (let count = 1 + random.below(4); count > 0 && numbers.length > 0; count--)
    words[random.pick(numbers)] = String(
      random.pick([0, 1, 1, 2, 2, 3, 4, 5, 6, 8, 12, 16, 24, 32, 64, 100, 1024]),
    );
  return words.join("");
}

type Mutation = (text: string, random: Random, dictionary: readonly string[]) => string;

const changeLines =
  (change: (lines: string[], random: Random) => void): Mutation =>
  (text, random) => {
    const lines = text.split("\n");
    change(lines, random);
    return lines.join("\n");
  };

const changeTokens =
  (change: (words: string[], random: Random, dictionary: readonly string[]) => void): Mutation =>
  (text, random, dictionary) => {
    const words = text.match(tokens) ?? [""];
    change(words, random, dictionary);
    return words.join("");
  };

const indexOfValue = (words: readonly string[], random: Random): number => {
  const values = words.flatMap((word, index) => (/^\w/.test(word) ? [index] : []));
  return values.length === 0 ? 0 : random.pick(values);
};

const mutations: readonly Mutation[] = [
  changeLines((lines, random) => lines.splice(random.below(lines.length), 1)),
  changeLines((lines, random) => {
    const at = random.below(lines.length);
    lines.splice(random.below(lines.length), 0, lines[at]);
  }),
  changeLines((lines, random) => {
    const at = random.below(lines.length);
    lines[at] = random.chance(0.5) ? `  ${lines[at]}` : lines[at].replace(/^ {1,2}/, "");
  }),
  changeTokens((words, random, dictionary) => {
    words[indexOfValue(words, random)] = random.pick(dictionary);
  }),
  changeTokens((words, random, dictionary) => {
    words[indexOfValue(words, random)] = random.pick(dictionary);
  }),
  changeTokens((words, random) => {
    const [first, second] = [indexOfValue(words, random), indexOfValue(words, random)];
    [words[first], words[second]] = [words[second], words[first]];
  }),
  changeTokens((words, random) => {
    words.splice(random.below(words.length), 1 + random.below(3));
  }),
  changeTokens((words, random, dictionary) => {
    words.splice(random.below(words.length + 1), 0, random.pick(dictionary));
  }),
  (text, random) => {
    const at = random.below(text.length + 1);
    return text.slice(0, at) + random.pick([..."[]{}()'\"=:,-+*/<>!&|#%@\\ \n\t0a"]) + text.slice(at);
  },
  (text, random) => {
    const at = random.below(text.length + 1);
    return text.slice(0, at) + text.slice(at + 1 + random.below(20));
  },
  (text, random) => {
    const at = random.below(text.length + 1);
    const part = text.slice(at, at + random.below(60));
    return text.slice(0, at) + part.repeat(1 + random.below(random.chance(0.05) ? 2000 : 3)) + text.slice(at);
  },
];
