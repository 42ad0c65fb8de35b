/** What {@link formatYaml} can print. */
export type YamlValue =
  | number
  | string
  | boolean
  | null
  | QuotedText
  | PlainText
  | TaggedMap
  | readonly YamlValue[]
  | { readonly [key: string]: YamlValue | undefined };

/** A text in quotes, whatever it says: a literal where plain text would be an expression. */
export class QuotedText {
  constructor(readonly text: string) {}
}

/** A text without quotes, which must be readable so: an expression. */
export class PlainText {
  constructor(readonly text: string) {}
}

/** A map with a tag, as an item of a list: `- !Element`. */
export class TaggedMap {
  constructor(
    readonly tag: string,
    readonly entries: { readonly [key: string]: YamlValue | undefined },
  ) {}
}

/**
 * Plain data as YAML in block style, two blanks a level, lists of plain values on one line; undefined entries are
 * left out. Texts are quoted wherever they could be read as something else. Small and quick; loading a YAML library
 * for it would cost more than it does.
 */
export function formatYaml(value: YamlValue): string {
  return `${blockLines(value).join("\n")}\n`;
}

function isText(value: YamlValue): value is QuotedText | PlainText {
  return value instanceof QuotedText || value instanceof PlainText;
}

function isMap(value: YamlValue): value is { readonly [key: string]: YamlValue | undefined } {
  return (
    typeof value === "object" &&
    value !== null &&
    !Array.isArray(value) &&
    !isText(value) &&
    !(value instanceof TaggedMap)
  );
}

/** A list with maps or lists in it; others fit on one line. */
function isBlockList(value: YamlValue): value is readonly YamlValue[] {
  return (
    Array.isArray(value) &&
    (value as readonly YamlValue[]).some((item) => typeof item === "object" && item !== null && !isText(item))
  );
}

function blockLines(value: YamlValue): string[] {
  if (value instanceof TaggedMap) return [value.tag, ...blockLines(value.entries)];
  if (isBlockList(value)) {
    return value.flatMap((item) => {
      const [first, ...rest] = blockLines(item);
      return [`- ${first}`, ...rest.map(indent)];
    });
  }
  if (isMap(value) && Object.values(value).some((item) => item !== undefined)) {
    return Object.entries(value).flatMap(([key, item]) => {
      if (item === undefined) return [];
      const lines = blockLines(item);
      const nested = isBlockList(item) || (isMap(item) && lines[0] !== "{}");
      return nested ? [`${scalar(key)}:`, ...lines.map(indent)] : [`${scalar(key)}: ${lines[0]}`];
    });
  }
  return [flow(value)];
}

function indent(line: string): string {
  return `  ${line}`;
}

function flow(value: YamlValue): string {
  if (Array.isArray(value)) return `[${(value as readonly YamlValue[]).map(flow).join(", ")}]`;
  if (isMap(value)) {
    const entries = Object.entries(value).filter(([, item]) => item !== undefined);
    return `{${entries.map(([key, item]) => `${scalar(key)}: ${flow(item as YamlValue)}`).join(", ")}}`;
  }
  if (value instanceof QuotedText) return JSON.stringify(value.text);
  if (value instanceof PlainText) return value.text;
  return scalar(value as number | string | boolean | null);
}

function scalar(value: number | string | boolean | null): string {
  if (typeof value === "number") return formatNumber(value);
  if (typeof value !== "string") return String(value);
  return isPlainText(value) ? value : JSON.stringify(value);
}

/** Shortest text that reads back as the same number; infinities as YAML writes them. */
function formatNumber(value: number): string {
  if (Number.isNaN(value)) return ".nan";
  if (!Number.isFinite(value)) return value < 0 ? "-.inf" : ".inf";
  // YAML 1.1 readers take 1e-9 for text: they want a point in the mantissa.
  return String(value).replace(/^(-?\d+)e/, "$1.0e");
}

function isPlainText(text: string): boolean {
  return (
    /^[A-Za-z_./][\w ./+*=,()[\]<>-]*$/.test(text) &&
    !/[\s,]$|\s#|: |^(true|false|null|yes|no|on|off|y|n|~|\.nan|\.inf)$/i.test(text) &&
    !/[[\],]/.test(text) &&
    !/^\.?\d/.test(text)
  );
}
