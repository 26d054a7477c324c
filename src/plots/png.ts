// Painted pixels as a PNG file of few bytes.
//
// A figure has few colours: a line, its text, and steps from each to white. A palette of 256 and a byte a pixel say the same in a
// third of the bytes: exactly where there are at most 256, else with neighbouring steps joined. A picture with photographs has
// thousands, and keeps them all.

import {loadSharp} from "../sharp.js";

/** Colours up to which a palette serves. */
const FEW = 2048;

/** Pixels as rows of red, green, blue and opacity, each 0..255; opacity is not looked at. */
export type Painting = {readonly width: number; readonly height: number; readonly pixels: Uint8Array};

/** How many colours pixels have. */
function colours(pixels: Uint8Array): number {
  const seen = new Set<number>();
  for (let i = 0; i < pixels.length; i += 4) seen.add((pixels[i]! << 16) | (pixels[i + 1]! << 8) | pixels[i + 2]!);
  return seen.size;
}

/** A painting as a PNG file. */
export async function packPng({width, height, pixels}: Painting): Promise<Buffer> {
  const sharp = await loadSharp();
  const picture = sharp(pixels, {raw: {width, height, channels: 4}}).removeAlpha();
  const palette = colours(pixels) <= FEW && {palette: true, dither: 0};
  return picture.png({compressionLevel: 9, ...palette}).toBuffer();
}
