import assert from "node:assert";
import {scoreNoise} from "../../src/analysis/scoreNoise.js";
import {random, randomKey} from "../../src/random.js";
import {assertClose} from "../assert.js";

describe("the noise of a score", () => {
  it("is Shrout and Fleiss's ICC(1) of their example of six targets and four judges", () => {
    const ratings = [[9, 2, 5, 8], [6, 1, 3, 2], [8, 4, 6, 8], [7, 1, 2, 6], [10, 5, 6, 9], [6, 2, 4, 7]]; // prettier-ignore
    assertClose(scoreNoise(ratings).share, 0.1657418, {atol: 1e-6}); // Psychological Bulletin 86, 1979: 0.17
  });

  it("finds the standard deviations that made the values", () => {
    const stream = random(randomKey(3, "noise"));
    const normal = (): number => Math.sqrt(-2 * Math.log(1 - stream.uniform())) * Math.cos(2 * Math.PI * stream.uniform()); // prettier-ignore
    const values = Array.from({length: 2000}, () => {
      const own = 3 * normal();
      return Array.from({length: 5}, () => own + 2 * normal());
    });
    const {within, between, share} = scoreNoise(values);
    assertClose(within, 2, {rtol: 0.03});
    assertClose(between, 3, {rtol: 0.05});
    assertClose(share, 9 / 13, {rtol: 0.05});
  });

  it("is none for a count, and needs two measurements", () => {
    assert.strictEqual(scoreNoise([[1, 1], [3, 3]]).share, 1); // prettier-ignore
    assert.throws(() => scoreNoise([[1], [2]]), /invalid measurements/);
  });
});
