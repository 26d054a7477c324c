import assert from "node:assert";
import type {ImageDataset} from "../../src/datasets/dataset.js";
import {randomKey} from "../../src/random.js";
import {useBackend} from "../../src/tf.js";
import {batchOf, epochBatches} from "../../src/training/batches.js";
import {assertClose} from "../assert.js";

/** Two 4x4 images of one channel whose pixels are 1 … 16 and 101 … 116. */
const set = {images: Uint8Array.from({length: 32}, (_, i) => (i < 16 ? i + 1 : i + 85)), labels: Uint8Array.of(3, 7)};
const data: Pick<ImageDataset, "size" | "channels" | "mean" | "sd"> = {size: 4, channels: 1, mean: [0.5], sd: [0.25]};
const pixelsOf = (x: ArrayLike<number>): number[] => Array.from(x, (v) => Math.round((v * 0.25 + 0.5) * 255));

describe("a batch", () => {
  before(() => useBackend("cpu"));

  it("holds (pixel/255 − mean)/sd and the labels", () => {
    const {x, labels} = batchOf(data, set, [1, 0]);
    assert.deepStrictEqual(Array.from(labels.dataSync()), [7, 3]);
    assertClose(x.dataSync()[0]!, (101 / 255 - 0.5) / 0.25);
    assert.deepStrictEqual(
      pixelsOf(x.dataSync()).slice(16),
      Array.from({length: 16}, (_, i) => i + 1),
    );
  });

  it("is cropped and mirrored to what padding with black and cutting gives, for every draw", () => {
    const padded = (y: number, x: number): number => (y >= 0 && y < 4 && x >= 0 && x < 4 ? 1 + 4 * y + x : 0);
    const seen = new Set<string>();
    for (let seed = 0; seed < 300; ++seed) {
      const {x} = batchOf(data, set, [0], {crop: 1, cropFill: "black", flip: true, cutout: 0, key: randomKey(seed)});
      seen.add(pixelsOf(x.dataSync()).join());
      x.dispose();
    }
    const possible = new Set<string>();
    for (const dy of [-1, 0, 1])
      for (const dx of [-1, 0, 1])
        for (const mirror of [false, true])
          possible.add(
            Array.from({length: 16}, (_, i) => padded((i >> 2) + dy, (mirror ? 3 - (i & 3) : i & 3) + dx)).join(),
          );
    assert.deepStrictEqual([...seen].sort(), [...possible].sort());
  });

  it("shows zeros, which are the mean colour, where a crop filled with that leaves the image", () => {
    const crops = Array.from({length: 20}, (_, seed) => {
      const {x} = batchOf(data, set, [1], {crop: 4, cropFill: "mean", flip: false, cutout: 0, key: randomKey(seed)});
      return Array.from(x.dataSync());
    });
    assert.ok(crops.some((values) => values.includes(0)));
    const own = new Set([0, ...batchOf(data, set, [1]).x.dataSync()].map((v) => v.toFixed(5)));
    for (const v of crops.flat()) assert.ok(own.has(Math.abs(v) < 1e-6 ? "0.00000" : v.toFixed(5)), `${v}`);
  });

  it("has a square of the mean colour where it is cut out", () => {
    const {x} = batchOf(data, set, [1], {crop: 0, cropFill: "black", flip: false, cutout: 2, key: randomKey(1)});
    const zeros = Array.from(x.dataSync()).filter((v) => v === 0).length;
    assert.ok([1, 2, 4].includes(zeros), `${zeros} pixels`);
  });
});

describe("an epoch's batches", () => {
  it("hold every index once, in batches whose sizes differ by at most one", () => {
    const indices = Array.from({length: 101}, (_, i) => 1000 + i);
    const batches = epochBatches(indices, 32, randomKey(1));
    assert.deepStrictEqual(batches.flat().sort(), indices);
    assert.deepStrictEqual(new Set(batches.map((b) => b.length)), new Set([25, 26]));
    assert.deepStrictEqual(epochBatches(indices, 32, randomKey(1)), batches);
    assert.notDeepStrictEqual(epochBatches(indices, 32, randomKey(2)), batches);
  });
});
