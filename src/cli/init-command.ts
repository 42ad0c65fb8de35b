import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { RaellaError } from "../errors";
import { packageFolder } from "../platform";
import { writeFilesAtomically } from "../report/write-atomically";
import { displayPath } from "../spec/yaml/source-text";
import { print, printJson } from "./output";

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
