import { crc32, deflateSync } from "node:zlib";

/** Colours that a palette has room for. */
const paletteSize = 256;
const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);

/**
 * A PNG image with a palette, a third of the size of one in full colour: charts have few colours. If there are more
 * than 256 (shades at the edges of lines), the rarest become the nearest of the others.
 * @param rgba Opaque pixels, four bytes each, row by row.
 */
export function indexedPng(rgba: Buffer, width: number, height: number): Buffer {
  const pixels = new Uint32Array(new Uint8Array(rgba).buffer);
  const { palette, indexOf } = choosePalette(pixels);
  // Every row begins with the number of its filter: 0, none.
  const rows = Buffer.alloc(height * (width + 1));
  for (const { color, start, end } of runs(pixels)) {
    const index = indexOf.get(color) as number;
    for (let place = start; place < end; place++) rows[place + Math.floor(place / width) + 1] = index;
  }
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 3], 8);
  return Buffer.concat([
    signature,
    pngChunk("IHDR", header),
    pngChunk("PLTE", Buffer.from(palette.flatMap(channels))),
    pngChunk("IDAT", deflateSync(rows, { level: 9 })),
    pngChunk("IEND", Buffer.alloc(0)),
  ]);
}

interface Palette {
  readonly palette: readonly number[];
  /** Index in the palette of every colour of the picture. */
  readonly indexOf: ReadonlyMap<number, number>;
}

function choosePalette(pixels: Uint32Array): Palette {
  const counts = new Map<number, number>();
  for (const { color, start, end } of runs(pixels)) counts.set(color, (counts.get(color) ?? 0) + end - start);
  const colors = [...counts].sort(([a, m], [b, n]) => n - m || a - b).map(([color]) => color);
  const palette = colors.slice(0, paletteSize);
  const indexOf = new Map(palette.map((color, index) => [color, index]));
  const known = palette.map(channels);
  for (const color of colors.slice(paletteSize)) indexOf.set(color, nearest(channels(color), known));
  return { palette, indexOf };
}

/** Stretches of one colour. */
function* runs(pixels: Uint32Array): Generator<{ color: number; start: number; end: number }> {
  for (let start = 0; start < pixels.length;) {
    const color = pixels[start];
    let end = start + 1;
    while (pixels[end] === color) end++;
    yield { color, start, end };
    start = end;
  }
}

type Channels = readonly [red: number, green: number, blue: number];

/** Of a pixel as a little-endian number. */
function channels(color: number): Channels {
  return [color & 0xff, (color >> 8) & 0xff, (color >> 16) & 0xff];
}

function nearest([red, green, blue]: Channels, palette: readonly Channels[]): number {
  let best = 0;
  let least = Infinity;
  for (const [index, [r, g, b]] of palette.entries()) {
    const distance = (r - red) ** 2 + (g - green) ** 2 + (b - blue) ** 2;
    if (distance < least) [best, least] = [index, distance];
  }
  return best;
}

/** Length, type, content and checksum. */
function pngChunk(type: string, content: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, "latin1"), content]);
  const chunk = Buffer.alloc(body.length + 8);
  chunk.writeUInt32BE(content.length, 0);
  body.copy(chunk, 4);
  chunk.writeUInt32BE(crc32(body), body.length + 4);
  return chunk;
}
