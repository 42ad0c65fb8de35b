import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

interface Tables {
  readonly ERT: Readonly<Record<string, Readonly<Record<string, number>>>>;
  readonly ART: Readonly<Record<string, number>>;
}

/** What the original model says of a mapping. */
export interface ExpectedEvaluation {
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
}

/** A public design: its specification as a tree, its tables, a mapping, and what the original model says of it. */
export interface GoldenDesign {
  readonly input: Readonly<Record<string, unknown>>;
  readonly flat: {
    readonly variables: Readonly<Record<string, unknown>>;
    readonly levels: readonly {
      readonly name: string;
      readonly class: string;
      readonly subclass?: string;
      readonly attributes: Readonly<Record<string, unknown>>;
      readonly requiredActions: readonly string[];
    }[];
    readonly constraints: readonly Readonly<Record<string, unknown>>[];
  };
  /** Absent where no run is published. */
  readonly storedTables?: Tables;
  readonly ownTables: Tables;
  readonly mapping: readonly Readonly<Record<string, unknown>>[];
  readonly expectedWithStoredTables?: ExpectedEvaluation;
  readonly expectedWithOwnTables: ExpectedEvaluation;
}

const folder = join(__dirname, "..", "golden", "designs");

/** Names of all designs. */
export const goldenDesigns: readonly string[] = readdirSync(folder)
  .filter((file) => file.endsWith(".json"))
  .map((file) => file.slice(0, -".json".length))
  .sort();

export function goldenDesign(id: string): GoldenDesign {
  return JSON.parse(readFileSync(join(folder, `${id}.json`), "utf8")) as GoldenDesign;
}

/** The design as one file; with tables, if there are to be any, instead of what its components cost. */
export function designYaml({ input }: GoldenDesign, given?: Tables): string {
  if (given === undefined) return blockYaml(input);
  const tables = {
    ERT: {
      tables: Object.entries(given.ERT).map(([name, actions]) => ({
        name,
        actions: Object.entries(actions).map(([action, energy]) => ({ name: action, energy })),
      })),
    },
    ART: { tables: Object.entries(given.ART).map(([name, area]) => ({ name, area })) },
  };
  return blockYaml({ ...input, ...tables });
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

/** Public designs with the tables that stand beside them, as files that are there as long as a group of tests runs. */
export function designFiles(): (id: string) => string {
  let folder: string;
  before(() => (folder = mkdtempSync(join(tmpdir(), "raella-designs-"))));
  after(() => rmSync(folder, { recursive: true }));
  return (id) => {
    const file = join(folder, `${id}.yaml`);
    const design = goldenDesign(id);
    writeFileSync(file, designYaml(design, design.storedTables));
    return file;
  };
}
