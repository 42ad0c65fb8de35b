/** One output in several forms; every front end shows the richest one it knows. */
export interface MimeBundle {
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
}

/** Is this code running in a cell of a notebook? */
export function insideNotebook(): boolean {
  return displayWriter() !== null;
}

/** Sends an output to the notebook; with `update` in the place of an earlier one. False outside a notebook. */
export function sendMimeBundle({ data, metadata = {}, displayId }: MimeBundle, update = false): boolean {
  const write = displayWriter();
  if (write === null) return false;
  write({ data, metadata, transient: displayId === undefined ? {} : { display_id: displayId } }, update);
  return true;
}

/**
 * tslab offers only outputs of one form, so this goes to the function beneath. The module is taken from the cache
 * of loaded modules: outside a notebook nobody has loaded it, and loading it would start a TypeScript compiler.
 */
function displayWriter(): TslabJupyter["lastWriteDisplayData"] {
  const file = resolveTslabJupyter();
  const loaded = file === undefined ? undefined : require.cache[file];
  return (loaded?.exports as TslabJupyter | undefined)?.lastWriteDisplayData ?? null;
}

let jupyterFile: string | null | undefined;

function resolveTslabJupyter(): string | undefined {
  if (jupyterFile === undefined) {
    try {
      jupyterFile = require.resolve("tslab/dist/jupyter.js");
    } catch {
      jupyterFile = null;
    }
  }
  return jupyterFile ?? undefined;
}
