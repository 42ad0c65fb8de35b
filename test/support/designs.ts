import { readFileSync } from "node:fs";
import { join } from "node:path";

/** A public design: its specification as a tree, its tables, a mapping, and what the original model says of it. */
export interface GoldenDesign {
  readonly input: Readonly<Record<string, unknown>>;
  readonly storedTables: {
    readonly ERT: Readonly<Record<string, Readonly<Record<string, number>>>>;
    readonly ART: Readonly<Record<string, number>>;
  };
  readonly mapping: readonly Readonly<Record<string, unknown>>[];
  readonly expectedWithStoredTables: {
    readonly cycles: number;
    readonly computes: number;
    readonly energyPj: number;
    readonly edpJCycle: number;
    readonly macPj: number;
    readonly levels: Readonly<
      Record<
        string,
        {
          readonly energyPj: number;
          readonly leakPj: number;
          readonly dataSpaces: Readonly<
            Record<
              string,
              Readonly<Record<"tile" | "reads" | "fills" | "updates" | "instances" | "clusters", number>>
            >
          >;
        }
      >
    >;
  };
}

export function goldenDesign(id: string): GoldenDesign {
  const file = join(__dirname, "..", "golden", "designs", `${id}.json`);
  return JSON.parse(readFileSync(file, "utf8")) as GoldenDesign;
}

/** The design without its component classes, with the tables instead. */
export function designYaml({ input, storedTables }: GoldenDesign): string {
  const { components, ...others } = input;
  void components;
  const tables = {
    ERT: {
      tables: Object.entries(storedTables.ERT).map(([name, actions]) => ({
        name,
        actions: Object.entries(actions).map(([action, energy]) => ({ name: action, energy })),
      })),
    },
    ART: { tables: Object.entries(storedTables.ART).map(([name, area]) => ({ name, area })) },
  };
  return blockYaml({ ...others, ...tables });
}

export function mappingYaml({ mapping }: GoldenDesign): string {
  return blockYaml({ mapping });
}

/** A key `!Tag` wraps a tagged node, `{quoted: t}` is a text in quotes, other texts are plain. */
export function blockYaml(value: unknown, indent = ""): string {
  if (Array.isArray(value)) {
    if (value.length === 0) return "[]";
    return value.map((item) => `\n${indent}- ${blockYaml(item, `${indent}  `)}`).join("");
  }
  if (typeof value !== "object" || value === null) return String(value);
  const entries = Object.entries(value);
  if (entries.length === 0) return "{}";
  const [[key, content]] = entries;
  if (entries.length === 1 && key === "quoted") return JSON.stringify(content);
  if (entries.length === 1 && key.startsWith("!")) return `${key} ${blockYaml(content, indent)}`;
  return entries.map(([name, item]) => `\n${indent}${name}: ${blockYaml(item, `${indent}  `)}`).join("");
}
