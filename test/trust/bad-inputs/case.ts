import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { LoadSpecificationOptions } from "../../../src/spec/load-specification";
import { loadSpecification } from "../../../src/spec/load-specification";
import { mapLayer } from "../../../src/study/run-layer";
import { replaced, smallModel, smallProblem } from "../../spec/support/small-model";

/** An input that must be refused; `run` throws, or promises to. The expected message stands in expected-messages.yaml by name. */
export interface BadInput {
  readonly name: string;
  readonly run: (folder: string) => unknown;
}

/** Inputs of one kind. */
export interface BadInputs {
  readonly kind: string;
  readonly inputs: readonly BadInput[];
}

/** Energies and areas of the small model, so that it can be mapped without component classes. */
export const smallTables = `
ERT:
  tables:
    - {name: system.memory, actions: [{name: read, energy: 100}, {name: write, energy: 100}, {name: update, energy: 100}]}
    - {name: system.pe.buffer, actions: [{name: read, energy: 1}, {name: write, energy: 1}, {name: update, energy: 1}]}
    - {name: system.pe.mac, actions: [{name: compute, energy: 0.1}]}
ART:
  tables:
    - {name: system.memory, area: 10}
    - {name: system.pe.buffer, area: 5}
    - {name: system.pe.mac, area: 1}
`;

export const smallWhole = smallModel + smallProblem + smallTables;

/** Runs a function in a new folder that holds the given files. */
export function inFolder<T>(files: Readonly<Record<string, string>>, use: (folder: string) => T): T {
  const folder = mkdtempSync(join(tmpdir(), "raella-trust-"));
  const remove = (): void => rmSync(folder, { recursive: true });
  let isRunning = false;
  try {
    for (const [name, text] of Object.entries(files)) {
      mkdirSync(dirname(join(folder, name)), { recursive: true });
      writeFileSync(join(folder, name), text);
    }
    const result = use(folder);
    isRunning = result instanceof Promise;
    return isRunning ? ((result as Promise<unknown>).finally(remove) as T) : result;
  } finally {
    if (!isRunning) remove();
  }
}

type Options = Omit<LoadSpecificationOptions, "files">;

/** The small model with a part replaced, read and mapped. */
export function model(name: string, part: string, by: string, options: Options = {}): BadInput {
  return files(name, { "model.yaml": replaced(smallWhole, part, by) }, options);
}

/** The small model with one variable set to an expression. */
export function expression(name: string, text: string): BadInput {
  return model(name, "  WORD: 8\n", `  WORD: 8\n  VALUE: ${text}\n`);
}

/** Files, of which the first is read (and mapped if that succeeds). */
export function files(
  name: string,
  given: Readonly<Record<string, string>>,
  options: Options = {},
  read: readonly string[] = [Object.keys(given)[0]],
): BadInput {
  return {
    name,
    run: () =>
      inFolder(given, (folder) => {
        try {
          mapLayer(loadSpecification({ files: read.map((file) => join(folder, file)), ...options }));
        } catch (error) {
          throw withoutFolder(error, folder);
        }
      }),
  };
}

/** Takes the name of a temporary folder out of a message. */
export function withoutFolder(error: unknown, folder: string): unknown {
  if (error instanceof Error)
    error.message = error.message.replaceAll(`${folder}/`, "").replaceAll(folder, ".");
  return error;
}
