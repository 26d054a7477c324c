// How wide a line of text is in DejaVu Sans: the sum of the advances in the font's `hmtx` table, found through its `cmap`.
// Plotly lays out legends, tick labels and titles by measuring text, and outside a browser nobody else can tell it.

import {readFileSync} from "node:fs";
import {createRequire} from "node:module";

const require = createRequire(import.meta.url);

/** The font of every figure, from the package dejavu-fonts-ttf: pictures do not depend on the system's fonts. */
export const FONT_FAMILY = "DejaVu Sans";

/** Font files that a renderer of the figures needs. */
export const fontFiles: readonly string[] = ["DejaVuSans.ttf", "DejaVuSans-Bold.ttf", "DejaVuSans-Oblique.ttf"].map(
  (name) => require.resolve(`dejavu-fonts-ttf/ttf/${name}`),
);

/** Advance of a code point, in ems. */
type Advance = (codePoint: number) => number;

function readAdvances(file: string): Advance {
  const bytes = readFileSync(file);
  const tables = new Map<string, number>(); // tag -> offset
  for (let i = 0; i < bytes.readUInt16BE(4); ++i) {
    const entry = 12 + 16 * i;
    tables.set(bytes.toString("latin1", entry, entry + 4), bytes.readUInt32BE(entry + 8));
  }
  const at = (tag: string): number => tables.get(tag)!;
  const unitsPerEm = bytes.readUInt16BE(at("head") + 18);
  const metrics = bytes.readUInt16BE(at("hhea") + 34); // glyphs beyond the last metric share its advance
  const glyphOf = readCharacterMap(bytes, at("cmap"));
  return (codePoint) => bytes.readUInt16BE(at("hmtx") + 4 * Math.min(glyphOf(codePoint), metrics - 1)) / unitsPerEm;
}

/** Format 4 of `cmap`: segments [start, end] with a delta, or an offset into an array of glyph numbers. */
function readCharacterMap(bytes: Buffer, cmap: number): (codePoint: number) => number {
  let table = 0;
  for (let i = 0; i < bytes.readUInt16BE(cmap + 2); ++i) {
    const offset = cmap + bytes.readUInt32BE(cmap + 8 + 8 * i);
    if (bytes.readUInt16BE(offset) === 4) table = offset;
  }
  const twice = bytes.readUInt16BE(table + 6); // 2 x number of segments
  const ends = table + 14;
  const starts = ends + twice + 2;
  return (codePoint) => {
    for (let s = 0; s < twice; s += 2) {
      if (codePoint > bytes.readUInt16BE(ends + s)) continue;
      const start = bytes.readUInt16BE(starts + s);
      if (codePoint < start) return 0;
      const delta = bytes.readUInt16BE(starts + twice + s);
      const range = bytes.readUInt16BE(starts + 2 * twice + s);
      if (range === 0) return (codePoint + delta) & 0xffff;
      const glyph = bytes.readUInt16BE(starts + 2 * twice + s + range + 2 * (codePoint - start));
      return glyph === 0 ? 0 : (glyph + delta) & 0xffff;
    }
    return 0;
  };
}

let advance: Advance | undefined;

/** Width in pixels of one line of text set in DejaVu Sans at `size` pixels. */
export function textWidth(text: string, size: number): number {
  advance ??= readAdvances(fontFiles[0]!);
  let ems = 0;
  for (const character of text) ems += advance(character.codePointAt(0)!);
  return ems * size;
}
