import type { ArithmeticOperator, ComparisonOperator, Expression, Span } from "./syntax";
import { ExpressionFailure } from "./syntax";

interface Token extends Span {
  readonly kind: "number" | "string" | "name" | "symbol" | "end";
  /** Symbols and names as written; the contents of a string. */
  readonly text: string;
}

const space = /\s+/y;
const number =
  /0[xX][0-9a-fA-F]+|0[oO][0-7]+|0[bB][01]+|(?:[0-9]+\.[0-9]*|\.[0-9]+|[0-9]+)(?:[eE][-+]?[0-9]+)?/y;
const name = /[A-Za-z_][A-Za-z0-9_]*/y;
const specificationPath = /spec(?:\s*\.\s*[A-Za-z_][A-Za-z0-9_]*)+/y;
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
function tokenize(text: string): Token[] {
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
      const path = word === "spec" ? matchAt(specificationPath, text, at) : undefined;
      if (path !== undefined && path !== sizesName) throw unreachable(path, at);
      take("name", path ?? word);
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

/** The only part of the specification that expressions can reach: the names of what `problem.instance` gives. */
export const sizesName = "spec.problem.instance";

function unreachable(path: string, at: number): ExpressionFailure {
  return new ExpressionFailure(
    `Expressions cannot reach ${path}.`,
    { start: at, end: at + path.length },
    `Only ${sizesName} can be reached, as in len(${sizesName}).`,
  );
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

/** Longest accepted text, in characters. */
const maximumExpressionLength = 10_000;
/** Deepest accepted nesting; deeper ones are never meant and would exhaust the stack. */
const maximumExpressionDepth = 100;
/** Most accepted operators, names and literals. */
const maximumTokens = 2_500;

/** Binding strengths, loosest first; unary minus binds tighter than `*` and looser than `**`. */
const strength = { or: 2, and: 3, not: 4, comparison: 5, sum: 6, term: 7, unary: 8, power: 9, postfix: 10 };

const arithmeticStrength: Readonly<Record<string, number>> = {
  "+": strength.sum,
  "-": strength.sum,
  "*": strength.term,
  "/": strength.term,
  "//": strength.term,
  "%": strength.term,
  "**": strength.power,
};

const comparisonSymbols: ReadonlySet<string> = new Set(["<", ">", "<=", ">=", "==", "!="]);
const reservedWords: ReadonlySet<string> = new Set([
  "and",
  "or",
  "not",
  "if",
  "else",
  "in",
  "is",
  "lambda",
  "for",
]);
const constants: ReadonlyMap<string, boolean | null> = new Map<string, boolean | null>([
  ["True", true],
  ["False", false],
  ["None", null],
]);

/**
 * Reads an expression in Python's syntax: arithmetic, comparisons, `and`/`or`/`not`, conditionals, calls, subscripts,
 * lists and literals. A Pratt parser, since the grammar is little more than a table of binding strengths.
 *
 * @throws ExpressionFailure with the place of the first mistake, or for a text too long or too deeply nested.
 */
export function parseExpression(text: string): Expression {
  if (text.length > maximumExpressionLength)
    throw new ExpressionFailure(
      `The expression has ${text.length} characters; at most ${maximumExpressionLength} are read.`,
      { start: 0, end: 1 },
    );
  const tokens = tokenize(text);
  if (tokens.length > maximumTokens)
    throw new ExpressionFailure(
      `The expression has more than ${maximumTokens} operators, names and literals.`,
      tokens[maximumTokens],
    );
  return new Parser(tokens).parseAll();
}

class Parser {
  private position = 0;
  private depth = 0;

  constructor(private readonly tokens: readonly Token[]) {}

  parseAll(): Expression {
    const expression = this.parseConditional();
    const token = this.peek();
    if (token.kind !== "end") throw this.unexpected(token, "an operator or the end of the expression");
    return expression;
  }

  private peek(): Token {
    return this.tokens[this.position];
  }

  private next(): Token {
    return this.tokens[this.position++];
  }

  private isWord(word: string): boolean {
    const token = this.peek();
    return token.kind === "name" && token.text === word;
  }

  private isSymbol(symbol: string): boolean {
    const token = this.peek();
    return token.kind === "symbol" && token.text === symbol;
  }

  private expectSymbol(symbol: string): Token {
    const token = this.peek();
    if (!this.isSymbol(symbol)) throw this.unexpected(token, `"${symbol}"`);
    return this.next();
  }

  private unexpected(token: Token, expected: string): ExpressionFailure {
    const found = token.kind === "end" ? "the expression ends" : `"${token.text}" stands`;
    const span = token.kind === "end" ? { start: token.start, end: token.start + 1 } : token;
    return new ExpressionFailure(`Here ${found} where ${expected} was expected.`, span);
  }

  private parseConditional(): Expression {
    this.enter();
    const whenTrue = this.parseBinary(strength.or);
    let result = whenTrue;
    if (this.isWord("if")) {
      this.next();
      const test = this.parseBinary(strength.or);
      if (!this.isWord("else")) throw this.unexpected(this.peek(), '"else"');
      this.next();
      const whenFalse = this.parseConditional();
      result = { type: "conditional", test, whenTrue, whenFalse, start: whenTrue.start, end: whenFalse.end };
    }
    this.depth--;
    return result;
  }

  /** Counts one level of nesting; left by decreasing `depth`. */
  private enter(): void {
    if (++this.depth > maximumExpressionDepth)
      throw new ExpressionFailure(
        `The expression is nested more than ${maximumExpressionDepth} levels deep.`,
        this.peek(),
      );
  }

  private parseBinary(minimum: number): Expression {
    let left = this.parsePrefix(minimum);
    for (;;) {
      const token = this.peek();
      const comparison = this.comparisonOperator();
      if (comparison !== undefined && minimum <= strength.comparison) {
        left = this.parseComparison(left);
      } else if (token.kind === "name" && (token.text === "and" || token.text === "or")) {
        const own = token.text === "and" ? strength.and : strength.or;
        if (own < minimum) return left;
        this.next();
        const right = this.parseBinary(own + 1);
        left = { type: "logical", operator: token.text, left, right, start: left.start, end: right.end };
      } else if (token.kind === "symbol" && token.text in arithmeticStrength) {
        const own = arithmeticStrength[token.text];
        if (own < minimum) return left;
        this.next();
        // The exponent may carry a sign and a power is right associative: -2 ** -3 ** 2.
        const right = this.parseNested(own === strength.power ? strength.unary : own + 1);
        const operator = token.text as ArithmeticOperator;
        left = { type: "arithmetic", operator, left, right, start: left.start, end: right.end };
      } else return left;
    }
  }

  private parseNested(minimum: number): Expression {
    this.enter();
    const expression = this.parseBinary(minimum);
    this.depth--;
    return expression;
  }

  private parsePrefix(minimum: number): Expression {
    const token = this.peek();
    if (token.kind === "name" && token.text === "not" && minimum <= strength.not) {
      this.next();
      const operand = this.parseNested(strength.not);
      return { type: "unary", operator: "not", operand, start: token.start, end: operand.end };
    }
    if (token.kind === "symbol" && (token.text === "-" || token.text === "+")) {
      this.next();
      const operand = this.parseNested(strength.unary);
      return { type: "unary", operator: token.text, operand, start: token.start, end: operand.end };
    }
    return this.parsePostfix(this.parseAtom());
  }

  private comparisonOperator(): ComparisonOperator | undefined {
    const token = this.peek();
    if (token.kind === "symbol" && comparisonSymbols.has(token.text)) return token.text as ComparisonOperator;
    if (token.kind !== "name") return undefined;
    const following = this.tokens[this.position + 1]?.text;
    if (token.text === "in") return "in";
    if (token.text === "is") return following === "not" ? "is not" : "is";
    return token.text === "not" && following === "in" ? "not in" : undefined;
  }

  private parseComparison(first: Expression): Expression {
    const rest: { operator: ComparisonOperator; operand: Expression }[] = [];
    for (let operator = this.comparisonOperator(); operator; operator = this.comparisonOperator()) {
      this.position += operator.includes(" ") ? 2 : 1;
      rest.push({ operator, operand: this.parseBinary(strength.sum) });
    }
    return { type: "comparison", first, rest, start: first.start, end: rest[rest.length - 1].operand.end };
  }

  private parsePostfix(atom: Expression): Expression {
    let value = atom;
    for (let links = 0; ; links++) {
      if (links > maximumExpressionDepth) throw this.unexpected(this.peek(), "an operator");
      if (this.isSymbol("(")) {
        this.next();
        const { items } = this.parseItems(")");
        const end = this.expectSymbol(")").end;
        value = { type: "call", callee: value, operands: items, start: value.start, end };
      } else if (this.isSymbol("[")) {
        this.next();
        const index = this.parseConditional();
        const end = this.expectSymbol("]").end;
        value = { type: "subscript", value, index, start: value.start, end };
      } else return value;
    }
  }

  private parseItems(closing: string): { items: Expression[]; hasComma: boolean } {
    const items: Expression[] = [];
    let hasComma = false;
    while (!this.isSymbol(closing)) {
      items.push(this.parseConditional());
      if (!this.isSymbol(",")) break;
      hasComma = true;
      this.next();
    }
    return { items, hasComma };
  }

  private parseAtom(): Expression {
    const token = this.next();
    const { start, end } = token;
    if (token.kind === "number") return numberLiteral(token);
    if (token.kind === "string") return { type: "string", value: token.text, start, end };
    if (token.kind === "name" && !reservedWords.has(token.text)) {
      const constant = constants.get(token.text);
      return constant === undefined
        ? { type: "name", name: token.text, start, end }
        : { type: "constant", value: constant, start, end };
    }
    if (token.kind === "symbol" && token.text === "(") {
      const { items, hasComma } = this.parseItems(")");
      const closing = this.expectSymbol(")");
      if (items.length === 1 && !hasComma) return items[0];
      return { type: "tuple", items, start, end: closing.end };
    }
    if (token.kind === "symbol" && token.text === "[") {
      const { items } = this.parseItems("]");
      return { type: "list", items, start, end: this.expectSymbol("]").end };
    }
    throw this.unexpected(token, "a number, a name, a string or an opening bracket");
  }
}

function numberLiteral(token: Token): Expression {
  const { start, end } = token;
  const isFloat = /^[0-9.]/.test(token.text) && /[.eE]/.test(token.text) && !/^0[xX]/.test(token.text);
  const value = Number(token.text);
  if (!Number.isFinite(value))
    throw new ExpressionFailure("This number is beyond the range of numbers.", token);
  return { type: "number", value, isFloat, start, end };
}
