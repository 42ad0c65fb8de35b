import type { Convention, SpecificationIdentity } from "./specification";
import type { YamlMap, YamlNode } from "./yaml/yaml-node";

/** The convention of a specification. */
export function conventionOf({ convention }: Pick<SpecificationIdentity, "convention">): Convention {
  return convention === "2024" ? "2024" : "2023";
}

/** Whether leakage counts: where nobody decides, by the convention. */
export function countsLeakage(identity: Pick<SpecificationIdentity, "leakage" | "convention">): boolean {
  return identity.leakage ?? conventionOf(identity) === "2024";
}

/** Name of the placeholder level for the fan-out of a container or an element. */
export function placeholderName(node: string, convention: Convention): string {
  return `inter_${node}_spatial${convention === "2023" ? "_dummy" : ""}`;
}

/** The node whose fan-out a placeholder level stands for; undefined for any other name. */
export function nodeOfPlaceholder(level: string): string | undefined {
  return /^inter_(.+)_spatial(?:_dummy)?$/.exec(level)?.[1];
}

/**
 * The convention that files show: that of 2024 where a node is tagged `!Component`, or a node, a part of a component class
 * or one of its actions has the key `area_scale` or `energy_scale`.
 *
 * @param roots of the files, merges inside maps (`<<<`) not applied yet.
 */
export function detectConvention(roots: readonly YamlNode[]): Convention {
  const isNew = roots.some((root) => {
    if (root.kind !== "map") return false;
    return [...root.entries].some(([key, { value }]) => {
      if (key === "architecture") return listAt(value, "nodes").some(isNewNode);
      return key.includes("components") && listAt(value, "classes").some(isNewClass);
    });
  });
  return isNew ? "2024" : "2023";
}

const scaleKeys = ["area_scale", "energy_scale"];

function isNewNode(node: YamlNode): boolean {
  return node.tag === "!Component" || hasScale(node) || listAt(node, "nodes").some(isNewNode);
}

function isNewClass(written: YamlNode): boolean {
  return (
    hasScale(written) ||
    listAt(written, "subcomponents").some(hasScale) ||
    listAt(written, "actions").some(
      (action) =>
        hasScale(action) ||
        listAt(action, "subcomponents").some((part) => listAt(part, "actions").some(hasScale)),
    )
  );
}

/** Maps that are merged into a map say the same as the map itself. */
function mergedInto(map: YamlMap): readonly YamlNode[] {
  const merged = map.entries.get("<<<")?.value;
  if (merged === undefined) return [];
  return merged.kind === "list" ? merged.items : [merged];
}

function hasScale(node: YamlNode): boolean {
  return (
    node.kind === "map" && (scaleKeys.some((key) => node.entries.has(key)) || mergedInto(node).some(hasScale))
  );
}

function listAt(node: YamlNode, key: string): readonly YamlNode[] {
  if (node.kind !== "map") return [];
  const value = node.entries.get(key)?.value;
  return [
    ...(value?.kind === "list" ? value.items : []),
    ...mergedInto(node).flatMap((merged) => listAt(merged, key)),
  ];
}
