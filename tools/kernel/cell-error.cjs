// What a failed cell says, as Jupyter's `error` output.
const { inspect } = require("node:util");
const { CellInterrupted } = require("./interruption.cjs");

/**
 * @param {unknown[][]} reports arguments of the executor's calls of `console.error`: one thrown value, or a format
 *   and its values for every complaint of the compiler
 * @returns {{ ename: string, evalue: string, traceback: string[] }}
 */
function describeCellError(reports) {
  const [thrown] = reports[0] ?? [];
  if (typeof thrown === "string" && reports[0].length > 1) return describeDiagnostics(reports);
  if (isInterruption(thrown)) return errorOutput("Interrupted", "The cell was interrupted.");
  // A mistake of the user's: the message says all there is to know.
  if (/^RaellaErrors?$/.test(thrown?.name)) return errorOutput(thrown.name, thrown.message);
  if (thrown instanceof Error || isForeignError(thrown)) {
    return errorOutput(thrown.name, thrown.message, framesOfCell(thrown));
  }
  return errorOutput("Thrown", inspect(thrown));
}

function describeDiagnostics(reports) {
  const complaints = reports.map(([, file, line, column, text]) => `${file}${line}:${column} - ${text}`);
  return errorOutput("TypeScript", complaints.join("\n"));
}

function isInterruption(thrown) {
  return (
    thrown instanceof CellInterrupted ||
    thrown?.code === "ERR_SCRIPT_EXECUTION_INTERRUPTED" ||
    thrown?.message === "Interrupted asynchronously"
  );
}

/** Errors of another realm (a vm context, a worker) are no instances of this one's class. */
function isForeignError(thrown) {
  return typeof thrown?.stack === "string" && typeof thrown?.message === "string";
}

/** Where it happened, without the frames of Node and of the kernel around the cell. */
function framesOfCell(error) {
  const stack = String(error.stack ?? "");
  const frames = stack.slice(stack.indexOf("\n    at ") + 1).split("\n");
  return frames
    .filter(
      (frame) => frame.startsWith("    at ") && !/node:|node_modules[\\/]tslab|tools[\\/]kernel/.test(frame),
    )
    .slice(0, 12);
}

function errorOutput(ename, evalue, frames = []) {
  return { ename, evalue, traceback: [`${ename}: ${evalue}`, ...frames].flatMap((text) => text.split("\n")) };
}

module.exports = { describeCellError };
