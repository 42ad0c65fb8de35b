import { ExpressionFailure } from "./expression-failure";
import type { Span } from "./syntax";

export interface Token extends Span {
  readonly kind: "number" | "string" | "name" | "symbol" | "end";
  /** Symbols and names as written; the contents of a string. */
  readonly text: string;
}

const space = /\s+/y;
const number =
  /0[xX][0-9a-fA-F]+|0[oO][0-7]+|0[bB][01]+|(?:[0-9]+\.[0-9]*|\.[0-9]+|[0-9]+)(?:[eE][-+]?[0-9]+)?/y;
const name = /[A-Za-z_][A-Za-z0-9_]*/y;
const symbol = /\*\*|\/\/|<=|>=|==|!=|[-+*/%<>()[\],]/y;
const quoted = /"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'/y;

const escapes: Readonly<Record<string, string>> = {
  n: "\n",
  t: "\t",
  r: "\r",
  "\\": "\\",
  '"': '"',
  "'": "'",
};

function matchAt(pattern: RegExp, text: string, at: number): string | undefined {
  pattern.lastIndex = at;
  return pattern.exec(text)?.[0];
}

function unquote(text: string): string {
  return text
    .slice(1, -1)
    .replace(/\\(u[0-9a-fA-F]{4}|x[0-9a-fA-F]{2}|.)/g, (whole, code: string) =>
      code.length > 1 ? String.fromCharCode(parseInt(code.slice(1), 16)) : (escapes[code] ?? whole),
    );
}

/** Cuts an expression into tokens; the last one is always `end`. Throws {@link ExpressionFailure}. */
export function tokenize(text: string): Token[] {
  const tokens: Token[] = [];
  let at = 0;
  const take = (kind: Token["kind"], raw: string, contents = raw): void => {
    tokens.push({ kind, text: contents, start: at, end: at + raw.length });
    at += raw.length;
  };
  while (at < text.length) {
    const blank = matchAt(space, text, at);
    if (blank !== undefined) {
      at += blank.length;
      continue;
    }
    const word = matchAt(name, text, at);
    if (word !== undefined) {
      take("name", word);
      continue;
    }
    const digits = matchAt(number, text, at);
    if (digits !== undefined) {
      const following = matchAt(name, text, at + digits.length);
      if (following !== undefined)
        throw new ExpressionFailure(
          `"${digits}${following}" is neither a number nor a name.`,
          { start: at, end: at + digits.length + following.length },
          `If this is a text, quote it: "${digits}${following}" (on the command line: "'${digits}${following}'"). A product needs its operator.`,
        );
      take("number", digits);
      continue;
    }
    const literal = matchAt(quoted, text, at);
    if (literal !== undefined) {
      take("string", literal, unquote(literal));
      continue;
    }
    const operator = matchAt(symbol, text, at);
    if (operator === undefined) throw unexpectedCharacter(text, at);
    take("symbol", operator);
  }
  tokens.push({ kind: "end", text: "", start: text.length, end: text.length });
  return tokens;
}

const substitutes: Readonly<Record<string, string>> = {
  "^": "A power is written `**`.",
  "&": 'Write "and".',
  "|": 'Write "or".',
  "!": 'Write "not", or "!=" for "is different from".',
  "=": 'Comparison is written "==".',
  ".": "Attributes of values cannot be reached.",
};

function unexpectedCharacter(text: string, at: number): ExpressionFailure {
  const character = String.fromCodePoint(text.codePointAt(at) ?? 0);
  const isQuote = character === '"' || character === "'";
  return isQuote
    ? new ExpressionFailure("This string has no closing quote.", { start: at, end: text.length })
    : new ExpressionFailure(
        `The character "${character}" has no meaning here.`,
        { start: at, end: at + character.length },
        substitutes[character],
      );
}
