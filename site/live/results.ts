// Tables and remarks: figures as text, each with its full precision at hand.
import { sortGroups } from "../../src/report/theme/chart-style";
import {
  chooseUnit,
  formatAligned,
  formatNumber,
  formatShare,
  formatWhole,
} from "../../src/report/theme/numbers";
import type { DisplayQuantity } from "../../src/report/theme/numbers";
import type { Columns } from "../../src/report/tidy-columns";
import { element } from "./elements";
import type { Figures, LayerFigures, Remark } from "./messages";

const total = "total";

type Networks = Figures["networks"];
type Row = readonly [
  name: string,
  values: readonly (number | null)[],
  format: (value: number) => string,
  /** Whether multiples of the first one say something. */
  isCompared?: boolean,
];

/** One cell: what people read, and under it all digits. */
function figure(value: number | null, text: string, ratio = ""): HTMLTableCellElement {
  if (value === null) return element("td", {}, "—");
  return element(
    "td",
    { "data-value": String(value), title: String(value) },
    text,
    ...(ratio === "" ? [] : [" ", element("span", { class: "ratio" }, ratio)]),
  );
}

function heads(networks: Networks): HTMLTableCellElement[] {
  return networks.map(({ title, isRuledOut }) =>
    element(
      "th",
      { scope: "col" },
      // Where there is little room, words break behind a plus.
      title.replaceAll(/\+(?=\S)/g, "+\u200b"),
      ...(isRuledOut ? [element("span", { class: "badge" }, "⚠ cannot be built")] : []),
    ),
  );
}

function tableOf(
  caption: string,
  corner: string,
  networks: Networks,
  rows: readonly Row[],
  last?: Row,
): HTMLElement {
  const rowOf = ([name, values, format, isCompared = true]: Row, attributes = {}): HTMLElement =>
    element(
      "tr",
      { ...attributes, "data-figure": name },
      element("th", { scope: "row" }, name),
      ...values.map((value, index) => {
        const [first] = values;
        const hasRatio =
          isCompared && index > 0 && first !== null && first > 0 && value !== null && value !== 0;
        const ratio = hasRatio ? `${formatAligned(value / first, 3)}×` : "";
        return figure(value, value === null ? "" : format(value), ratio);
      }),
    );
  return element(
    "table",
    {},
    element("caption", {}, caption),
    element("thead", {}, element("tr", {}, element("th", { scope: "col" }, corner), ...heads(networks))),
    element(
      "tbody",
      {},
      ...rows.map((row) => rowOf(row)),
      ...(last ? [rowOf(last, { class: "total" })] : []),
    ),
  );
}

/** A row in the unit that suits its largest value. */
function inUnit(name: string, quantity: DisplayQuantity, values: readonly number[]): Row {
  const unit = chooseUnit(quantity, Math.max(...values));
  const head = unit.symbol === "" ? name : `${name} (${unit.symbol})`;
  return [head, values, (value) => formatNumber(value / unit.divisor)];
}

/** Energy, area and speed of every architecture, with multiples of the first one. */
export function totalsTable({ networks, dnn, nTiles, batchSize }: Figures): HTMLElement {
  const of = (pick: (totals: Networks[number]["totals"]) => number): number[] =>
    networks.map(({ totals }) => pick(totals));
  const optional = (pick: (totals: Networks[number]["totals"]) => number | null): (number | null)[] =>
    networks.map(({ totals }) => pick(totals));
  const count = networks[0].layers.length;
  const caption = [
    `${dnn}, ${count} ${count === 1 ? "layer" : "layers"}`,
    ...(nTiles === null ? [] : [`${nTiles} tiles a layer`]),
    ...(batchSize === null ? [] : [`batch of ${batchSize}`]),
    ...(networks.length > 1 ? [`× under a figure: multiples of ${networks[0].title}`] : []),
  ].join(" · ");
  return tableOf(caption, "", networks, [
    inUnit(
      "Energy of a batch",
      "energyPj",
      of(({ energyPj }) => energyPj[total]),
    ),
    [
      "Energy of a multiply-accumulate (fJ)",
      of((t) => t.energyPerMacPj),
      (value) => formatNumber(value * 1e3),
    ],
    ["TOPS/W", of((t) => t.topsPerWatt), (value) => formatNumber(value)],
    inUnit(
      "Area of a chip",
      "areaUm2",
      of(({ areaUm2 }) => areaUm2.total),
    ),
    inUnit(
      "Cycles, layer after layer",
      "cycles",
      of(({ cycles }) => cycles.reduce((sum, own) => sum + own, 0)),
    ),
    [
      "Throughput (batches per second)",
      of((t) => t.throughputBatchesPerSecond),
      (value) => formatNumber(value),
    ],
    ["Tiles of the pipeline, in use", of((t) => t.tilesUsed), formatWhole, false],
    ["Tiles that fit on the same area", of((t) => t.tileBudget), formatWhole, false],
    [
      "Conversions per multiply-accumulate",
      optional((t) => t.conversionsPerMac),
      (value) => formatNumber(value),
    ],
    ["Crossbar cells in use", of((t) => t.spatialUtilization), (value) => formatShare(value), false],
  ]);
}

