import assert from "node:assert";
import {accuracyInterval, mean, meanInterval, pairedInterval, standardDeviation} from "../../src/analysis/interval.js";
import {random, randomKey} from "../../src/random.js";
import {assertClose} from "../assert.js";

describe("intervals", () => {
  it("mean and standard deviation of 2, 4, 4, 4, 5, 5, 7, 9 are 5 and √(32/7)", () => {
    assertClose(mean([2, 4, 4, 4, 5, 5, 7, 9]), 5);
    assertClose(standardDeviation([2, 4, 4, 4, 5, 5, 7, 9])!, Math.sqrt(32 / 7));
  });

  it("the mean's interval equals R's t.test", () => {
    // the sleep data, group 1: mean 0.75, 95 % interval −0.5297804 … 2.0297804 (R documentation, t.test)
    const {low, high, n, mean: centre} = meanInterval([0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0, 2]);
    assertClose([centre, low!, high!, n], [0.75, -0.5297804, 2.0297804, 10], {atol: 1e-7, rtol: 0});
  });

  it("the paired interval equals R's for Student's sleep data", () => {
    // t.test(extra ~ group, paired = TRUE): mean difference −1.58, 95 % interval −2.4598858 … −0.7001142
    const a = [0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0, 2];
    const b = [1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4];
    const {mean: centre, low, high} = pairedInterval(a, b);
    assertClose([centre, low!, high!], [-1.58, -2.4598858, -0.7001142], {atol: 1e-7, rtol: 0});
  });

  it("covers the true mean in 95 % of 2,000 samples of three", () => {
    const stream = random(randomKey(1, "coverage"));
    const covered = Array.from({length: 2000}, () => {
      const {low, high} = meanInterval([stream.normal(), stream.normal(), stream.normal()]);
      return low! <= 0 && 0 <= high!;
    }).filter(Boolean).length;
    assert.ok(Math.abs(covered - 1900) < 4.5 * Math.sqrt(2000 * 0.95 * 0.05), `${covered} of 2000`);
  });

  it("one value has a mean but no interval", () => {
    assert.deepStrictEqual(meanInterval([0.5]), {n: 1, mean: 0.5, sd: undefined, low: undefined, high: undefined});
  });

  it("Wilson's interval equals Newcombe's published examples", () => {
    // Newcombe, Statistics in Medicine 17 (1998) 857–872, table I, method 3: 81/263, 15/148, 0/20, 1/29
    const rows = [
      [81, 263, 0.2553, 0.3662],
      [15, 148, 0.0624, 0.1605],
      [0, 20, 0, 0.1611],
      [1, 29, 0.0061, 0.1718],
    ] as const;
    for (const [correct, n, low, high] of rows) {
      const interval = accuracyInterval(correct, n);
      assertClose([interval.low, interval.high], [low, high], {atol: 5.1e-5, rtol: 0, what: `${correct}/${n}`});
      assertClose(interval.accuracy, correct / n);
    }
  });

  it("refuses empty lists, holes and pairs that do not pair", () => {
    assert.throws(() => mean([]), {message: "invalid values: []; expected one or more finite numbers"});
    assert.throws(() => meanInterval([1, NaN]), /expected one or more finite numbers/);
    assert.throws(() => pairedInterval([1, 2], [1]), {
      message: "invalid paired values: [2,1]; expected two lists of one length",
    });
    assert.throws(() => accuracyInterval(11, 10), {message: "invalid correct: 11; expected a number from 0 to 10"});
  });
});
