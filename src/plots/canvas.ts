// The few 2D canvas operations that Plotly uses for heatmaps and images, on a plain array of pixels: filled rectangles,
// pixel data in and out, and the result as a PNG. Everything else of a canvas context does nothing.

import {crc32, deflateSync} from "node:zlib";

export type Pixels = {readonly width: number; readonly height: number; readonly data: Uint8ClampedArray};

function chunk(type: string, data: Buffer): Buffer {
  const out = Buffer.alloc(12 + data.length);
  out.writeUInt32BE(data.length, 0);
  out.write(type, 4, "latin1");
  data.copy(out, 8);
  out.writeUInt32BE(crc32(out.subarray(4, 8 + data.length)), 8 + data.length);
  return out;
}

/** Pixels as a PNG file (8 bits, RGBA, no filter). */
export function encodePng({width, height, data}: Pixels): Buffer {
  const rows = Buffer.alloc((4 * width + 1) * height); // a zero (no filter) before each row
  for (let y = 0; y < height; ++y) rows.set(data.subarray(4 * width * y, 4 * width * (y + 1)), (4 * width + 1) * y + 1);
  const head = Buffer.alloc(13);
  head.writeUInt32BE(width, 0);
  head.writeUInt32BE(height, 4);
  head.set([8, 6], 8); // bits, RGBA
  const signature = Buffer.from("89504e470d0a1a0a", "hex");
  return Buffer.concat([
    signature,
    chunk("IHDR", head),
    chunk("IDAT", deflateSync(rows)),
    chunk("IEND", Buffer.alloc(0)),
  ]);
}

/** #rgb, #rrggbb, rgb(...) or rgba(...) as four bytes; anything else is black. */
export function parseColor(text: string): readonly [number, number, number, number] {
  const call = /rgba?\(([^)]*)\)/.exec(text);
  if (call) {
    const [r = 0, g = 0, b = 0, a = 1] = call[1]!.split(",").map(Number);
    return [r, g, b, 255 * a];
  }
  const hex = /^#([0-9a-f]{3}|[0-9a-f]{6})$/i.exec(text)?.[1];
  if (hex === undefined) return [0, 0, 0, 255];
  const digits = hex.length === 3 ? [...hex].map((d) => d + d) : hex.match(/../g)!;
  const [r, g, b] = digits.map((d) => parseInt(d, 16));
  return [r!, g!, b!, 255];
}

const nothing = (): void => {};
const IGNORED =
  "beginPath moveTo lineTo closePath fill stroke save restore translate scale rotate arc drawImage clip rect"
    .split(" ")
    .concat("setTransform");

/** A 2D context for a canvas element; its pixels start anew when the element's size changes, as a browser's do. */
export function createContext(canvas: {width: number; height: number}): Record<string, unknown> & {pixels(): Pixels} {
  let pixels: Pixels | undefined;
  let color = parseColor("#000");
  const current = (): Pixels => {
    const {width, height} = canvas;
    if (pixels?.width !== width || pixels.height !== height)
      pixels = {width, height, data: new Uint8ClampedArray(4 * width * height)};
    return pixels;
  };
  return {
    ...Object.fromEntries(IGNORED.map((name) => [name, nothing])),
    canvas,
    pixels: current,
    measureText: (text: string) => ({width: 7 * text.length}),
    createImageData: (width: number, height: number) => ({
      width,
      height,
      data: new Uint8ClampedArray(4 * width * height),
    }),
    getImageData: (_x: number, _y: number, width: number, height: number) => ({width, height, data: current().data}),
    putImageData(image: Pixels, left: number, top: number) {
      const {width, data} = current();
      for (let y = 0; y < image.height; ++y)
        data.set(image.data.subarray(4 * image.width * y, 4 * image.width * (y + 1)), 4 * (width * (y + top) + left));
    },
    fillRect(x: number, y: number, w: number, h: number) {
      const {width, height, data} = current();
      const [left, right] = [Math.max(0, Math.round(x)), Math.min(width, Math.round(x + w))];
      for (let row = Math.max(0, Math.round(y)); row < Math.min(height, Math.round(y + h)); ++row)
        for (let column = left; column < right; ++column) data.set(color, 4 * (width * row + column));
    },
    clearRect: () => current().data.fill(0),
    get fillStyle() {
      return `rgba(${color.join(",")})`;
    },
    set fillStyle(text: string) {
      color = parseColor(text);
    },
  };
}
