// Two things that users of JavaScript expect to work, and that tslab's compiler gets wrong at the top level of a cell.
const { requireFromTslab } = require("./tslab-modules-path.cjs");

/** Rewrites a cell so that tslab understands it; lines stay where they are. */
function adaptSource(source) {
  return awaitParenthesized(expandShorthand(source));
}

/**
 * `{ layer }` becomes `{ layer: layer }`: tslab turns a variable of an earlier cell into a property of an object of
 * its own, but overlooks it in the short form.
 */
function expandShorthand(source) {
  if (!/[{,]\s*[\w$]+\s*[,}=]/.test(source)) return source;
  const ts = requireFromTslab("@tslab/typescript-for-tslab");
  const file = ts.createSourceFile("cell.ts", source, ts.ScriptTarget.Latest, true);
  const names = [];
  const visit = (node) => {
    if (ts.isShorthandPropertyAssignment(node)) names.push(node.name);
    ts.forEachChild(node, visit);
  };
  visit(file);
  return names.reduceRight(
    (text, name) => `${text.slice(0, name.end)}: ${name.text}${text.slice(name.end)}`,
    source,
  );
}

/** `await (…)` would be the call of a function named await, unless the cell is known to be asynchronous. */
function awaitParenthesized(source) {
  return /\bawait\s*\(|\bfor\s+await\b/.test(source) ? `await null; ${source}` : source;
}

module.exports = { adaptSource };
