import assert from "node:assert";
import {squaredError, STEP_RULES, stepsFor} from "../../src/compression/steps.js";
import {codeOf, levelOf, quantised} from "../../src/files/weightCodes.js";
import {random, randomKey} from "../../src/random.js";
import {assertClose} from "../assert.js";

const drawn = (n: number, draw: (stream: ReturnType<typeof random>) => number): Float32Array => {
  const stream = random(randomKey(5, "weights"));
  return Float32Array.from({length: n}, () => draw(stream));
};
const uniform = drawn(40_000, (stream) => 2 * stream.uniform() - 1);
const normal = drawn(40_000, (stream) => stream.normal());
const near = (weights: Float32Array, bits: number, step: number): Float32Array =>
  quantised(weights, bits, {values: Float32Array.of(step), powersOfTwo: false});

describe("levels", () => {
  it("are those of LitE-SNN's quantiser with a standard deviation of 1", () => {
    const weights = Float32Array.of(-2.2, -1, -0.3, -0.01, 0.01, 0.3, 1, 2.2);
    for (const [bits, step, expected] of [
      [1, 1.596, [-0.798, -0.798, -0.798, -0.798, 0.798, 0.798, 0.798, 0.798]],
      [2, 0.996, [-1.494, -1.494, -0.498, -0.498, 0.498, 0.498, 1.494, 1.494]],
      [4, 0.336, [-2.184, -0.84, -0.168, -0.168, 0.168, 0.168, 0.84, 2.184]],
    ] as const)
      assertClose([...near(weights, bits, step)], [...expected], {rtol: 1e-6});
  });

  it("are 2^b numbers around zero, without zero, and a code's level has that code, up to 16 bits", () => {
    for (const bits of [1, 2, 3, 5, 8, 16]) {
      const levels = Array.from({length: 2 ** bits}, (_, code) => levelOf(code, bits, 0.37));
      assert.deepStrictEqual(levels, [...new Set(levels)].sort((a, b) => a - b)); // prettier-ignore
      assertClose(levels.reduce((sum, level) => sum + level, 0) / levels.length, 0, {atol: 1e-9});
      levels.forEach((level, code) => assert.strictEqual(codeOf(level, bits, 0.37), code));
    }
  });

  it("leave a weight of 0 at 0: it is one that pruning took", () =>
    assert.deepStrictEqual([...near(Float32Array.of(0, -0, 3), 2, 1)], [0, 0, 1.5]));
});

describe("a step", () => {
  for (const bits of [1, 2, 3, 4, 6, 8, 12, 16])
    it(`by the largest weight is off by half a step at most, at ${bits} bits`, () => {
      for (const weights of [uniform, normal]) {
        const step = STEP_RULES.max(weights, bits);
        near(weights, bits, step).forEach((w, i) => assert.ok(Math.abs(w - weights[i]!) <= (step / 2) * (1 + 1e-6) + 2e-7)); // prettier-ignore
      }
    });

  it("of uniform weights gives Δ²/12, 6.02 dB for each bit", () => {
    const decibels = [2, 4, 6, 8, 10].map((bits) => {
      const error = squaredError(uniform, bits, STEP_RULES.max(uniform, bits));
      assertClose(error, (2 / 2 ** bits) ** 2 / 12, {rtol: 0.03});
      return -10 * Math.log10(error / (1 / 3));
    });
    decibels.slice(1).forEach((value, i) => assertClose((value - decibels[i]!) / 2, 6.0206, {atol: 0.05}));
  });

  it("of the least squares is Max's for a Gaussian (1960): 1.596, 0.9957, 0.5860, 0.3352 deviations, and its errors", () => {
    for (const [bits, step, error] of [
      [1, 1.596, 0.3634],
      [2, 0.9957, 0.1188],
      [3, 0.586, 0.03744],
      [4, 0.3352, 0.01154],
    ] as const) {
      const found = STEP_RULES.leastSquares(normal, bits);
      assertClose(found, step, {rtol: 0.02});
      assertClose(squaredError(normal, bits, found), error, {rtol: 0.03});
    }
  });

  it("of the least squares is twice the mean of |w| at one bit, and never worse than the largest weight's", () => {
    const weights = Float32Array.of(0.1, -0.4, 0.7, -2);
    assertClose(STEP_RULES.leastSquares(weights, 1), 2 * 0.8, {rtol: 1e-6});
    for (const bits of [1, 2, 3, 5, 8, 11])
      for (const list of [weights, normal.subarray(0, 300), uniform.subarray(0, 7)])
        assert.ok(squaredError(list, bits, STEP_RULES.leastSquares(list, bits)) <= squaredError(list, bits, STEP_RULES.max(list, bits))); // prettier-ignore
  });

  it("of a power of two is the best of all powers of two", () => {
    for (const bits of [1, 2, 4, 8]) {
      const found = STEP_RULES.powerOfTwo(normal, bits);
      assert.ok(Number.isInteger(Math.log2(found)));
      for (let e = -20; e < 8; ++e) assert.ok(squaredError(normal, bits, found) <= squaredError(normal, bits, 2 ** e));
    }
  });

  it("for each channel fits each channel; pruned weights and empty channels have no say", () => {
    const weights = Float32Array.of(1, 100, 0, -1, -100, 0, 0, 300, 0); // 3 rows of 3 channels
    const {values} = stepsFor(weights, {bits: 1, channels: 3, rule: "leastSquares", scale: "channel"});
    assertClose([...values], [2, (2 * 500) / 3, 1], {rtol: 1e-6});
    const one = stepsFor(weights, {bits: 1, channels: 3, rule: "leastSquares", scale: "layer"});
    assertClose([...one.values], [(2 * 502) / 5], {rtol: 1e-6});
  });
});
