/** First the font that ships with the package, then what a browser has that is nearest in shape. */
const chartFont = "DejaVu Sans, Verdana, sans-serif";

const ink = "#1F2933";
const quietInk = "#52606D";
const hairline = "#E4E7EB";

/** Vega-Lite configuration shared by all charts: quiet axes, readable text, white ground. */
export const chartStyle = {
  background: "white",
  font: chartFont,
  padding: 8,
  title: {
    anchor: "start",
    fontSize: 14,
    fontWeight: "bold",
    color: ink,
    offset: 12,
    subtitleFontSize: 11,
    subtitleColor: quietInk,
    subtitlePadding: 4,
  },
  axis: {
    labelFontSize: 11,
    titleFontSize: 11,
    titleFontWeight: "normal",
    labelColor: ink,
    titleColor: quietInk,
    gridColor: hairline,
    domainColor: "#9AA5B1",
    tickColor: "#9AA5B1",
    labelOverlap: false,
    titlePadding: 8,
  },
  legend: {
    labelFontSize: 11,
    titleFontSize: 11,
    titleFontWeight: "normal",
    titleColor: quietInk,
    labelColor: ink,
    symbolType: "square",
    symbolSize: 120,
    symbolStrokeWidth: 0,
    labelLimit: 260,
    rowPadding: 4,
  },
  view: { stroke: null },
} as const;

export const textColor = ink;
export const quietTextColor = quietInk;
export const gridColor = hairline;

/** The title of an upright axis stands level above it instead of along it. */
export const levelTitle = {
  titleAngle: 0,
  titleAlign: "left",
  titleAnchor: "end",
  titleBaseline: "bottom",
  titleX: -28,
  titleY: -10,
  titleFontSize: 12,
  titleFontWeight: "bold",
  titleColor: textColor,
} as const;

/**
 * One colour per group of components, the same in every chart. The eight colours are those of Okabe and Ito
 * ("Color Universal Design", 2008), which readers with any colour vision can tell apart; grey replaces their black.
 */
const groupColors: Readonly<Record<string, string>> = {
  ADC: "#D55E00",
  Crossbar: "#0072B2",
  "Input Drivers / DAC": "#E69F00",
  "Input Buffer": "#009E73",
  "Output Buffer": "#56B4E9",
  Quantization: "#F0E442",
  "Global Data Movement": "#CC79A7",
  Other: "#999999",
};

/** For groups without a colour of their own: darker and paler relatives, none of them equal to one above. */
const spareColors: readonly string[] = [
  "#7A3700",
  "#003F63",
  "#8C6100",
  "#005C43",
  "#1F7FB5",
  "#A39A00",
  "#8A3A66",
  "#555555",
  "#F2B48A",
  "#9FC9E3",
  "#A6DCC8",
  "#E3C0D3",
];

/** Colours for series that are not components (architectures, objectives, …), in this order. */
export const seriesColors: readonly string[] = [
  "#0072B2",
  "#D55E00",
  "#009E73",
  "#CC79A7",
  "#E69F00",
  "#56B4E9",
  "#555555",
  "#8A3A66",
];

/** A colour for each of the series. */
export function colorsOfSeries(series: readonly unknown[]): readonly string[] {
  return series.map((_, index) => seriesColors[index % seriesColors.length]);
}

/** Colour of bars that stand for a whole and not for a component. */
export const neutralColor = "#5B6770";

/** The groups with a fixed place and colour, in the order in which bars are stacked, bottom first. */
export const componentGroups: readonly string[] = Object.keys(groupColors);

/** Groups in stacking order, bottom first: the known ones, then all others by name, `Other` last. */
export function sortGroups(groups: Iterable<string>): readonly string[] {
  const rank = (group: string): number => {
    const index = componentGroups.indexOf(group);
    if (group === "Other") return componentGroups.length + 1;
    return index < 0 ? componentGroups.length : index;
  };
  return [...new Set(groups)].sort((a, b) => rank(a) - rank(b) || (a < b ? -1 : a > b ? 1 : 0));
}

/**
 * Colours for the given groups, `{ group: "#RRGGBB" }`. A group without a colour of its own gets one from its name
 * alone, so that it keeps it from chart to chart; only two such groups that would meet in one chart make the
 * second (by name) move on to the next free colour.
 */
export function colorsOfGroups(groups: Iterable<string>): Readonly<Record<string, string>> {
  const colors: Record<string, string> = {};
  const taken = new Set<number>();
  for (const group of sortGroups(groups)) {
    if (Object.hasOwn(groupColors, group)) {
      colors[group] = groupColors[group];
      continue;
    }
    let index = hashText(group) % spareColors.length;
    while (taken.has(index) && taken.size < spareColors.length) index = (index + 1) % spareColors.length;
    taken.add(index);
    colors[group] = spareColors[index];
  }
  return colors;
}

/** 32-bit FNV-1a. */
function hashText(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index++) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193) >>> 0;
  }
  return hash;
}
