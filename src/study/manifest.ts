import { flag, name, names, optional, optionsOf } from "../arguments";
import { pricingOf } from "../components/pricing";
import { registrations } from "../components/registry";
import { frozenCopy } from "../memory";
import type { LayerSizes } from "../spec/find-layer";
import { definesSchema } from "../spec/load-specification";
import { unusualChoices } from "../spec/model-choices";
import type { Fidelity, ModelChoices, Specification, WrittenValue } from "../spec/specification";
import { defaultWorkspace, isSameWorkspace } from "../spec/workspace";
import type { Workspace } from "../spec/workspace";
import type { SearchKind } from "./search-kind";

/**
 * Version of the rule that picks the best mapping and settles ties. It changes only when the same input may lead to
 * another mapping.
 */
const searchOrderVersion = 1;

/** Files given by hand, as paths. */
export interface Inputs {
  readonly files: readonly string[];
  /** Whether greedy steps were applied. */
  readonly greedy: boolean;
  /** Folders that files may be included from, besides their own. */
  readonly includeRoots?: readonly string[];
  /** Values for templates. */
  readonly defines?: Readonly<Record<string, number | string | boolean>>;
  /** File with the statistics of the layer. */
  readonly statistics?: string;
  /** The mapping that was evaluated, if none was looked for. */
  readonly mapping?: string;
}

export const inputsSchema = optionsOf({
  files: names,
  greedy: flag,
  includeRoots: optional(names),
  defines: optional(definesSchema),
  statistics: optional(name),
  mapping: optional(name),
});

/** What a result was computed from: two results with equal manifests are equal. Choices that are the default are left out. */
export interface Manifest extends ModelChoices {
  readonly package: string;
  readonly version: string;
  readonly search: SearchKind;
  readonly searchOrderVersion: number;
  readonly fidelity: Fidelity;
  readonly typicalStatistics: boolean;
  /** Variables that the caller has set. */
  readonly variables: Readonly<Record<string, WrittenValue>>;
  /** Variables that the caller has added; left out where there are none. */
  readonly newVariables?: Readonly<Record<string, WrittenValue>>;
  /** Where models, layers and statistics were read from. Left out: the package's own. */
  readonly workspace?: Workspace;
  /** Names of the estimators that the caller had registered; left out where there were none. */
  readonly estimators?: readonly string[];
  /** The sizes of a layer that was given by them. */
  readonly sizes?: LayerSizes;
  /** The files given, for a specification that was not chosen by name. */
  readonly inputs?: Inputs;
  /** Every file read, by path (relative to the package where it belongs to it), sorted. */
  readonly files: readonly { readonly file: string; readonly sha256: string }[];
}

interface PackageIdentity {
  readonly name: string;
  readonly version: string;
}

/** Name and version of this package. */
export function packageIdentity(): PackageIdentity {
  return ownPackage;
}

const ownPackage = require("../../package.json") as PackageIdentity;

/** The manifest of a result that comes from this specification. */
export function createManifest(
  specification: Specification,
  {
    search = "optimal",
    variables = {},
    newVariables = {},
  }: {
    readonly search?: SearchKind;
    readonly variables?: Manifest["variables"];
    readonly newVariables?: Manifest["variables"];
  },
  inputs?: Inputs,
): Manifest {
  const { name, version } = packageIdentity();
  const { identity, sources, workspace } = specification;
  const estimators = registrations().estimators.map((estimator) => estimator.name);
  return {
    package: name,
    version,
    search,
    searchOrderVersion,
    fidelity: identity.fidelity,
    ...unusualChoices(identity),
    typicalStatistics: identity.typicalStatistics,
    variables: frozenCopy(variables),
    ...(Object.keys(newVariables).length > 0 ? { newVariables: frozenCopy(newVariables) } : {}),
    ...(isSameWorkspace(workspace, defaultWorkspace()) ? {} : { workspace }),
    ...(estimators.length > 0 ? { estimators } : {}),
    ...(identity.sizes && { sizes: identity.sizes }),
    ...(inputs ? { inputs: frozenCopy(inputs) } : {}),
    files: sortedFiles([sources, pricingOf(specification).sources]),
  };
}

/** The manifest of several results of one request, which differ in nothing but the files that they have read. */
export function mergeManifests(manifests: readonly Manifest[]): Manifest {
  return { ...manifests[0], files: sortedFiles(manifests.map(({ files }) => files)) };
}

/** Each file once, by name. */
function sortedFiles(lists: readonly Manifest["files"][]): Manifest["files"] {
  const files = lists.flat().sort((a, b) => (a.file < b.file ? -1 : a.file > b.file ? 1 : 0));
  return files.filter(({ file }, index) => files.at(index + 1)?.file !== file);
}
