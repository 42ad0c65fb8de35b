// Builds the site: `npm run site`. One folder of static files, to be served from anywhere.
import { rmSync } from "node:fs";
import { join, resolve } from "node:path";
import { buildLivePage } from "./live-page";

const target = resolve(process.argv[2] ?? join(__dirname, "dist"));

async function main(): Promise<void> {
  rmSync(target, { recursive: true, force: true });
  await buildLivePage(join(target, "live"));
}

void main();
