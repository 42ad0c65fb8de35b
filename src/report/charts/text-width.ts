import { readFileSync } from "node:fs";
import * as path from "node:path";
import { Memo } from "../../memory";

/** Advance widths of a font's glyphs, in units of the font size. */
type GlyphWidths = (codePoint: number) => number;

/** One font of 740 kB, read once: a chart asks for the widths of hundreds of texts. */
const fonts = new Memo<GlyphWidths>(1_000_000, () => 100_000);

/** Folder of the fonts that ship with the package. */
export function fontDirectory(): string {
  return path.join(path.dirname(require.resolve("dejavu-fonts-ttf/package.json")), "ttf");
}

/**
 * Width of a text in DejaVu Sans, in pixels. Without a canvas Vega guesses 0.8 em for every character, half as
 * much again as the real width, and leaves gaps beside legends and labels.
 */
export function textWidth(text: string, fontSize: number): number {
  const file = path.join(fontDirectory(), "DejaVuSans.ttf");
  const widths = fonts.get(file, () => readGlyphWidths(readFileSync(file)));
  let width = 0;
  for (const character of text) width += widths(character.codePointAt(0) as number);
  return width * fontSize;
}

/** Reads the tables `head`, `hhea`, `hmtx` and `cmap` (format 4) of a TrueType font (OpenType specification 1.9). */
function readGlyphWidths(font: Buffer): GlyphWidths {
  const tables = new Map<string, number>();
  for (let index = 0; index < font.readUInt16BE(4); index++) {
    const entry = 12 + 16 * index;
    tables.set(font.toString("latin1", entry, entry + 4), font.readUInt32BE(entry + 8));
  }
  const table = (name: string): number => tables.get(name) as number;
  const unitsPerEm = font.readUInt16BE(table("head") + 18);
  const metricCount = font.readUInt16BE(table("hhea") + 34);
  const glyphOf = readCharacterMap(font, table("cmap"));
  const cache = new Map<number, number>();
  return (codePoint) => {
    let width = cache.get(codePoint);
    if (width === undefined) {
      const glyph = Math.min(glyphOf(codePoint), metricCount - 1);
      width = font.readUInt16BE(table("hmtx") + 4 * glyph) / unitsPerEm;
      cache.set(codePoint, width);
    }
    return width;
  };
}

function readCharacterMap(font: Buffer, cmap: number): (codePoint: number) => number {
  let start = -1;
  for (let index = 0; index < font.readUInt16BE(cmap + 2); index++) {
    const subtable = cmap + font.readUInt32BE(cmap + 4 + 8 * index + 4);
    if (font.readUInt16BE(subtable) === 4) start = subtable;
  }
  const doubledCount = font.readUInt16BE(start + 6);
  const ends = start + 14;
  const starts = ends + doubledCount + 2;
  const deltas = starts + doubledCount;
  const offsets = deltas + doubledCount;
  return (codePoint) => {
    for (let at = 0; at < doubledCount; at += 2) {
      if (codePoint > font.readUInt16BE(ends + at)) continue;
      const first = font.readUInt16BE(starts + at);
      if (codePoint < first) return 0;
      const delta = font.readUInt16BE(deltas + at);
      const offset = font.readUInt16BE(offsets + at);
      if (offset === 0) return (codePoint + delta) & 0xffff;
      const glyph = font.readUInt16BE(offsets + at + offset + 2 * (codePoint - first));
      return glyph === 0 ? 0 : (glyph + delta) & 0xffff;
    }
    return 0;
  };
}
