import assert from "node:assert";
import type {Dataset} from "../../src/datasets/dataset.js";
import {randomKey} from "../../src/random.js";
import {useBackend} from "../../src/kernels/index.js";
import {batchOf, epochBatches} from "../../src/training/batches.js";
import {assertClose} from "../assert.js";

/** Two 4x4 images of one channel whose pixels are 1 … 16 and 101 … 116. */
const set = {samples: Uint8Array.from({length: 32}, (_, i) => (i < 16 ? i + 1 : i + 85)), labels: Uint8Array.of(3, 7)};
const data: Pick<Dataset, "sampleShape" | "modality" | "mean" | "sd"> = {
  sampleShape: [4, 4, 1],
  modality: "image",
  mean: [0.5],
  sd: [0.25],
};
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
      const {x} = batchOf(data, set, [0], {
        augment: {crop: 1, cropFill: "black", flip: true, cutout: 0, key: randomKey(seed)},
      });
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
      const {x} = batchOf(data, set, [1], {
        augment: {crop: 4, cropFill: "mean", flip: false, cutout: 0, key: randomKey(seed)},
      });
      return Array.from(x.dataSync());
    });
    assert.ok(crops.some((values) => values.includes(0)));
    const own = new Set([0, ...batchOf(data, set, [1]).x.dataSync()].map((v) => v.toFixed(5)));
    for (const v of crops.flat()) assert.ok(own.has(Math.abs(v) < 1e-6 ? "0.00000" : v.toFixed(5)), `${v}`);
  });

  it("has a square of the mean colour around any pixel, cut off at the border", () => {
    const {x: whole} = batchOf(data, set, [1]);
    assert.ok(!whole.dataSync().includes(0), "no pixel has the mean colour by itself");
    for (const side of [2, 3]) {
      const seen = new Set<string>();
      for (let seed = 0; seed < 300; ++seed) {
        const augment = {crop: 0, cropFill: "black", flip: false, cutout: side, key: randomKey(seed)} as const;
        const {x} = batchOf(data, set, [1], {augment});
        seen.add(Array.from(x.dataSync(), (v) => (v === 0 ? "." : "#")).join(""));
        x.dispose();
      }
      // rows and columns from y − ⌊side/2⌋ on, of a square of `side` around (y, x)
      const within = (i: number, centre: number): boolean =>
        i >= centre - (side >> 1) && i < centre - (side >> 1) + side;
      const possible = new Set<string>();
      for (const y of [0, 1, 2, 3])
        for (const x of [0, 1, 2, 3])
          possible.add(
            Array.from({length: 16}, (_, i) => (within(i >> 2, y) && within(i & 3, x) ? "." : "#")).join(""),
          );
      assert.deepStrictEqual([...seen].sort(), [...possible].sort());
    }
  });
});

describe("the scale of a batch", () => {
  before(() => useBackend("cpu"));

  it("unit gives bytes / 255, and floats as they are", () => {
    const bytes = batchOf(data, {samples: Uint8Array.from({length: 16}, (_, i) => 17 * i), labels: Uint8Array.of(0)}, [0], {scale: "unit"}); // prettier-ignore
    assertClose(
      bytes.x.dataSync(),
      Float32Array.from({length: 16}, (_, i) => i / 15),
    );
    assert.strictEqual(bytes.x.dataSync()[15], 1);
    const samples = Float32Array.from({length: 16}, (_, i) => i / 16);
    const floats = batchOf(data, {samples, labels: Uint8Array.of(0)}, [0], {scale: "unit"});
    assert.deepStrictEqual(Array.from(floats.x.dataSync()), Array.from(samples));
  });

  it("normalised gives (value − mean)/sd of floats", () => {
    const samples = new Float32Array(16).fill(1);
    const {x} = batchOf(data, {samples, labels: Uint8Array.of(0)}, [0]);
    assert.deepStrictEqual(new Set(x.dataSync()), new Set([2]));
  });

  it("unit fills crops and holes with the mean colour itself", () => {
    const white = {samples: new Uint8Array(16).fill(255), labels: Uint8Array.of(0)};
    const augment = {crop: 3, cropFill: "mean", flip: false, cutout: 2, key: randomKey(3)} as const;
    const {x} = batchOf(data, white, [0], {augment, scale: "unit"});
    assert.deepStrictEqual(new Set(x.dataSync()), new Set([0.5, 1]));
  });
});

