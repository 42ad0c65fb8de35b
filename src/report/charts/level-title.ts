import { textColor } from "../theme/chart-style";

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
