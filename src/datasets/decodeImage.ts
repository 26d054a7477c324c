// One PNG or JPEG file as the bytes that a network reads: [height, width, channels], 0..255, by libvips (sharp).
//
// Turned upright as its EXIF orientation says, scaled so that it covers the wanted size and cut to it around the centre; colours
// become sRGB (CMYK and embedded profiles are converted), or grey values; 16 bits become 8; what is transparent becomes white.

import {loadSharp} from "../sharp.js";

/** [height, width, channels]; 3 channels are colours, 1 is grey. */
export type ImageShape = readonly [height: number, width: number, channels: 1 | 3];

/** Pixels and bytes beyond which a file is refused: a few kilobytes can claim gigabytes. */
const MOST_PIXELS = 60e6;
export const MOST_IMAGE_BYTES = 2 ** 27;
/** By format, pixels that a byte of a whole file can stand for: a PNG of one bit deflated 1,032 times, JPEG's blocks of a few bits. */
const PIXELS_PER_BYTE: Readonly<Record<string, number>> = {png: 8 * 1032, jpeg: 512};
/** An image of so few pixels is never refused for what it claims. */
const LEAST_PIXELS = 65_536;
/** Images of more pixels are decoded one at a time. */
const LARGE = 4e6;

let last: Promise<unknown> = Promise.resolve();

/** Begins some work when the last one given here has ended. */
function oneAtATime<R>(work: () => Promise<R>): Promise<R> {
  const mine = last.then(work, work);
  last = mine.catch(() => undefined);
  return mine;
}

const reasonOf = (error: unknown): string => {
  const {message} = error as Error;
  if (/pixel limit/i.test(message)) return `more than ${MOST_PIXELS / 1e6} million pixels`;
  return message
    .replace(/^Input [Bb]uffer/, "the file")
    .split("\n")[0]!
    .trim();
};

/** Decodes a file's content; throws an error whose message says why it cannot be. */
export async function decodeImage(file: Uint8Array, [height, width, channels]: ImageShape): Promise<Uint8Array> {
  const sharp = await loadSharp();
  let bytes: Buffer;
  try {
    const image = sharp(file, {failOn: "warning", limitInputPixels: MOST_PIXELS, pages: 1});
    const {format, width: wide, height: high} = await image.metadata();
    if (!Object.hasOwn(PIXELS_PER_BYTE, format)) throw new Error(`it is ${format}; expected PNG or JPEG`);
    const pixels = wide * high;
    if (pixels > PIXELS_PER_BYTE[format]! * file.length + LEAST_PIXELS)
      throw new Error(`it claims ${wide}x${high} pixels in ${file.length} bytes; expected a whole file`);
    const decode = (): Promise<Buffer> =>
      image
        .autoOrient()
        .resize(width, height, {fit: "cover"})
        .flatten({background: "#ffffff"})
        .toColourspace(channels === 3 ? "srgb" : "b-w")
        .raw({depth: "uchar"})
        .toBuffer();
    bytes = await (pixels > LARGE ? oneAtATime(decode) : decode());
  } catch (error) {
    throw new Error(reasonOf(error));
  }
  if (bytes.length !== height * width * channels)
    throw new Error(`it decodes to ${bytes.length} bytes; expected ${height * width * channels}`);
  return bytes;
}
