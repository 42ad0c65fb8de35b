// Reads and writes .ipynb files (nbformat 4.5) in the very form that Jupyter's own library gives them, so that it makes
// no difference who saved a notebook last. https://nbformat.readthedocs.io/en/latest/format_description.html
import { readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";

/** Reads a notebook; multi-line texts become single strings. Throws an Error with a sentence for people. */
export function readNotebook(file) {
  let notebook;
  try {
    notebook = JSON.parse(readFileSync(file, "utf8"));
  } catch (error) {
    const reason = error.code === "ENOENT" ? "there is no such file" : error.message;
    throw new Error(`The notebook "${file}" cannot be read: ${reason}.`, { cause: error });
  }
  if (!Array.isArray(notebook.cells) || notebook.nbformat !== 4) {
    throw new Error(`"${file}" is not a notebook of format 4.`);
  }
  for (const cell of notebook.cells) cell.source = joinLines(cell.source);
  return notebook;
}

/** The notebook's text: keys in alphabetical order, indented by one, texts split into lines. */
export function formatNotebook(notebook) {
  const cells = notebook.cells.map((cell, index) => ({
    ...cell,
    id: cell.id ?? `cell-${index + 1}`,
    source: splitLines(cell.source),
    ...(cell.outputs ? { outputs: cell.outputs.map(formatOutput) } : {}),
  }));
  return `${JSON.stringify(sortKeys({ ...notebook, nbformat_minor: 5, cells }), undefined, 1)}\n`;
}

/** Writes all files or none: a reader never meets half of one. */
export function writeFiles(texts) {
  const files = Object.entries(texts).map(([file, text]) => ({
    file,
    text,
    draft: `${file}.${process.pid}.tmp`,
  }));
  try {
    for (const { draft, text } of files) writeFileSync(draft, text);
    for (const { draft, file } of files) renameSync(draft, file);
  } catch (error) {
    for (const { draft } of files) rmSync(draft, { force: true });
    throw error;
  }
}

/** Text that may be stored as a list of lines. */
export function joinLines(text) {
  return Array.isArray(text) ? text.join("") : (text ?? "");
}

function formatOutput(output) {
  if (output.output_type === "stream") return { ...output, text: splitLines(output.text) };
  if (output.data === undefined) return output;
  const data = Object.entries(output.data).map(([type, value]) => {
    const isText = typeof value === "string" && (type.startsWith("text/") || type === "image/svg+xml");
    return [type, isText ? splitLines(value) : value];
  });
  return { ...output, data: Object.fromEntries(data) };
}

function splitLines(text) {
  return joinLines(text).match(/[^\n]*\n|[^\n]+$/g) ?? [];
}

function sortKeys(value) {
  if (Array.isArray(value)) return value.map(sortKeys);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.keys(value)
      .sort()
      .map((key) => [key, sortKeys(value[key])]),
  );
}
