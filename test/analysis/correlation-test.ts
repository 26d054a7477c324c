import assert from "node:assert";
import {bootstrapInterval, quantile} from "../../src/analysis/bootstrap.js";
import {kendallTau, ranks, spearman} from "../../src/analysis/correlation.js";
import {topRegret} from "../../src/analysis/regret.js";
import {random, randomKey} from "../../src/random.js";
import {assertClose} from "../assert.js";

/** The definition: every pair. */
function tauByPairs(x: readonly number[], y: readonly number[]): number {
  let [s, tx, ty, all] = [0, 0, 0, 0];
  for (let i = 0; i < x.length; ++i)
    for (let j = 0; j < i; ++j) {
      const [a, b] = [Math.sign(x[i]! - x[j]!), Math.sign(y[i]! - y[j]!)];
      s += a * b;
      tx += Number(a === 0);
      ty += Number(b === 0);
      ++all;
    }
  return s / Math.sqrt((all - tx) * (all - ty));
}

describe("kendallTau", () => {
  it("agrees with scipy.stats.kendalltau where there are ties", () => {
    // scipy 1.17.1: kendalltau([12, 2, 1, 12, 2], [1, 4, 7, 1, 0]).statistic
    assertClose(kendallTau([12, 2, 1, 12, 2], [1, 4, 7, 1, 0]), -0.4714045207910316, {rtol: 1e-14});
    // kendalltau([1, 2, 3, 4, 5, 6], [1, 3, 2, 4, 6, 5])
    assertClose(kendallTau([1, 2, 3, 4, 5, 6], [1, 3, 2, 4, 6, 5]), 11 / 15, {rtol: 1e-14});
  });

  it("is what all pairs say, for lists of any length with many ties or none", () => {
    const stream = random(randomKey(1));
    for (let n = 2; n < 60; ++n)
      for (const levels of [2, 5, 1e9]) {
        const [x, y] = [0, 1].map(() => Array.from({length: n}, () => stream.integer(levels))) as [number[], number[]];
        const [fast, slow] = [kendallTau(x, y), tauByPairs(x, y)];
        if (Number.isNaN(slow)) assert.ok(Number.isNaN(fast));
        else assertClose(fast, slow, {rtol: 1e-12, atol: 1e-14});
      }
  });

  it("is ±1 for the same and the opposite order, and NaN for a constant", () => {
    const x = Array.from({length: 1000}, (_, i) => i ** 3);
    assert.strictEqual(kendallTau(x, x), 1);
    assert.strictEqual(kendallTau(x, [...x].reverse()), -1);
    assert.ok(Number.isNaN(kendallTau([1, 1, 1], [1, 2, 3])));
    assert.throws(() => kendallTau([1, 2], [1]), /invalid paired values: \[2,1\]/);
    assert.throws(() => kendallTau([1, NaN], [1, 2]), /invalid values: NaN/);
  });

  it("orders infinities", () => assert.strictEqual(kendallTau([-Infinity, 0, Infinity], [1, 2, 3]), 1));
});

describe("spearman", () => {
  it("is Pearson's correlation of mean ranks", () => {
    assert.deepStrictEqual(ranks([10, 20, 10, 30]), [1.5, 3, 1.5, 4]);
    // no ties: 1 − 6 Σ d²/(n(n² − 1)), d = 0, 1, −1, 0, 1, −1
    assertClose(spearman([1, 2, 3, 4, 5, 6], [1, 3, 2, 4, 6, 5]), 1 - (6 * 4) / (6 * 35), {rtol: 1e-14});
    // scipy 1.17.1: spearmanr([12, 2, 1, 12, 2], [1, 4, 7, 1, 0]).statistic
    assertClose(spearman([12, 2, 1, 12, 2], [1, 4, 7, 1, 0]), -0.5407380704358752, {rtol: 1e-12});
  });
});

describe("topRegret", () => {
  it("is what the best of the k lacks of the best of all", () => {
    assert.strictEqual(topRegret([5, 4, 3, 2, 1], [1, 9, 2, 10, 0], 1), 9);
    assert.strictEqual(topRegret([5, 4, 3, 2, 1], [1, 9, 2, 10, 0], 2), 1);
    assert.strictEqual(topRegret([5, 4, 3, 2, 1], [1, 9, 2, 10, 0], 4), 0);
    assert.strictEqual(topRegret([5, 4], [1, 9], 10), 0);
  });

  it("is the mean over all draws where scores tie", () => {
    // score 2 is sure; of the four at score 1 two are drawn: all six pairs by hand
    const [score, measured] = [
      [2, 1, 1, 1, 1, 0],
      [3, 1, 5, 7, 2, 9],
    ];
    const pairs = [1, 2, 3, 4].flatMap((a) => [1, 2, 3, 4].filter((b) => b > a).map((b) => [a, b]));
    const mean = pairs.reduce((sum, [a, b]) => sum + Math.max(3, measured[a!]!, measured[b!]!), 0) / pairs.length;
    assertClose(topRegret(score, measured, 3), 9 - mean, {rtol: 1e-14});
    // a constant score is a random choice: 1 of 6
    assertClose(topRegret([0, 0, 0, 0, 0, 0], measured, 1), 9 - 27 / 6, {rtol: 1e-14});
  });
});

describe("bootstrapInterval", () => {
  it("agrees with the normal interval of a mean", () => {
    const stream = random(randomKey(2));
    const values = Array.from({length: 400}, () => 3 + 2 * stream.normal());
    const mean = (sample: ArrayLike<number>): number => Array.from(sample, (i) => values[i]!).reduce((a, b) => a + b, 0) / sample.length; // prettier-ignore
    const {low, high} = bootstrapInterval(400, mean, {key: randomKey(3), resamples: 2000});
    const centre = mean([...values.keys()]);
    const sd = Math.sqrt(values.reduce((sum, v) => sum + (v - centre) ** 2, 0) / 399);
    assertClose([low, high], [centre - (1.96 * sd) / 20, centre + (1.96 * sd) / 20], {rtol: 0, atol: 0.02});
    assert.deepStrictEqual(bootstrapInterval(400, mean, {key: randomKey(3), resamples: 20}), bootstrapInterval(400, mean, {key: randomKey(3), resamples: 20})); // prettier-ignore
  });

  it("has quantiles between neighbours", () => {
    assert.strictEqual(quantile([4, 1, 3, 2], 0.5), 2.5);
    assert.strictEqual(quantile([1, NaN, 3], 1), 3);
    assert.strictEqual(quantile([-Infinity, -Infinity, 1], 0.2), -Infinity);
  });
});
