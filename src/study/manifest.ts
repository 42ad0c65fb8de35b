import { createRequire } from "node:module";
import type { Fidelity, Specification, WrittenValue } from "../spec/specification";
import type { SearchKind } from "./search-kind";

/**
 * Version of the rule that picks the best mapping and settles ties. It changes only when the same input may lead to
 * another mapping.
 */
export const searchOrderVersion = 1;

/** What a result was computed from: two results with equal manifests are equal. */
export interface Manifest {
  readonly package: string;
  readonly version: string;
  readonly search: SearchKind;
  readonly searchOrderVersion: number;
  readonly fidelity: Fidelity;
  readonly typicalStatistics: boolean;
  /** Variables that the caller has set. */
  readonly variables: Readonly<Record<string, WrittenValue>>;
  /** Every file read, by path (relative to the package where it belongs to it), sorted. */
  readonly files: readonly { readonly file: string; readonly sha256: string }[];
}

/** Name and version of this package. */
export function packageIdentity(): { readonly name: string; readonly version: string } {
  const { name, version } = createRequire(__filename)("../../package.json") as {
    name: string;
    version: string;
  };
  return { name, version };
}

/**
 * The manifest of results that come from these specifications.
 * @param specifications One or more of the same request (they may differ in layer).
 */
export function createManifest(
  specifications: readonly Pick<Specification, "identity" | "sources">[],
  search: SearchKind,
  variables: Readonly<Record<string, WrittenValue>>,
): Manifest {
  const { name, version } = packageIdentity();
  const files = new Map<string, string>();
  for (const { sources } of specifications) {
    for (const { file, sha256 } of sources) files.set(file, sha256);
  }
  const { identity } = specifications[0];
  return {
    package: name,
    version,
    search,
    searchOrderVersion,
    fidelity: identity.fidelity,
    typicalStatistics: identity.typicalStatistics,
    variables,
    files: [...files]
      .sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
      .map(([file, sha256]) => ({ file, sha256 })),
  };
}
