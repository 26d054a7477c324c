import assert from "node:assert";
import {createRequire} from "node:module";
import {encodePng, parseColor} from "../../src/plots/canvas.js";
import {type Figure, PALETTE, figure, isFigure, titleOf} from "../../src/plots/figure.js";
import {toPng, toSvg} from "../../src/plots/static.js";
import {textWidth} from "../../src/plots/textWidth.js";
import {assertClose} from "../assert.js";

const sizeOfPng = (png: Buffer): [number, number] => [png.readUInt32BE(16), png.readUInt32BE(20)];

/** The words of each text in an SVG. */
const texts = (svg: string): string[] => [...svg.matchAll(/<text[^>]*>(?:<[^>]*>)*([^<]+)/g)].map((m) => m[1]!);

const line = (layout: Record<string, unknown> = {}): Figure =>
  figure({data: [{x: [0, 1, 2], y: new Float32Array([1, NaN, 3]), name: "a"}], layout});

describe("static figures", function () {
  this.timeout(60_000);

  it("measures text by the font's own advances", () => {
    // fontTools 4.68: TTFont("DejaVuSans.ttf")["hmtx"]: A 1401, i 569, θ 1253 of 2048 units in an em.
    assertClose(textWidth("A", 2048), 1401);
    assertClose(textWidth("i", 2048), 569);
    assertClose(textWidth("θ", 2048), 1253);
    assertClose(textWidth("Ai", 12), (12 * (1401 + 569)) / 2048);
  });

  it("turns typed arrays into plain numbers and gaps into null", () => {
    assert.deepStrictEqual(line().data[0]!.y, [1, null, 3]);
  });

  it("recognises figures and their titles", () => {
    assert.ok(isFigure(line()));
    assert.ok(!isFigure([1]) && !isFigure({data: 3, layout: {}}) && !isFigure(null));
    assert.strictEqual(titleOf(line({title: {text: "a<br>b"}})), "a b");
  });

  it("refuses an option that nobody reads", () => {
    assert.throws(
      () => figure({data: [], titel: "x"} as never),
      /unknown figure option: titel; expected data, layout or/,
    );
  });

  it("draws lines, ticks, legend and titles into an SVG", async () => {
    const shown = figure({
      data: [
        {x: [0, 1, 2], y: [1, 2, 3], name: "first", error_y: {type: "data", array: [1, 1, 1]}},
        {x: [0, 1, 2], y: [3, 2, 1], name: "second"},
      ],
      layout: {title: {text: "Title"}, xaxis: {title: {text: "epoch"}}},
    });
    const svg = await toSvg(shown);
    for (const word of ["Title", "epoch", "first", "second"])
      assert.ok(texts(svg).includes(word), `${word} is missing`);
    for (const color of PALETTE.slice(0, 2)) {
      const rgb = parseColor(color).slice(0, 3).join(", ");
      assert.ok(svg.includes(`rgb(${rgb})`), `${color} is missing`);
    }
    assert.ok(svg.includes('class="yerror"'));
  });

  it("gives the legend the room that its longest name needs", async () => {
    const named = (name: string): Figure =>
      figure({
        data: [
          {x: [0, 1], y: [0, 1], name},
          {x: [0, 1], y: [1, 0]},
        ],
        layout: {},
      });
    const plotWidth = async (name: string): Promise<number> => {
      const svg = await toSvg(named(name));
      return Number(/<clipPath[^>]*class="plotclip"[^>]*>\s*<rect[^>]*width="([\d.]+)"/.exec(svg)?.[1]);
    };
    const [short, long] = [await plotWidth("k"), await plotWidth("a convolution of seven by seven")];
    assert.ok(short - long > 100, `${short} and ${long} pixels`);
  });

  it("paints two pixels for one of the figure's", async () => {
    const png = await toPng(line({width: 300, height: 200}));
    assert.deepStrictEqual(sizeOfPng(png), [600, 400]);
  });

  it("paints rasters with the colours they have", async () => {
    const sheet = figure({
      data: [{type: "image", z: [[[255, 0, 0]]]}],
      layout: {width: 100, height: 100, margin: {l: 0, r: 0, t: 0, b: 0}, xaxis: {visible: false}},
    });
    const {Resvg} = createRequire(import.meta.url)("@resvg/resvg-js") as typeof import("@resvg/resvg-js");
    const {pixels, width} = new Resvg(await toSvg(sheet)).render();
    const middle = 4 * (50 * width + 50);
    assert.deepStrictEqual([...pixels.subarray(middle, middle + 4)], [255, 0, 0, 255]);
  });

  it("draws a grid of axes, each with its own ticks", async () => {
    const panels = [1, 2, 3, 4].map((i) => ({x: [0, 1], y: [0, i], xaxis: `x${i}`, yaxis: `y${i}`}));
    const svg = await toSvg(figure({data: panels, layout: {grid: {rows: 2, columns: 2, pattern: "independent"}}}));
    assert.strictEqual(svg.match(/class="subplot /g)?.length, 4);
  });

  it("writes PNGs that other programs read", () => {
    const png = encodePng({width: 1, height: 2, data: new Uint8ClampedArray([1, 2, 3, 255, 4, 5, 6, 255])});
    assert.deepStrictEqual(sizeOfPng(png), [1, 2]);
    const {Resvg} = createRequire(import.meta.url)("@resvg/resvg-js") as typeof import("@resvg/resvg-js");
    const href = `data:image/png;base64,${png.toString("base64")}`;
    const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="1" height="2"><image width="1" height="2" href="${href}"/></svg>`;
    assert.deepStrictEqual([...new Resvg(svg).render().pixels], [1, 2, 3, 255, 4, 5, 6, 255]);
  });
});
