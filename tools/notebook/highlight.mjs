// Colours TypeScript source for the HTML page, with the scanner of the compiler that runs the cells anyway.
import { createRequire } from "node:module";

const { requireFromTslab } = createRequire(import.meta.url)("../kernel/tslab-modules-path.cjs");
const escapes = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };

export function escapeHtml(text) {
  return text.replace(/[&<>"]/g, (character) => escapes[character]);
}

/** The source as HTML, every token of interest in a `<span>` with the class `keyword`, `string`, `number` or `comment`. */
export function highlightTypeScript(source) {
  const ts = requireFromTslab("@tslab/typescript-for-tslab");
  const scanner = ts.createScanner(ts.ScriptTarget.Latest, false, ts.LanguageVariant.Standard, source);
  const html = [];
  /** How deep the braces are inside `${…}` of template texts, innermost last. */
  const templates = [];
  for (let kind = scanner.scan(); kind !== ts.SyntaxKind.EndOfFileToken; kind = scanner.scan()) {
    if (kind === ts.SyntaxKind.TemplateHead) templates.push(0);
    else if (templates.length > 0 && kind === ts.SyntaxKind.OpenBraceToken) templates[templates.length - 1]++;
    else if (templates.length > 0 && kind === ts.SyntaxKind.CloseBraceToken) {
      if (templates.at(-1) > 0) templates[templates.length - 1]--;
      else {
        kind = scanner.reScanTemplateToken(false);
        if (kind === ts.SyntaxKind.TemplateTail) templates.pop();
      }
    }
    const text = escapeHtml(scanner.getTokenText());
    const name = classOf(kind, ts.SyntaxKind);
    html.push(name === undefined ? text : `<span class="${name}">${text}</span>`);
  }
  return html.join("");
}

function classOf(kind, kinds) {
  if (kind >= kinds.FirstKeyword && kind <= kinds.LastKeyword) return "keyword";
  if (kind === kinds.NumericLiteral || kind === kinds.BigIntLiteral) return "number";
  if (kind === kinds.SingleLineCommentTrivia || kind === kinds.MultiLineCommentTrivia) return "comment";
  const isText =
    kind === kinds.StringLiteral ||
    kind === kinds.NoSubstitutionTemplateLiteral ||
    (kind >= kinds.TemplateHead && kind <= kinds.TemplateTail);
  return isText ? "string" : undefined;
}
