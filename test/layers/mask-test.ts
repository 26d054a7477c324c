import assert from "node:assert";
import {keptCount} from "../../src/graphs/weightFormat.js";
import {mask} from "../../src/layers/mask.js";
import {random, randomKey} from "../../src/random.js";
import {grad, tensor1d, tensor2d, tidy} from "../../src/tf.js";
import {assertClose} from "../assert.js";
import {assertTensors, onEachBackend} from "../backends.js";

const maskOf = (scores: readonly number[], kept: number): number[] => [...tidy(() => mask(tensor1d([...scores]), kept).dataSync())]; // prettier-ignore

describe("the mask of the largest scores", () => {
  it("keeps the least whole number that is the fraction of them, at least one", () => {
    const cases = [[10, 0.2, 2], [11, 0.2, 3], [10, 1, 10], [10, 0.9, 9], [10, 0.7, 7], [3, 0.01, 1], [62208, 0.2, 12442]] as const; // prettier-ignore
    for (const [n, kept, count] of cases) assert.strictEqual(keptCount(n, kept), count, `${kept} of ${n}`);
  });

  onEachBackend(() => {
    it("keeps the largest by magnitude", () => {
      assert.deepStrictEqual(maskOf([0.1, -3, 2, -0.5, 0], 0.4), [0, 1, 1, 0, 0]);
      assert.deepStrictEqual(maskOf([0.1, -3, 2, -0.5, 0], 1), [1, 1, 1, 1, 1]);
      assert.deepStrictEqual(maskOf([4], 0.01), [1]);
    });

    it("of equal scores the first", () => {
      assert.deepStrictEqual(maskOf([1, -1, 1, 1, 2], 0.6), [1, 1, 0, 0, 1]);
      assert.deepStrictEqual(maskOf([0, 0, 0, 0], 0.5), [1, 1, 0, 0]);
    });

    it("agrees with sorting, at any size", () => {
      const stream = random(randomKey(3, "scores"));
      for (const [n, kept] of [
        [1000, 0.2],
        [777, 0.5],
        [64, 0.99],
      ] as const) {
        const scores = Array.from({length: n}, () => Math.round(20 * stream.normal()));
        const order = scores.map((s, i) => ({s: Math.abs(s), i})).sort((a, b) => b.s - a.s || a.i - b.i);
        const expected = new Array<number>(n).fill(0);
        for (const {i} of order.slice(0, Math.ceil(kept * n))) expected[i] = 1;
        assert.deepStrictEqual(maskOf(scores, kept), expected);
      }
    });

    it("passes gradients to all scores, through their sign", () => {
      const dm = tensor1d([1, 2, 3, 4, 5]);
      const found = tidy(() => grad((s) => mask(s, 0.4).mul(dm).sum())(tensor1d([0.1, -3, 2, -0.5, 0])).dataSync());
      assertClose(found, [1, -2, 3, -4, 0]);
      dm.dispose();
    });

    it("has the shape of the scores and leaves nothing behind", () => {
      const s = tensor2d([[1, -2], [3, 4]]); // prettier-ignore
      assert.deepStrictEqual(tidy(() => mask(s, 0.5).arraySync()), [[0, 0], [1, 1]]); // prettier-ignore
      assertTensors(1, () => mask(s, 0.5));
      s.dispose();
    });
  });
});
