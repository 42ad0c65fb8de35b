import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { RaellaError } from "../../src/errors";
import type { BadInput, BadInputs } from "./bad-inputs/case";
import { components } from "./bad-inputs/components";
import { expressions } from "./bad-inputs/expressions";
import { levels } from "./bad-inputs/levels";
import { mappings, names, workspaces } from "./bad-inputs/names";
import { networks } from "./bad-inputs/networks";
import { problem, schema } from "./bad-inputs/schema";
import { sweeps } from "./bad-inputs/sweeps";
import { includes, yaml } from "./bad-inputs/yaml";

export const allBadInputs: readonly BadInputs[] = [
  ...[yaml, includes, schema, problem, expressions, levels],
  ...[names, workspaces, mappings, components, sweeps, networks],
];

export const expectedFile = join(__dirname, "expected-messages.yaml");

/** The message that each bad input must give, by kind and name. */
export function expectedMessages(): Readonly<Record<string, Readonly<Record<string, string>>>> {
  return parse(readFileSync(expectedFile, "utf8")) as Record<string, Record<string, string>>;
}

/** What a bad input comes to: its message, or what else has happened. */
export async function messageOf({ run }: BadInput): Promise<string> {
  try {
    await run("");
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error);
    const shown = text.replaceAll(process.cwd(), "…").replace(/\/tmp\/raella-trust-\w+/g, ".");
    return error instanceof RaellaError
      ? shown
      : `UNCAUGHT ${error instanceof Error ? error.stack : ""} ${shown}`;
  }
  return "ACCEPTED";
}
