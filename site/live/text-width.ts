// In place of src/report/charts/text-width.ts, which reads a font from the disk: a browser knows how wide its texts are.
const context = new OffscreenCanvas(1, 1).getContext("2d");

/** Width of a text in the font of the charts, in pixels. */
export function textWidth(text: string, fontSize: number): number {
  if (context === null) return 0.62 * fontSize * text.length;
  context.font = `${fontSize}px "DejaVu Sans", Verdana, sans-serif`;
  return context.measureText(text).width;
}

/** No fonts are read here. */
export function fontDirectory(): string {
  return "/";
}
