/** What {@link formatYaml} can print. */
export type YamlValue =
  number | string | boolean | null | readonly YamlValue[] | { readonly [key: string]: YamlValue | undefined };

/** A list or map to print on one line. */
export class Inline {
  constructor(readonly value: YamlValue) {}
}

type Printable =
  YamlValue | Inline | readonly Printable[] | { readonly [key: string]: Printable | undefined };

/**
 * Plain data as YAML in block style, two blanks a level; undefined entries are left out. Texts are quoted wherever
 * they could be read as something else. Small and quick; loading a YAML library for it would cost more than it does.
 */
export function formatYaml(value: Printable): string {
  return `${blockLines(value).join("\n")}\n`;
}

function isMap(value: Printable): value is { readonly [key: string]: Printable | undefined } {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !(value instanceof Inline);
}

function blockLines(value: Printable): string[] {
  if (Array.isArray(value) && value.length > 0) {
    return (value as readonly Printable[]).flatMap((item) => {
      const [first, ...rest] = blockLines(item);
      return [`- ${first}`, ...rest.map(indent)];
    });
  }
  if (isMap(value) && Object.keys(value).length > 0) {
    return Object.entries(value).flatMap(([key, item]) => {
      if (item === undefined) return [];
      const lines = blockLines(item);
      const nested =
        (Array.isArray(item) && item.length > 0) || (isMap(item) && Object.keys(item).length > 0);
      return nested ? [`${scalar(key)}:`, ...lines.map(indent)] : [`${scalar(key)}: ${lines[0]}`];
    });
  }
  return [flow(value)];
}

function indent(line: string): string {
  return `  ${line}`;
}

function flow(value: Printable): string {
  if (value instanceof Inline) return flow(value.value);
  if (Array.isArray(value)) return `[${(value as readonly Printable[]).map(flow).join(", ")}]`;
  if (isMap(value)) {
    const entries = Object.entries(value).filter(([, item]) => item !== undefined);
    return `{${entries.map(([key, item]) => `${scalar(key)}: ${flow(item as Printable)}`).join(", ")}}`;
  }
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
