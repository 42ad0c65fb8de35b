import { requireArgument } from "../arguments";
import type { Value } from "../spec/specification";
import { leavesOf, levelExplanationSchema } from "./explain";
import type { Explanation, LevelExplanation } from "./explain";

/** One primitive component's part in a table entry, for data frames and tables. */
interface ExplanationRow {
  readonly level: string;
  readonly quantity: "energy" | "area";
  readonly action: string | null;
  readonly part: string;
  readonly class: string;
  readonly partAction: string | null;
  readonly estimator: string | null;
  readonly accuracyPercent: number | null;
  readonly value: number;
  readonly unit: string;
  /** Product of all shares and counts. */
  readonly factor: number;
  readonly contribution: number;
  readonly percent: number;
  readonly source: string | null;
  /** 90th percentile of the relative error, percent; 0 where the value is not interpolated. */
  readonly errorPercent: number;
}

/** The primitive components of an explanation as rows of a table. */
export function explanationRows(explanation: LevelExplanation): ExplanationRow[] {
  requireArgument(levelExplanationSchema, explanation, "the explanation of explanationRows");
  return leavesOf(explanation).map((leaf) => ({
    level: explanation.level,
    quantity: explanation.quantity,
    action: explanation.action,
    part: leaf.name,
    class: leaf.className,
    partAction: leaf.action,
    estimator: leaf.estimator?.name ?? null,
    accuracyPercent: leaf.estimator?.accuracyPercent ?? null,
    value: leaf.value,
    unit: leaf.unit,
    factor: leaf.value === 0 ? leaf.share * leaf.count : leaf.contribution / leaf.value,
    contribution: leaf.contribution,
    percent: explanation.contribution === 0 ? 0 : (100 * leaf.contribution) / explanation.contribution,
    source: leaf.source,
    errorPercent: leaf.errorBar?.ninetiethPercentilePercent ?? 0,
  }));
}

/**
 * The explanation as a tree of text lines for a terminal.
 * @example
 * ```ts
 * const specification = getSpec({ architecture: "isaac_like", dnn: "resnet18", layer: 0 });
 * console.log(formatExplanation(explainArea(specification, "column_readout")));
 * ```
 */
export function formatExplanation(explanation: LevelExplanation): string {
  requireArgument(levelExplanationSchema, explanation, "the explanation of formatExplanation");
  const { level, className, action, value, tableValue, unit, errorPercent } = explanation;
  const title = action === null ? `${level} area` : `${level} ${action}`;
  const error = errorPercent > 0 ? `, interpolated: up to about ±${format(errorPercent, 2)} %` : "";
  const factors = factorsOf(explanation);
  const unscaled = factors === "" ? "" : `${format(value)} ${unit}${factors} = `;
  const lines = [`${title} = ${unscaled}${format(tableValue)} ${unit} (${className}${error})`];
  const total = explanation.contribution;
  if (explanation.estimator) lines.push(...details(explanation).map((line) => `  ${line}`));
  else if (explanation.parts.length === 0) lines.push("  nothing takes part: no cost");
  explanation.parts.forEach((part, index) => {
    appendPart(lines, part, "", index === explanation.parts.length - 1, total, "");
  });
  return lines.join("\n");
}

function appendPart(
  lines: string[],
  part: Explanation,
  indent: string,
  isLast: boolean,
  total: number,
  ownerName: string,
): void {
  const { value, share, count, contribution, unit, action, className } = part;
  const name = part.name.startsWith(ownerName) ? part.name.slice(ownerName.length) : part.name;
  const factors = factorsOf(part);
  const percent = total === 0 ? "" : `  ${format((100 * contribution) / total, 3)} %`;
  const counted = value * share * count;
  const sum = factors === "" ? "" : ` = ${format(counted)} ${unit}`;
  lines.push(
    `${indent}${isLast ? "└─ " : "├─ "}${name}${action === null ? "" : `.${action}`}  ` +
      `${format(value)} ${unit}${factors}${sum}${percent}  (${className})`,
  );
  const inner = `${indent}${isLast ? "   " : "│  "}`;
  const bar = part.parts.length > 0 ? "│  " : "   ";
  for (const line of details(part)) lines.push(`${inner}${bar}${line}`);
  part.parts.forEach((child, index) => {
    appendPart(lines, child, inner, index === part.parts.length - 1, total, `${part.name}.`);
  });
}

/** What a value is multiplied by where it counts: ` x 0.5 x 3`; nothing where it counts once and in full. */
function factorsOf({ share, count }: Explanation): string {
  return `${share === 1 ? "" : ` x ${format(share)}`}${count === 1 ? "" : ` x ${count}`}`;
}

function details({ estimator, attributes, steps, source, errorBar, warnings }: Explanation): string[] {
  const lines: string[] = [];
  if (estimator) lines.push(`${estimator.name}, claimed accuracy ${estimator.accuracyPercent} %`);
  const given = Object.entries(attributes).map(([name, value]) => `${name} ${attributeText(value)}`);
  if (estimator && given.length > 0) lines.push(`attributes: ${given.join(", ")}`);
  for (const { description, factor } of steps)
    lines.push(factor === undefined ? description : `${description}: x ${format(factor)}`);
  if (source) lines.push(`source: ${source}`);
  if (errorBar)
    lines.push(
      `error: median ${errorBar.medianPercent} %, 90th percentile ${errorBar.ninetiethPercentilePercent} %, ` +
        `largest ${errorBar.largestPercent} % (${errorBar.basis})`,
    );
  for (const warning of warnings) lines.push(`note: ${warning}`);
  return lines;
}

/** Files by their names alone. */
function attributeText(value: Value): string {
  return typeof value === "number" ? format(value) : String(value).replace(/^.*[\\/]/, "");
}

function format(value: number, digits = 6): string {
  return String(Number(value.toPrecision(digits)));
}
