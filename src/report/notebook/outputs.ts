/** One output in several forms; every front end shows the richest one it knows. */
interface MimeBundle {
  readonly data: Readonly<Record<string, unknown>>;
  readonly metadata?: Readonly<Record<string, unknown>>;
  /** Outputs with the same identifier can be replaced later. */
  readonly displayId?: string;
}

interface DisplayMessage {
  readonly data: Readonly<Record<string, unknown>>;
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly transient: { readonly display_id?: string };
}

/** What tslab's own display functions use; null until the first cell runs. */
interface TslabJupyter {
  readonly lastWriteDisplayData: ((message: DisplayMessage, update: boolean) => void) | null;
  /** Only in the kernel of this project: lets the cell last until something is shown. */
  readonly waitForOutput?: (shown: Promise<void>) => void;
}

/** Is this code running in a cell of a notebook? */
export function insideNotebook(): boolean {
  return displayWriter() !== null;
}

/** Where the kernel offers it, the cell lasts until this is shown, whether or not the cell waits for it. */
export function waitForOutput(shown: Promise<void>): Promise<void> {
  loadedTslab()?.waitForOutput?.(shown);
  return shown;
}

/** Sends an output to the notebook; with `update` in the place of an earlier one. False outside a notebook. */
export function sendMimeBundle({ data, metadata = {}, displayId }: MimeBundle, update = false): boolean {
  const write = displayWriter();
  if (write === null) return false;
  write({ data, metadata, transient: displayId === undefined ? {} : { display_id: displayId } }, update);
  return true;
}

/** tslab offers only outputs of one form, so this goes to the function beneath. */
function displayWriter(): TslabJupyter["lastWriteDisplayData"] {
  return loadedTslab()?.lastWriteDisplayData ?? null;
}

/**
 * The module is looked for among those that are loaded: wherever tslab is installed, its kernel has loaded it, and
 * loading it would start a TypeScript compiler.
 */
function loadedTslab(): TslabJupyter | undefined {
  for (const [file, loaded] of Object.entries(require.cache)) {
    if (!/[\\/]tslab[\\/]dist[\\/]jupyter\.js$/.test(file)) continue;
    const exports = loaded?.exports as TslabJupyter;
    if (exports.lastWriteDisplayData) return exports;
  }
  return undefined;
}

/**
 * Says on standard error that tslab, which shows outputs in notebooks, is not installed: about charts, of which only words
 * are left then; about tables and progress, which text can show as well, only where Jupyter has started this process.
 */
export function remarkMissingKernel(what: "charts" | "tables" | "progress bars"): void {
  if (insideNotebook() || isKernelInstalled()) return;
  if (what !== "charts" && !process.env.JPY_PARENT_PID) return;
  process.stderr.write(
    `Notebooks show ${what} through the kernel tslab, which is not installed: npm install --save-dev tslab` +
      `${what === "charts" ? ". In a script, saveChart writes a chart to a file" : ""}.\n`,
  );
}

function isKernelInstalled(): boolean {
  try {
    require.resolve("tslab/package.json");
    return true;
  } catch {
    return false;
  }
}
