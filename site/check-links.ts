// Whether every link within the site leads somewhere.
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";

/** Links to other places are not followed: a build must not depend on them. */
const isElsewhere = /^(?:[a-z][a-z0-9+.-]*:|\/\/)/i;
const attribute = /\s(?:href|src)="([^"]*)"/g;
const anchor = /\s(?:id|name)="([^"]*)"/g;
/** Source of cells and of examples is no link. */
const shownText = /<(script|style)\b[^]*?<\/\1>/g;

/** Links of all pages in a folder that lead to no file, or to no place in a page: `page: link`. */
export function brokenLinks(folder: string): readonly string[] {
  const pages = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((name) =>
    name.endsWith(".html"),
  );
  const texts = new Map<string, string>();
  const textOf = (file: string): string => {
    const text =
      texts.get(file) ?? readFileSync(file, "utf8").replace(shownText, (tag) => tag.split(">")[0] + ">");
    texts.set(file, text);
    return text;
  };
  const anchors = new Map<string, ReadonlySet<string>>();
  const anchorsOf = (file: string): ReadonlySet<string> => {
    const known =
      anchors.get(file) ?? new Set([...textOf(file).matchAll(anchor)].map(([, name]) => unescaped(name)));
    anchors.set(file, known);
    return known;
  };
  const isBroken = (page: string, link: string): boolean => {
    if (isElsewhere.test(link)) return false;
    const [path, fragment = ""] = link.split("#");
    const [name] = path.split("?");
    const target = name === "" ? page : resolve(dirname(page), decodeURIComponent(name));
    if (relative(folder, target).startsWith("..") || !existsSync(target)) return true;
    if (name.endsWith("/") && !statSync(target).isDirectory()) return true;
    const file = statSync(target).isDirectory() ? join(target, "index.html") : target;
    if (!existsSync(file)) return true;
    return fragment !== "" && file.endsWith(".html") && !anchorsOf(file).has(decodeURIComponent(fragment));
  };
  return pages.sort().flatMap((name) => {
    const page = join(folder, name);
    const links = new Set([...textOf(page).matchAll(attribute)].map(([, link]) => unescaped(link)));
    return [...links].filter((link) => isBroken(page, link)).map((link) => `${name}: ${link}`);
  });
}

function unescaped(text: string): string {
  return text
    .replaceAll("&quot;", '"')
    .replaceAll("&#39;", "'")
    .replaceAll("&#x27;", "'")
    .replaceAll("&lt;", "<")
    .replaceAll("&gt;", ">")
    .replaceAll("&amp;", "&");
}
