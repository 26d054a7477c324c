import assert from "node:assert";
import {decodeImage} from "../../src/datasets/decodeImage.js";
import {assertClose} from "../assert.js";
import {CLEAR_PNG, CMYK_JPEG, DEEP_PNG, GIF, GREY_JPEG, PALETTE_PNG, pngOf, RED_JPEG, TURNED_JPEG} from "./fixtures.js";

const about = {atol: 3, rtol: 0};

describe("decodeImage", () => {
  it("gives [height, width, channels] of colour, grey, CMYK and palette files", async () => {
    for (const [file, pixel] of [
      [RED_JPEG, [255, 0, 0]],
      [CMYK_JPEG, [255, 0, 0]],
      [GREY_JPEG, [128, 128, 128]],
      [pngOf([10, 200, 30]), [10, 200, 30]],
    ] as const) {
      const image = await decodeImage(file, [4, 6, 3]);
      assert.strictEqual(image.length, 4 * 6 * 3);
      // CMYK goes through a printing profile, whose red is duller.
      const atol = file === CMYK_JPEG ? 70 : 3;
      for (let p = 0; p < image.length; p += 3) assertClose(image.subarray(p, p + 3), pixel, {atol, rtol: 0});
    }
    assert.deepStrictEqual([...(await decodeImage(PALETTE_PNG, [1, 2, 3]))], [255, 0, 0, 0, 0, 255]);
  });

  it("gives one channel of grey: grey files keep their values", async () => {
    assertClose(await decodeImage(GREY_JPEG, [2, 2, 1]), [128, 128, 128, 128], about);
    assert.strictEqual((await decodeImage(RED_JPEG, [8, 8, 1])).length, 64);
  });

  it("turns an image upright as its EXIF orientation says", async () => {
    const image = await decodeImage(TURNED_JPEG, [16, 8, 1]);
    assertClose(image.subarray(0, 40), new Array(40).fill(0), {atol: 12, rtol: 0});
    assertClose(image.subarray(-40), new Array(40).fill(255), {atol: 12, rtol: 0});
  });

  it("makes 8 bits of 16, and white of what is transparent", async () => {
    assertClose(await decodeImage(DEEP_PNG, [1, 4, 1]), [0, 1, 128, 255], {atol: 1, rtol: 0});
    assert.deepStrictEqual([...(await decodeImage(CLEAR_PNG, [1, 2, 3]))], [255, 0, 0, 255, 255, 255]);
  });

  it("keeps the proportions of what it shows: a wide image loses its sides", async () => {
    const square = await decodeImage(PALETTE_PNG, [8, 8, 3]); // red | blue, 2x1
    const row = Array.from({length: 8}, (_, x) => square[3 * x]!);
    assert.ok(row[0]! > 200 && row[7]! < 55, `${row}`);
  });

  it("gives the same bytes each time", async () => {
    const [a, b] = await Promise.all([1, 2].map(() => decodeImage(TURNED_JPEG, [5, 7, 3])));
    assert.deepStrictEqual(a, b);
  });

  it("says why a file is no image that it reads", async () => {
    const failing = async (file: Uint8Array, why: RegExp): Promise<void> =>
      assert.rejects(decodeImage(file, [4, 4, 3]), ({message}: Error) => why.test(message));
    await failing(Buffer.from("hello"), /^the file contains unsupported image format/);
    await failing(Buffer.alloc(0), /^the file is empty/i);
    await failing(RED_JPEG.subarray(0, 600), /premature end|truncated|VipsJpeg/i);
    await failing(pngOf([1, 2, 3]).subarray(0, 60), /png|read error/i);
    await failing(GIF, /^it is gif; expected PNG or JPEG/);
    const bomb = Buffer.from(pngOf([1, 2, 3]));
    bomb.writeUInt32BE(60_000, 16); // IHDR's width and height; its CRC no longer holds either
    bomb.writeUInt32BE(60_000, 20);
    await failing(bomb, /million pixels|read error|png/i);
  });
});
