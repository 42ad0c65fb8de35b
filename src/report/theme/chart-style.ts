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