describe("a batch of samples that are not square, or have time", () => {
  before(() => useBackend("cpu"));

  /** Two samples of [T, H, W, C] = [3, 2, 4, 1], numbered through. */
  const film = {samples: Uint8Array.from({length: 48}, (_, i) => i), labels: Uint8Array.of(0, 1)};
  const events = {sampleShape: [3, 2, 4, 1], modality: "events", mean: [0], sd: [1 / 255]} as const;

  it("keeps height and width apart, cropped and mirrored too", () => {
    const wide = {sampleShape: [2, 4, 1], modality: "image", mean: [0], sd: [1 / 255]} as const;
    const set = {samples: Uint8Array.from({length: 8}, (_, i) => i + 1), labels: Uint8Array.of(0)};
    assert.deepStrictEqual(batchOf(wide, set, [0]).x.shape, [1, 2, 4, 1]);
    const seen = new Set<string>();
    for (let seed = 0; seed < 60; ++seed) {
      const augment = {crop: 1, cropFill: "black", flip: true, cutout: 0, key: randomKey(seed)} as const;
      seen.add(Array.from(batchOf(wide, set, [0], {augment}).x.dataSync(), Math.round).join(" "));
    }
    assert.ok(seen.has("4 3 2 1 8 7 6 5"), "mirrored");
    assert.ok(seen.has("2 3 4 0 6 7 8 0"), "one to the left");
    assert.ok(seen.has("0 0 0 0 1 2 3 4"), "one down");
    assert.ok(seen.size <= 18);
  });

  it("is time-major: [T, B, H, W, C]", () => {
    const {x, labels} = batchOf(events, film, [1, 0]);
    assert.deepStrictEqual(x.shape, [3, 2, 2, 4, 1]);
    assert.deepStrictEqual(Array.from(labels.dataSync()), [1, 0]);
    // Frame t of sample i begins at 24·i + 8·t.
    const firsts = Array.from(x.dataSync(), Math.round).filter((_, place) => place % 8 === 0);
    assert.deepStrictEqual(firsts, [24, 0, 32, 8, 40, 16]);
  });

  it("refuses to crop, mirror or cut what is no image", () => {
    for (const change of [{crop: 1}, {flip: true}, {cutout: 2}]) {
      const augment = {crop: 0, cropFill: "mean", flip: false, cutout: 0, key: randomKey(1), ...change} as const;
      assert.throws(() => batchOf(events, film, [0], {augment}), /invalid augmentation of events: .*expected crop 0/);
    }
    const none = {crop: 0, cropFill: "mean", flip: false, cutout: 0, key: randomKey(1)} as const;
    assert.strictEqual(batchOf(events, film, [0], {augment: none}).x.size, 24);
  });

  it("moves every frame of a sequence of images alike", () => {
    const images = {...events, modality: "image"} as const;
    const augment = {crop: 1, cropFill: "black", flip: true, cutout: 0, key: randomKey(4)} as const;
    const same = {samples: Uint8Array.from({length: 24}, (_, i) => 1 + (i % 8)), labels: Uint8Array.of(0)};
    const values = Array.from(batchOf(images, same, [0], {augment}).x.dataSync());
    assert.deepStrictEqual(values.slice(8, 16), values.slice(0, 8));
    assert.deepStrictEqual(values.slice(16), values.slice(0, 8));
    assert.notDeepStrictEqual(values.slice(0, 8).map(Math.round), [1, 2, 3, 4, 5, 6, 7, 8]);
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
