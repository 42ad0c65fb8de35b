// Builds the documentation: the guide from the documents of the repository, the reference of the API from its docstrings,
// and the notebooks as pages.
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";

const root = resolve(__dirname, "..");

/** Notebooks by the name of their page. */
const notebooks: Readonly<Record<string, string>> = {
  tutorial: "RAELLA",
  exploration: "Exploration",
  "own-network": "OwnNetwork",
};

/** Documents beside those in `docs/`. */
const documents = ["models/README.md", "dnn_layers/README.md", "CONTRIBUTING.md", "CHANGELOG.md"];

/** What stands at the top of every page, relative to the folder of the site. */
const navigation: Readonly<Record<string, string>> = {
  Compute: "live/index.html",
  Guide: "index.html",
  Tutorial: "tutorial.html",
  API: "modules.html",
};

const heading = /^\s*#\s+(.+)\n/;

/**
 * Writes the documentation into a folder.
 * @throws Error for a name that is exported without a docstring, a link in a docstring that leads nowhere, and alike.
 */
export async function buildDocumentation(folder: string): Promise<void> {
  const { Application, Converter, DocumentReflection, JSX, PageEvent } = await import("typedoc");
  const entries = ["index", "advanced", "charts", "engine", "network", "notebook", "sweep"];
  const app = await Application.bootstrap({
    name: "RAELLA",
    entryPoints: entries.map((name) => join(root, "src", `${name}.ts`)),
    tsconfig: join(root, "tsconfig.build.json"),
    readme: join(root, "README.md"),
    projectDocuments: [join(root, "docs", "*.md"), ...documents.map((name) => join(root, name))],
    basePath: root,
    out: folder,
    customCss: join(__dirname, "documentation.css"),
    searchInDocuments: true,
    searchInComments: true,
    disableSources: true,
    disableGit: true,
    // Types are checked elsewhere.
    skipErrorChecking: true,
    excludeExternals: true,
    hideGenerator: true,
    includeHierarchySummary: false,
    includeVersion: true,
    sort: ["kind", "alphabetical"],
    navigation: { includeGroups: false },
    validation: { notExported: false, invalidLink: true, notDocumented: true, rewrittenLink: true },
    requiredToBeDocumented: ["Class", "Interface", "TypeAlias", "Function", "Variable", "Enum"],
    treatValidationWarningsAsErrors: true,
    logLevel: "Warn",
  });
  app.converter.on(Converter.EVENT_CREATE_DOCUMENT, (_, document) => {
    const [first] = document.content;
    document.name = titleOf(first.text) ?? document.name;
  });
  app.renderer.hooks.on("sidebar.begin", (context) =>
    JSX.createElement(
      "nav",
      { class: "tsd-navigation", "aria-label": "Site" },
      ...Object.entries(navigation).map(([text, path]) =>
        JSX.createElement("a", { href: context.relativeURL(path) ?? path }, text),
      ),
    ),
  );
  const pages = new Map<string, string>();
  app.renderer.on(PageEvent.BEGIN, ({ model, url }) => {
    if (model instanceof DocumentReflection) pages.set(model.name, url);
  });
  app.renderer.on(PageEvent.END, (page) => {
    for (const [html, name] of Object.entries(notebooks))
      page.contents = page.contents?.replaceAll(`media/${name}.ipynb`, `${html}.html`);
  });
  const project = await app.convert();
  if (project === undefined) throw new Error("The reference could not be made.");
  app.validate(project);
  await app.generateOutputs(project);
  if (app.logger.hasErrors() || app.logger.hasWarnings())
    throw new Error("The reference has mistakes, which are told above.");
  for (const name of Object.values(notebooks))
    rmSync(join(folder, "media", `${name}.ipynb`), { force: true });
  await writeNotebooks(folder, pages);
}

/** The title of a document: its first heading, as plain text. */
function titleOf(text: string): string | undefined {
  return heading.exec(text)?.[1].replaceAll("`", "");
}

interface NotebookTools {
  readonly readNotebook: (file: string) => unknown;
  readonly htmlPage: (notebook: unknown, title: string) => string;
}

/** @param pages of documents by title. */
async function writeNotebooks(folder: string, pages: ReadonlyMap<string, string>): Promise<void> {
  const tool = (name: string): Promise<unknown> =>
    import(pathToFileURL(join(root, "tools", "notebook", `${name}.mjs`)).href);
  const { readNotebook } = (await tool("notebook-file")) as NotebookTools;
  const { htmlPage } = (await tool("html-page")) as NotebookTools;
  const links = Object.entries(navigation).map(([text, path]) => `<a href="${path}">${text}</a>`);
  for (const [page, name] of Object.entries(notebooks)) {
    const html = htmlPage(readNotebook(join(root, "notebooks", `${name}.ipynb`)), name);
    const linked = html
      .replace(/href="\.\.\/(docs\/[\w-]+\.md)/g, (link, file: string) => {
        const url = pages.get(titleOf(readFileSync(join(root, file), "utf8")) ?? "");
        return url === undefined ? link : `href="${url}`;
      })
      .replace(/href="(\w+)\.ipynb/g, (link, file: string) => {
        const [to] = Object.entries(notebooks).find(([, known]) => known === file) ?? [];
        return to === undefined ? link : `href="${to}.html`;
      });
    const nav = `<nav aria-label="Site">RAELLA · ${links.join(" · ")}</nav>`;
    writeFileSync(join(folder, `${page}.html`), linked.replace("<body>", `<body>\n${nav}`));
  }
}
