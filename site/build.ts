// Builds the site: `npm run site [-- FOLDER]`. One folder of static files, to be served from anywhere.
import { rmSync } from "node:fs";
import { join, resolve } from "node:path";
import { brokenLinks } from "./check-links";
import { buildDocumentation } from "./documentation";
import { buildLivePage } from "./live-page";

async function main(target: string): Promise<void> {
  rmSync(target, { recursive: true, force: true });
  await buildDocumentation(target);
  await buildLivePage(join(target, "live"));
  const broken = brokenLinks(target);
  if (broken.length > 0) throw new Error(`Links that lead nowhere:\n  ${broken.join("\n  ")}`);
}

main(resolve(process.argv[2] ?? join(__dirname, "dist"))).catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
