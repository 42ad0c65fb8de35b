import { formatTextTable } from "../report/text-table";
import { formatCount } from "../report/figure-column";
import { getSpec } from "../spec/get-spec";
import { findDnn, listArchitectures, listDnns, listLayers } from "../spec/workspace";
import { print, printJson } from "./output";

/** `raella architectures` */
export async function architecturesCommand({ json }: { readonly json?: boolean }): Promise<void> {
  const architectures = listArchitectures();
  if (json) {
    await printJson(architectures.map(({ name, title, description }) => ({ name, title, description })));
    return;
  }
  const paragraphs = architectures.map(
    ({ name, title, description }) => `${name} (${title})\n${wrap(description, "  ", 100)}`,
  );
  await print(paragraphs.join("\n\n"));
}

/** `raella dnns [--dnn NAME]` */
export async function dnnsCommand({
  dnn,
  json,
}: {
  readonly dnn?: string;
  readonly json?: boolean;
}): Promise<void> {
  await (dnn === undefined ? listAll(json) : listLayersOf(findDnn(dnn), json));
}

async function listAll(json: boolean | undefined): Promise<void> {
  const dnns = listDnns().map((name) => ({ name, layers: listLayers(name).length }));
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

async function listLayersOf(dnn: string, json: boolean | undefined): Promise<void> {
  const architecture = listArchitectures()[0].name;
  const layers = listLayers(dnn).map((layer) => {
    const { identity, workload } = getSpec({ architecture, dnn, layer });
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
      leftAligned: [1],
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
