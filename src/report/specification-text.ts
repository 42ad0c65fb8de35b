import type { Level, Specification, Value } from "../spec/specification";
import { flatForm } from "./flat-form";
import type { FlatConstraint, FlatLevel } from "./flat-form";
import { formatLayerTitle } from "./layer-text";

/** Attributes that every level has and that decide nothing here. */
const quietAttributes: ReadonlySet<string> = new Set([
  "meshX",
  "meshY",
  "n_banks",
  "cluster_size",
  "reduction_supported",
  "multiple_buffering",
  "min_utilization",
  "allow_overbooking",
  "cell_config",
]);

/** A specification for a terminal: the workload, then every level with what it is and how it is constrained. */
export function formatSpecificationText(specification: Specification): string {
  const { identity, workload, levels } = specification;
  const flat = flatForm(specification);
  const bounds = workload.dimensions.map((dimension) => `${dimension} ${workload.bounds[dimension]}`);
  return [
    formatLayerTitle(identity),
    `  ${bounds.join("   ")}`,
    "",
    ...levels.flatMap((level, index) => levelLines(level, flat.levels[index])),
    "",
  ].join("\n");
}

function levelLines(level: Level, flat: FlatLevel): string[] {
  const { spatial, temporal, dataspace } = flat.constraints;
  const attributes = Object.entries(level.attributes)
    .filter(([name]) => !quietAttributes.has(name))
    .map(([name, value]) => `${name} ${valueText(value)}`);
  return [
    `${flat.name}  ${level.subclass ?? level.class}`,
    ...(attributes.length > 0 ? [`  ${attributes.join(", ")}`] : []),
    ...(dataspace ? [`  holds     ${dataSpaceText(dataspace)}`] : []),
    ...(spatial ? [`  in space  ${constraintText(spatial)}`] : []),
    ...(temporal ? [`  in time   ${constraintText(temporal)}`] : []),
  ];
}

function dataSpaceText({
  keep = [],
  bypass = [],
  passthrough = [],
}: Readonly<Record<string, readonly string[]>>): string {
  const held = keep.map((name) => (passthrough.includes(name) ? `${name} (passing through)` : name));
  return `${held.join(", ") || "nothing"}${bypass.length > 0 ? `; not ${bypass.join(", ")}` : ""}`;
}

/** Factors other than 1, the loop order, and the directives. */
function constraintText({ factors, permutation, ...others }: FlatConstraint): string {
  const chosen = String(factors ?? "")
    .split(",")
    .filter((factor) => factor !== "" && !factor.endsWith("=1"));
  const directives = Object.entries(others).map(
    ([name, value]) => `${name} ${Array.isArray(value) ? value.join(" ") : String(value)}`,
  );
  return [
    chosen.length > 0 ? chosen.join(" ") : "no loops fixed above 1",
    ...(permutation === undefined ? [] : [`order ${String(permutation)}`]),
    ...directives,
  ].join("; ");
}

function valueText(value: Value): string {
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}
