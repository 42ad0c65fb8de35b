// What a cell's source is turned into before tslab compiles it; lines stay where they are.
const { requireFromTslab } = require("./tslab-modules-path.cjs");

const ts = requireFromTslab("@tslab/typescript-for-tslab");

/**
 * Two things that users of JavaScript expect to work, and that tslab gets wrong at the top level of a cell:
 * properties in short form, and `await (…)`. And the names that the cell declares are exported, as tslab would do it
 * itself after it has made a program to learn them.
 */
function adaptSource(source) {
  // tslab takes a cell for a module, too.
  const file = ts.createSourceFile("cell.ts", `export {};\n${source}`, ts.ScriptTarget.Latest, true);
  ts.bindSourceFile(file, {});
  const body = expandShorthand(file).slice(file.text.length - source.length);
  const names = [...(file.locals?.keys() ?? [])];
  return awaitParenthesized(body) + (names.length === 0 ? "" : `\nexport {${names.join(", ")}}`);
}

/**
 * `{ layer }` becomes `{ layer: layer }`: tslab turns a variable of an earlier cell into a property of an object of
 * its own, but overlooks it in the short form.
 */
function expandShorthand(file) {
  if (!/[{,]\s*[\w$]+\s*[,}=]/.test(file.text)) return file.text;
  const names = [];
  const visit = (node) => {
    if (ts.isShorthandPropertyAssignment(node)) names.push(node.name);
    ts.forEachChild(node, visit);
  };
  visit(file);
  return names.reduceRight(
    (text, name) => `${text.slice(0, name.end)}: ${name.text}${text.slice(name.end)}`,
    file.text,
  );
}

/** `await (…)` would be the call of a function named await, unless the cell is known to be asynchronous. */
function awaitParenthesized(source) {
  return /\bawait\s*\(|\bfor\s+await\b/.test(source) ? `await null; ${source}` : source;
}

module.exports = { adaptSource };
