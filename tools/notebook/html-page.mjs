// An executed notebook as one HTML page that needs nothing else: no scripts, no fonts, no network.
import { Marked } from "marked";

import { joinLines } from "./notebook-file.mjs";
import { escapeHtml, highlightTypeScript } from "./highlight.mjs";

const style = `
:root { color-scheme: light; }
body { max-width: 62rem; margin: 2rem auto; padding: 0 1rem; background: #fff; color: #1f2933;
  font: 16px/1.55 system-ui, "Segoe UI", "DejaVu Sans", sans-serif; }
h1, h2, h3 { line-height: 1.25; margin: 2rem 0 .75rem; }
h2 { border-bottom: 1px solid #e4e7eb; padding-bottom: .3rem; }
a { color: #0067a3; }
code, pre { font-family: ui-monospace, "DejaVu Sans Mono", Consolas, monospace; font-size: .86em; }
p code, li code, td code { background: #f1f3f5; padding: .1em .3em; border-radius: 3px; }
pre { overflow-x: auto; margin: .5rem 0; line-height: 1.45; }
.cell { display: grid; grid-template-columns: 3.2rem minmax(0, 1fr); margin: 1rem 0; }
.count { color: #7b8794; font: .78em/2.2 ui-monospace, monospace; padding-top: .35rem; }
.source { background: #f6f8fa; border: 1px solid #e4e7eb; border-radius: 4px; padding: .6rem .8rem; margin: 0; }
.outputs { grid-column: 2; margin-top: .4rem; }
.outputs { overflow-x: auto; }
.outputs pre { white-space: pre-wrap; }
.outputs td { white-space: nowrap; }
.outputs img { max-width: 100%; height: auto; }
.stderr { background: #fdecea; padding: .4rem .6rem; }
.keyword { color: #8a3a66; } .string { color: #00694c; } .number { color: #0067a3; }
.comment { color: #6b7680; font-style: italic; }
table { border-collapse: collapse; margin: .8rem 0; font-size: .88em; font-variant-numeric: tabular-nums; }
caption { text-align: left; padding-bottom: .3rem; }
th, td { padding: .25rem .7rem; border-bottom: 1px solid #e4e7eb; text-align: left; }
thead th { border-bottom: 1px solid #9aa5b1; }
@media print { .cell { break-inside: avoid; } }
`;

/** Image types, the first one that an output has is shown. */
const imageTypes = ["image/png", "image/jpeg"];

/** @returns the page as text; `title` is used if the notebook has no heading of its own */
export function htmlPage(notebook, title) {
  const markdown = createMarkdown();
  const body = notebook.cells.map((cell) => {
    if (cell.cell_type === "markdown") return `<section>\n${markdown.parse(cell.source)}</section>`;
    if (cell.cell_type === "code") return codeCell(cell);
    return `<pre>${escapeHtml(cell.source)}</pre>`;
  });
  return [
    "<!doctype html>",
    '<html lang="en">',
    '<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">',
    // Whatever the texts and outputs of a notebook hold, nothing of them runs.
    `<meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src * data:; style-src 'unsafe-inline'">`,
    `<title>${escapeHtml(headingOf(notebook) ?? title)}</title>`,
    `<style>${style}</style></head>`,
    "<body>",
    ...body,
    "</body></html>",
    "",
  ].join("\n");
}

/** Headings get the anchors that Jupyter gives them, so that links within the notebook work here too. */
function createMarkdown() {
  const markdown = new Marked({ gfm: true });
  markdown.use({
    renderer: {
      heading({ tokens, depth, text }) {
        const anchor = text
          .replace(/[*_`]|<[^>]*>/g, "")
          .trim()
          .replace(/ /g, "-");
        return `<h${depth} id="${escapeHtml(anchor)}">${this.parser.parseInline(tokens)}</h${depth}>\n`;
      },
      code({ text, lang }) {
        const isScript = /^(ts|typescript|js|javascript)$/.test(lang ?? "");
        return `<pre class="source"><code>${isScript ? highlightTypeScript(text) : escapeHtml(text)}</code></pre>\n`;
      },
    },
  });
  return markdown;
}

function codeCell({ source, outputs, execution_count: count }) {
  return [
    '<div class="cell">',
    `<div class="count">${count === null ? "" : `[${count}]`}</div>`,
    `<pre class="source"><code>${highlightTypeScript(source)}</code></pre>`,
    ...(outputs.length > 0 ? [`<div class="outputs">${outputs.map(outputHtml).join("\n")}</div>`] : []),
    "</div>",
  ].join("\n");
}

function outputHtml(output) {
  if (output.output_type === "stream") {
    return `<pre class="${output.name}">${escapeHtml(withoutAnsi(joinLines(output.text)))}</pre>`;
  }
  const { data, metadata = {} } = output;
  const image = imageTypes.find((type) => type in data);
  if (image !== undefined) {
    const { width, height } = metadata[image] ?? {};
    const size = width && height ? ` width="${width}" height="${height}"` : "";
    const description = escapeHtml(joinLines(data["text/plain"]));
    return `<img src="data:${image};base64,${data[image]}" alt="${description}"${size}>`;
  }
  if ("text/html" in data) return joinLines(data["text/html"]);
  if ("text/markdown" in data) return createMarkdown().parse(joinLines(data["text/markdown"]));
  return `<pre>${escapeHtml(withoutAnsi(joinLines(data["text/plain"])))}</pre>`;
}

function headingOf(notebook) {
  const first = notebook.cells.find(({ cell_type }) => cell_type === "markdown");
  return first?.source.match(/^#\s+(.+)$/m)?.[1].replace(/[*_`]/g, "");
}

function withoutAnsi(text) {
  // eslint-disable-next-line no-control-regex
  return text.replace(/\u001b\[[0-9;]*m/g, "");
}
