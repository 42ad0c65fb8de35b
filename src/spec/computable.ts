import { RaellaError } from "../errors";
import type { LeafDocument } from "./schema/architecture-schema";
import type { ProblemDocument, ProblemShape } from "./schema/problem-schema";
import type { SparseLevel, Specification, Value, Warning } from "./specification";

/**
 * The nodes that make a specification sparse: those with an `action_optimization`, a `representation_format` or a
 * `compute_optimization` that says anything. Densities, metadata attributes and actions alone change nothing.
 */
export function sparseLevels(
  leaves: readonly LeafDocument[],
  { dataSpaces }: Pick<ProblemShape, "dataSpaces">,
): readonly SparseLevel[] {
  return leaves.flatMap(({ name, sparseOptimizations }) =>
    sparseOptimizations.map(({ kind, texts }) => ({
      level: name,
      kind,
      dataSpaces: dataSpaces.map((dataSpace) => dataSpace.name).filter((known) => texts.includes(known)),
    })),
  );
}

/** `buffer (action_optimization of A, B)` for every one. */
function listText(sparse: readonly SparseLevel[]): string {
  return sparse
    .map(({ level, kind, dataSpaces }) =>
      dataSpaces.length === 0 ? `${level} (${kind})` : `${level} (${kind} of ${dataSpaces.join(", ")})`,
    )
    .join(", ");
}

export function sparseWarnings(sparse: readonly SparseLevel[], isDense: boolean): readonly Warning[] {
  if (sparse.length === 0) return [];
  const message = isDense
    ? `Sparse optimizations are left out as asked: ${listText(sparse)}. All figures are those of the dense counterpart.`
    : `Sparse optimizations are not modelled: ${listText(sparse)}.`;
  return [{ code: "schema", message }];
}

/**
 * Says once that densities of data spaces in Timeloop's form (a number, or a distribution) have no effect: without sparse
 * optimizations they change nothing. Bit densities, which statistics are computed from, have another form.
 */
export function densityWarnings({ densities, location }: ProblemDocument): readonly Warning[] {
  const names = Object.keys(densities).filter((name) => {
    const given: unknown = densities[name];
    if (typeof given !== "object" || given === null) return true;
    return "density" in given || "distribution" in given || "expression" in given;
  });
  if (names.length === 0) return [];
  const message = `The densities of ${names.join(", ")} have no effect: data are counted as dense.`;
  return [{ code: "usage", message, location }];
}

/** Statistics that the model marks as placeholders and that nobody has given. */
export function placeholderWarnings(placeholders: readonly string[]): readonly Warning[] {
  if (placeholders.length === 0) return [];
  return [{ code: "statistics", message: placeholderText(placeholders) }];
}

function placeholderText(placeholders: readonly string[]): string {
  const isOne = placeholders.length === 1;
  return `${placeholders.join(", ")} ${isOne ? "is a placeholder" : "are placeholders"} of the model: the statistics of the layer are not given.`;
}

/**
 * Refuses what would be computed wrongly: sparsity changes counts, energies and cycles in ways that the model does not
 * know, and placeholders stand for statistics that every layer has of its own.
 * @throws RaellaError `schema` for sparse optimizations, `statistics` for placeholders.
 */
export function requireComputable({
  sparse = [],
  placeholders = [],
}: Pick<Specification, "sparse" | "placeholders">): void {
  if (sparse.length > 0)
    throw new RaellaError({
      code: "schema",
      message: `Sparse optimizations are not modelled: ${listText(sparse)}. Counts and energies would be wrong.`,
      value: sparse.map(({ level }) => level).join(", "),
      expected: "a dense specification",
      remedy:
        'Remove them, or compute the dense counterpart on purpose: --sparse dense, in scripts sparse: "dense".',
    });
  if (placeholders.length > 0)
    throw new RaellaError({
      code: "statistics",
      message: placeholderText(placeholders),
      value: placeholders.join(", "),
      expected: `values of ${placeholders.join(", ")}`,
      remedy:
        "Give them with --statistics FILE (lines NAME=value) or --set NAME=value, in scripts as statistics or variables; or say that the placeholders are meant: --use-placeholders, usePlaceholders: true.",
    });
}

/** No quantity of a design is larger, or smaller and not 0. */
const largest = 1e30;

/**
 * Which values are beyond all measure, in words for an error about a figure that no number can hold; undefined where none
 * is.
 */
export function extremeValues(values: Iterable<readonly [string, Value]>): string | undefined {
  const found = new Map<string, number>();
  for (const [name, value] of values) {
    const number = typeof value === "string" ? Number(value) : value;
    if (typeof number !== "number" || number === 0 || Number.isNaN(number)) continue;
    const size = Math.abs(number);
    if (size > largest || size < 1 / largest) found.set(name, number);
  }
  if (found.size === 0) return undefined;
  const shown = [...found].slice(0, 5).map(([name, value]) => `${name} is ${value}`);
  return shown.join(", ");
}
