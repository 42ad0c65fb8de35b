// Finds a Chromium or Chrome for the browser test.
import { existsSync } from "node:fs";
import { createRequire } from "node:module";

import { findProgram } from "./python-environment.mjs";

const names = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome"];

/** Path of a browser: CHROMIUM_PATH, one on the PATH, or the one that Playwright has installed; else undefined. */
export function findChromium() {
  const chosen = process.env.CHROMIUM_PATH;
  if (chosen) return existsSync(chosen) ? chosen : undefined;
  const installed = names.map(findProgram).find((file) => file !== undefined);
  if (installed !== undefined) return installed;
  const file = createRequire(import.meta.url)("playwright-core").chromium.executablePath();
  return existsSync(file) ? file : undefined;
}
