import assert from "node:assert";
import {loadDataset} from "../../src/datasets/index.js";
import {channelStatistics, PROCEDURAL_CLASSES} from "../../src/datasets/procedural.js";
import {softmaxAccuracy} from "./softmax.js";

describe("procedural", () => {
  it("draws the same images from the same seed, and others from another", async () => {
    const options = {trainCount: 20, testCount: 10};
    const [a, b, c] = await Promise.all([7, 7, 8].map((seed) => loadDataset("procedural", {...options, seed})));
    assert.strictEqual(a!.checksum, b!.checksum);
    assert.notStrictEqual(a!.checksum, c!.checksum);
    assert.deepStrictEqual(a!.train.images, b!.train.images);
  });

  it("draws the first images alike however many are drawn", async () => {
    const few = await loadDataset("procedural", {trainCount: 10, testCount: 10});
    const many = await loadDataset("procedural", {trainCount: 30, testCount: 20});
    assert.deepStrictEqual(many.train.images.slice(0, few.train.images.length), few.train.images);
    assert.deepStrictEqual(many.test.images.slice(0, few.test.images.length), few.test.images);
    assert.notDeepStrictEqual(few.test.images, few.train.images);
  });

  for (const [name, size] of [
    ["procedural", 32],
    ["procedural-16", 16],
  ] as const)
    it(`${name} has ten balanced classes of ${size}x${size} colour images and says that it is procedural`, async () => {
      const d = await loadDataset(name, {trainCount: 200, testCount: 50, seed: 3});
      assert.deepStrictEqual([d.size, d.channels, d.classes.length, d.procedural], [size, 3, 10, true]);
      assert.strictEqual(d.train.images.length, 200 * size * size * 3);
      assert.strictEqual(d.provenance, "procedural: drawn by this program from seed 3");
      for (let c = 0; c < 10; ++c) assert.strictEqual(d.train.labels.filter((label) => label === c).length, 20);
    });

  it("gives no class away by its colour: class means differ by less than four standard errors", async () => {
    const count = 2000;
    const {train, mean} = await loadDataset("procedural-16", {trainCount: count, testCount: 10});
    const bytes = 16 * 16 * 3;
    for (const [c, name] of PROCEDURAL_CLASSES.entries()) {
      const own = Array.from({length: count / 10}, (_, i) =>
        channelStatistics(image(train.images, i * 10 + c, bytes), 3),
      );
      for (let channel = 0; channel < 3; ++channel) {
        const values = own.map((statistics) => statistics.mean[channel]!);
        const average = values.reduce((a, b) => a + b) / values.length;
        const error = Math.sqrt(values.reduce((s, v) => s + (v - average) ** 2, 0)) / values.length;
        assert.ok(Math.abs(average - mean[channel]!) < 4 * error, `${name}: ${average} of ${mean[channel]} ± ${error}`);
      }
    }
  });

  it("keeps a linear classifier on pixels below 45 %, and that classifier learns a task that is linear", async () => {
    const d = await loadDataset("procedural-16", {trainCount: 2000, testCount: 500});
    const accuracy = softmaxAccuracy(d, d.train.labels, d.test.labels);
    assert.ok(accuracy < 0.45, `linear accuracy ${accuracy}`);
    // Whether the first row's red is bright or dark: the pixels say so, one weight a pixel.
    const row = (set: {images: Uint8Array; labels: ArrayLike<number>}): Uint8Array =>
      Uint8Array.from({length: set.labels.length}, (_, i) => {
        let sum = 0;
        for (let x = 0; x < 16; ++x) sum += set.images[i * 768 + 3 * x]!;
        return +(sum > 16 * 127);
      });
    assert.ok(softmaxAccuracy(d, row(d.train), row(d.test)) > 0.85);
  });

  it("refuses a count that is none, and stops when asked", async () => {
    await assert.rejects(loadDataset("procedural", {trainCount: 0}), /invalid trainCount: 0; expected an integer >= 1/);
    const signal = AbortSignal.abort(new Error("enough"));
    await assert.rejects(loadDataset("procedural", {signal}), /enough/);
  });
});

const image = (images: Uint8Array, i: number, bytes: number): Uint8Array => images.subarray(i * bytes, (i + 1) * bytes);

describe("channelStatistics", () => {
  it("are the mean and standard deviation of each channel on the scale 0 to 1", () => {
    const {mean, sd} = channelStatistics(Uint8Array.from([0, 255, 255, 255]), 2);
    assert.deepStrictEqual({mean, sd}, {mean: [0.5, 1], sd: [0.5, 0]});
  });
});
