import { existsSync, readdirSync, readFileSync } from "node:fs";
import { basename, join, relative } from "node:path";
import { RaellaError } from "../errors";
import { packageFolder } from "../platform";
import { formatCount, formatTextTable } from "../report/text-table";
import { writeFilesAtomically } from "../report/write-atomically";
import { getSpec } from "../spec/get-spec";
import type { KnobRange } from "../spec/model-variables";
import { variableUses } from "../spec/model-variables";
import { findDnn, listArchitectures, listDnns, listLayers } from "../spec/workspace";
import type { Workspace } from "../spec/workspace";
import { displayPath } from "../spec/yaml/source-text";
import { chosenWorkspace } from "./choose-specification";
import { print, printJson } from "./output";

interface GivenListOptions {
  readonly json?: boolean;
  readonly workspace?: string;
}

/** `raella architectures` */
export async function architecturesCommand({ json, ...given }: GivenListOptions): Promise<void> {
  const architectures = listArchitectures(chosenWorkspace(given));
  if (json) {
    await printJson(architectures.map(({ name, title, description }) => ({ name, title, description })));
    return;
  }
  const paragraphs = architectures.map(
    ({ name, title, description }) => `${name} (${title})\n${wrap(description, "  ", 100)}`,
  );
  await print(paragraphs.join("\n\n"));
}

/** `raella variables` */
export async function variablesCommand({
  architecture,
  json,
  ...given
}: GivenListOptions & { readonly architecture: string }): Promise<void> {
  const variables = variableUses(architecture, chosenWorkspace(given));
  if (json) return printJson(variables);
  const table = formatTextTable({
    columns: ["variable", "value", "unit", "kind", "read by"],
    rows: variables.map(({ name, value, unit, kind, range, readBy }) => {
      const more = readBy.length - shownReaders;
      const readers = [...readBy.slice(0, shownReaders), ...(more > 0 ? [`${more} more`] : [])];
      const shown =
        typeof value === "string"
          ? basename(value)
          : String(typeof value === "number" ? Number(value.toPrecision(12)) : value);
      return [name, shown, unit, kindText(kind, range), readers.join(", ") || "nothing"];
    }),
    leftAligned: [0, 2, 3, 4],
  });
  const help =
    "knob: meant to be changed. care: has a side effect, told in --json and in variables.yaml. derived: follows from others.\n" +
    "statistics: every layer has its own. fixed: leave it. Set one with --set NAME=EXPRESSION.";
  await print(`${table}\n\n${help}`);
}

const shownReaders = 4;

/** E.g. `knob, 4 to 10`. */
function kindText(kind: string | null, range: KnobRange | undefined): string {
  return range === undefined ? (kind ?? "") : `${kind}, ${range.from} to ${range.to}`;
}

/** `raella dnns [NAME]` */
export async function dnnsCommand(
  named: string | undefined,
  { dnn: option, json, ...given }: GivenListOptions & { readonly dnn?: string },
): Promise<void> {
  if (named !== undefined && option !== undefined)
    throw new RaellaError({
      code: "usage",
      message: `Two DNNs are named, ${named} and ${option} (--dnn).`,
      value: option,
      remedy: "Give one of them.",
    });
  const dnn = named ?? option;
  const workspace = chosenWorkspace(given);
  await (dnn === undefined
    ? listAll(json, workspace)
    : listLayersOf(findDnn(dnn, workspace), json, workspace));
}

async function listAll(json: boolean | undefined, workspace: Workspace | undefined): Promise<void> {
  const dnns = listDnns(workspace).map((name) => ({ name, layers: listLayers(name, workspace).length }));
  if (json) await printJson(dnns);
  else {
    await print(
      formatTextTable({
        columns: ["DNN", "layers"],
        rows: dnns.map(({ name, layers }) => [name, formatCount(layers)]),
        footer: ["total", formatCount(dnns.reduce((sum, { layers }) => sum + layers, 0))],
      }),
    );
  }
}

async function listLayersOf(
  dnn: string,
  json: boolean | undefined,
  workspace: Workspace | undefined,
): Promise<void> {
  const architecture = listArchitectures(workspace)[0].name;
  const layers = listLayers(dnn, workspace).map((layer) => {
    const { identity, workload } = getSpec({ architecture, dnn, layer, workspace });
    return { layer, layerName: identity.layerName, bounds: workload.bounds };
  });
  if (json) {
    await printJson({ dnn, layers });
    return;
  }
  const dimensions = Object.keys(layers[0].bounds);
  await print(
    formatTextTable({
      columns: ["layer", "name", ...dimensions],
      rows: layers.map(({ layer, layerName, bounds }) => [
        String(layer),
        layerName ?? "",
        ...dimensions.map((dimension) => formatCount(bounds[dimension])),
      ]),
      leftAligned: [0, 1],
    }),
  );
}

/** Breaks text at blanks so that no line is longer than `width`. */
export function wrap(text: string, indent: string, width: number): string {
  const lines: string[] = [];
  let line = indent;
  for (const word of text.split(/\s+/).filter((part) => part !== "")) {
    if (line.length + word.length + 1 > width && line !== indent) {
      lines.push(line);
      line = indent;
    }
    line += line === indent ? word : ` ${word}`;
  }
  return [...lines, line].join("\n");
}

/** A small workspace with comments, which `raella init` copies. */
const template = join(packageFolder, "examples", "workspace");

/** `raella init FOLDER` */
export async function initCommand(folder: string, { json }: { readonly json?: boolean }): Promise<void> {
  if (folder.trim() === "")
    throw new RaellaError({
      code: "usage",
      message: "The folder of the workspace has no name.",
      value: folder,
      expected: "a folder, e.g. my-workspace; . is the one you are in",
    });
  const files = readdirSync(template, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(template, join(entry.parentPath, entry.name)))
    .sort();
  const taken = files.filter((file) => existsSync(join(folder, file)));
  if (taken.length > 0)
    throw new RaellaError({
      code: "usage",
      message: `There is a workspace in ${folder} already: ${taken.join(", ")}.`,
      value: folder,
      remedy: "Choose another folder; nothing was written.",
    });
  writeFilesAtomically(
    folder,
    Object.fromEntries(files.map((file) => [file, readFileSync(join(template, file))])),
  );
  const shown = displayPath(folder);
  await (json
    ? printJson({ workspace: folder, files })
    : print(
        [
          `Wrote a workspace into ${shown}; everything that is not in it comes from the package:`,
          ...files.map((file) => `  ${join(shown, file)}`),
          "Try",
          `  raella layer --workspace ${shown} -a my_design -d mynet -l 0`,
          `  raella network --workspace ${shown} -a raella my_design -d mynet`,
        ].join("\n"),
      ));
}
