import type { SourceLocation } from "../../errors";
import { RaellaError } from "../../errors";
import { areEqual } from "../expression/operations";
import type { RuntimeValue } from "../expression/runtime-value";
import { isTrue, toFloat, valueText } from "../expression/runtime-value";

/** What a name that nobody gives stands for, until it is used. */
class Undefined {
  constructor(readonly name: string) {}
}

type Result = RuntimeValue | Undefined;

/** What expressions of a template may use. */
export interface TemplateScope {
  readonly lookup: (name: string) => RuntimeValue | undefined;
  /** Functions by name; each gets its evaluated operands. */
  readonly functions: ReadonlyMap<string, (operands: readonly RuntimeValue[]) => RuntimeValue>;
  readonly location: SourceLocation;
}

interface TemplateToken {
  readonly kind: "text" | "number" | "name" | "symbol" | "end";
  readonly text: string;
}

const tokenPattern =
  /\s*(?:("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')|([0-9]+(?:\.[0-9]*)?(?:[eE][-+]?[0-9]+)?|\.[0-9]+(?:[eE][-+]?[0-9]+)?)|([A-Za-z_][A-Za-z0-9_]*)|(==|!=|[~|(),.[\]{}:+\-*/%<>]))/y;

/** Longest expression, and deepest nesting, that is read. */
const longestExpression = 10_000;
const deepestNesting = 50;

function tokensOf(expression: string, scope: TemplateScope): TemplateToken[] {
  const tokens: TemplateToken[] = [];
  const text = expression.trimEnd();
  if (text.length > longestExpression) throw notRead(text.slice(0, 40), scope);
  for (let at = 0; at < text.length;) {
    tokenPattern.lastIndex = at;
    const match = tokenPattern.exec(text);
    if (match === null) throw notRead(text.slice(at).trim(), scope);
    const [whole, quoted, number, name, symbol] = match as (string | undefined)[] & [string];
    if (quoted !== undefined) tokens.push({ kind: "text", text: unquoted(quoted) });
    else if (number !== undefined) tokens.push({ kind: "number", text: number });
    else if (name !== undefined) tokens.push({ kind: "name", text: name });
    else tokens.push({ kind: "symbol", text: symbol ?? "" });
    at += whole.length;
  }
  return [...tokens, { kind: "end", text: "" }];
}

function unquoted(literal: string): string {
  const escapes: Readonly<Record<string, string>> = { n: "\n", t: "\t", r: "\r" };
  return literal.slice(1, -1).replace(/\\(.)/gs, (_, code: string) => escapes[code] ?? code);
}

/** The error for what templates of this package may not do. */
export function notRead(construct: string, { location }: Pick<TemplateScope, "location">): RaellaError {
  return new RaellaError({
    code: "yaml-syntax",
    message: `The template uses "${construct}", which is not read here.`,
    location,
    value: construct,
    expected:
      "{{ value }}, {% set %}, {% if %}, {% elif %}, {% else %}, {% endif %}; names, texts, numbers, ~ == != and or not, default, indent, is defined, cwd, add_to_path, include, include_all, include_text, path_exists, find_path, find_paths",
    remedy:
      "Loops, macros, attributes, calls of methods and code are never run. Render the file with its own tool.",
  });
}

const literals: ReadonlyMap<string, RuntimeValue> = new Map<string, RuntimeValue>([
  ["True", true],
  ["true", true],
  ["False", false],
  ["false", false],
  ["None", null],
  ["none", null],
]);

/**
 * Evaluates an expression of a template: names, literals, `~`, `==`, `!=`, `and`, `or`, `not`, the filters `default` and
 * `indent`, the test `is defined`, and calls of the functions of the scope. Nothing else is read, and nothing is run.
 *
 * @throws RaellaError `yaml-syntax` for anything else, `unknown-name` for an undefined name.
 */
export function evaluateTemplateExpression(expression: string, scope: TemplateScope): RuntimeValue {
  const tokens = tokensOf(expression, scope);
  let at = 0;
  let depth = 0;
  /** Above 0: what is parsed does not count, since `and` or `or` is decided. */
  let skipping = 0;
  const peek = (): TemplateToken => tokens[at];
  const isNext = (kind: TemplateToken["kind"], text: string): boolean =>
    peek().kind === kind && peek().text === text;
  const take = (kind: TemplateToken["kind"], text: string): boolean => {
    if (!isNext(kind, text)) return false;
    at += 1;
    return true;
  };
  const demand = (text: string): void => {
    if (!take("symbol", text)) throw notRead(expression.trim(), scope);
  };
  const defined = (value: Result): RuntimeValue => {
    if (!(value instanceof Undefined)) return value;
    if (skipping > 0) return null;
    throw new RaellaError({
      code: "unknown-name",
      message: `The template uses "${value.name}", which is not defined.`,
      location: scope.location,
      value: value.name,
      expected: "a name that {% set %} defines, or a value given with it",
      remedy: `Give it with --define ${value.name}=VALUE (defines of loadSpecification).`,
    });
  };

  const parseOr = (): Result => {
    depth += 1;
    if (depth > deepestNesting) throw notRead(expression.trim().slice(0, 40), scope);
    let value = parseAnd();
    while (take("name", "or")) {
      const left = defined(value);
      const right = skippedIf(isTrue(left), parseAnd);
      value = isTrue(left) ? left : right;
    }
    depth -= 1;
    return value;
  };
  const skippedIf = (isDecided: boolean, parse: () => Result): Result => {
    if (isDecided) skipping += 1;
    const value = parse();
    if (isDecided) skipping -= 1;
    return value;
  };
  const parseAnd = (): Result => {
    let value = parseNot();
    while (take("name", "and")) {
      const left = defined(value);
      const right = skippedIf(!isTrue(left), parseNot);
      value = isTrue(left) ? right : left;
    }
    return value;
  };
  const parseNot = (): Result => {
    if (!take("name", "not")) return parseComparison();
    return !isTrue(defined(parseNot()));
  };
  const parseComparison = (): Result => {
    let value = parseJoined();
    for (;;) {
      const isEqual = take("symbol", "==");
      if (!isEqual && !take("symbol", "!=")) return value;
      const [left, right] = [defined(value), defined(parseJoined())];
      value = areEqual(left, right) === isEqual;
    }
  };
  const parseJoined = (): Result => {
    let value = parseFiltered();
    while (take("symbol", "~")) value = valueText(defined(value)) + valueText(defined(parseFiltered()));
    return value;
  };
  const parseFiltered = (): Result => {
    let value = parseAtom();
    for (;;) {
      if (take("symbol", "|")) value = parseFilter(value);
      else if (take("name", "is")) {
        const isNot = take("name", "not");
        if (!take("name", "defined")) throw notRead(`is ${peek().text}`, scope);
        value = value instanceof Undefined === isNot;
      } else return value;
    }
  };
  const parseFilter = (value: Result): Result => {
    const { text } = peek();
    at += 1;
    const operands = take("symbol", "(") ? parseOperands() : [];
    if ((text === "default" || text === "d") && operands.length === 1)
      return value instanceof Undefined ? operands[0] : value;
    if (text === "indent" && operands.length <= 1) {
      const [width = 4] = operands;
      if (typeof width !== "number") throw notRead(`indent(${valueText(width)})`, scope);
      return valueText(defined(value)).replace(/\n(?=[^\n])/g, `\n${" ".repeat(Math.min(width, 200))}`);
    }
    throw notRead(`| ${text}`, scope);
  };
  const parseOperands = (): RuntimeValue[] => {
    const operands: RuntimeValue[] = [];
    while (!isNext("symbol", ")")) {
      operands.push(defined(parseOr()));
      if (!take("symbol", ",")) break;
    }
    demand(")");
    return operands;
  };
  const parseAtom = (): Result => {
    const sign = isNext("symbol", "-") && tokens[at + 1].kind === "number" ? "-" : "";
    if (sign !== "") at += 1;
    const { kind } = peek();
    const text = sign + peek().text;
    at += 1;
    if (kind === "text") return text;
    if (kind === "number") return /^-?[0-9]+$/.test(text) ? Number(text) : toFloat(Number(text));
    if (kind === "symbol" && text === "(") {
      const value = parseOr();
      demand(")");
      return value;
    }
    if (kind !== "name") throw notRead(expression.trim(), scope);
    if (isNext("symbol", ".") || isNext("symbol", "["))
      throw notRead(`${text}${peek().text}${tokens[at + 1]?.text ?? ""}`, scope);
    if (take("symbol", "(")) {
      const called = scope.functions.get(text);
      if (called === undefined) throw notRead(`${text}(…)`, scope);
      const operands = parseOperands();
      return skipping > 0 ? null : called(operands);
    }
    if (literals.has(text)) return literals.get(text) ?? null;
    const found = scope.lookup(text);
    return found === undefined ? new Undefined(text) : found;
  };

  const value = parseOr();
  if (peek().kind !== "end") throw notRead(expression.trim(), scope);
  return defined(value);
}
