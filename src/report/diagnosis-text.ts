import type { Diagnosis } from "../study/diagnose-layer";
import { formatLayerTitle } from "./layer-text";
import { formatCount, formatFixed, formatTextTable } from "./text-table";

/** A diagnosis for a terminal. */
export function formatDiagnosisText(diagnosis: Diagnosis): string {
  const { fits, misfits, nearestMiss, remedies, usage, warnings } = diagnosis;
  const title = formatLayerTitle(diagnosis);
  const parts = [`${title}: ${fits ? "fits" : "does not fit"}.`];
  if (misfits.length > 0)
    parts.push(
      section(
        "Why",
        misfits.map(({ message }) => message),
      ),
    );
  if (nearestMiss) {
    parts.push(
      section(`The nearest mapping exceeds what is there ${formatFixed(nearestMiss.excess)} times`, [
        nearestMiss.mapping
          .map(({ level, kind, loops }) => {
            const factors = loops.map(({ dimension, factor }) => `${dimension} ${factor}`).join(" x ");
            return `${level} ${kind === "spatial" ? "in space" : "in time"} ${factors}`;
          })
          .join("; "),
      ]),
    );
  }
  if (!fits) {
    parts.push(
      section(
        "What helps (each change is enough by itself)",
        remedies.length > 0
          ? remedies.map(({ message }) => message)
          : ["No change of tiles, batch or depth was found."],
      ),
    );
  }
  if (usage.length > 0) parts.push(usageTable(diagnosis));
  if (warnings.length > 0)
    parts.push(
      section(
        "Warnings",
        warnings.map(({ message }) => message),
      ),
    );
  return parts.join("\n\n");
}

function section(title: string, lines: readonly string[]): string {
  return [`${title}:`, ...lines.map((line) => `  ${line}`)].join("\n");
}

function usageTable({ usage }: Diagnosis): string {
  return formatTextTable({
    columns: ["places used by the best mapping", "used", "of", "share", "loops"],
    rows: usage.map(({ level, used, available, share, loops }) => [
      level,
      formatCount(used),
      formatCount(available),
      `${formatFixed(share * 100, 1)} %`,
      loops.map(({ dimension, factor }) => `${dimension} ${factor}`).join(" x "),
    ]),
    leftAligned: [4],
  });
}
