import assert from "node:assert";
import type {SampleSet} from "../../src/datasets/dataset.js";
import {loadDataset} from "../../src/datasets/index.js";
import {PROCEDURAL_CLASSES} from "../../src/datasets/procedural.js";
import {channelStatistics} from "../../src/datasets/statistics.js";
import {softmaxAccuracy} from "./softmax.js";

describe("procedural", () => {
  it("draws the same images from the same seed, and others from another", async () => {
    const options = {trainCount: 20, testCount: 10};
    const [a, b, c] = await Promise.all([7, 7, 8].map((seed) => loadDataset("procedural", {...options, seed})));
    assert.strictEqual(a!.checksum, b!.checksum);
    assert.notStrictEqual(a!.checksum, c!.checksum);
    assert.deepStrictEqual(a!.train.samples, b!.train.samples);
  });

  it("draws the first images alike however many are drawn", async () => {
    const few = await loadDataset("procedural", {trainCount: 10, testCount: 10});
    const many = await loadDataset("procedural", {trainCount: 30, testCount: 20});
    assert.deepStrictEqual(many.train.samples.slice(0, few.train.samples.length), few.train.samples);
    assert.deepStrictEqual(many.test.samples.slice(0, few.test.samples.length), few.test.samples);
    assert.notDeepStrictEqual(few.test.samples, few.train.samples);
  });

  for (const [name, size] of [
    ["procedural", 32],
    ["procedural-16", 16],
  ] as const)
    it(`${name} has ten balanced classes of ${size}x${size} colour images and says that it is procedural`, async () => {
      const d = await loadDataset(name, {trainCount: 200, testCount: 50, seed: 3});
      assert.deepStrictEqual([...d.sampleShape, d.classes.length, d.procedural], [size, size, 3, 10, true]);
      assert.strictEqual(d.train.samples.length, 200 * size * size * 3);
      assert.strictEqual(d.provenance, "procedural: drawn by this program from seed 3");
      for (let c = 0; c < 10; ++c) assert.strictEqual(d.train.labels.filter((label) => label === c).length, 20);
    });

  it("gives no class away by its colour: class means differ by less than four standard errors", async () => {
    const count = 2000;
    const {train, mean} = await loadDataset("procedural-16", {trainCount: count, testCount: 10});
    const bytes = 16 * 16 * 3;
    for (const [c, name] of PROCEDURAL_CLASSES.entries()) {
      const own = Array.from({length: count / 10}, (_, i) =>
        channelStatistics(image(train.samples, i * 10 + c, bytes), 3),
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
    const row = (set: {samples: SampleSet["samples"]; labels: ArrayLike<number>}): Uint8Array =>
      Uint8Array.from({length: set.labels.length}, (_, i) => {
        let sum = 0;
        for (let x = 0; x < 16; ++x) sum += set.samples[i * 768 + 3 * x]!;
        return +(sum > 16 * 127);
      });
    assert.ok(softmaxAccuracy(d, row(d.train), row(d.test)) > 0.85);
  });

  it("refuses a count that is none, and stops when asked", async () => {
    await assert.rejects(
      loadDataset("procedural", {trainCount: 0}),
      /invalid trainCount: 0; expected an integer from 1 to 2000000/,
    );
    const signal = AbortSignal.abort(new Error("enough"));
    await assert.rejects(loadDataset("procedural", {signal}), /enough/);
  });
});

const image = (images: SampleSet["samples"], i: number, bytes: number): SampleSet["samples"] =>
  images.subarray(i * bytes, (i + 1) * bytes);