/** Energy and area by component group. */
export function componentTables({ networks }: Figures): HTMLElement[] {
  const parts = [
    {
      title: "Energy of a batch",
      quantity: "energyPj",
      of: (n: Networks[number]) => n.totals.energyPjByGroup,
    },
    { title: "Area of a chip", quantity: "areaUm2", of: (n: Networks[number]) => n.totals.areaUm2ByGroup },
  ] as const;
  return parts.map(({ title, quantity, of }) => {
    const values = (group: string): number[] => networks.map((network) => of(network)[group] ?? 0);
    const groups = sortGroups(networks.flatMap((network) => Object.keys(of(network)))).filter(
      (group) => group !== total && values(group).some((value) => value !== 0),
    );
    const unit = chooseUnit(quantity, Math.max(...values(total)));
    const format = (value: number): string => formatNumber(value / unit.divisor, 3);
    return tableOf(
      `${title}, ${unit.symbol}`,
      "component",
      networks,
      groups.map((group): Row => [group, values(group), format]),
      [total, values(total), format],
    );
  });
}

/** Energy and area of one layer, level by level. */
export function levelTable({ energyPj, areaUm2, title }: LayerFigures): HTMLElement {
  const levels = [...new Set([...Object.keys(areaUm2), ...Object.keys(energyPj)])].filter(
    (level) => level !== total && ((energyPj[level] ?? 0) !== 0 || (areaUm2[level] ?? 0) !== 0),
  );
  const energy = chooseUnit("energyPj", energyPj[total]);
  const area = chooseUnit("areaUm2", areaUm2[total]);
  const row = (level: string, attributes = {}): HTMLElement => {
    const [ownEnergy, ownArea] = [energyPj[level] ?? 0, areaUm2[level] ?? 0];
    return element(
      "tr",
      { ...attributes, "data-level": level },
      element("th", { scope: "row" }, level.replaceAll("_", " ")),
      figure(ownEnergy, formatNumber(ownEnergy / energy.divisor, 3)),
      element("td", {}, formatShare(ownEnergy / energyPj[total])),
      figure(ownArea, formatNumber(ownArea / area.divisor, 3)),
    );
  };
  return element(
    "table",
    {},
    element("caption", {}, `Levels of ${title}, outermost first`),
    element(
      "thead",
      {},
      element(
        "tr",
        {},
        ...["level", `energy (${energy.symbol})`, "share", `area of the chip (${area.symbol})`].map((head) =>
          element("th", { scope: "col" }, head),
        ),
      ),
    ),
    element("tbody", {}, ...levels.map((level) => row(level)), row(total, { class: "total" })),
  );
}

/** A table by columns as it is. */
export function columnsTable(columns: Columns, caption: string): HTMLElement {
  const names = Object.keys(columns);
  const count = columns[names[0]]?.length ?? 0;
  return element(
    "table",
    {},
    element("caption", {}, caption),
    element("thead", {}, element("tr", {}, ...names.map((name) => element("th", { scope: "col" }, name)))),
    element(
      "tbody",
      {},
      ...Array.from({ length: count }, (_, row) =>
        element(
          "tr",
          {},
          ...names.map((name) => {
            const cell = columns[name][row];
            if (typeof cell === "number") return figure(cell, formatNumber(cell));
            return element("td", { class: "text" }, cell === null ? "" : String(cell));
          }),
        ),
      ),
    ),
  );
}

/** What there is to be warned of, and what else is worth knowing. */
export function remarks({ warnings, notes, networks }: Figures): HTMLElement[] {
  const list = (all: readonly Remark[]): HTMLElement =>
    element(
      "ul",
      {},
      ...all.map(({ message, about }) =>
        element("li", {}, element("span", { class: "about" }, `${about}: `), message),
      ),
    );
  const ruledOut = networks.filter(({ isRuledOut }) => isRuledOut).map(({ title }) => title);
  const heading =
    ruledOut.length > 0
      ? `⚠ ${ruledOut.join("; ")}: cannot be built like this`
      : `⚠ ${warnings.length === 1 ? "A warning" : `${warnings.length} warnings`}`;
  return [
    ...(warnings.length > 0
      ? [element("div", { class: "warnings" }, element("h3", {}, heading), list(warnings))]
      : []),
    ...(notes.length > 0
      ? [
          element(
            "details",
            { class: "notes" },
            element("summary", {}, `${notes.length === 1 ? "A note" : `${notes.length} notes`}`),
            list(notes),
          ),
        ]
      : []),
  ];
}

/** The figure in words. */
export function ablationText({ networks, dnn }: Figures): string {
  const energy = chooseUnit("energyPj", Math.max(...networks.map(({ totals }) => totals.energyPj[total])));
  const parts = networks.map(({ title, totals }) => {
    const { energyPj, areaUm2, throughputBatchesPerSecond } = totals;
    return `${title}: ${formatNumber(energyPj[total] / energy.divisor, 3)} ${energy.symbol}, ${formatNumber(areaUm2.total / 1e6, 3)} mm², ${formatNumber(throughputBatchesPerSecond, 3)} batches per second`;
  });
  return `Energy, area and speed of ${dnn}. ${parts.join("; ")}.`;
}
