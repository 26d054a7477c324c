import assert from "node:assert";
import {pruned, prunedTogether} from "../../src/compression/prune.js";
import {countKept} from "../../src/files/weightCodes.js";
import {keptCount} from "../../src/graphs/weightFormat.js";
import {random, randomKey} from "../../src/random.js";

const list = (...weights: number[]): Float32Array => Float32Array.from(weights);

describe("pruning", () => {
  it("keeps the largest by magnitude, the earlier of equal ones, and at least one", () => {
    assert.deepStrictEqual(pruned(list(1, -3, 2, 0.5), 0.5), list(0, -3, 2, 0));
    assert.deepStrictEqual(pruned(list(2, -2, 2, 2), 0.5), list(2, -2, 0, 0));
    assert.deepStrictEqual(pruned(list(1, -3, 2), 0.01), list(0, -3, 0));
    assert.deepStrictEqual(pruned(list(1, -3, 2), 1), list(1, -3, 2));
  });

  it("keeps k·n of n weights, rounded up", () => {
    assert.deepStrictEqual([[10, 0.2], [10, 0.25], [3, 0.1], [7, 1], [35, 0.2]].map(([n, k]) => keptCount(n!, k!)), [2, 3, 1, 7, 7]); // prettier-ignore
    const stream = random(randomKey(2, "prune"));
    const weights = Float32Array.from({length: 997}, () => stream.normal());
    for (const kept of [0.03, 0.2, 0.5, 0.9]) {
      const left = pruned(weights, kept);
      assert.strictEqual(countKept(left), keptCount(997, kept));
      const least = Math.min(...left.filter((w) => w !== 0).map(Math.abs));
      weights.forEach((w, i) => assert.strictEqual(left[i], Math.abs(w) >= least ? w : 0));
    }
  });

  it("of a fraction that is none is refused", () => {
    for (const kept of [0, -1, 1.1, NaN]) assert.throws(() => pruned(list(1, 2), kept), /invalid kept fraction/);
  });

  it("over all layers does not see their scale, and keeps the largest of each", () => {
    const layers = new Map([["a", list(1, 2, 3, 4)], ["b", list(100, 200, 300, 400)], ["c", list(1, 1, 1, 9)]]); // prettier-ignore
    const left = prunedTogether(layers, 5 / 12);
    assert.deepStrictEqual([...left.values()], [list(0, 0, 3, 4), list(0, 0, 300, 400), list(0, 0, 0, 9)]);
    assert.deepStrictEqual([...prunedTogether(layers, 0.01).values()].map(countKept), [1, 1, 1]);
  });
});
