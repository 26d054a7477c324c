import assert from "node:assert";
import {balancedSplit} from "../../src/datasets/split.js";
import {randomKey} from "../../src/random.js";

const labels = Uint8Array.from({length: 100}, (_, i) => (i * 7) % 10);
const key = randomKey(1, "split");

const counts = (indices: Int32Array, of: ArrayLike<number> = labels): number[] => {
  const n = new Array<number>(10).fill(0);
  for (const i of indices) ++n[of[i]!]!;
  return n;
};

describe("balancedSplit", () => {
  it("takes equally many images of each class", () => {
    const {train, validation} = balancedSplit(labels, {classes: 10, sizes: {train: 60, validation: 30}, key});
    assert.deepStrictEqual(counts(train), new Array(10).fill(6));
    assert.deepStrictEqual(counts(validation), new Array(10).fill(3));
  });

  it("lets classes differ by one where a size is no multiple of their number", () => {
    for (const sizes of [
      {train: 63, validation: 31},
      {train: 7, validation: 5},
      {train: 95, validation: 5},
    ]) {
      const {train, validation} = balancedSplit(labels, {classes: 10, sizes, key});
      assert.deepStrictEqual([train.length, validation.length], [sizes.train, sizes.validation]);
      for (const part of [train, validation]) assert.ok(Math.max(...counts(part)) - Math.min(...counts(part)) <= 1);
    }
  });

  it("gives no image to both parts, and each at most once", () => {
    const {train, validation} = balancedSplit(labels, {classes: 10, sizes: {train: 63, validation: 37}, key});
    assert.strictEqual(new Set([...train, ...validation]).size, 100);
  });

  it("gives the same split for the same key and another for another", () => {
    const draw = (k: typeof key): Int32Array =>
      balancedSplit(labels, {classes: 10, sizes: {train: 50, validation: 20}, key: k}).train;
    assert.deepStrictEqual(draw(key), draw(randomKey(1, "split")));
    assert.notDeepStrictEqual(draw(key), draw(randomKey(2, "split")));
  });

  it("takes the odd images from the classes that have more", () => {
    const uneven = [0, 0, 0, 1, 1];
    const {train, validation} = balancedSplit(uneven, {classes: 2, sizes: {train: 3, validation: 2}, key});
    assert.deepStrictEqual(counts(train, uneven).slice(0, 2), [2, 1]);
    assert.deepStrictEqual(counts(validation, uneven).slice(0, 2), [1, 1]);
  });

  it("says what is available when sizes are impossible", () => {
    const split = (of: ArrayLike<number>, train: number, validation: number) => () =>
      balancedSplit(of, {classes: 2, sizes: {train, validation}, key});
    assert.throws(split([0, 1], 2, 1), /2 training \+ 1 validation images; expected at most 2 together/);
    assert.throws(
      split([0, 0, 0, 1], 2, 2),
      /at most 2 together: the rarest of 2 classes has 1 images among the 4 held/,
    );
    assert.throws(split([0, 2], 1, 1), /invalid label of image 1: 2; expected 0 to 1/);
    assert.throws(split([0, 1], 0, 1), /invalid train size: 0/);
  });
});
