import assert from "node:assert";
import {createRequire} from "node:module";
import sharp from "sharp";
import {type Figure, figure, PALETTE} from "../../src/plots/figure.js";
import {type Painting, packPng} from "../../src/plots/png.js";
import {toSvg} from "../../src/plots/static.js";
import {FONT_FAMILY, fontFiles} from "../../src/plots/textWidth.js";

/** The pixels of a PNG file, as libvips reads them; the type of its pixels is byte 25 of the file (3 with a palette, 2 without). */
const pixelsOf = (png: Buffer): Promise<Buffer> => sharp(png).ensureAlpha().raw().toBuffer();
const typeOf = (png: Buffer): number => png[25]!;

/** A painting whose pixel i has the colour `of(i)`, 0xrrggbb. */
function painting(width: number, height: number, of: (i: number) => number): Painting {
  const pixels = new Uint8Array(4 * width * height);
  for (let i = 0; i < width * height; ++i) pixels.set([of(i) >> 16, (of(i) >> 8) & 255, of(i) & 255, 255], 4 * i);
  return {width, height, pixels};
}

/** A figure as resvg paints it, and the file that resvg makes of it. */
async function painted(drawn: Figure): Promise<{picture: Painting; file: Buffer}> {
  const {Resvg} = createRequire(import.meta.url)("@resvg/resvg-js") as typeof import("@resvg/resvg-js");
  const font = {loadSystemFonts: false, fontFiles: [...fontFiles], defaultFontFamily: FONT_FAMILY};
  const picture = new Resvg(await toSvg(drawn), {
    fitTo: {mode: "zoom", value: 1.5},
    background: "white",
    font,
  }).render();
  return {picture: {width: picture.width, height: picture.height, pixels: picture.pixels}, file: picture.asPng()};
}

describe("a painting's PNG", function () {
  this.timeout(60_000);

  it("has exactly its pixels: with a palette where 256 colours or fewer are in it, without where thousands are", async () => {
    for (const [colours, type] of [
      [2, 3],
      [256, 3],
      [5000, 2],
    ] as const) {
      // prettier-ignore
      const picture = painting(100, 60, (i) => ((i % colours) * 40_503) & 0xffffff);
      const png = await packPng(picture);
      assert.strictEqual(typeOf(png), type, `${colours} colours`);
      assert.deepStrictEqual([...(await pixelsOf(png))], [...picture.pixels], `${colours} colours`);
    }
  });

  it("takes half the bytes of a figure with many lines, and shifts the steps of their edges unseen", async () => {
    const lines = PALETTE.map((_, i) => ({x: [0, 1, 2, 3], y: [i, 3 - i, i / 2, 5 * i], name: `line ${i}`}));
    const {picture, file} = await painted(figure({data: lines, layout: {title: {text: "Many lines"}}}));
    const png = await packPng(picture);
    assert.ok(png.length < file.length / 2, `${png.length} of ${file.length} bytes`);
    const differences = (await pixelsOf(png)).map((value, i) => Math.abs(value - picture.pixels[i]!));
    const most = differences.reduce((a, b) => Math.max(a, b));
    assert.ok(most > 0 && most < 32, `${most} of 255`);
    const squares = differences.reduce((sum, d) => sum + d ** 2, 0);
    assert.ok(Math.sqrt(squares / differences.length) < 0.5, `${squares / differences.length}`);
  });
});
